"""Verify: nothing is sent but what stands in the cited quotes or follows from them.

Every statement has a source that is in its document; every figure, year and quoted phrase in it, and every
department it names, stands in the quotes it cites; 令和 and Western years are the same year. A figure that
was counted or worked out from records is told by the statement itself, as `computed`. A statement that fails
is dropped; a turn that loses all of them ends as not in the plan.
"""

from __future__ import annotations

import re

from assistant.figures import figures_in
from assistant.messages import Source, Statement, Turn
from assistant.watching.metrics import rejections
from corpus.library import Library
from corpus.normalize import compact
from corpus.wareki import find_years, without_years

_MARKS = {"「": "」", "『": "』"}
_DEPARTMENT = re.compile(r"[一-龠ァ-ヶー]{2,12}(?:課|室|局|係)(?![一-龠ァ-ヶー])")
# A column's label (担当課) names no department.
_ANY_DEPARTMENT = re.compile(r"(?:担当|所管|主管|関係|実施|各)(?:課|室|局|係)")


class Verify:
    """Check each statement against the text it cites."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn with the statements that hold, or ended where none does."""
        faults = [self.faults(s) for s in turn.statements]
        kept = tuple(s for s, found in zip(turn.statements, faults, strict=True) if not found)
        rejections.labels(turn.engine).inc(len(turn.statements) - len(kept))
        turn = turn.knowing(dropped=tuple(f for found in faults for f in found))
        return turn.knowing(statements=kept) if kept else turn.ended("not_in_plan", "not_in_plan")

    def faults(self, statement: Statement) -> tuple[str, ...]:
        """Return what in a statement its sources do not say; empty where it holds."""
        quotes = [self._quote(source) for source in statement.sources]
        if not quotes or not all(q and q.strip() for q in quotes):
            return ("a source that is not in its document",)
        faults = unsupported(statement.text, "\n".join(q or "" for q in quotes))
        return tuple(f for f in faults if f not in statement.computed)

    def _quote(self, source: Source) -> str | None:
        found = self._library.document(source.document_id)
        if found is None or not 0 <= source.start < source.end <= len(found[1].text):
            return None
        return found[1].text[source.start : source.end]


def unsupported(text: str, quotes: str) -> tuple[str, ...]:
    """Return the figures, years, quoted phrases and departments of a text that the quotes do not have."""
    faults = [str(y) for y in years_in(text) - years_in(quotes)]
    held = set(figures_in(quotes)) | {str(y) for y in years_in(quotes)}
    faults += [f for f in figures_in(without_years(text)) if f not in held]
    source = compact(quotes)
    departments = (d for d in _DEPARTMENT.findall(text) if not _ANY_DEPARTMENT.fullmatch(d))
    named = (*quoted_in(text), *departments)
    faults += [p for p in named if compact(p) not in source]
    return tuple(faults)


def quoted_in(text: str) -> list[str]:
    """Return what stands between quotation marks, one quotation inside another too."""
    found: list[str] = []
    opened: list[tuple[str, int]] = []
    for i, character in enumerate(text):
        if character in _MARKS:
            opened.append((_MARKS[character], i + 1))
        elif opened and character == opened[-1][0]:
            found.append(text[opened.pop()[1] : i])
    return found


def years_in(text: str) -> set[int]:
    """Return the years that a text names, as Western years."""
    return {y.year for y in find_years(text)}
