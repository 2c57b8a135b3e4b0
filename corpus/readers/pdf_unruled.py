"""Tables without rules: rows whose words stand in the same columns, one below the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from corpus.readers.canonical import Placed
from corpus.readers.pdf_columns import Piece, TablePiece
from corpus.readers.pdf_lines import Segment, join

Row = list[Segment]

_LEAST_ROWS = 3
_FILLED = 0.8
# Shares of a letter's size.
_COLUMN_GAP = 0.8
_APART = 1.5
_ROW_GAP = 2.5
_TIGHT = 0.85
_LONGEST_CELL = 40
_PAGE = re.compile(r"[\d０-９]{1,3}")


def rows_of(stream: Sequence[Piece]) -> list[Row | TablePiece]:
    """Return a stream's segments as printed rows, its tables in their places."""
    rows: list[Row | TablePiece] = []
    for piece in stream:
        last = rows[-1] if rows else None
        if isinstance(piece, Segment) and isinstance(last, list) and last[0].line == piece.line:
            last.append(piece)
        else:
            rows.append([piece] if isinstance(piece, Segment) else piece)
    return [_whole(row) if isinstance(row, list) else row for row in rows]


def _whole(row: Row) -> Row:
    """Return a row from its left, segments that no column parts made one."""
    row.sort(key=lambda s: s.x0)
    whole = [row[0]]
    for s in row[1:]:
        last = whole[-1]
        if s.x0 - last.x1 <= _APART * max(s.size, last.size):
            top, bottom = min(s.top, last.top), max(s.bottom, last.bottom)
            text = f"{last.text} {s.text}"
            whole[-1] = replace(last, x1=s.x1, top=top, bottom=bottom, text=text)
        else:
            whole.append(s)
    return whole


def with_tables(rows: list[Row | TablePiece]) -> list[Row | TablePiece]:
    """Return the rows with those that make a table replaced by it."""
    found: list[Row | TablePiece] = []
    i = 0
    while i < len(rows):
        run = _run(rows, i)
        table = _table(run) if len(run) >= _LEAST_ROWS else None
        if table:
            found.append(table)
            i += len(run)
        else:
            found.append(rows[i])
            i += 1
    return found


def _run(rows: list[Row | TablePiece], start: int) -> list[Row]:
    """Return the rows from here that may be one table: near each other, of several segments each.

    A row of one segment belongs to it where it stands under a column and more such rows follow.
    """
    run: list[Row] = []
    for i in range(start, len(rows)):
        row = rows[i]
        if isinstance(row, TablePiece) or (run and row[0].top - run[-1][0].bottom > _ROW_GAP * row[0].size):
            break
        if len(row) < 2 and not (run and _under_column(row[0], run) and row[0].x0 > run[0][0].x1):
            break
        run.append(row)
    while run and len(run[-1]) < 2:
        run.pop()
    return run


def _under_column(segment: Segment, run: list[Row]) -> bool:
    return any(abs(segment.x0 - s.x0) <= segment.size for s in run[0]) and len(segment.text) <= _LONGEST_CELL


def _table(run: list[Row]) -> TablePiece | None:
    columns = _columns(run)
    several = [row for row in run if len(row) > 1]
    if len(columns) < 2 or len(several) < _LEAST_ROWS:
        return None
    places = [[_column_of(s, columns) for s in row] for row in run]
    distinct = sum(len(set(p)) > 1 for p in places)
    if distinct < max(_LEAST_ROWS, _FILLED * len(several)) or _is_contents(run, columns):
        return None
    if any(len(s.text) > _LONGEST_CELL for row in run for s in row):
        return None
    cells: dict[tuple[int, int], str] = {}
    at = -1
    gap = _usual_gap(run)
    for i, (row, columns_of) in enumerate(zip(run, places, strict=True)):
        wraps = i > 0 and columns_of[0] > 0 and row[0].top - run[i - 1][0].bottom < _TIGHT * gap
        at += 0 if wraps else 1
        for segment, column in zip(row, columns_of, strict=True):
            before = cells.get((at, column), "")
            same_row = f"{before} {segment.text}".strip()
            cells[at, column] = join(before, segment.text) if wraps else same_row
    placed = [Placed(text, r, c) for (r, c), text in cells.items()]
    everything = [s for row in run for s in row]
    return TablePiece(
        min(s.x0 for s in everything), run[0][0].top, max(s.x1 for s in everything), run[-1][0].bottom, placed
    )


def _columns(run: list[Row]) -> list[tuple[float, float]]:
    """Return the columns: where the rows' words stand, parted where no row has any."""
    columns: list[tuple[float, float]] = []
    for s in sorted((s for row in run for s in row), key=lambda s: s.x0):
        if columns and s.x0 - columns[-1][1] <= _COLUMN_GAP * s.size:
            columns[-1] = (columns[-1][0], max(columns[-1][1], s.x1))
        else:
            columns.append((s.x0, s.x1))
    return columns


def _column_of(segment: Segment, columns: list[tuple[float, float]]) -> int:
    return next(i for i, (a, b) in enumerate(columns) if a <= segment.x0 <= b)


def _is_contents(run: list[Row], columns: list[tuple[float, float]]) -> bool:
    """Tell whether the rows are a table of contents: a title and a page each."""
    pages = [row for row in run if _PAGE.fullmatch(row[-1].text)]
    return len(columns) == 2 and len(pages) * 10 >= len(run) * 8


def _usual_gap(run: list[Row]) -> float:
    gaps = sorted(b[0].top - a[0].bottom for a, b in pairwise(run))
    return gaps[len(gaps) * 3 // 4] if gaps else 0.0
