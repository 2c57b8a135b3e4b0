"""KPIs: from tables with an indicator and a target, and from the labelled fields of a measure's section."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.document import Block, Column, Region, RowGroup, Table
from corpus.normalize import narrow
from corpus.parse.columns import VALUE_ROLES, dated_value_at, label_role
from corpus.parse.fields import Piece, Pieces
from corpus.parse.labels import Labelled
from corpus.parse.measures import best_named
from corpus.parse.quantities import quantity
from corpus.parse.sections import Part
from corpus.records import Doubt, Kpi, Measure, Quantity, Span
from corpus.wareki import find_years

_REFERENCE = re.compile(r"(?:テーマ|基本目標|施策|戦略|柱)\s*(?P<theme>\d+)\D*?[(（](?P<number>\d+)[)）]")
_REACHED = re.compile(r"見込|実績|現状")
_LAST = re.compile(r"最終|後期|長期")
_YEAR = r"(?:(?:令和|平成|[RH])\s*(?:元|\d{1,2})|20\d{2})\s*(?:年度?)?(?:\s*\([^()]*\))?(?:末|時点|現在)?"
_VALUE = r"(?:約\s*)?\d[^、。()]{0,16}?"
_PROSE = re.compile(
    rf"(?P<indicator>[^。]{{2,40}}?)(?:を|は)、?\s*(?P<from>{_YEAR})の\s*(?P<baseline>{_VALUE})から、?\s*"
    rf"(?P<to>{_YEAR})(?:まで)?(?:に|には)、?\s*(?P<target>{_VALUE})\s*(?:に|へ|と|以上|以下|まで)(?=[^。]*(?:す|る)。?\s*$)"
)
_CHANGE = re.compile(r"(?P<indicator>.+?)[\s:]+(?P<baseline>\S[^→⇒]*?)\s*[→⇒]\s*(?P<target>\S.*)", re.DOTALL)
# What the plan before aimed at is no aim of this one.
_BEFORE = re.compile(r"振り?返り|前(?:期|回)?計画|前(?:期|回)の?計画|これまでの(?:計画|取組)|達成状況")
OWN_YEAR = "基準値の列と年度が違います（{note}）"


def find_kpis(
    pieces: Pieces, measures: tuple[Measure, ...], parts: tuple[Part, ...]
) -> tuple[tuple[Kpi, ...], tuple[Doubt, ...]]:
    """Return a document's KPIs in order, and a doubt for each value of another year than its column's."""
    found = [*_in_tables(pieces, measures), *_in_parts(pieces, measures, parts)]
    found.sort(key=lambda pair: pair[0].source.start)
    kpis = tuple(
        kpi.model_copy(update={"id": f"{pieces.document_id}.kpi-{n}"}) for n, (kpi, _) in enumerate(found, 1)
    )
    labelled = [year for _, year in found]
    return kpis, tuple(d for k, year in zip(kpis, labelled, strict=True) for d in _doubts(k, year))


def _in_tables(pieces: Pieces, measures: tuple[Measure, ...]) -> Iterator[tuple[Kpi, int | None]]:
    for block in pieces.blocks:
        if not block.table or any(_BEFORE.search(h.title) for h in block.path):
            continue
        column = _labels_column(pieces.text, block.table)
        if column is None and not is_kpi_table(block.table):
            continue
        for group in block.table.groups:
            if column is None:
                draft = _in_row(pieces, block.table, group)
            else:
                draft = _in_rows(pieces, block.table, group, column)
            if draft:
                yield draft.kpi(pieces, _measure_of(draft.named, group, block, measures)), draft.year


def is_kpi_table(table: Table) -> bool:
    """Tell whether a table has a row an indicator; where none is named so, the rows' names are it."""
    held = {c.role for c in table.columns}
    if "indicator" in held:
        return bool(held & {"target", "baseline"})
    named = sum(c.role == "measure" for c in table.columns)
    return {"measure", "baseline", "target"} <= held or (named > 1 and "target" in held)


def _labels_column(text: str, table: Table) -> int | None:
    """Return the column whose cells say which of an indicator's values stands beside them, a row each."""
    if "indicator" not in {c.role for c in table.columns} or is_kpi_table(table):
        return None
    for column in (c.index for c in table.columns if c.role in ("status", "")):
        cells = [c for g in table.groups for c in g.cells if c.column == column and c.end > c.start]
        held = {label_role(c.of(text)) for c in cells}
        if {"baseline", "target"} <= held <= VALUE_ROLES:
            return column
    return None


