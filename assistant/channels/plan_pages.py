"""A plan's records as pages show them: measures with their indicators, at permanent addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from assistant.cards import Phase
from corpus.library import Holding
from corpus.records import Kpi, Measure, Plan, Quantity, RoadmapRow, Span, Theme

MOST_BARS = 100

Row = RoadmapRow | Phase


@dataclass(frozen=True, slots=True)
class Bar:
    """A quantity as a line: what it is called, the quantity, and its share of the longer bar, 0 to 100."""

    name: str
    quantity: Quantity | None
    share: int | None


@dataclass(frozen=True, slots=True)
class KpiView:
    """An indicator with the bars of its baseline and target."""

    address: str
    kpi: Kpi
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A roadmap: the years, the phases that have years, and those whose years the print does not give."""

    years: tuple[int, ...]
    certain: tuple[Row, ...]
    uncertain: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class MeasureView:
    """A measure, its address, its theme, its indicators and its roadmap."""

    address: str
    measure: Measure
    theme: Theme | None
    kpis: tuple[KpiView, ...]
    grid: Grid


@dataclass(frozen=True, slots=True)
class ThemeView:
    """A theme and its measures; `theme` is None for the measures that stand under none."""

    theme: Theme | None
    measures: tuple[MeasureView, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A municipality's public plan, as pages show it."""

    plan: Plan
    themes: tuple[ThemeView, ...]
    kpis: tuple[KpiView, ...]
    departments: tuple[tuple[str, tuple[MeasureView, ...]], ...]

    @property
    def measures(self) -> tuple[MeasureView, ...]:
        """Return every measure."""
        return tuple(m for theme in self.themes for m in theme.measures)

    @property
    def roadmaps(self) -> tuple[MeasureView, ...]:
        """Return the measures whose roadmap is told."""
        return tuple(m for m in self.measures if m.measure.roadmap)

    def measure(self, number: str) -> MeasureView | None:
        """Return the measure at an address's last part, or None."""
        return next((m for m in self.measures if m.address.rpartition("/")[2] == quote(number)), None)


def plan_view_of(plan: Plan) -> PlanView:
    """Return the view of a plan."""
    addresses = _addresses(plan, "measures", [m.id for m in plan.measures])
    kpi_addresses = _addresses(plan, "kpis", [k.id for k in plan.kpis])
    kpis = tuple(KpiView(kpi_addresses[k.id], k, bars_of(k.baseline, k.target)) for k in plan.kpis)
    themes = {t.number: t for t in plan.themes}
    measures = tuple(
        MeasureView(
            addresses[m.id],
            m,
            themes.get(m.theme or ""),
            tuple(k for k in kpis if k.kpi.measure == m.id),
            grid_of(m.roadmap),
        )
        for m in plan.measures
    )
    grouped = [ThemeView(t, tuple(m for m in measures if m.theme == t)) for t in plan.themes]
    rest = tuple(m for m in measures if m.theme is None)
    by_theme = tuple([*grouped, *([ThemeView(None, rest)] if rest else [])])
    return PlanView(plan, by_theme, kpis, _by_department(measures))


def records_at(holding: Holding, document_id: str) -> tuple[tuple[MeasureView, tuple[Span, ...]], ...]:
    """Return the measures that a document prints, each with every place where a record of it stands."""
    found = []
    for measure in plan_view_of(holding.public_records).measures:
        spans = (measure.measure.source, *(k.kpi.source for k in measure.kpis))
        places = tuple(s for s in spans if s.document_id == document_id)
        if places:
            found.append((measure, places))
    return tuple(found)


def place(span: Span) -> str:
    """Return the address of a place in a source."""
    return f"/sources/{quote(span.document_id)}#c{span.start}-{span.end}"


def bars_of(baseline: Quantity | None, target: Quantity | None) -> tuple[Bar, ...]:
    """Return an indicator's two bars; one whose value is no number has no share."""
    quantities = (("基準の値", baseline), ("目標の値", target))
    values = [q.value for _, q in quantities if q and q.value is not None and q.value >= 0]
    most = max(values, default=0.0)
    return tuple(
        Bar(
            name,
            q,
            round(q.value / most * MOST_BARS)
            if q and q.value is not None and q.value >= 0 and most
            else None,
        )
        for name, q in quantities
    )


def grid_of(rows: Sequence[Row]) -> Grid:
    """Return a roadmap's grid of years."""
    certain = tuple(r for r in rows if r.certain and r.fiscal_years)
    years = [y for r in certain for y in r.fiscal_years or ()]
    span = tuple(range(min(years), max(years) + 1)) if years else ()
    return Grid(span, certain, tuple(r for r in rows if r not in certain))


def _addresses(plan: Plan, kind: str, ids: Iterable[str]) -> dict[str, str]:
    """Return the permanent address of each record: its id without its document's, where that is enough."""
    documents = sorted((d.document_id for d in plan.documents), key=len, reverse=True)
    taken: set[str] = set()
    addresses = {}
    for identity in ids:
        own = next(
            (identity.removeprefix(f"{d}.") for d in documents if identity.startswith(f"{d}.")), identity
        )
        number = identity if own in taken else own
        taken.add(number)
        addresses[identity] = f"/plans/{quote(plan.municipality)}/{kind}/{quote(number)}"
    return addresses


def _by_department(measures: Iterable[MeasureView]) -> tuple[tuple[str, tuple[MeasureView, ...]], ...]:
    found: dict[str, list[MeasureView]] = {}
    for measure in measures:
        for department in measure.measure.departments:
            found.setdefault(department, []).append(measure)
    return tuple((name, tuple(found[name])) for name in sorted(found))
