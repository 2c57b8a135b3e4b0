"""Understand: the municipality, the aspect, the years, the language, and a follow-up made whole."""

from __future__ import annotations

import datetime

import pytest

from assistant.messages import Exchange, Question, Turn
from assistant.steps.understand import Understand, language_of
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
    return Understand(bench.library)(Turn(asked=asked, text=text, today=today, history=history))


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
        ("What is EBPM?", "en"),
        ("EBPMとは", "ja"),
        ("みなと", "ja"),
        ("2030", "ja"),
        ("？", "ja"),
        ("KPI", "en"),
    ],
)
def test_the_language_is_the_questions_own(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "standalone"),
    [
        ("その担当課は？", "みなとポイントの普及 担当課は？"),
        ("それはいつから？", "みなとポイントの普及 はいつから？"),
        ("担当は？", "みなとポイントの普及 担当は？"),
        ("目標はいくつ？", "みなとポイントの普及 目標はいくつ？"),
        ("じゃあ、いつ？", "みなとポイントの普及 、いつ？"),
        ("移動図書室の担当課は？", "移動図書室の担当課は？"),
        ("はるかぜ町は？", "はるかぜ町は？ みなとポイントって何？"),
    ],
)
def test_a_follow_up_is_made_whole_from_the_turn_before(bench: Bench, text: str, standalone: str) -> None:
    assert understood(bench, text, LAST).standalone == standalone


def test_a_first_question_stands_as_it_is(bench: Bench) -> None:
    assert understood(bench, "その担当課は？").standalone == "その担当課は？"


def test_the_aspects_are_those_of_the_words_used(bench: Bench) -> None:
    assert "department" in understood(bench, "どの課が担当？").aspects
    assert "schedule" in understood(bench, "いつ始まる？").aspects
    assert {"definition", "department"} <= set(understood(bench, "みなとポイントって何？どこの課？").aspects)
