"""Compose: the judged turn's statements."""

from __future__ import annotations

from typing import Protocol

from assistant.messages import Statement, Turn


class Composer(Protocol):
    """Turn a judged turn into statements, every one with its sources."""

    def __call__(self, turn: Turn) -> tuple[Statement, ...]: ...


class Compose:
    """Compose by a composer; a turn for which it has nothing to say ends as not in the plan."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn with its statements, or ended."""
        statements = self._composer(turn)
        return turn.knowing(statements=statements) if statements else turn.ended("not_in_plan", "not_in_plan")
