"""Understand: the municipality, the aspect, the years, the language, and a follow-up made whole."""

from __future__ import annotations

import datetime

import pytest

from assistant.messages import Exchange, Question, Turn
from assistant.steps.understand import language_of
from tests.unit.assistant.made import TODAY, Bench

LAST = Exchange(
    question="みなとポイントって何？",
    standalone="みなとポイントって何？",
    subject="みなとポイントの普及",
    municipality="akebono",
)


def understood(
    bench: Bench,
    text: str,
    *history: Exchange,
    municipality: str | None = None,
    today: datetime.date = TODAY,
) -> Turn:
    asked = Question(question=text, municipality=municipality)
    return bench.parts.understand(Turn(asked=asked, text=text, today=today, history=history))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("あけぼの市の計画の期間は？", ("akebono",)),
        ("はるかぜの雪みちカメラは？", ("harukaze",)),
        ("あけぼの市とはるかぜ町の期間は？", ("akebono", "harukaze")),
        ("計画の期間は？", ("akebono", "harukaze")),
    ],
)
def test_the_municipality_is_the_one_that_the_question_names(
    bench: Bench, text: str, ids: tuple[str, ...]
) -> None:
    assert understood(bench, text).municipalities == ids


def test_the_municipality_is_the_one_given_unless_the_question_names_another(bench: Bench) -> None:
    assert understood(bench, "期間は？", municipality="harukaze").municipalities == ("harukaze",)
    assert understood(bench, "あけぼの市の期間は？", municipality="harukaze").municipalities == ("akebono",)


def test_a_conversation_stays_with_its_municipality(bench: Bench) -> None:
    assert understood(bench, "計画の期間は？", LAST).municipalities == ("akebono",)
    assert understood(bench, "はるかぜ町はどうですか？", LAST).municipalities == ("harukaze",)
    assert understood(bench, "計画の期間は？", LAST, municipality="harukaze").municipalities == ("harukaze",)


@pytest.mark.parametrize("place", ["札幌市", "横浜市", "京都府"])
def test_a_municipality_that_is_not_here_is_told_apart(bench: Bench, place: str) -> None:
    ending = understood(bench, f"{place}のDX計画は？").ending
    assert ending and (ending.status, ending.reply) == ("not_in_plan", "unknown_municipality")
    assert ending.values["place"] == place


def test_a_place_that_a_plan_mentions_is_not_taken_for_another_municipality(bench: Bench) -> None:
    assert understood(bench, "あけぼの市の期間は？").ending is None


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("令和9年度は？", (2027,)),
        ("R9の予定", (2027,)),
        ("2027年度の予定", (2027,)),
        ("今年度の予定は", (2026,)),
        ("来年度は何を", (2027,)),
        ("令和8年度と令和9年度", (2026, 2027)),
        ("令和9年度、つまり2027年度", (2027,)),
        ("計画の期間は？", ()),
    ],
)
def test_the_years_asked_are_western_and_each_is_there_once(
    bench: Bench, text: str, years: tuple[int, ...]
) -> None:
    assert understood(bench, text).years == years


def test_this_fiscal_year_begins_in_april(bench: Bench) -> None:
    march, april = datetime.date(2027, 3, 31), datetime.date(2027, 4, 1)
    assert understood(bench, "今年度の予定は？", today=march).years == (2026,)
    assert understood(bench, "今年度の予定は？", today=april).years == (2027,)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("みなとポイントって何？", "ja"),
        ("EBPMとは", "ja"),
        ("みなと", "ja"),
        ("施策一覧", "ja"),
        ("2030", "ja"),
        ("？", "ja"),
        ("KPI", "ja"),
        ("What is EBPM?", "en"),
        ("Who is in charge of 「みなとポイントの普及」?", "en"),
        ("ＷＨＡＴ ＩＳ ＥＢＰＭ？", "en"),
        ("计划期间是几年？", "zh"),
        ("「みなとポイント」由哪个部门负责？", "zh"),
        ("「今年度计划」とは何ですか", "ja"),
    ],
)
def test_the_language_is_the_questions_own(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "standalone"),
    [
        ("その担当課は？", "みなとポイントの普及 担当課は?"),
        ("それはいつから？", "みなとポイントの普及 はいつから?"),
        ("担当は？", "みなとポイントの普及 担当は?"),
        ("目標はいくつ？", "みなとポイントの普及 目標はいくつ?"),
        ("令和9年度は？", "みなとポイントの普及 令和9年度は?"),
        ("何をする施策？", "みなとポイントの普及 何をする施策?"),
        ("移動図書室の担当課は？", "移動図書室の担当課は?"),
        ("はるかぜ町は？", "はるかぜ町は? みなとポイントって何？"),
    ],
)
def test_a_follow_up_is_made_whole_from_the_turn_before(bench: Bench, text: str, standalone: str) -> None:
    assert understood(bench, text, LAST).standalone == standalone


