"""Tables: the cells of tab-separated rows, what each column holds, and which row a cell belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.document import Cell, Column, Grid, Region, RowGroup, Table
from corpus.parse.columns import (
    LONGEST_HEADER,
    SURE_ROLES,
    VALUE_ROLES,
    dated_value_at,
    label_role,
    role_at,
    role_of,
    stacked_at,
    year_at,
    year_range_in,
)
from corpus.parse.lines import MARKUP, Line

HEADER_ROWS = 3
_RULE = re.compile(r"[\s|:-]*")
_DEPARTMENT = re.compile(r"[課室部局署係]$|^各課|^全庁")


def parse_table(text: str, lines: tuple[Line, ...]) -> Table:
    """Return the table that consecutive tab-separated lines print."""
    rows = [cells_of(text, line, r) for r, line in enumerate(lines)]
    return _table(text, [row for row in rows if not _is_rule(text, row)], placed=False)


def grid_table(text: str, grid: Grid) -> Table:
    """Return the table of cells that the format itself placed; merged cells hold for all they cover."""
    return rows_table(text, sorted(grid.cells, key=lambda c: (c.row, c.column)), placed=True)


def rows_table(text: str, cells: Iterable[Cell], placed: bool) -> Table:
    """Return the table of some of a table's cells, such as the KPIs inside a measure's own table."""
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    return _table(text, [tuple(row) for row in rows.values()], placed)


def _table(text: str, rows: list[tuple[Cell, ...]], placed: bool) -> Table:
    form = _is_form(text, rows)
    header, body = ([], rows) if form else _split_header(text, rows)
    unshifted = _columns(text, header, 0, placed)
    groups = _groups(body, _key_column(unshifted) if placed else 0)
    shift = 0 if placed else _shift(text, header, groups)
    columns = _columns(text, header, shift, placed) if shift else unshifted
    whole = bool(columns) and all(_fills(g, len(columns)) for g in groups)
    exact = whole and len(header) == 1 and not shift
    region = Region(start=header[0][0].start, end=header[-1][-1].end) if header else None
    return Table(columns=columns, groups=groups, header=region, exact=exact, placed=placed, form=form)


def _fills(group: RowGroup, columns: int) -> bool:
    """Tell whether a group is one row with a filled cell for each column."""
    filled = [c for c in group.cells if c.end > c.start]
    return len(filled) == columns and len({c.row for c in filled}) == 1


def _key_column(columns: tuple[Column, ...]) -> int:
    """Return the column of what a row is about: where it is empty, the row goes on with the one above."""
    held = {c.role: c.index for c in reversed(columns)}
    named = [c.index for c in columns if c.role == "measure"]
    if "target" in held and "indicator" not in held and len(named) > 1:
        return named[1]
    order = (
        ("indicator", "measure") if {"target", "baseline"} & held.keys() else ("term", "measure", "indicator")
    )
    return next((held[role] for role in order if role in held), 0)


def cells_of(text: str, line: Line, row: int) -> tuple[Cell, ...]:
    """Return a row's cells without the blanks and the markup at their ends."""
    cells = []
    start = line.start
    for column, raw in enumerate(line.text.split("\t")):
        first, last = _trim(text, start, start + len(raw))
        cells.append(Cell(start=first, end=last, row=row, column=column))
        start += len(raw) + 1
    return tuple(cells)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while True:
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        tag = MARKUP.match(text, start, end)
        if not tag:
            return start, end
        start = tag.end()


def _is_rule(text: str, row: tuple[Cell, ...]) -> bool:
    return all(_RULE.fullmatch(c.of(text)) for c in row) and any("--" in c.of(text) for c in row)


def _split_header(
    text: str, rows: list[tuple[Cell, ...]]
) -> tuple[list[tuple[Cell, ...]], list[tuple[Cell, ...]]]:
    """Return the header rows and the others: a header row names at least two columns by their roles.

    A row above the header rows (現状と課題 printed into the table's first row) belongs to the others.
    """
    named = [_named(text, row) for row in rows[: HEADER_ROWS + 1]]
    first = next((i for i, n in enumerate(named) if n >= 2), None)
    if first is None:
        return [], rows
    last = first
    while last + 1 < len(named) and named[last + 1] >= 2 and not _filled(rows[last + 1], 0):
        last += 1
    return rows[first : last + 1], rows[:first] + rows[last + 1 :]


