"""Editions: which plan a question is about, and what tells of the one before."""

from __future__ import annotations

import pytest

from assistant.editions import Before, Editions
from assistant.messages import Exchange, Question, Turn
from tests.unit.assistant.made import TODAY, Bench

HERE = "wakaba"


@pytest.fixture(scope="module")
def editions(rich: Bench) -> Editions:
    return Editions(rich.library)


@pytest.fixture(scope="module")
def before(rich: Bench, editions: Editions) -> Before:
    return Before(rich.library, editions, rich.passages)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("第1次計画の期間は？", [-1]),
        ("第一次のわかば市DX推進計画では", [-1]),
        ("第１期の成果", [-1]),
        ("前の計画はどうだった？", [-1]),
        ("What did the previous plan achieve?", [-1]),
        ("上一期计划的成果", [-1]),
        ("第2次計画の期間は？", [0]),
        ("この計画の期間は？", [0]),
        ("第1次計画と第2次計画の違い", [-1, 0]),
        ("第二期計画では、第一期の理念を引き継ぐ", [0, -1]),
        ("第3次計画はいつ？", [1]),
        ("第1次総合計画の期間は？", []),
        ("第一次産業の支援は？", []),
        ("二次元コードは？", []),
        ("計画の期間は？", []),
    ],
)
def test_a_text_names_this_plan_or_another_edition_of_it(
    editions: Editions, text: str, named: list[int]
) -> None:
    assert editions.named(text, HERE) == named


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("前の計画の成果は？", True),
        ("第1次計画と第2次計画で何が違う？", False),
        ("前の計画からある施策ですか？", False),
        ("計画の期間は？", False),
    ],
)
def test_the_plan_before_is_asked_about_where_it_alone_is_named(
    rich: Bench, before: Before, question: str, asked: bool
) -> None:
    assert before.asked(rich.understood(question, HERE)) is asked


def test_where_nothing_tells_of_a_plan_before_the_question_is_like_any_other(
    rich: Bench, before: Before
) -> None:
    assert not before.asked(rich.understood("前の計画の成果は？", "sazanami"))


def test_only_what_tells_of_the_plan_before_may_answer_for_it(rich: Bench, before: Before) -> None:
    now, then = rich.evidence("市の全体にわたる改革"), rich.evidence("主な取組実績", "待ち時間")
    assert before.of(rich.understood("前の計画の成果は？", HERE), [now, then]) == [then]
    assert before.of(rich.understood("計画の成果は？", HERE), [now, then]) == [now, then]
    assert before.of(rich.understood("前の計画の成果は？", HERE), [now]) == [now]


def test_a_year_before_the_plan_is_asked_of_what_prints_it(rich: Bench, before: Before) -> None:
    role = rich.evidence("市の全体にわたる改革")
    baseline = rich.evidence("成果指標", "スマホ教室の参加者数")
    assert before.of(rich.understood("令和7年度の参加者数は？", HERE), [role, baseline]) == [baseline]
    assert before.of(rich.understood("令和9年度の参加者数は？", HERE), [role, baseline]) == [
        role,
        baseline,
    ]


def test_a_title_tells_nothing(rich: Bench, editions: Editions) -> None:
    assert editions.is_title("わかば市DX推進計画", HERE)
    assert not editions.is_title("待ち時間が短くなった。", HERE)


def test_the_plan_before_is_answered_from_its_reviews_and_never_from_this_plans_records(rich: Bench) -> None:
    told = rich.listed(rich.understood("前の計画の成果と課題を教えて", HERE)) or ()
    text = "。".join(s.text for s in told)
    assert "待ち時間が短くなった" in text and "地区によって差がある" in text
    assert rich.listed(rich.understood("前の計画の期間は？", HERE)) is None
    assert rich.listed(rich.understood("計画の期間は？", HERE))


def test_a_follow_up_stays_with_the_plan_before_until_this_one_or_something_of_it_is_named(
    rich: Bench,
) -> None:
    asked = Exchange(question="前の計画の成果は？", standalone="前の計画の成果は？", municipality=HERE)

    def alone(text: str) -> str:
        turn = Turn(asked=Question(question=text), text=text, today=TODAY, history=(asked,))
        return rich.parts.understand(turn).standalone

    assert "前の計画" in alone("課題は？")
    assert "前の計画" in alone("期間は？")
    assert "前の計画" not in alone("この計画の期間は？")
    assert "前の計画" not in alone("オンライン申請の担当は？")