def test_a_follow_up_for_another_municipality_asks_what_was_asked(bench: Bench) -> None:
    last = LAST.model_copy(update={"aspects": ("schedule",), "years": (2027,)})
    turn = understood(bench, "はるかぜ町は？", last)
    assert (turn.municipalities, turn.aspects, turn.years) == (("harukaze",), ("schedule",), (2027,))


def test_a_follow_up_with_an_aspect_of_its_own_asks_that_alone(bench: Bench) -> None:
    last = LAST.model_copy(update={"aspects": ("department",), "years": (2027,)})
    turn = understood(bench, "その目標は？", last)
    assert "target" in turn.aspects and "department" not in turn.aspects
    assert turn.years == ()


def test_a_follow_up_with_a_year_asks_for_that_year(bench: Bench) -> None:
    last = LAST.model_copy(update={"aspects": ("schedule",), "years": (2027,)})
    turn = understood(bench, "令和10年度は？", last)
    assert turn.years == (2028,) and {"schedule", "in_year"} & set(turn.aspects)


def test_a_first_question_stands_as_it_is(bench: Bench) -> None:
    assert understood(bench, "その担当課は？").standalone == "その担当課は?"


def test_the_aspects_are_those_of_the_words_used(bench: Bench) -> None:
    assert "department" in understood(bench, "どの課が担当？").aspects
    assert "schedule" in understood(bench, "いつ始まる？").aspects


def test_two_questions_are_two_parts_and_the_second_is_about_the_same(bench: Bench) -> None:
    first, second = understood(bench, "みなとポイントの普及って何？どこの課？").parts
    assert (first.text, second.text) == ("みなとポイントの普及って何?", "どこの課?")
    assert "definition" in first.aspects and "department" not in first.aspects
    assert "department" in second.aspects and "みなとポイントの普及" in second.standalone


def test_a_question_about_another_thing_in_the_same_text_stands_alone(bench: Bench) -> None:
    parts = understood(bench, "みなとポイントの担当課は？移動図書室の目標は？").parts
    assert [p.standalone for p in parts] == ["みなとポイントの担当課は?", "移動図書室の目標は?"]


@pytest.mark.parametrize("text", ["みなとポイントの担当課は？", "すみません？担当課は？", "え？？？"])
def test_what_asks_once_is_one_part(bench: Bench, text: str) -> None:
    assert len(understood(bench, text).parts) == 1


def test_the_turn_is_that_of_its_first_part(bench: Bench) -> None:
    turn = understood(bench, "みなとポイントの令和9年度の工程は？移動図書室の目標は？")
    first = turn.parts[0]
    assert (turn.standalone, turn.aspects, turn.years) == (first.standalone, first.aspects, (2027,))


@pytest.mark.parametrize("text", ["両市の計画期間は？", "2つの市の計画期間は？", "both cities"])
def test_both_municipalities_can_be_asked_at_once(bench: Bench, text: str) -> None:
    turn = understood(bench, text)
    assert turn.municipalities == ("akebono", "harukaze") and turn.decided


def test_the_other_municipality_is_the_one_that_is_not_the_askers(bench: Bench) -> None:
    assert understood(bench, "もう一方の市の期間は？", LAST).municipalities == ("harukaze",)
    assert understood(bench, "他の市の期間は？", municipality="harukaze").municipalities == ("akebono",)