def _is_form(text: str, rows: list[tuple[Cell, ...]]) -> bool:
    """Tell whether the rows begin with labels, each of another field."""
    firsts = [row[0].of(text) for row in rows if row and row[0].column == 0 and row[0].end > row[0].start]
    held = {role for first in firsts if (role := label_role(first))}
    return len(held) > 1 and bool(held & SURE_ROLES)


def _named(text: str, row: tuple[Cell, ...]) -> int:
    """Return how many columns a row names, 0 where a cell is too long for a header or holds a value."""
    cells = [c for c in row if c.end > c.start]
    if any(c.end - c.start > LONGEST_HEADER or _holds_value(c.of(text)) for c in cells):
        return 0
    return sum(bool(role_at(text, c)) for c in cells)


def _holds_value(text: str) -> bool:
    return bool(stacked_at(text) or dated_value_at(text))


def _filled(row: tuple[Cell, ...], column: int) -> bool:
    return any(c.column == column and c.end > c.start for c in row)


def _groups(rows: list[tuple[Cell, ...]], key: int) -> tuple[RowGroup, ...]:
    """Put each row without a cell of its own in the key column under the row above it."""
    groups: list[list[tuple[Cell, ...]]] = []
    for row in rows:
        if groups and not _filled(row, key):
            groups[-1].append(row)
        else:
            groups.append([row])
    everything = [c for row in rows for c in row]
    return tuple(_group([c for row in group for c in row], everything) for group in groups)


def _group(own: list[Cell], everything: list[Cell]) -> RowGroup:
    """Return the rows' cells, with the merged cells from above that cover the first row."""
    filled = [c for c in own if c.end > c.start] or own
    first = own[0].row
    covering = [
        c.model_copy(update={"row": first, "row_span": 1})
        for c in everything
        if c.row < first < c.row + c.row_span and c.end > c.start
    ]
    cells = sorted((*covering, *own), key=lambda c: (c.row, c.column))
    return RowGroup(start=filled[0].start, end=filled[-1].end, cells=tuple(cells))


def _shift(text: str, header: list[tuple[Cell, ...]], groups: tuple[RowGroup, ...]) -> int:
    """Return by how many columns the header stands to the right of the rows it names.

    A header that lost a merged cell is found by its department column: the departments stand elsewhere.
    """
    labels = header[0] if header else ()
    column = next((c.column for c in labels if role_of(c.of(text)) == "department"), None)
    if column is None or labels[0].end > labels[0].start:
        return 0

    def departments(at: int) -> int:
        return sum(bool((c := g.cell(at)) and _DEPARTMENT.search(c.of(text))) for g in groups)

    return 1 if departments(column - 1) > departments(column) else 0


def _columns(text: str, header: list[tuple[Cell, ...]], shift: int, placed: bool) -> tuple[Column, ...]:
    columns: dict[int, Column] = {}
    for row in header:
        labels = [(c, " ".join(c.of(text).split())) for c in row if c.end > c.start]
        first_year = next((c.column for c, _ in labels if role_at(text, c) == "year"), 0)
        roadmap = next((c.index for c in columns.values() if c.role == "roadmap"), None)
        for cell, label in labels:
            role = role_at(text, cell)
            parent = _above(text, header, cell) if placed else None
            if parent and parent[0] in VALUE_ROLES and role in ("year", ""):
                role, label = parent[0], f"{parent[1]} {label}"
            elif parent and parent[0] in ("roadmap", "year") and not role:
                role = "year"
            index = cell.column - shift
            if role == "year" and roadmap is not None and not placed:
                index = roadmap + cell.column - first_year
            region = Region(start=cell.start, end=cell.end)
            year = year_at(text, cell) if role == "year" else None
            years = year_range_in(label) if role == "year" else ()
            columns[index] = Column(
                index=index,
                label=label,
                role=role,
                header=region,
                fiscal_year=year,
                fiscal_years=years,
                span=cell.column_span if placed else 1,
            )
    return tuple(columns[i] for i in sorted(columns))


def _above(text: str, header: list[tuple[Cell, ...]], cell: Cell) -> tuple[str, str] | None:
    """Return role and label of the header cell that spans this one and others beside it."""
    spanning = (
        c for row in header for c in row if c.row < cell.row and c.column_span > 1 and c.end > c.start
    )
    found = next((c for c in spanning if c.column <= cell.column < c.column + c.column_span), None)
    return (role_at(text, found), " ".join(found.of(text).split())) if found else None
