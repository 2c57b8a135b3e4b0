from __future__ import annotations

from string import Formatter

import pytest

from assistant import words
from assistant.messages import Ending, Exchange, Turn
from assistant.suggestions import MOST_SUGGESTIONS, suggestions_of
from corpus.records import Kpi, Measure, Plan, Review, Role, Term, Theme
from tests.unit.assistant.made import LANGUAGES, Bench, make_bench

KINDS = {c.__name__.lower(): c for c in (Measure, Kpi, Term, Role, Review, Theme, Plan)}
WORKED_OUT = {"measures", "kpis", "numbers"}


@pytest.fixture(scope="module")
def wakaba(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("wakaba"), "wakaba")


def answered(bench: Bench, text: str, *aspects: str, language: str = "ja") -> Turn:
    """Return a turn with what the records say of the aspects."""
    turn = bench.asking(text, "wakaba", *aspects, language=language)
    return turn.knowing(statements=bench.listed(turn) or bench.told(turn))


def offered(bench: Bench, text: str, *aspects: str, language: str = "ja") -> tuple[str, ...]:
    return suggestions_of(answered(bench, text, *aspects, language=language), bench.library)


def test_what_was_not_asked_of_a_measure_is_offered(wakaba: Bench) -> None:
    assert offered(wakaba, "オンライン申請の拡充の担当課は？", "department") == (
        "「オンライン申請の拡充」の工程を教えてください",
        "「オンライン申請の拡充」の具体的な取組は何ですか？",
    )


def test_only_what_the_record_has_is_offered(wakaba: Bench) -> None:
    found = offered(wakaba, "電子決裁の導入の担当課は？", "department")
    assert found == (
        "「電子決裁の導入」の工程を教えてください",
        "「電子決裁の導入」の成果指標の目標値はいくつですか？",
    )


def test_after_a_kpi_its_change_and_its_measure_are_offered(wakaba: Bench) -> None:
    assert offered(wakaba, "スマホ教室の参加者数の目標は？", "target") == (
        "「スマホ教室の参加者数」は基準値からどれだけ増減しますか？",
        "「スマホ教室の開催」の担当課はどこですか？",
    )


def test_no_change_is_offered_of_a_kpi_that_is_no_number(wakaba: Bench) -> None:
    found = offered(wakaba, "電子決裁の状況の目標は？", "target")
    assert found == (
        "「電子決裁の導入」の担当課はどこですか？",
        "「電子決裁の導入」の工程を教えてください",
    )


def test_after_a_term_a_measure_that_has_it_is_offered(bench: Bench) -> None:
    turn = bench.asking("みなとポイントとは？", "akebono", "definition")
    defined = [k for k in bench.told(turn) if "電子のポイント" in k.text]
    assert suggestions_of(turn.knowing(statements=tuple(defined)), bench.library) == (
        "「みなとポイントの普及」の担当課はどこですか？",
        "「みなとポイントの普及」の工程を教えてください",
    )


def test_after_a_term_that_no_measure_has_the_plan_as_a_whole_is_offered(wakaba: Bench) -> None:
    assert offered(wakaba, "EBPMとは？", "definition")[0].startswith("わかば市の計画")


def test_a_list_offers_questions_about_what_it_lists(wakaba: Bench) -> None:
    assert offered(wakaba, "総務課が担当する施策は？", "list") == (
        "「生成AIの活用」の担当課はどこですか？",
        "「電子決裁の導入」の担当課はどこですか？",
    )


def test_themes_are_followed_by_their_measures(wakaba: Bench) -> None:
    found = offered(wakaba, "テーマはいくつ？", "count")
    assert found[0] == "「つながる暮らし」の施策の一覧を教えてください"


def test_prose_is_followed_by_the_plan_as_a_whole(wakaba: Bench) -> None:
    found = offered(wakaba, "計画の期間は？", "period")
    assert found == (
        "わかば市の計画にはどんなテーマがありますか？",
        "わかば市の計画の施策の一覧を教えてください",
    )