def test_it_is_known_whether_a_municipality_was_decided_on(bench: Bench) -> None:
    assert not understood(bench, "計画の期間は？").decided
    assert understood(bench, "あけぼの市の計画の期間は？").decided
    assert understood(bench, "計画の期間は？", municipality="akebono").decided
    assert understood(bench, "計画の期間は？", LAST).decided


def test_the_last_year_of_a_plan_is_that_of_its_period(bench: Bench) -> None:
    assert understood(bench, "最終年度の目標は？", municipality="akebono").years == (2030,)
    assert understood(bench, "最終年度の目標は？", municipality="harukaze").years == (2027,)


def test_a_year_beside_what_has_no_year_of_its_own_asks_for_that_year(bench: Bench) -> None:
    assert understood(bench, "みなとポイントの令和9年度の担当は？").aspects[0] == "in_year"
    assert "in_year" not in understood(bench, "みなとポイントの令和12年度の目標は？").aspects


@pytest.mark.parametrize(
    ("text", "continued"),
    [
        ("利用者は何人", "みなとポイントの普及 利用者は何人"),
        ("移動図書室の利用者は何人？", ""),
        ("はるかぜ町の利用者は何人？", ""),
        ("担当課は？", ""),
    ],
)
def test_what_names_nothing_of_its_own_may_go_on(bench: Bench, text: str, continued: str) -> None:
    [part] = understood(bench, text, LAST).parts
    assert part.continued == continued


def test_a_question_about_two_municipalities_asks_each_what_is_asked_of_it(bench: Bench) -> None:
    first, second = understood(bench, "あけぼの市の施策はいくつ、はるかぜ町の指標はいくつ").parts
    assert (first.municipalities, second.municipalities) == (("akebono",), ("harukaze",))


def test_a_department_alone_makes_no_subject(bench: Bench) -> None:
    [part] = understood(bench, "担当は建設課で合ってますか", LAST).parts
    assert part.standalone.startswith("みなとポイントの普及")


def test_each_of_two_questions_is_asked_of_the_plan_that_has_what_it_names(bench: Bench) -> None:
    parts = understood(bench, "みなとポイントの担当課と、はるかぜ町の雪みちカメラの担当課を教えて").parts
    assert [p.municipalities for p in parts] == [("akebono",), ("harukaze",)]


@pytest.mark.parametrize("text", ["アケボノ市の計画の期間は？", "あけぼの市では？"])
def test_a_municipality_is_named_in_kana_too(bench: Bench, text: str) -> None:
    turn = understood(bench, text)
    assert (turn.municipalities, turn.ending) == (("akebono",), None)


@pytest.mark.parametrize(
    ("text", "standalone"),
    [
        ("その課の施策は？", "商工観光課の施策は?"),
        ("どこの課ですか？", "みなとポイントの普及 どこの課ですか?"),
        ("その担当課は？", "みなとポイントの普及 担当課は?"),
    ],
)
def test_that_department_is_the_one_of_what_was_spoken_of(bench: Bench, text: str, standalone: str) -> None:
    assert understood(bench, text, LAST).standalone == standalone


@pytest.mark.parametrize("text", ["じゃあ利用者は何人？", "あと利用者は何人？", "ほんなら利用者は何人？"])
def test_what_turns_to_another_thing_is_asked_for_alone_and_as_going_on(bench: Bench, text: str) -> None:
    [part] = understood(bench, text, LAST).parts
    assert part.standalone == "利用者は何人?"
    assert part.continued == "みなとポイントの普及 利用者は何人?"


def test_a_text_put_to_no_municipality_is_understood_alone(bench: Bench) -> None:
    turn = Turn(
        asked=Question(question="担当課は？"), text="担当課は？と期間は？", today=TODAY, history=(LAST,)
    )
    part = bench.parts.understand.alone(turn)
    assert part.standalone == "担当課は?と期間は?" and part.municipalities == ()
