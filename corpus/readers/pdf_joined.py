"""Tables that go on over the end of a page: their rows are put together, headers printed again left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus.normalize import compact
from corpus.readers.canonical import Placed
from corpus.readers.pdf_columns import Piece, TablePiece

# Points that a column's edge may differ on the next page.
_SNAP = 3.0

Streams = list[list[Piece]]


def joined(pages: Sequence[tuple[int, Streams]]) -> list[tuple[int, Streams]]:
    """Return each page's streams; a table that goes on over a page's end stands whole where it begins."""
    found = [(number, [list(stream) for stream in streams if stream]) for number, streams in pages]
    whole: tuple[list[Piece], TablePiece] | None = None
    for number, streams in found:
        first = streams[0][0] if streams else None
        if whole and isinstance(first, TablePiece) and (table := _join(whole[1], first, number)):
            whole[0][-1] = table
            whole = (whole[0], table)
            streams[0] = streams[0][1:]
            streams[:] = [stream for stream in streams if stream]
        elif not streams:
            whole = None
        last = streams[-1][-1] if streams else None
        if isinstance(last, TablePiece):
            whole = (streams[-1], last)
        elif streams:
            whole = None
    return found


def _join(above: TablePiece, below: TablePiece, page: int) -> TablePiece | None:
    """Return both as one table, or None where the one below is another: its columns stand elsewhere.

    A table that begins with the first label of the one above, but goes on otherwise, is the next of a row
    of sheets.
    """
    edges = max(above.edges, below.edges, key=len)
    if not (above.edges and below.edges) or not (_within(above, edges) and _within(below, edges)):
        return None
    above, below = _on(above, edges), _on(below, edges)
    first, again = _rows(above), _rows(below)
    repeated = 0
    while repeated < min(len(first), len(again)) and first[repeated] == again[repeated]:
        repeated += 1
    if repeated == len(again) or (not repeated and first[0][:1] == again[0][:1]):
        return None
    height = max(c.row + c.row_span for c in above.cells)
    rows = sorted({c.row for c in below.cells if c.text})
    start = rows[repeated]
    kept = [replace(c, row=c.row - start + height) for c in below.cells if c.row >= start]
    return replace(above, cells=[*above.cells, *kept], pages=(*above.pages, (height, page)))


def _within(table: TablePiece, edges: Sequence[float]) -> bool:
    """Tell whether a table's columns begin and end at these edges, its first and last at the outermost."""
    outer = abs(table.edges[0] - edges[0]) <= _SNAP and abs(table.edges[-1] - edges[-1]) <= _SNAP
    return outer and all(any(abs(a - b) <= _SNAP for b in edges) for a in table.edges)


def _on(table: TablePiece, edges: tuple[float, ...]) -> TablePiece:
    """Return a table with its cells on the columns between these edges."""
    places = [min(range(len(edges)), key=lambda k: abs(edges[k] - a)) for a in table.edges]
    cells = [
        replace(c, column=places[c.column], column_span=places[c.column + c.column_span] - places[c.column])
        for c in table.cells
    ]
    return replace(table, cells=cells, edges=edges)


def _rows(table: TablePiece) -> list[tuple[tuple[int, str], ...]]:
    """Return the texts of a table's rows with their columns, without rows that print nothing."""
    rows: dict[int, list[Placed]] = {}
    for cell in sorted(table.cells, key=lambda c: (c.row, c.column)):
        if cell.text:
            rows.setdefault(cell.row, []).append(cell)
    return [tuple((c.column, compact(c.text)) for c in cells) for cells in rows.values()]
