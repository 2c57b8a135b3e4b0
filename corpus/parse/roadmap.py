"""Roadmaps: the phases of a measure, with their years only where the layout decides them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from corpus.document import Cell, Region, RowGroup, Table
from corpus.normalize import narrow
from corpus.parse.columns import era_before
from corpus.parse.fields import Piece, Pieces
from corpus.records import Doubt, RoadmapRow, Span
from corpus.wareki import YearMention, find_years

COLUMNS_LOST = "工程表の列が本文から失われており、「{title}」の各工程の年度は確定できません（並びの順は確か）"
YEARS_MISSING = "「{title}」の一部の工程に年度が書かれていません（並びの順は確か）"
NO_ROADMAP = "「{title}」の工程が本文にありません"
_ARROW = re.compile(r"\s*[→⇒➡⇨➔▶►>＞=＝\-－―ー─━～~〜]+\s*")
_MARK = re.compile(rf"{_ARROW.pattern}|\s*[○◯〇●◎◇◆△▲□■☆★✓✔レ✕×]\s*")
_FROM_TO = re.compile(r"\s*(?:年度?)?\s*(?:[~〜～\-－―]|から)")
_BARE = re.compile(r"(?<!\d)(\d{1,2})\s*年度")
_BETWEEN = re.compile(r"[\s:)\]、】・|]*")


def roadmap_of(
    pieces: Pieces, table: Table, group: RowGroup, title: str, source: Span
) -> tuple[tuple[RoadmapRow, ...], tuple[Doubt, ...]]:
    """Return a row's phases in their order, and the doubts about them.

    Years are certain where every row fills every column (野々市's table), or where the format itself
    places the cells. Elsewhere `fiscal_years` is None.
    """
    asked = any(c.role in ("year", "roadmap") for c in table.columns)
    rows = phases_of(pieces, table, group)
    if not rows and asked:
        return (), (Doubt(kind="roadmap_missing", message=NO_ROADMAP.format(title=title), source=source),)
    if any(not row.certain for row in rows):
        doubt = Doubt(kind="roadmap_columns", message=COLUMNS_LOST.format(title=title), source=source)
        return rows, (doubt,)
    return rows, ()


def _phase_cells(table: Table, group: RowGroup) -> list[Cell]:
    """Return the filled cells right of the named columns, and all of the rows below the first."""
    named = [c.index for c in table.columns if c.role not in ("year", "roadmap", "")]
    years = [c.index for c in table.columns if c.role == "year"]
    if table.placed and years:
        return [c for c in group.cells if c.end > c.start and years[0] <= c.column <= years[-1]]
    first_row = group.cells[0].row
    last_named = max(named, default=-1)
    phases = [c for c in group.cells if c.end > c.start and (c.row != first_row or c.column > last_named)]
    return phases


def phases_of(pieces: Pieces, table: Table, group: RowGroup) -> tuple[RoadmapRow, ...]:
    """Return the phases of a row: its words below the years, an arrow goes on with what is left of it.

    Where only marks (○, →) stand below the years, the row's own name is what is done in them. Marks of
    several kinds, and marks beside words, mean what a legend says: their years are not certain.
    """
    dated = sorted((c for c in table.columns if c.role == "year" and c.years), key=lambda c: -c.span)
    years = {c.index + k: c.years for c in dated for k in range(c.span)}
    certain = table.exact or table.placed
    rows: dict[int, list[Cell]] = {}
    for cell in _phase_cells(table, group):
        rows.setdefault(cell.row, []).append(cell)
    found: list[RoadmapRow] = []
    for row, cells in rows.items():
        marks = [c for c in cells if _MARK.fullmatch(c.of(pieces.text))]
        if not marks:
            found += [_row(pieces.of(c.start, c.end), _years(c, years) if certain else None) for c in cells]
        elif len(marks) < len(cells):
            found += _continued(pieces, cells, years, certain)
        elif name := _row_name(table, group, row):
            kinds = {c.of(pieces.text).strip() for c in marks if not _ARROW.fullmatch(c.of(pieces.text))}
            covered = [_years(c, years) for c in marks]
            sure = certain and len(kinds) <= 1 and all(covered)
            own = tuple(sorted({y for ys in covered for y in ys or ()})) if sure else None
            found.append(_row(pieces.of(name.start, name.end), own))
    return tuple(found)


def _continued(
    pieces: Pieces, cells: list[Cell], years: Mapping[int, tuple[int, ...]], certain: bool
) -> list[RoadmapRow]:
    """Return the phases of words, each with the years of the arrows that follow it without a gap."""
    runs: list[list[Cell]] = []
    sure = certain
    for cell in cells:
        arrow = _ARROW.fullmatch(cell.of(pieces.text))
        after = bool(runs) and cell.column == runs[-1][-1].column + runs[-1][-1].column_span
        if arrow and after:
            runs[-1].append(cell)
        elif _MARK.fullmatch(cell.of(pieces.text)):
            sure = False
        else:
            runs.append([cell])
    found = []
    for run in runs:
        covered = [_years(c, years) for c in run]
        own = tuple(sorted({y for ys in covered for y in ys or ()})) if sure and all(covered) else None
        found.append(_row(pieces.of(run[0].start, run[0].end), own))
    return found


def _row_name(table: Table, group: RowGroup, row: int) -> Cell | None:
    """Return the cell that names what a row of marks is about: the nearest named one left of the years."""
    first = min((c.index for c in table.columns if c.role == "year"), default=0)
    names = [
        c.index
        for c in table.columns
        if c.role in ("activity", "measure", "overview", "") and c.index < first
    ]
    cells = [c for c in group.cells if c.end > c.start and c.column in (names or range(first))]
    own = [c for c in cells if c.row == row] or [c for c in cells if c.row == group.cells[0].row]
    roles = {c.index: c.role for c in table.columns}
    order = ("activity", "measure", "", "overview")
    return min(
        own,
        key=lambda c: order.index(roles.get(c.column, "")) if roles.get(c.column, "") in order else 9,
        default=None,
    )


def _years(cell: Cell, years: Mapping[int, tuple[int, ...]]) -> tuple[int, ...] | None:
    covered = [years.get(cell.column + k) for k in range(cell.column_span)]
    known = tuple(sorted({y for ys in covered if ys for y in ys}))
    return known if known and all(covered) else None


def _row(piece: Piece, years: tuple[int, ...] | None) -> RoadmapRow:
    return RoadmapRow(text=piece.text, fiscal_years=years, certain=years is not None, source=piece.span)


def phases_in_table(pieces: Pieces, table: Table) -> tuple[RoadmapRow, ...]:
    """Return the phases of a table that is about one measure: what stands under its years."""
    if not any(c.role == "year" for c in table.columns):
        return ()
    return tuple(row for g in table.groups for row in phases_of(pieces, table, g))


def phases_in_lines(pieces: Pieces, lines: Iterable[Piece]) -> tuple[RoadmapRow, ...]:
    """Return the phases of lines such as 「令和9～10年度 間伐の実施」; without years they are not certain."""
    return tuple(_phase_in_line(pieces, line) for line in lines)


def _phase_in_line(pieces: Pieces, line: Piece) -> RoadmapRow:
    head: list[YearMention] = []
    for mention in find_years(line.text) or _bare_years(pieces, line):
        between = narrow(line.text)[head[-1].end if head else 0 : mention.start]
        if _BETWEEN.fullmatch(between) or (head and _FROM_TO.fullmatch(between)):
            head.append(mention)
    if not head:
        return _row(line, None)
    rest = _BETWEEN.match(narrow(line.text), head[-1].end)
    start = line.region.start + (rest.end() if rest else head[-1].end)
    text = line.text[start - line.region.start :]
    if not text:
        return _row(line, None)
    region = Region(start=start, end=line.region.end)
    return _row(Piece(line.document_id, text, region), _covered(narrow(line.text), head))


def _bare_years(pieces: Pieces, line: Piece) -> list[YearMention]:
    """Return the years of 「9年度から10年度」: of the era of the year that was named last before."""
    start = era_before(pieces.text, line.region.start)
    found = _BARE.finditer(narrow(line.text)) if start else ()
    return [YearMention(m.start(), m.end(), (start or 0) + int(m[1]) - 1, True) for m in found]


def _covered(text: str, mentions: list[YearMention]) -> tuple[int, ...]:
    """Return the years that mentions at the head of a line name: all between two that 「～」 joins."""
    years: set[int] = set()
    for i, mention in enumerate(mentions):
        joined = i and _FROM_TO.match(text, mentions[i - 1].end)
        years |= set(range(mentions[i - 1].year, mention.year + 1)) if joined else {mention.year}
    return tuple(sorted(years))


def uncertain(rows: tuple[RoadmapRow, ...], title: str, source: Span) -> tuple[Doubt, ...]:
    """Return the doubt about a measure's phases whose years its section does not give."""
    if all(row.certain for row in rows):
        return ()
    return (Doubt(kind="roadmap_years", message=YEARS_MISSING.format(title=title), source=source),)
