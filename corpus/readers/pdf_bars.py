"""Roadmap bars: a drawn area over several columns of a table row, with the words that stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from corpus.readers.pdf_page import Glyph, Shape

# Shares of a column's width, of a row's height, of a letter's size.
_COVERS = 0.35
_TOO_HIGH = 1.05
_OUTLINE = 0.9
_LABELS_APART = 1.5
_LOWEST = 5.0
_SAME = 2.0


@dataclass
class Bar:
    """An area over the columns from `column` up to, not with, `end`."""

    column: int
    end: int
    top: float
    width: float
    letters: list[Glyph]


def bars_of(
    shapes: list[Shape], xs: list[float], band: tuple[float, float], letters: dict[int, list[Glyph]]
) -> list[Bar]:
    """Return the bars of one table row; none where letters of a covered place stand outside every bar.

    `letters` are those of the row's single places, by column; `band` is the row's top and bottom.
    """
    bars: list[Bar] = []
    seen: list[Shape] = []
    for s in shapes:
        inside = band[0] - _SAME <= s.top and s.bottom <= band[1] + _SAME
        if not inside or not (s.coloured or s.stroked) or s.bottom - s.top < _LOWEST:
            continue
        if any(alike(s, other) for other in seen):
            continue
        seen.append(s)
        bar = _bar(s, xs, band, letters)
        if bar:
            bars.append(bar)
    if not any(b.end - b.column > 1 for b in bars):
        return []
    used = [id(g) for b in bars for g in b.letters]
    covered = {c for b in bars for c in range(b.column, b.end)}
    rest = [g for c in covered for g in letters[c] if g.text.strip() and id(g) not in set(used)]
    return [] if rest or len(used) != len(set(used)) else bars


def _bar(s: Shape, xs: list[float], band: tuple[float, float], letters: dict[int, list[Glyph]]) -> Bar | None:
    if s.bottom - s.top > _TOO_HIGH * (band[1] - band[0]) + _SAME:
        return None
    columns = [
        c
        for c in range(len(xs) - 1)
        if min(s.x1, xs[c + 1]) - max(s.x0, xs[c]) > _COVERS * (xs[c + 1] - xs[c])
    ]
    whole_row = 0 in columns or (not s.coloured and s.bottom - s.top > _OUTLINE * (band[1] - band[0]))
    if not columns or whole_row or any(c not in letters for c in columns):
        return None
    inside = [
        g
        for c in columns
        for g in letters[c]
        if g.text.strip() and s.x0 <= g.middle[0] <= s.x1 and s.top <= g.middle[1] <= s.bottom
    ]
    if not inside or _several(inside, xs):
        return None
    return Bar(columns[0], columns[-1] + 1, s.top, s.x1 - s.x0, inside)


def _several(letters: list[Glyph], xs: list[float]) -> bool:
    """Tell whether the words in an area are one label a column, as in a coloured header row."""
    line = sorted(letters, key=lambda g: g.x0)
    return any(
        b.x0 - a.x1 > _LABELS_APART * a.size and any(a.x1 <= x <= b.x0 for x in xs) for a, b in pairwise(line)
    )


def alike(a: Shape, b: Shape) -> bool:
    """Tell whether two areas are one bar, drawn once for its colour and once for its outline."""
    pairs = ((a.x0, b.x0), (a.top, b.top), (a.x1, b.x1), (a.bottom, b.bottom))
    return all(abs(p - q) <= _SAME for p, q in pairs)


def lanes_of(bars: list[Bar]) -> list[tuple[Bar, int]]:
    """Return each bar with the line of the row it stands on, so that no two on a line share a column."""
    placed: list[tuple[Bar, int]] = []
    for bar in sorted(bars, key=lambda b: (b.top, b.column)):
        lane = 0
        while any(other.column < bar.end and bar.column < other.end for other, at in placed if at == lane):
            lane += 1
        placed.append((bar, lane))
    return placed
