"""Judge: answered, asked back, not in the plan, or out of scope."""

from __future__ import annotations

import pytest

from assistant.messages import Turn
from assistant.steps.judge import Judge, holds_answer
from assistant.steps.retrieve import Retrieve
from tests.unit.assistant.made import Bench


@pytest.fixture(scope="module")
def judge(bench: Bench) -> Judge:
    return Judge(bench.library, bench.vocabulary, bench.embedder)


def judged(bench: Bench, judge: Judge, question: str, municipality: str | None = None) -> Turn:
    turn = bench.understood(question, municipality)
    return judge(Retrieve(bench.library, bench.search, bench.vocabulary)(turn))


def test_what_the_plan_says_is_answered_with_its_subject(bench: Bench, judge: Judge) -> None:
    turn = judged(bench, judge, "みなとポイントの担当課は？")
    assert turn.ending is None
    assert (turn.municipality, turn.subject) == ("akebono", "みなとポイントの普及")
    assert turn.judgement and turn.judgement.answerable


def test_without_evidence_nothing_is_answered(bench: Bench, judge: Judge) -> None:
    turn = judge(bench.understood("みなとポイントの担当課は？"))
    assert turn.ending and turn.judgement and not turn.judgement.answerable


def test_what_both_plans_say_is_asked_back_with_a_choice_for_each(bench: Bench, judge: Judge) -> None:
    ending = judged(bench, judge, "本計画の期間は？").ending
    assert ending and ending.status == "clarify"
    assert [s.split("の計画")[0] for s in ending.suggestions] == ["あけぼの市", "はるかぜ町"]
    assert all("本計画の期間は？" in s for s in ending.suggestions)


def test_each_choice_is_answered_when_it_is_asked(bench: Bench, judge: Judge) -> None:
    ending = judged(bench, judge, "本計画の期間は？").ending
    assert ending
    for choice, identity in zip(ending.suggestions, ("akebono", "harukaze"), strict=True):
        turn = judged(bench, judge, choice)
        assert (turn.ending, turn.municipality) == (None, identity)


def test_one_municipality_is_not_asked_back(bench: Bench, judge: Judge) -> None:
    assert judged(bench, judge, "本計画の期間は？", "harukaze").ending is None


@pytest.mark.parametrize(
    "question", ["みなとポイントの料金はいくら？", "移動図書室は何時から？", "みなとポイントの電話番号は？"]
)
def test_a_form_of_answer_that_the_plan_does_not_hold_is_not_in_the_plan(
    bench: Bench, judge: Judge, question: str
) -> None:
    ending = judged(bench, judge, question, "akebono").ending
    assert ending and ending.status == "not_in_plan"
    assert ending.values["near"]


def test_a_year_that_the_plan_does_not_have_is_not_answered(bench: Bench, judge: Judge) -> None:
    ending = judged(bench, judge, "みなとポイント登録者数の令和20年度の目標は？", "akebono").ending
    assert ending and ending.status == "not_in_plan"


@pytest.mark.parametrize("question", ["今日の天気は？", "カレーの作り方を教えて", "おすすめの映画は？"])
def test_what_is_not_about_a_municipality_is_out_of_scope_or_not_in_the_plan(
    bench: Bench, judge: Judge, question: str
) -> None:
    ending = judged(bench, judge, question).ending
    assert ending and ending.status in ("out_of_scope", "not_in_plan")


def test_an_example_of_the_scope_is_told_apart_by_its_own_vector(judge: Judge) -> None:
    assert judge.is_municipal("ごみの収集日を教えて、住民票の取り方、粗大ごみの出し方")


def test_a_lost_roadmap_may_answer_for_any_year(bench: Bench) -> None:
    turn = bench.understood("雪みちカメラは令和8年度に何を？")
    assert turn.years == (2026,)
    assert holds_answer(turn, bench.evidence("雪みちカメラの設置"))
    assert not holds_answer(turn, bench.evidence("3年間"))
