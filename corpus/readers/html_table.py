"""HTML tables: which hold data, and where each cell stands."""

from __future__ import annotations

from typing import Any

from corpus.errors import DocumentError
from corpus.readers.canonical import Placed, Writer
from corpus.readers.html_text import hides, inline_text, tag_of
from corpus.readers.limits import COLUMNS, PLACES

_SPAN_DIGITS = 5


def is_data(table: Any) -> bool:
    """Tell whether a table holds data; one that has tables in it only lays out the page."""
    if table.get("role") in ("presentation", "none"):
        return False
    return next((e for e in table.iter("table") if e is not table), None) is None


def place_cells(table: Any, writer: Writer) -> list[Placed]:
    """Return a table's cells at their places, as browsers place them."""
    cells: list[Placed] = []
    taken: set[tuple[int, int]] = set()
    rows = [(row, group) for group in _groups(table) for row in group if tag_of(row) == "tr"]
    last_of = {id(group): r for r, (_, group) in enumerate(rows)}
    for r, (row, group) in enumerate(rows):
        column = 0
        for cell in row:
            if tag_of(cell) not in ("td", "th"):
                continue
            while (r, column) in taken:
                column += 1
            wide = max(_span(cell, "colspan"), 1)
            high = _span(cell, "rowspan") or PLACES
            high = min(high, last_of[id(group)] - r + 1)
            free = (k for k in range(1, min(wide, COLUMNS)) if (r, column + k) in taken)
            wide = next(free, wide)
            if column + wide > COLUMNS or len(taken) + wide * high > PLACES:
                raise DocumentError(
                    f"{writer.name}: a table with more than {COLUMNS} columns or {PLACES} places; split it"
                )
            taken.update((r + y, column + x) for y in range(high) for x in range(wide))
            hidden = hides(cell) or hides(row)
            if hidden:
                writer.note("hidden text was held back")
            cells.append(Placed("" if hidden else inline_text(cell, writer), r, column, high, wide))
            column += wide
    return cells


def _groups(table: Any) -> list[Any]:
    """Return the head, the bodies and the foot in the order in which they are printed."""
    groups = [g for g in table if tag_of(g) in ("thead", "tbody")]
    loose = [table] if any(tag_of(e) == "tr" for e in table) else []
    return groups + loose + [g for g in table if tag_of(g) == "tfoot"]


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return int(value) if value.isdecimal() and len(value) <= _SPAN_DIGITS else 1
