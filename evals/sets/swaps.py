"""Questions with something swapped: another city's record, a year outside the plan, a wrong department.

What a plan does not say is only asked where nothing like it stands in the city's own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from corpus.records import Measure
from corpus.wareki import find_years
from evals.sets.asked import Asked, Source, first_span, letters, stable, variants, years_of
from evals.sets.indicators import indicator_name, indicators_of, target_of
from evals.sets.measures import certain_rows, measures_of, names_of, sole_phases
from evals.sets.whole import departments_of, term_name, terms_of
from evals.sets.wordings import Wordings, one_line, told_in, without_aside, year_wordings

# A name is strange to a text that holds no run of so many of its letters, or half of a shorter name, and none
# of its words in katakana, which are what it is about (アプリ).
LONGEST_SHARED = 4
_KATAKANA_WORD = re.compile(r"[ァ-ヺー]{3,}")
# Years asked for outside a plan's period: this many before it and after it; the nearest are left out.
YEARS_AWAY = range(3, 9)

T = TypeVar("T")


def ask_wrongly(source: Source, other: Source | None = None) -> Iterator[Asked]:
    """Give the questions with a wrong premise and those that the plan does not answer."""
    yield from _false_departments(source)
    yield from _false_targets(source)
    yield from _false_phases(source)
    yield from _no_targets(source)
    yield from _other_years(source)
    if other:
        yield from _other_city(source, other)


def is_strange(name: str, text: str) -> bool:
    """Tell whether nothing like a name stands in a text; both as `letters` writes them."""
    run = max(2, min(LONGEST_SHARED, (len(name) + 1) // 2))
    pieces = [name[i : i + run] for i in range(max(1, len(name) - run + 1))]
    return bool(name) and not any(piece in text for piece in pieces + _KATAKANA_WORD.findall(name))


def _false_departments(source: Source) -> Iterator[Asked]:
    departments = list(departments_of(source))
    for measure in measures_of(source):
        places = measure.spans.get("departments", ())
        named = [one_line(d) for d in measure.departments]
        others = [d for d in departments if not any(d in n or n in d for n in named)]
        general = not set(named) <= set(departments)
        if not named or not others or general or not source.certain("departments", *places):
            continue
        slots = {"name": one_line(names_of(measure)[0]), "wrong": _one_of(others, measure.id)}
        facts = tuple(source.item(d, measure.source.document_id) for d in measure.departments)
        quote = source.evidence(*first_span(measure.spans, "title"), *places)
        yield Asked("false_department", measure.id, slots, facts, quote)


def _false_targets(source: Source) -> Iterator[Asked]:
    """Take the baseline for the target."""
    for kpi in indicators_of(source):
        target = target_of(source, kpi)
        if not target or not kpi.baseline or kpi.baseline.value is None or not kpi.target:
            continue
        wrong = without_aside(one_line(kpi.baseline.text))
        if kpi.baseline.value != kpi.target.value and source.certain(
            "baseline", *first_span(kpi.spans, "baseline")
        ):
            slots = {"name": indicator_name(source, kpi), "wrong": wrong}
            quote = source.evidence(*first_span(kpi.spans, "indicator"), *first_span(kpi.spans, "target"))
            yield Asked("false_target", kpi.id, slots, (target,), quote)


def _false_phases(source: Source) -> Iterator[Asked]:
    """Put a phase into a year that is another's: to tell the right place of either corrects it."""
    for measure in measures_of(source):
        sole = sole_phases(certain_rows(source, measure))
        for row, year in sole:
            others = {y: other for other, y in sole if y != year}
            if others:
                wrong = _one_of(list(others), measure.id + row.text)
                slots = {"name": one_line(names_of(measure)[0]), "phase": row.text, **years_of(wrong)}
                said = " ".join((*names_of(measure), row.text))
                told = source.item(others[wrong].text, measure.source.document_id)
                fact = (*year_wordings(year), *(w for w in told if not told_in(said, (w,))))
                places = first_span(measure.spans, "schedule") or (row.source,)
                quote = source.evidence(*places)
                yield Asked("false_phase", measure.id, slots, (fact,), quote, variant=str(year))


def _no_targets(source: Source) -> Iterator[Asked]:
    """Ask for the target of measures without a KPI, where it is known which measure each KPI belongs to."""
    measured = {k.measure for k in source.plan.kpis}
    if None not in measured:
        for measure in measures_of(source):
            if measure.id not in measured:
                yield Asked("no_target", measure.id, {"name": one_line(names_of(measure)[0])})


def _other_years(source: Source) -> Iterator[Asked]:
    """Ask for years that the plan does not cover and its text does not name."""
    periods = [d.period for d in source.plan.documents if d.period]
    if not periods:
        return
    start, end = min(p.start for p in periods), max(p.end for p in periods)
    named = {mention.year for text in source.texts.values() for mention in find_years(text)}
    before = [start - n for n in YEARS_AWAY if start - n not in named]
    after = [end + n for n in YEARS_AWAY if end + n not in named]
    asked = [
        ("other_year_schedule", m.id, names_of(m)[0]) for m in measures_of(source) if certain_rows(source, m)
    ]
    asked += [("other_year_target", k.id, indicator_name(source, k)) for k in indicators_of(source)]
    for aspect, record, name in asked:
        for side, years in (("before", before), ("after", after)):
            if years:
                year = years_of(_one_of(years, record + side))
                yield Asked(aspect, record, {"name": one_line(name), **year}, variant=side)


def _other_city(source: Source, other: Source) -> Iterator[Asked]:
    """Ask for what only another city's plan has."""
    for measure in measures_of(other):
        yield from _other_measure(source, other, measure)
    for kpi in indicators_of(other):
        name, target = indicator_name(other, kpi), target_of(other, kpi)
        if _unknown(source, name) or (not source.plan.kpis and not source.holds(name)):
            forbidden = tuple(w for w in target if not w.isdecimal() and not source.holds(w))
            yield Asked(
                "other_city_indicator", _of(source, kpi.id), {"name": name}, must_not_include=forbidden
            )
    for term in terms_of(other):
        name = term_name(term)
        if not source.holds(name):
            parts = other.parts(term.definition, term.source.document_id)
            forbidden = (max(parts, key=len),)
            yield Asked(
                "other_city_term", _of(source, stable(name)), {"name": name}, must_not_include=forbidden
            )
    for name in departments_of(other):
        if not source.holds(name):
            yield Asked("other_city_department", _of(source, stable(name)), {"name": name})


def _other_measure(source: Source, other: Source, measure: Measure) -> Iterator[Asked]:
    names = names_of(measure)
    if all(_unknown(source, name) for name in names):
        forbidden = tuple(
            one_line(d) for d in measure.departments if not source.holds(d) and d in departments_of(other)
        )
        for variant, name in variants(names).items():
            record = _of(source, measure.id)
            yield Asked(
                "other_city_measure", record, {"name": name}, must_not_include=forbidden, variant=variant
            )


def _unknown(source: Source, name: str) -> bool:
    return is_strange(letters(name), source.whole)


def _of(source: Source, record: str) -> str:
    return f"{source.id}.{record}"


def _one_of(choices: Sequence[T], key: str) -> T:
    """Return the same one for the same key, whatever other choices come or go beside it."""
    return min(choices, key=lambda choice: stable(f"{key} {choice}"))


def forbidden_beside(must_include: Sequence[Wordings], forbidden: Wordings) -> Wordings:
    """Return what is forbidden without what a right answer states."""
    return tuple(
        w for w in forbidden if not any(told_in(right, (w,)) for fact in must_include for right in fact)
    )