def test_what_an_earlier_turn_asked_of_the_record_is_not_offered_again(wakaba: Bench) -> None:
    turn = answered(wakaba, "オンライン申請の拡充の担当課は？", "department")
    earlier = Exchange(
        question="いつから？", standalone="オンライン申請の拡充 いつから？", aspects=("schedule",)
    )
    found = suggestions_of(turn.knowing(history=(earlier,)), wakaba.library)
    assert not any("工程" in q for q in found)
    assert len(found) == MOST_SUGGESTIONS


def test_the_very_question_just_asked_is_not_offered(wakaba: Bench) -> None:
    asked = "「オンライン申請の拡充」の工程を教えてください"
    assert asked not in offered(wakaba, asked, "unknown", "department")


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("easy", "「オンライン申請の拡充」の 工程を 教えて ください"),
        ("en", "What is the schedule of 「オンライン申請の拡充」?"),
        ("zh", "「オンライン申請の拡充」的时间安排是什么？"),
    ],
)
def test_questions_are_in_the_language_of_the_answer(wakaba: Bench, language: str, question: str) -> None:
    assert offered(wakaba, "オンライン申請の拡充の担当課は？", "department", language=language)[0] == question


def test_the_municipality_is_named_where_the_asker_chose_none_of_several(rich: Bench) -> None:
    turn = answered(rich, "電子決裁の導入の担当課は？", "department")
    chose_none = turn.knowing(asked=turn.asked.model_copy(update={"municipality": None}))
    assert suggestions_of(turn, rich.library)[0].startswith("「電子決裁の導入」")
    assert suggestions_of(chose_none, rich.library)[0].startswith("わかば市の「電子決裁の導入」")


def test_a_refusal_with_something_near_offers_questions_about_it(wakaba: Bench) -> None:
    turn = wakaba.asking("スマホ教室の料金は？", "wakaba", "price").knowing(
        evidence=(wakaba.evidence("高齢者にスマートフォン"),)
    )
    near = turn.ended("not_in_plan", "not_in_plan_near", near="スマホ教室の開催")
    assert suggestions_of(near, wakaba.library) == (
        "「スマホ教室の開催」の担当課はどこですか？",
        "「スマホ教室の開催」の工程を教えてください",
    )


def test_an_ending_keeps_its_own(wakaba: Bench) -> None:
    turn = wakaba.asking("担当課は？", "wakaba", "department")
    assert suggestions_of(turn.ended("not_in_plan", "not_in_plan"), wakaba.library) == ()
    asking_back = Ending(status="clarify", reply="clarify", suggestions=("わかば市", "さざなみ村"))
    assert suggestions_of(turn.ending_with(asking_back), wakaba.library) == ("わかば市", "さざなみ村")


def test_the_service_sends_questions_that_it_answers(wakaba: Bench) -> None:
    service = wakaba.service()
    turn = answered(wakaba, "オンライン申請の拡充の担当課は？", "department")
    answer = service.answer(turn.asked)
    assert len(answer.suggestions) == MOST_SUGGESTIONS
    assert answer.suggestions == suggestions_of(turn, wakaba.library)


def test_every_template_can_be_filled_in_every_language() -> None:
    data = words.load("suggestions")
    for template in data["question"]:
        assert template["of"] in KINDS
        assert template["needs"] in WORKED_OUT | set(KINDS[template["of"]].model_fields)
        assert set(template["aspects"]) <= set(words.load("aspects")["aspect"])
        for language in LANGUAGES:
            assert fields(template[language]) == {"name"}
    for form, allowed in (("record", {"name"}), ("record_there", {"name", "municipality"})):
        assert all(fields(data["name"][form][language]) == allowed for language in LANGUAGES)
    assert all(fields(data["name"]["plan"][language]) == {"municipality"} for language in LANGUAGES)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}
