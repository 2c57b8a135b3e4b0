"""Lookup: what is asked of a plan as a whole is answered from its records, and nothing else is."""

from __future__ import annotations

from assistant.messages import Turn
from assistant.steps.lookup import Lookup, unless_looked_up
from tests.unit.assistant.made import Bench


def looked_up(rich: Bench, text: str, municipality: str, *aspects: str) -> Turn:
    return Lookup(rich.parts.facts)(rich.asking(text, municipality, *aspects))


def test_a_list_is_answered_from_the_records(rich: Bench) -> None:
    turn = looked_up(rich, "施策一覧", "wakaba", "list")
    assert turn.statements and (turn.engine, turn.municipality, turn.ending) == ("facts", "wakaba", None)


def test_a_record_that_the_plan_does_not_have_ends_the_turn(rich: Bench) -> None:
    ending = looked_up(rich, "KPI一覧", "sazanami", "list").ending
    assert ending and ending.status == "not_in_plan"


def test_a_question_about_something_is_left_as_it_was(rich: Bench) -> None:
    turn = rich.asking("河川カメラの設置の担当課は？", "wakaba", "department")
    assert Lookup(rich.parts.facts)(turn) == turn


def test_a_step_after_it_leaves_a_turn_alone_that_has_its_statements(rich: Bench) -> None:
    answered = looked_up(rich, "施策一覧", "wakaba", "list")
    unanswered = looked_up(rich, "河川カメラの設置の担当課は？", "wakaba", "department")
    step = unless_looked_up(lambda turn: turn.ended("refused", "refused"))
    assert step(answered) is answered
    assert step(unanswered).ending