def _in_rows(pieces: Pieces, table: Table, group: RowGroup, labels: int) -> Draft | None:
    columns = {c.role: c for c in reversed(table.columns)}
    indicator = _piece(pieces, group, columns["indicator"])
    if indicator is None:
        return None
    draft = Draft(indicator, *(_piece(pieces, group, columns.get(role)) for role in ("measure", "unit")))
    for label in (c for c in group.cells if c.column == labels):
        role, said = label_role(label.of(pieces.text)), label.of(pieces.text)
        beside = (c for c in group.cells if c.row == label.row and c.column > labels and c.end > c.start)
        value = next(beside, None)
        latest = (_year(said) or 0) > (_year(draft.values[role][1]) or 0) if role in draft.values else True
        if role in ("baseline", "target") and value and latest:
            draft.values[role] = (pieces.of(value.start, value.end), said)
    return draft if draft.values else None


class Draft:
    """A KPI as its pieces are found; its baseline and target have the labels of their columns."""

    def __init__(self, indicator: Piece, named: Piece | None = None, unit: Piece | None = None) -> None:
        self.indicator = indicator
        self.named = named
        self.unit = unit
        self.values: dict[str, tuple[Piece, str]] = {}
        self.dated: list[tuple[Piece, Region]] = []

    def settle(self, text: str) -> None:
        """Take the first of two dated values as the baseline and the last as the target."""
        years = [(_year(region.of(text)) or 0, piece, region.of(text)) for piece, region in self.dated]
        years.sort(key=lambda found: found[0])
        if len(years) > 1 and 0 < years[0][0] < years[-1][0] and not self.values:
            self.values = {
                role: (piece, said[: len(said) - len(piece.text)])
                for role, (_, piece, said) in (("baseline", years[0]), ("target", years[-1]))
            }

    @property
    def year(self) -> int | None:
        """Return the year that the baseline's label names."""
        return _year(self.values["baseline"][1]) if "baseline" in self.values else None

    def kpi(self, pieces: Pieces, measure: str | None) -> Kpi:
        """Return the KPI; it has its id when all of them are known."""
        spans = {"indicator": self.indicator, "measure": self.named, "unit": self.unit}
        spans |= {role: piece for role, (piece, _) in self.values.items()}
        held = [p.region for p in spans.values() if p]
        start, end = min(r.start for r in held), max(r.end for r in held)
        return Kpi(
            id="",
            measure=measure,
            indicator=self.indicator.text,
            indicator_normalised=pieces.normalised(self.indicator.text),
            baseline=self._quantity("baseline"),
            target=self._quantity("target"),
            source=Span(document_id=pieces.document_id, start=start, end=end),
            spans={name: (piece.span,) for name, piece in spans.items() if piece},
        )

    def _quantity(self, role: str) -> Quantity | None:
        if role not in self.values:
            return None
        piece, label = self.values[role]
        found = quantity(piece.text, _year(label))
        unit = self.unit.text if self.unit and found.value is not None and not found.unit else found.unit
        return found.model_copy(update={"unit": unit})


def _year(label: str) -> int | None:
    years = {y.year for y in find_years(label)}
    return years.pop() if len(years) == 1 else None


def _in_row(pieces: Pieces, table: Table, group: RowGroup) -> Draft | None:
    columns = {c.role: c for c in reversed(table.columns)}
    columns |= {role: _latest(table, role) for role in ("baseline", "target") if role in columns}
    if "indicator" not in columns:
        names = [c for c in table.columns if c.role == "measure"]
        columns["indicator"] = names[1] if len(names) > 1 else columns.pop("measure")
    if "baseline" not in columns and (before := _before_target(table, columns.get("target"))):
        columns["baseline"] = before
    indicator = _piece(pieces, group, columns["indicator"])
    if indicator is None:
        return None
    named, unit = (_piece(pieces, group, columns.get(role)) for role in ("measure", "unit"))
    draft = Draft(indicator, named, unit)
    for role in ("baseline", "target"):
        piece = _piece(pieces, group, columns.get(role))
        if piece:
            draft.values[role] = (piece, columns[role].label)
    return draft if draft.values else None


def _before_target(table: Table, target: Column | None) -> Column | None:
    """Return the year's column that says what was reached before: R7年度（見込み）."""
    last = (_year(target.label) or 0) if target else 0
    reached = (c for c in table.columns if c.role == "year" and _REACHED.search(c.label))
    return min((c for c in reached if (c.fiscal_year or last) < last), key=lambda c: c.index, default=None)


def _latest(table: Table, role: str) -> Column:
    """Return the column of the latest year: a plan may print a target for its middle beside the last one."""
    columns = [c for c in table.columns if c.role == role]
    return max(columns, key=lambda c: (_year(c.label) or 0, bool(_LAST.search(c.label)), -c.index))


