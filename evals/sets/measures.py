"""What can be asked of a plan's measures: department, overview, activities, roadmap, theme."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from corpus.normalize import compact
from corpus.parse.fields import NEW
from corpus.records import Measure, RoadmapRow, Span, Theme
from evals.questions import Evidence
from evals.sets.asked import Asked, Source, first_span, unique, variants, years_of
from evals.sets.wordings import Wordings, beyond, distinct, year_wordings

# A roadmap with more phases than these is a table of several strands; its phases are not one list.
MOST_PHASES = 4


def measures_of(source: Source) -> list[Measure]:
    """Return the measures that their title and their id name alone, and that nothing makes doubtful."""
    measures = unique(unique(source.plan.measures, lambda m: m.title), lambda m: m.id)
    return [m for m in measures if m.title.strip() and source.certain("title", *_title(m))]


def themes_of(source: Source) -> dict[str, Theme]:
    """Return the themes by their number, those whose number and title are theirs alone."""
    themes = unique(unique(source.plan.themes, lambda t: t.title), lambda t: t.number)
    return {t.number: t for t in themes if t.title.strip() and source.certain("title", t.source)}


def names_of(record: Measure | Theme) -> tuple[str, ...]:
    """Return what a question may call a record: its corrected title, and how else the plan writes it."""
    return (record.title_normalised or record.title, *record.names)


def title_wordings(source: Source, record: Measure | Theme) -> Wordings:
    """Return how an answer may name a record."""
    names = (record.title, *names_of(record))
    return distinct(w for name in names for w in source.item(name, record.source.document_id))


def ask_measures(source: Source) -> Iterator[Asked]:
    """Give every aspect of every measure, by each of its names."""
    themes = themes_of(source)
    for measure in measures_of(source):
        for variant, name in variants(names_of(measure)).items():
            for asked in _aspects(source, measure, themes):
                which = "-".join(filter(None, (variant, asked.variant)))
                yield replace(asked, slots={"name": name, **asked.slots}, variant=which)


def _aspects(source: Source, measure: Measure, themes: dict[str, Theme]) -> Iterator[Asked]:
    yield from _department(source, measure)
    yield from _content(source, measure)
    yield from _roadmap(source, measure)
    yield from _schedule(source, measure)
    if mark := _new_mark(source, measure):
        yield Asked(
            "new",
            measure.id,
            {},
            (source.words.new,),
            source.evidence(*_title(measure), mark),
            must_not_include=source.words.not_new,
        )
    theme = themes.get(measure.theme or "")
    if theme:
        places = (*_title(theme), *_title(measure))
        numbers = [form.format(n=theme.number) for form in source.words.themes if theme.number.isdecimal()]
        facts = ((*title_wordings(source, theme), *numbers),)
        yield Asked("theme", measure.id, {}, facts, source.each(places))


def _department(source: Source, measure: Measure) -> Iterator[Asked]:
    places = measure.spans.get("departments", ())
    if places and measure.departments and source.certain("departments", *places):
        facts = tuple(source.item(d, measure.source.document_id) for d in measure.departments)
        yield Asked("department", measure.id, {}, facts, source.evidence(*_title(measure), *places))


def _content(source: Source, measure: Measure) -> Iterator[Asked]:
    """Give the overview, the activities, and the question that either of them answers."""
    document = measure.source.document_id
    told: list[str] = []
    overview, activities = first_span(measure.spans, "overview"), measure.spans.get("activities", ())
    if measure.overview and overview and source.certain("overview", *overview):
        parts = beyond(names_of(measure), source.parts(measure.overview, document))
        told += parts
        if parts:
            yield Asked("overview", measure.id, {}, (parts,), source.each(overview))
    if measure.activities and activities and source.certain("activities", *activities):
        items = tuple(source.item(a, document) for a in measure.activities)
        told += [w for item in items for w in beyond(names_of(measure), item)]
        yield Asked("activities", measure.id, {}, items, source.each(activities))
    if told:
        places = overview if measure.overview and overview else activities[:1]
        yield Asked("about", measure.id, {}, (distinct(told),), source.each(places))


def _roadmap(source: Source, measure: Measure) -> Iterator[Asked]:
    """Give the phases of a roadmap whose years are not known."""
    rows = measure.roadmap
    texts = {compact(row.text) for row in rows}
    if not 2 <= len(rows) <= MOST_PHASES or len(texts) < len(rows) or any(r.certain for r in rows):
        return
    if source.certain("roadmap", measure.source, *(row.source for row in rows)):
        facts = tuple(source.item(row.text, measure.source.document_id) for row in rows)
        yield Asked("roadmap", measure.id, {}, facts, source.each(row.source for row in rows))


def certain_rows(source: Source, measure: Measure) -> list[RoadmapRow]:
    """Return the phases of which the source gives the years."""
    rows = [row for row in measure.roadmap if row.certain and row.fiscal_years]
    return rows if source.certain("schedule", *(row.source for row in rows)) else []


def sole_phases(rows: list[RoadmapRow]) -> list[tuple[RoadmapRow, int]]:
    """Return the phases of one year whose words stand in no other phase of the roadmap, with that year."""
    return [
        (row, row.fiscal_years[0])
        for row in rows
        if row.fiscal_years
        and len(row.fiscal_years) == 1
        and sum(compact(row.text) in compact(other.text) for other in rows) == 1
    ]


def _schedule(source: Source, measure: Measure) -> Iterator[Asked]:
    """Give each certain year's phases, and the year of each phase that is of one year alone."""
    rows = certain_rows(source, measure)
    for year in sorted({y for row in rows for y in row.fiscal_years or ()}):
        now = [row for row in rows if year in (row.fiscal_years or ())]
        facts = tuple(source.item(row.text, measure.source.document_id) for row in now)
        yield Asked(
            "schedule", measure.id, years_of(year), facts, _cells(source, measure, now), variant=str(year)
        )
    for row, year in sole_phases(rows):
        slots, facts = {"phase": row.text}, (year_wordings(year),)
        yield Asked("phase_year", measure.id, slots, facts, _cells(source, measure, [row]), variant=str(year))


def _cells(source: Source, measure: Measure, rows: list[RoadmapRow]) -> tuple[Evidence, ...]:
    """Return the schedule's own row where it has one, which names the measure beside its phases."""
    schedule = first_span(measure.spans, "schedule")
    return source.evidence(*schedule) if schedule else source.each(row.source for row in rows)


def _title(record: Measure | Theme) -> tuple[Span, ...]:
    return first_span(record.spans, "title")


def _new_mark(source: Source, measure: Measure) -> Span | None:
    """Return where 新規 is printed in a measure that is new."""
    place = measure.source
    mark = NEW.search(source.texts[place.document_id], place.start, place.end) if measure.is_new else None
    return Span(document_id=place.document_id, start=mark.start(), end=mark.end()) if mark else None
