"""Compose: a composer's statements, or an honest end."""

from __future__ import annotations

from assistant.messages import Question, Source, Statement, Turn
from assistant.steps.compose import Compose
from tests.unit.assistant.made import TODAY

TURN = Turn(asked=Question(question="？"), today=TODAY)
STATEMENT = Statement(text="はい", sources=(Source(document_id="a", start=0, end=1),))


def test_the_composers_statements_are_the_turns() -> None:
    turn = Compose(lambda _: (STATEMENT,))(TURN)
    assert turn.statements == (STATEMENT,) and turn.ending is None


def test_a_composer_with_nothing_to_say_ends_the_turn() -> None:
    ending = Compose(lambda _: ())(TURN).ending
    assert ending and (ending.status, ending.reply) == ("not_in_plan", "not_in_plan")
