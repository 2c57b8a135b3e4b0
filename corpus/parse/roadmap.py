"""Roadmaps: the phases of a measure, with their years only where the layout decides them."""

from __future__ import annotations

from collections.abc import Mapping

from corpus.document import Cell, RowGroup, Table
from corpus.parse.fields import Piece, Pieces
from corpus.records import Doubt, RoadmapRow, Span

COLUMNS_LOST = "工程表の列が本文から失われており、「{title}」の各工程の年度は確定できません（並びの順は確か）"
NO_ROADMAP = "「{title}」の工程が本文にありません"


def roadmap_of(
    pieces: Pieces, table: Table, group: RowGroup, title: str, source: Span
) -> tuple[tuple[RoadmapRow, ...], tuple[Doubt, ...]]:
    """Return a row's phases in their order, and the doubts about them.

    Years are certain where every row fills every column (野々市's table), or where the format itself
    places the cells. Elsewhere `fiscal_years` is None.
    """
    years = {c.index: c.fiscal_year for c in table.columns if c.role == "year" and c.fiscal_year}
    asked = bool(years) or any(c.role == "roadmap" for c in table.columns)
    cells = _phase_cells(table, group)
    certain = table.exact or table.placed
    rows = tuple(_row(pieces.of(c.start, c.end), _years(c, years) if certain else None) for c in cells)
    if not rows and asked:
        return (), (Doubt(kind="roadmap_missing", message=NO_ROADMAP.format(title=title), source=source),)
    if any(not row.certain for row in rows):
        doubt = Doubt(kind="roadmap_columns", message=COLUMNS_LOST.format(title=title), source=source)
        return rows, (doubt,)
    return rows, ()


def _phase_cells(table: Table, group: RowGroup) -> list[Cell]:
    """Return the filled cells right of the named columns, and all of the rows below the first."""
    named = [c.index for c in table.columns if c.role not in ("year", "roadmap", "")]
    first_row = group.cells[0].row
    last_named = max(named, default=-1)
    phases = [c for c in group.cells if c.end > c.start and (c.row != first_row or c.column > last_named)]
    return phases


def _years(cell: Cell, years: Mapping[int, int | None]) -> tuple[int, ...] | None:
    covered = [years.get(cell.column + k) for k in range(cell.column_span)]
    known = tuple(y for y in covered if y is not None)
    return known if known and len(known) == len(covered) else None


def _row(piece: Piece, years: tuple[int, ...] | None) -> RoadmapRow:
    return RoadmapRow(text=piece.text, fiscal_years=years, certain=years is not None, source=piece.span)
