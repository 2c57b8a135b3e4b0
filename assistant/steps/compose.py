"""Compose: the turn's statements, from records where they hold what is asked, else from sentences."""

from __future__ import annotations

from typing import Protocol

from assistant.composers.facts import Facts
from assistant.messages import Statement, Turn
from assistant.subjects import Subject

# Aspects of an indicator: a measure that has none answers none of them.
FIGURES = ("target", "baseline", "difference", "ratio", "pace", "change", "indicator")


class Composer(Protocol):
    """Turn a judged turn into statements, every one with its sources."""

    def __call__(self, turn: Turn) -> tuple[Statement, ...]: ...


class Compose:
    """Compose from the records, else by a composer of sentences; with neither the turn ends."""

    def __init__(self, facts: Facts, sentences: Composer) -> None:
        self._facts = facts
        self._sentences = sentences

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn with its statements, or ended as not in the plan."""
        subject = subject_of(turn)
        known = turn.knowing(municipality=turn.municipalities[0], subject=subject.name if subject else None)
        if turn.focus.named_whole("measure") and set(turn.aspects[:1]) & set(FIGURES) and not _has_kpi(turn):
            name = subject.name if subject else ""
            return known.ended("not_in_plan", "no_indicator", near=name)
        from_records = self._facts.of(turn, turn.focus)
        if from_records:
            return known.knowing(statements=from_records, engine="facts")
        statements = self._sentences(turn)
        if statements:
            return known.knowing(statements=statements, engine="extract")
        return turn.ended("not_in_plan", "not_in_plan")


def _has_kpi(turn: Turn) -> bool:
    return turn.focus.named("kpi") or bool(turn.focus.related.get("kpi"))


def subject_of(turn: Turn) -> Subject | None:
    """Return what a follow-up will be about: what the question names, else what was found first."""
    named = [m.subject for m in turn.focus.mentions]
    return next(iter((*named, *turn.focus.found)), None)
