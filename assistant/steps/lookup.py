"""Lookup: what is asked of a plan as a whole is answered from its records, without a search."""

from __future__ import annotations

from collections.abc import Callable

from assistant.composers.facts import Facts
from assistant.messages import Turn


def unless_looked_up(step: Callable[[Turn], Turn]) -> Callable[[Turn], Turn]:
    """Return the step as one that leaves a turn alone which already has its statements."""
    return lambda turn: turn if turn.statements else step(turn)


class Lookup:
    """Compose from records where they answer; the steps of searching then have nothing to do."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn with its statements, as it was, or ended where the plan has no such record."""
        statements = self._facts.whole(turn)
        if statements is None:
            return turn
        if not statements:
            return turn.ended("not_in_plan", "not_in_plan")
        return turn.knowing(statements=statements, engine="facts", municipality=turn.municipalities[0])
