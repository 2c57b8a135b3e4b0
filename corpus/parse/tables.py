"""Tables: the cells of tab-separated rows, what each column holds, and which row a cell belongs to."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources

from corpus.document import Cell, Column, Grid, Region, RowGroup, Table
from corpus.normalize import compact, narrow
from corpus.parse.lines import MARKUP, Line
from corpus.wareki import ERAS, find_years

HEADER_ROWS = 3
LONGEST_LABEL = 20
_RULE = re.compile(r"[\s|:-]*")
_NO_UNIT = re.compile(r"(?:明治|大正|昭和|平成|令和)\s*(?:元|\d{1,2})|(?:19|20)\d{2}")
_BARE_YEAR = re.compile(r"(\d{1,2})\s*年度")
_DEPARTMENT = re.compile(r"[課室部局署係]$|^各課|^全庁")


@dataclass(frozen=True)
class Role:
    """One row of `columns.toml`; a dated role's labels name a fiscal year."""

    name: str
    words: tuple[str, ...]
    unless: tuple[str, ...]
    dated: bool


@functools.lru_cache(maxsize=1)
def roles() -> tuple[Role, ...]:
    """Return the column roles, in the order in which they are tried."""
    rows = tomllib.loads(resources.files("corpus.parse").joinpath("columns.toml").read_text("utf-8"))["role"]
    return tuple(
        Role(r["name"], tuple(r["words"]), tuple(r.get("unless", ())), r.get("dated", False)) for r in rows
    )


def role_of(label: str) -> str:
    """Return what a column with this header holds; "year" for a fiscal year, "" where it is not known."""
    folded = compact(label)
    if len(folded) > LONGEST_LABEL:
        return ""
    for role in roles():
        if any(w in folded for w in role.words) and not any(w in folded for w in role.unless):
            if role.dated and not find_years(label):
                continue
            return role.name
    return "year" if fiscal_year_in(label) is not None else ""


def fiscal_year_in(label: str) -> int | None:
    """Return the one fiscal year that a header names: 令和8年度, R8, 2026(R8), 令和8 without a unit."""
    plain = narrow(label).strip()
    years = {y.year for y in find_years(f"{plain}年度" if _NO_UNIT.fullmatch(plain) else plain)}
    return years.pop() if len(years) == 1 else None


def year_at(text: str, cell: Cell) -> int | None:
    """Return the fiscal year that a header cell names; 8年度 is of the era that was named last before it."""
    year = fiscal_year_in(cell.of(text))
    bare = _BARE_YEAR.fullmatch(narrow(cell.of(text)))
    if year is not None or not bare:
        return year
    named = find_years(text[: cell.start])
    start = max((s for s in ERAS.values() if named and s <= named[-1].year), default=None)
    return start + int(bare[1]) - 1 if start else None


def role_at(text: str, cell: Cell) -> str:
    """Return what the column below a header cell holds."""
    role = role_of(cell.of(text))
    return role or ("year" if year_at(text, cell) is not None else "")


def parse_table(text: str, lines: tuple[Line, ...]) -> Table:
    """Return the table that consecutive tab-separated lines print."""
    rows = [cells_of(text, line, r) for r, line in enumerate(lines)]
    return _table(text, [row for row in rows if not _is_rule(text, row)], placed=False)


def grid_table(text: str, grid: Grid) -> Table:
    """Return the table of cells that the format itself placed; merged cells hold for all they cover."""
    rows: dict[int, list[Cell]] = {}
    for cell in sorted(grid.cells, key=lambda c: (c.row, c.column)):
        rows.setdefault(cell.row, []).append(cell)
    return _table(text, [tuple(row) for row in rows.values()], placed=True)


def _table(text: str, rows: list[tuple[Cell, ...]], placed: bool) -> Table:
    header, body = _split_header(text, rows)
    unshifted = _columns(text, header, 0, placed)
    groups = _groups(body, _key_column(unshifted) if placed else 0)
    shift = 0 if placed else _shift(text, header, groups)
    columns = _columns(text, header, shift, placed) if shift else unshifted
    filled = [[c for c in g.cells if c.end > c.start] for g in groups]
    exact = (
        bool(columns) and all(len(row) == len(columns) for row in filled) and len(header) == 1 and not shift
    )
    region = Region(start=header[0][0].start, end=header[-1][-1].end) if header else None
    return Table(columns=columns, groups=groups, header=region, exact=exact, placed=placed)


def _key_column(columns: tuple[Column, ...]) -> int:
    """Return the column of what a row is about: where it is empty, the row goes on with the one above."""
    held = {c.role: c.index for c in reversed(columns)}
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


def _named(text: str, row: tuple[Cell, ...]) -> int:
    """Return how many columns a row names, 0 where a cell is too long for a header."""
    cells = [c for c in row if c.end > c.start]
    return 0 if any(c.end - c.start > LONGEST_LABEL for c in cells) else sum(bool(role_at(text, c)) for c in cells)


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
            index = cell.column - shift
            if role == "year" and roadmap is not None and not placed:
                index = roadmap + cell.column - first_year
            region = Region(start=cell.start, end=cell.end)
            year = year_at(text, cell) if role == "year" else None
            columns[index] = Column(index=index, label=label, role=role, header=region, fiscal_year=year)
    return tuple(columns[i] for i in sorted(columns))
