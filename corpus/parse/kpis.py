"""KPIs: from tables with an indicator and a target, each tied to its measure."""

from __future__ import annotations

import re

from corpus.document import Column, RowGroup, Table
from corpus.normalize import narrow
from corpus.parse.fields import Piece, Pieces
from corpus.parse.measures import same_name
from corpus.parse.quantities import quantity
from corpus.records import Doubt, Kpi, Measure, Quantity, Span
from corpus.wareki import find_years

_REFERENCE = re.compile(r"(?:テーマ|基本目標|施策|戦略|柱)\s*(?P<theme>\d+)\D*?[(（](?P<number>\d+)[)）]")
OWN_YEAR = "基準値の列と年度が違います（{note}）"


def find_kpis(pieces: Pieces, measures: tuple[Measure, ...]) -> tuple[tuple[Kpi, ...], tuple[Doubt, ...]]:
    """Return a document's KPIs in order, and a doubt for each value of another year than its column's."""
    kpis: list[Kpi] = []
    for block in pieces.blocks:
        table = block.table
        if table and {"indicator", "target"} <= {c.role for c in table.columns}:
            for group in table.groups:
                kpi = _kpi(pieces, table, group, measures, len(kpis) + 1)
                if kpi:
                    kpis.append(kpi)
    return tuple(kpis), tuple(d for kpi in kpis for d in _doubts(kpi, pieces))


def _kpi(pieces: Pieces, table: Table, group: RowGroup, measures: tuple[Measure, ...], n: int) -> Kpi | None:
    columns = {c.role: c for c in reversed(table.columns)}
    indicator = _piece(pieces, group, columns.get("indicator"))
    target = _piece(pieces, group, columns.get("target"))
    baseline = _piece(pieces, group, columns.get("baseline"))
    named = _piece(pieces, group, columns.get("measure"))
    if indicator is None or (target is None and baseline is None):
        return None
    spans = {"indicator": indicator, "target": target, "baseline": baseline, "measure": named}
    return Kpi(
        id=f"{pieces.document_id}.kpi-{n}",
        measure=_measure_of(named, measures),
        indicator=indicator.text,
        indicator_normalised=pieces.normalised(indicator.text),
        baseline=_quantity(baseline, columns.get("baseline")),
        target=_quantity(target, columns.get("target")),
        source=Span(document_id=pieces.document_id, start=group.start, end=group.end),
        spans={name: (piece.span,) for name, piece in spans.items() if piece},
    )


def _piece(pieces: Pieces, group: RowGroup, column: Column | None) -> Piece | None:
    cell = group.cell(column.index) if column else None
    return pieces.of(cell.start, cell.end) if cell else None


def _quantity(piece: Piece | None, column: Column | None) -> Quantity | None:
    if piece is None or column is None:
        return None
    years = find_years(column.label)
    return quantity(piece.text, years[0].year if len(years) == 1 else None)


def _measure_of(named: Piece | None, measures: tuple[Measure, ...]) -> str | None:
    """Return the id of the measure that a KPI's row names, by theme and number, else by its title."""
    if named is None:
        return None
    reference = _REFERENCE.search(narrow(named.text))
    if reference:
        for measure in measures:
            if measure.theme == reference["theme"] and narrow(measure.number) == f"({reference['number']})":
                return measure.id
    return next((m.id for m in measures if same_name(m.title, named.text)), None)


def _doubts(kpi: Kpi, pieces: Pieces) -> tuple[Doubt, ...]:
    noted = kpi.baseline and kpi.baseline.note and find_years(kpi.baseline.note)
    if not noted or kpi.baseline is None:
        return ()
    return (Doubt(kind="kpi_year", message=OWN_YEAR.format(note=kpi.baseline.note), source=kpi.source),)
