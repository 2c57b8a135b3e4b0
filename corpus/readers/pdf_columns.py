"""A PDF page's reading order: two columns are read one after the other, what crosses them in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.readers.canonical import Placed
from corpus.readers.pdf_lines import Segment

# Shares of the page's width, of a column's height, of its lines.
_MIDDLE = (0.3, 0.7)
_SIDE_BY_SIDE = 0.4
_FULL_LINES = 0.5
# A column of prose has several lines of many letters that end together; a table's columns have not.
_LEAST_LINES = 4
_LONG = 10
# A column of headings, lists and short paragraphs has more lines, of which some end together.
_MORE_LINES = 8
_SOME_FULL = 3
_SENTENCES = 2
_ALONE = 0.9
_STEP = 3.0
_ROOM = 1.5
_FAR_BELOW = 1.1


@dataclass
class TablePiece:
    """A table that has been found on the page, as one piece of it.

    `edges` are where its columns begin and end, where rules say so; `pages` the rows (row, page) at which
    it goes on over the end of a page.
    """

    x0: float
    top: float
    x1: float
    bottom: float
    cells: list[Placed]
    edges: tuple[float, ...] = ()
    pages: tuple[tuple[int, int], ...] = ()


Piece = Segment | TablePiece


def streams(pieces: Sequence[Piece], width: float) -> list[list[Piece]]:
    """Return the page's pieces as streams that are read one after the other, each from its top."""
    ordered = sorted(pieces, key=lambda p: (p.top, p.x0))
    gutter = _gutter(ordered, width)
    if gutter is None:
        return [ordered] if ordered else []
    found: list[list[Piece]] = [[]]
    for run in _runs(ordered, gutter):
        if _in_columns(run, gutter):
            start, end = _side_by_side(run, gutter)
            found[-1] += run[:start]
            columns = run[start:end]
            found += [
                [p for p in columns if p.x1 <= gutter],
                [p for p in columns if p.x0 >= gutter],
                run[end:],
            ]
        else:
            found[-1] += run
    return [stream for stream in found if stream]


def _gutter(ordered: list[Piece], width: float) -> float | None:
    """Return where two columns of prose are parted, or None for a page of one."""
    best: list[float] = []
    most = 0
    x = width * _MIDDLE[0]
    while x <= width * _MIDDLE[1]:
        score = sum(len(run) for run in _runs(ordered, x) if _in_columns(run, x))
        if score > most:
            best, most = [x], score
        elif score and score == most and x - best[-1] < _STEP * 1.5:
            best.append(x)
        x += _STEP
    return best[len(best) // 2] if best else None


def _runs(ordered: list[Piece], x: float) -> list[list[Piece]]:
    """Return the pieces in runs: those that cross the place, each alone, and all between two such."""
    runs: list[list[Piece]] = [[]]
    for piece in ordered:
        if piece.x0 < x < piece.x1:
            runs += [[piece], []]
        else:
            runs[-1].append(piece)
    return [run for run in runs if run]


def _in_columns(run: list[Piece], x: float) -> bool:
    """Tell whether a run is two columns of prose, parted at the place."""
    segments = [p for p in run if isinstance(p, Segment)]
    left = [s for s in segments if s.x1 <= x]
    right = [s for s in segments if s.x0 >= x]
    both_prose = _prose(left) and _prose(right)
    return (both_prose or (_text(left) and _text(right))) and _beside(left, right)


def _side_by_side(run: list[Piece], x: float) -> tuple[int, int]:
    """Return which pieces of a run are its columns: not the short lines above the right one or far below."""
    right = [p for p in run if p.x0 >= x]
    start = next(i for i, p in enumerate(run) if p.bottom > right[0].top)
    low = right[-1].bottom
    for i in range(start + 1, len(run)):
        above, piece = run[i - 1], run[i]
        far = piece.top - above.bottom > _FAR_BELOW * (piece.bottom - piece.top)
        if far and piece.top > low and piece.x1 <= x:
            return start, i
    return start, len(run)


def _prose(side: list[Segment]) -> bool:
    if len(side) < _LEAST_LINES:
        return False
    lengths = sorted(len(s.text) for s in side)
    edge = max(s.x1 for s in side)
    full = sum(s.x1 >= edge - _ROOM * s.size for s in side)
    return lengths[len(lengths) // 2] >= _LONG and full >= _FULL_LINES * len(side)


def _text(side: list[Segment]) -> bool:
    """Tell whether one side is text with headings and lists: sentences in it, one piece a line.

    A table without rules has several pieces a line, or a side without sentences.
    """
    if len(side) < _MORE_LINES or len({s.line for s in side}) < _ALONE * len(side):
        return False
    edge = max(s.x1 for s in side)
    full = sum(s.x1 >= edge - _ROOM * s.size for s in side)
    return full >= _SOME_FULL and sum(s.text.endswith("。") for s in side) >= _SENTENCES


def _beside(left: list[Segment], right: list[Segment]) -> bool:
    top, bottom = max(left[0].top, right[0].top), min(left[-1].bottom, right[-1].bottom)
    shorter = min(left[-1].bottom - left[0].top, right[-1].bottom - right[0].top)
    return bottom - top > _SIDE_BY_SIDE * shorter