def _piece(pieces: Pieces, group: RowGroup, column: Column | None) -> Piece | None:
    cell = group.cell(column.index) if column else None
    return pieces.of(cell.start, cell.end) if cell else None


def _measure_of(
    named: Piece | None, group: RowGroup, block: Block, measures: tuple[Measure, ...]
) -> str | None:
    """Return the id of the measure that a KPI's row names, by theme and number, else by its title."""
    if named is None:
        inside = (m for m in measures if m.source.start <= group.start < m.source.end)
        return next((m.id for m in inside), None) or _headed(block, measures)
    reference = _REFERENCE.search(narrow(named.text))
    if reference:
        for measure in measures:
            if measure.theme == reference["theme"] and narrow(measure.number) == f"({reference['number']})":
                return measure.id
    best = best_named(named.text, measures)
    return best.id if best else None


def _headed(block: Block, measures: tuple[Measure, ...]) -> str | None:
    """Return the id of the measure whose name a heading above the block gives."""
    starts = {h.region.start: h for h in block.path}
    return next((m.id for m in measures if m.source.start in starts), None)


def _in_parts(
    pieces: Pieces, measures: tuple[Measure, ...], parts: tuple[Part, ...]
) -> Iterator[tuple[Kpi, int | None]]:
    for part in parts:
        drafts = _drafts(pieces, part)
        owner = _owner(part, measures) if drafts else None
        yield from ((draft.kpi(pieces, owner), draft.year) for draft in drafts)


def _owner(part: Part, measures: tuple[Measure, ...]) -> str | None:
    own = (m for m in measures if m.source.start == part.region.start)
    found = next(own, None) or (best_named(part.heading.title, measures) if part.heading else None)
    return found.id if found else None


def _drafts(pieces: Pieces, part: Part) -> list[Draft]:
    """Return the KPIs of a section: each indicator with the baseline and the target that follow it."""
    found: list[Draft] = []
    for field in part.fields:
        if field.table and field.role not in ("table", "roadmap") and is_kpi_table(field.table):
            rows = (_in_row(pieces, field.table, group) for group in field.table.groups)
            found += [draft for draft in rows if draft]
        for region in (*field.prose, *field.items):
            told = _in_prose(pieces, region)
            dated = dated_value_at(region.of(pieces.text))
            if told:
                found.append(told)
            elif dated and field.role == "indicator" and found:
                found[-1].dated.append((pieces.of(region.start + dated, region.end), region))
            elif field.role == "indicator" or (
                field.role == "target" and (not found or "target" in found[-1].values)
            ):
                found.append(_indicator(pieces, region))
            elif field.role in ("baseline", "target") and found:
                value = (pieces.of(region.start, region.end), _label(pieces, field))
                found[-1].values.setdefault(field.role, value)
    for draft in found:
        draft.settle(pieces.text)
    return [draft for draft in found if draft.values]


def _label(pieces: Pieces, field: Labelled) -> str:
    return field.label.of(pieces.text) if field.label else ""


def _in_prose(pieces: Pieces, region: Region) -> Draft | None:
    """Return the KPI of 「…を、令和6年度の812グラムから、令和12年度までに700グラムに減らします。」"""
    match = _PROSE.search(narrow(region.of(pieces.text)))
    if not match:
        return None
    text, at = pieces.text, region.start

    def piece(name: str) -> Piece:
        return pieces.of(at + match.start(name), at + match.end(name))

    draft = Draft(piece("indicator"))
    for role, year in (("baseline", "from"), ("target", "to")):
        draft.values[role] = (piece(role), text[at + match.start(year) : at + match.end(year)])
    return draft


def _indicator(pieces: Pieces, region: Region) -> Draft:
    """Return an indicator, with its values where they are printed beside it as 「8件 → 25件」."""
    change = _CHANGE.fullmatch(narrow(region.of(pieces.text)))
    if not change:
        return Draft(pieces.of(region.start, region.end))

    def piece(name: str) -> Piece:
        return pieces.of(region.start + change.start(name), region.start + change.end(name))

    draft = Draft(piece("indicator"))
    draft.values = {role: (piece(role), "") for role in ("baseline", "target")}
    return draft


def _doubts(kpi: Kpi, labelled: int | None) -> tuple[Doubt, ...]:
    """Return the doubt about a baseline whose own year is not the year of its column."""
    if kpi.baseline is None or labelled is None or kpi.baseline.fiscal_year == labelled:
        return ()
    note = kpi.baseline.note or kpi.baseline.text
    return (Doubt(kind="kpi_year", message=OWN_YEAR.format(note=note), source=kpi.source),)
