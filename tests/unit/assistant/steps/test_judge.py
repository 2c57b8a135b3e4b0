"""Judge: answered, not in the plan, or out of scope."""

from __future__ import annotations

import math

import pytest

from assistant.messages import Turn
from tests.unit.assistant.made import Bench


def judged(bench: Bench, question: str, municipality: str = "akebono") -> Turn:
    return bench.parts.judge(bench.retrieved(question, municipality))


@pytest.mark.parametrize(
    "question", ["みなとポイントの担当課は？", "移動図書室の目標は何冊？", "EBPMとは？", "本のバスはどの課？"]
)
def test_what_the_plan_says_is_answered(bench: Bench, question: str) -> None:
    turn = judged(bench, question)
    assert turn.ending is None
    assert turn.judgement and turn.judgement.answerable and 0.5 < turn.judgement.probability <= 1


def test_without_evidence_nothing_is_answered(bench: Bench) -> None:
    turn = bench.parts.judge(bench.understood("みなとポイントの担当課は？", "akebono"))
    assert turn.ending and turn.judgement and not turn.judgement.answerable


@pytest.mark.parametrize(
    "question", ["みなとポイントの料金はいくら？", "移動図書室は何時から？", "みなとポイントの電話番号は？"]
)
def test_a_form_of_answer_that_the_plan_does_not_hold_is_not_in_the_plan(bench: Bench, question: str) -> None:
    ending = judged(bench, question).ending
    assert ending and ending.status == "not_in_plan"
    assert ending.reply == "not_in_plan_near" and ending.values["near"]


def test_what_is_near_is_told_with_its_department_and_is_what_is_spoken_of_then(bench: Bench) -> None:
    turn = judged(bench, "移動図書室は何時から？")
    assert turn.ending and turn.ending.values["whose"] == "（生涯学習課、図書館）"
    assert turn.subject == turn.ending.values["near"]


def test_a_year_that_the_plan_does_not_have_is_not_answered(bench: Bench) -> None:
    ending = judged(bench, "みなとポイント登録者数の令和20年度の目標は？").ending
    assert ending and ending.status == "not_in_plan"


@pytest.mark.parametrize("question", ["今日の天気は？", "カレーの作り方を教えて", "おすすめの映画は？"])
def test_what_is_not_about_a_municipality_is_out_of_scope_or_not_in_the_plan(
    bench: Bench, question: str
) -> None:
    ending = judged(bench, question).ending
    assert ending and ending.status in ("out_of_scope", "not_in_plan")


def test_an_example_of_the_scope_is_told_apart_by_its_own_vector(bench: Bench) -> None:
    assert bench.parts.judge.is_municipal("ごみの収集日を教えて、住民票の取り方、粗大ごみの出し方")
    assert not bench.parts.judge.is_municipal("今日の天気、おすすめの映画、カレーの作り方")


def test_every_feature_is_a_finite_number(bench: Bench) -> None:
    turn = bench.retrieved("移動図書室の担当課は？", "akebono")
    features = bench.parts.judge.features(turn)
    assert features and all(math.isfinite(value) for value in features.values())
    assert features["coverage"] == pytest.approx(1) and features["mentioned"] == 1.0


def test_more_of_the_question_covered_is_likelier_to_be_answered(bench: Bench) -> None:
    covered = bench.retrieved("移動図書室の担当課は？", "akebono")
    missing = covered.knowing(standalone="移動図書室のペンギンとクジラの担当課は？")
    judge = bench.parts.judge.judge
    assert judge(missing).probability < judge(covered).probability


def test_a_lost_roadmap_may_answer_for_any_year_of_the_plan(bench: Bench) -> None:
    turn = bench.understood("雪みちカメラは何を？", "harukaze")
    lost = turn.knowing(evidence=(bench.evidence("雪みちカメラの設置"),), aspects=("in_year",))
    holds = bench.parts.judge.holds_answer
    assert holds(lost.knowing(years=(2026,))) and not holds(lost.knowing(years=(2040,)))
    prose = lost.knowing(evidence=(bench.evidence("3年間"),))
    assert holds(prose.knowing(years=(2027,))) and not holds(prose.knowing(years=(2026,)))
