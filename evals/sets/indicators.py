"""What can be asked of a plan's KPIs: target, baseline, their difference, the target's year."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.normalize import compact
from corpus.records import Kpi, Measure, Quantity
from evals.sets.asked import Asked, Source, first_span, unique, variants, years_of
from evals.sets.measures import measures_of, names_of
from evals.sets.wordings import (
    Wordings,
    change_wordings,
    one_line,
    quantity_wordings,
    without_aside,
    year_wordings,
)


def indicators_of(source: Source) -> list[Kpi]:
    """Return the KPIs that their name alone tells apart."""
    kpis = unique(unique(source.plan.kpis, lambda k: k.indicator), lambda k: k.id)
    return [k for k in kpis if k.indicator.strip() and source.certain("indicator", k.source)]


def indicator_name(source: Source, kpi: Kpi) -> str:
    """Return what a question calls a KPI: without the bracket at its end where that is enough."""
    name = one_line(kpi.indicator_normalised or kpi.indicator)
    short = without_aside(name)
    return short if sum(compact(short) in compact(k.indicator) for k in source.plan.kpis) <= 1 else name


def target_of(source: Source, kpi: Kpi) -> Wordings:
    """Return how a KPI's target may be told; nothing where it is not certain or says too little."""
    return _value(source, kpi, "target", kpi.target, kpi.baseline)


def ask_indicators(source: Source) -> Iterator[Asked]:
    """Give every aspect of every KPI, and of the measures that have KPIs."""
    for kpi in indicators_of(source):
        yield from _aspects(source, kpi, indicator_name(source, kpi))
    for measure in measures_of(source):
        for variant, name in variants(names_of(measure)).items():
            yield from _of_measure(source, measure, name, variant)


def _aspects(source: Source, kpi: Kpi, name: str) -> Iterator[Asked]:
    place, other = first_span(kpi.spans, "target"), first_span(kpi.spans, "baseline")
    row = source.evidence(*first_span(kpi.spans, "indicator"), *place)
    target = target_of(source, kpi)
    if target and kpi.target:
        yield Asked("target", kpi.id, {"name": name, **_years(kpi.target)}, (target,), row)
    if target and kpi.target and kpi.target.fiscal_year:
        yield Asked("target_year", kpi.id, {"name": name}, (year_wordings(kpi.target.fiscal_year),), row)
    baseline = _value(source, kpi, "baseline", kpi.baseline, kpi.target)
    if not baseline or not kpi.baseline:
        return
    quote = source.evidence(*first_span(kpi.spans, "indicator"), *other)
    yield Asked("baseline", kpi.id, {"name": name, **_years(kpi.baseline)}, (baseline,), quote)
    change = change_wordings(kpi.baseline, kpi.target) if target and kpi.target else ()
    if change and kpi.target:
        rises = (kpi.target.value or 0) > (kpi.baseline.value or 0)
        slots = {"name": name, "moves": source.words.up if rises else source.words.down}
        both = source.evidence(*first_span(kpi.spans, "indicator"), *other, *place)
        yield Asked("change", kpi.id, slots, (change,), both, derived=True)


def _of_measure(source: Source, measure: Measure, name: str, variant: str) -> Iterator[Asked]:
    """Give the indicators of a measure, and the target of its only one."""
    kpis = [k for k in source.plan.kpis if k.measure == measure.id]
    known = [k for k in indicators_of(source) if k.measure == measure.id]
    if not kpis or known != kpis:
        return
    document = measure.source.document_id
    names = tuple(source.item(k.indicator, document) for k in kpis)
    yield Asked(
        "indicators", measure.id, {"name": name}, names, source.each(k.source for k in kpis), variant=variant
    )
    target = target_of(source, kpis[0])
    if len(kpis) == 1 and target:
        row = source.evidence(*first_span(kpis[0].spans, "indicator"), *first_span(kpis[0].spans, "target"))
        yield Asked("measure_target", measure.id, {"name": name}, (target,), row, variant=variant)


def _value(source: Source, kpi: Kpi, aspect: str, value: Quantity | None, other: Quantity | None) -> Wordings:
    """Return how a value may be told; a word (導入) only where nothing else of the KPI says it (未導入)."""
    place = first_span(kpi.spans, aspect)
    if not value or not value.text.strip() or not place or not source.certain(aspect, *place):
        return ()
    beside = compact(kpi.indicator + (other.text if other else ""))
    if value.value is None and compact(value.text) in beside:
        return ()
    return quantity_wordings(value)


def _years(quantity: Quantity) -> dict[str, str]:
    return years_of(quantity.fiscal_year) if quantity.fiscal_year else {}
