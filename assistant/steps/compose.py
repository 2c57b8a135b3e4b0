"""Compose: the turn's statements, from records where they hold what is asked, else from sentences."""

from __future__ import annotations

import itertools
from typing import Protocol

from assistant.composers.facts import Facts
from assistant.composers.wording import said
from assistant.focus import focus_on
from assistant.messages import Statement, Turn
from assistant.subjects import Subject, Subjects

# What is likelier than a third of the best, or about so, is told too; the scores are logarithms of odds.
AS_LIKELY = 1.0
MOST_ALSO = 2
# Aspects of an indicator: a measure that has none answers none of them.
FIGURES = ("target", "baseline", "difference", "ratio", "pace", "change", "indicator")


class Composer(Protocol):
    """Turn a judged turn into statements, every one with its sources."""

    def __call__(self, turn: Turn) -> tuple[Statement, ...]: ...


class Compose:
    """Compose from the records, else by a composer of sentences; with neither the turn ends."""

    def __init__(self, facts: Facts, sentences: Composer, subjects: Subjects) -> None:
        self._facts = facts
        self._sentences = sentences
        self._subjects = subjects

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn with its statements, or ended as not in the plan."""
        subject = subject_of(turn)
        known = turn.knowing(municipality=turn.municipalities[0], subject=subject.name if subject else None)
        if turn.focus.named_whole("measure") and set(turn.aspects[:1]) & set(FIGURES) and not _has_kpi(turn):
            name = subject.name if subject else ""
            return known.ended("not_in_plan", "no_indicator", near=name)
        statements, engine = self._of(turn)
        if not statements:
            return turn.ended("not_in_plan", "not_in_plan")
        return known.knowing(statements=(*statements, *self._also(turn, statements)), engine=engine)

    def _of(self, turn: Turn) -> tuple[tuple[Statement, ...], str]:
        """Return the statements from records, else from sentences, and which of the two they are from."""
        from_records = self._facts.of(turn, turn.focus)
        return (from_records, "facts") if from_records else (self._sentences(turn), "extract")

    def _also(self, turn: Turn, first: tuple[Statement, ...]) -> tuple[Statement, ...]:
        """Return what the plan says of another thing that the question may as well be about, if any."""
        other = self._as_likely(turn)
        if other is None:
            return ()
        evidence, signs = turn.evidence[other], turn.signs[other]
        place = turn.municipalities[0]
        focus = focus_on(self._subjects, place, "", (evidence,), (signs["score"],))
        statements, _ = self._of(turn.knowing(evidence=(evidence,), signs=(signs,), focus=focus))
        added = [s for s in statements if s not in first][:MOST_ALSO]
        return tuple(
            s.model_copy(update={"text": said("also", turn.language, text=s.text)}) if n == 0 else s
            for n, s in enumerate(added)
        )

    def _as_likely(self, turn: Turn) -> int | None:
        """Return the place of the evidence next to the best that is about something else, if it is near."""
        if turn.focus.mentions or not turn.evidence:
            return None
        best = set(self._subjects.at(turn.evidence[0].hit.passage))
        about = {*best, *turn.focus.found}
        for index, (evidence, signs) in enumerate(zip(turn.evidence, turn.signs, strict=True)):
            if signs["score"] < turn.signs[0]["score"] - AS_LIKELY:
                return None
            if index and about.isdisjoint(self._subjects.at(evidence.hit.passage)):
                return index
        return None


def _has_kpi(turn: Turn) -> bool:
    return turn.focus.named("kpi") or bool(turn.focus.related.get("kpi"))


def subject_of(turn: Turn) -> Subject | None:
    """Return what a follow-up will be about: what the question names, else the record that was found first.

    A review holds much that was not asked about.
    """
    found = (s for s in turn.focus.found if s.kind != "review")
    named = (m.subject for m in turn.focus.mentions)
    return next(itertools.chain(named, found), None)
