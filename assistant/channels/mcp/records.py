"""A measure or an indicator by whatever it is called: its id, the end of its address, or its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from assistant.channels.mcp.results import KpiFound, MeasureFound
from assistant.channels.plan_pages import KpiView, MeasureView, PlanView, plan_view_of
from corpus.library import Holding, Library
from corpus.normalize import compact

MOST_NAMED = 20

Record = TypeVar("Record", MeasureView, KpiView)


class NotFound(Exception):
    """Report that nothing, or more than one thing, is called so; the message names what there is."""


def holding_of(library: Library, municipality: str) -> Holding:
    """Return a municipality's holding by its id or one of its names; NotFound names those that there are."""
    known = [h for h in library.holdings if h.public_records.documents]
    wanted = compact(municipality)
    for holding in known:
        own = holding.plan.municipality
        if wanted in (compact(n) for n in (own.id, *own.names)):
            return holding
    there = "、".join(f"{h.id}（{h.plan.municipality.name}）" for h in known)
    raise NotFound(f"municipality: '{municipality}' の計画はありません。あるのは {there} です")


def measure_of(holding: Holding, wanted: str) -> MeasureFound:
    """Return a measure; NotFound names those that there are, or those that the name could mean."""
    view = plan_view_of(holding.public_records)
    found = _one("measure", wanted, view.measures, _measure_names)
    return MeasureFound(
        municipality=holding.id,
        name=view.plan.name,
        measure=found.measure,
        theme=found.theme,
        kpis=tuple(k.kpi for k in found.kpis),
        page=found.address,
    )


def kpi_of(holding: Holding, wanted: str) -> KpiFound:
    """Return an indicator; NotFound names those that there are, or those that the name could mean."""
    view = plan_view_of(holding.public_records)
    found = _one("kpi", wanted, view.kpis, _kpi_names)
    return KpiFound(
        municipality=holding.id,
        name=view.plan.name,
        kpi=found.kpi,
        measure=_title_of(view, found.kpi.measure),
        page=found.address,
    )


def _title_of(view: PlanView, measure: str | None) -> str | None:
    return next((m.measure.title for m in view.measures if m.measure.id == measure), None)


def _one(
    field: str, wanted: str, records: Iterable[Record], names_of: Callable[[Record], tuple[str, ...]]
) -> Record:
    """Return the one record that is called so, whole before in part."""
    named = [(record, names_of(record)) for record in records]
    sought = compact(wanted)
    whole = [r for r, names in named if sought and sought in map(compact, names)]
    within = [r for r, names in named if sought and any(sought in compact(n) for n in names[2:])]
    found = whole or within
    if len(found) == 1:
        return found[0]
    there = [names_of(r)[2] for r in found] if found else [names[2] for _, names in named]
    listed = "、".join(f"「{n}」" for n in there[:MOST_NAMED]) + ("など" if len(there) > MOST_NAMED else "")
    if not there:
        raise NotFound(f"{field}: この計画には読み取れたものがありません。ask で尋ねてください")
    problem = f"は{len(found)}件あります。次のどれかを指定してください" if found else "はありません。あるのは"
    raise NotFound(f"{field}: '{wanted}' {problem}: {listed}")


def _measure_names(view: MeasureView) -> tuple[str, ...]:
    own = view.measure
    return (own.id, _last(view.address), own.title, *filter(None, (own.title_normalised, *own.names)))


def _kpi_names(view: KpiView) -> tuple[str, ...]:
    own = view.kpi
    return (own.id, _last(view.address), own.indicator, *filter(None, (own.indicator_normalised,)))


def _last(address: str) -> str:
    return address.rpartition("/")[2]
