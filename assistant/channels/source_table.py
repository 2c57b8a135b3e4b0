"""A table as a page shows it: rows of cells, with the headers put above the columns they name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.channels.source_runs import Row, rows_of
from corpus.document import Block, Cell, Region, Table
from corpus.parse.lines import MARKUP, Line
from corpus.parse.tables import cells_of

NAMING_ROLES = frozenset({"measure", "indicator", "term", "department", ""})
"""Roles of a first column whose cells name their rows."""

SOME_TEXT = 14
MUCH_TEXT = 60

HeaderScope = Literal["", "row", "col"]
RowStyle = Literal["head", "body", "continued", "rule"]


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell; `scope` is empty for a data cell."""

    rows: tuple[Row, ...] = ()
    scope: HeaderScope = ""
    span: int = 1

    @property
    def size(self) -> str:
        """Return how much room the cell's text asks for: "", "some" or "much"."""
        length = sum(len(run.text) for row in self.rows for run in row.runs if not run.stray)
        return "much" if length > MUCH_TEXT else "some" if length > SOME_TEXT else ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; a `rule` is the printed line of dashes under a header, `continued` has no first cell."""

    cells: tuple[TableCell, ...]
    style: RowStyle


@dataclass(frozen=True, slots=True)
class _Printed:
    """One printed row: its filled cells with their raw regions, by column."""

    filled: dict[int, Region]
    trimmed: dict[int, Cell]
    style: RowStyle


def table_rows(text: str, block: Block, table: Table) -> tuple[TableRow, ...]:
    """Return the rows of a table block, all of the same width."""
    printed = _printed_rows(text, block, table)
    head = next((i for i, row in enumerate(printed) if row.style == "head"), None)
    placed = [_place(row, table) for row in printed]
    width = max((max(cells, default=0) + 1 for cells in placed), default=0)
    names = bool(table.columns) and _names_rows(table)
    rows = []
    for i, (row, cells) in enumerate(zip(printed, placed, strict=True)):
        spans = row.style == "head" or (head is not None and i < head)
        rows.append(TableRow(_cells(text, row.style, cells, width, spans, names), row.style))
    return tuple(rows)


def keeps_years_apart(table: Table) -> bool:
    """Tell whether a table has columns of years whose cells may stand elsewhere than in the original."""
    return not table.exact and any(c.role == "year" for c in table.columns)


def _printed_rows(text: str, block: Block, table: Table) -> list[_Printed]:
    rows = []
    start = block.start
    for number, line in enumerate(block.of(text).split("\n")):
        raw: dict[int, Region] = {}
        at = start
        for column, cell in enumerate(line.split("\t")):
            if cell.strip():
                raw[column] = Region(start=at, end=at + len(cell))
            at += len(cell) + 1
        trimmed = {c.column: c for c in cells_of(text, Line(start, start + len(line), line), number)}
        rows.append(
            _Printed(raw, trimmed, _style(line, Region(start=start, end=start + len(line)), raw, table))
        )
        start += len(line) + 1
    return rows


def _style(line: str, region: Region, filled: dict[int, Region], table: Table) -> RowStyle:
    if "--" in line and not MARKUP.sub("", line).strip("\t -:|"):
        return "rule"
    header = table.header
    if header and filled and region.start <= header.end and header.start <= region.end:
        return "head"
    return "body" if 0 in filled else "continued"


def _place(row: _Printed, table: Table) -> dict[int, Region]:
    """Return the row's filled cells by the column they are shown in.

    A header is shown above the column it names, which is not always where it is printed.
    """
    if row.style != "head":
        return row.filled
    named = {c.header.start: c.index for c in table.columns}
    shift = next(
        (k - named[c.start] for k, c in row.trimmed.items() if k in row.filled and c.start in named), 0
    )
    placed: dict[int, Region] = {}
    free = 0
    for printed, region in row.filled.items():
        column = max(free, named.get(row.trimmed[printed].start, printed - shift))
        placed[column] = region
        free = column + 1
    return placed


def _cells(
    text: str, style: RowStyle, placed: dict[int, Region], width: int, spans: bool, names: bool
) -> tuple[TableCell, ...]:
    """Return a row's cells; where `spans`, a filled cell reaches to the next one, as it did in print."""
    cells: list[TableCell] = []
    column = 0
    while column < width:
        region = placed.get(column)
        if region is None:
            cells.append(TableCell())
            column += 1
            continue
        following = min((k for k in placed if k > column), default=width)
        span = following - column if spans and following > column + 1 and column else 1
        cells.append(TableCell(rows_of(text, region), _scope(style, column, names), span))
        column += span
    return tuple(cells)


def _scope(style: RowStyle, column: int, names: bool) -> HeaderScope:
    if style == "head":
        return "col"
    return "row" if names and column == 0 and style == "body" else ""


def _names_rows(table: Table) -> bool:
    first = next((c for c in table.columns if c.index == 0), None)
    return first is None or first.role in NAMING_ROLES
