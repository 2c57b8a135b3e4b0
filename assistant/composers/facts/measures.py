"""Facts of measures: departments, overview, activities, phases."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import words
from assistant.composers.facts.asked import Asked, Composed
from assistant.composers.wording import quoted, region_source, said, spanning, statement, year_label
from assistant.cues import things_in
from assistant.messages import Language, Source, Statement
from assistant.subjects import Subject
from corpus.document import BlockKind
from corpus.normalize import compact
from corpus.records import Measure, RoadmapRow
from corpus.sentences import sentences
from index.evidence import one_line, subject_name

MOST_SUBJECTS = 3
# What a phase is called begins where one of these parts of it is asked for.
_PARTS = re.compile(r"[・、／/\s()（）]+")
SHORTEST_PHASE = 2
FIRST = 3


def department(asked: Asked) -> Composed:
    """Say who is in charge of each measure asked about; who leads, where the plan names nobody for any."""
    found = [s for m in asked.measures()[:MOST_SUBJECTS] if (s := _department(asked, m))]
    if found:
        return (*_compared(asked, found), *found)
    return None if any(m.departments for m in asked.plan.measures) else leads(asked)


def _compared(asked: Asked, found: Sequence[Statement]) -> tuple[Statement, ...]:
    """Say whether two measures that are compared are in the charge of the same departments."""
    held = [set(_measure(m).departments) for m in asked.measures()[: len(found)]]
    if len(found) != 2 or "compare" not in asked.turn.aspects:
        return ()
    same = "same_departments" if held[0] == held[1] else "other_departments"
    return (statement(said(same, asked.language), *(s for f in found for s in f.sources)),)


def _department(asked: Asked, subject: Subject) -> Statement | None:
    measure = _measure(subject)
    if not measure.departments:
        return None
    value = "、".join(one_line(d) for d in measure.departments)
    text = said("department", asked.language, subject=subject.name, value=value)
    return statement(text, spanning(*measure.spans["title"], *measure.spans["departments"]))


def leads(asked: Asked) -> Composed:
    """Quote the sentence on who leads the work, from the section on how it is organised."""
    return _stated(asked, "leads")


def vision(asked: Asked) -> Composed:
    """Quote the sentence that states the plan's vision, from the section on it."""
    return _stated(asked, "vision")


def vision_of(asked: Asked) -> Composed:
    """Quote the sentence that states the plan's vision, whatever was found for the question."""
    return _stated(asked, "vision", sought=True)


def _stated(asked: Asked, what: str, sought: bool = False) -> Composed:
    """Quote the first sentence of a form that words/names.toml gives, under one of its headings.

    One that says outright that it tells of this plan may stand anywhere, where nothing else is asked about.
    What is `sought` need not have been found.
    """
    data = words.load("names")["stated"][what]
    own = re.compile("(?!)" if things_in(asked.unnamed, any_cue=True) else data.get("own", "(?!)"))
    for document in asked.documents():
        for block in document.blocks:
            above = compact(" ".join(h.title for h in block.path))
            under = any(h in above for h in data["headings"])
            if block.kind is not BlockKind.PARAGRAPH:
                continue
            for region in sentences(document.text, block.start, block.end):
                value = one_line(region.of(document.text)).rstrip("。")
                place = region_source(document.document_id, region)
                found = under and (sought or not data["found"] or _was_found(asked, place))
                if re.search(data["sentence"], value) and (found or own.search(value)):
                    return (statement(said("verbatim", asked.language, value=value), place),)
    return None


def _was_found(asked: Asked, place: Source) -> bool:
    """Tell whether a place is in the evidence that was found first."""
    first = [e.hit.passage for e in asked.turn.evidence[:FIRST]]
    return any(p.document_id == place.document_id and p.start <= place.start < p.end for p in first)


def overview(asked: Asked) -> Composed:
    """Say what a measure is: its overview as printed, and its activities."""
    found: list[Statement] = []
    for subject in asked.measures()[: MOST_SUBJECTS - 1]:
        found += overview_of(asked, subject)
    return tuple(found) or None


def status(asked: Asked) -> Composed:
    """Say what a measure is, and its phases where a question asks how far it has come."""
    told = overview(asked)
    asks = re.search(words.load("names")["progress"], asked.text)
    return (*told, *(schedule(asked) or ())) if told and asks else told


def overview_of(asked: Asked, subject: Subject) -> tuple[Statement, ...]:
    """Return what a plan says a measure is: the overview's sentences, then the activities."""
    measure = _measure(subject)
    found = []
    for span in measure.spans.get("overview", ()):
        document = asked.document(span.document_id)
        for region in sentences(document, span.start, span.end):
            value = one_line(region.of(document)).rstrip("。．")
            text = said("overview", asked.language, subject=subject.name, value=value)
            source = region_source(span.document_id, region)
            found.append(
                statement(
                    text, *([source] if asked.language in ("ja", "easy") else [_titled(measure), source])
                )
            )
    return (*found, *activities_of(asked, subject))


def activities_of(asked: Asked, subject: Subject) -> tuple[Statement, ...]:
    """Return a measure's activities: sentences as printed, short items as one counted list."""
    measure = _measure(subject)
    spans = measure.spans.get("activities", ())
    items = [one_line(a) for a in measure.activities]
    if not items:
        return ()
    if asked.language in ("ja", "easy") and all(i.endswith("。") for i in items):
        return tuple(
            statement(said("verbatim", asked.language, value=i.rstrip("。")), spanning(s))
            for i, s in zip(items, spans, strict=True)
        )
    text = said(
        "activities",
        asked.language,
        subject=subject.name,
        count=len(items),
        items=quoted(i.rstrip("。") for i in items),
    )
    return (statement(text, _titled(measure), spanning(*spans)).computing(str(len(items))),)


def belongs(asked: Asked) -> Composed:
    """Say under which theme each measure asked about stands."""
    themes = {t.number: t for t in asked.plan.themes}
    found = []
    for subject in asked.measures()[:MOST_SUBJECTS]:
        theme = themes.get(_measure(subject).theme or "")
        if theme:
            text = said("belongs", asked.language, subject=subject.name, theme=one_line(theme.title))
            found.append(statement(text, _titled(_measure(subject)), spanning(theme.spans["title"][0])))
    return tuple(found) or None


def is_new(asked: Asked) -> Composed:
    """Say that a measure is marked as new; nothing where it is not."""
    found = [s for s in asked.measures()[:1] if _measure(s).is_new]
    return (
        tuple(
            statement(said("new", asked.language, subject=s.name), spanning(_measure(s).source))
            for s in found
        )
        or None
    )


def schedule(asked: Asked) -> Composed:
    """Say which phase is in the year asked, in which year the phase asked is, or all phases in order."""
    found: list[Statement] = []
    for subject in asked.measures()[:MOST_SUBJECTS]:
        found += _schedule(asked, subject)
    return tuple(found) or None


def _schedule(asked: Asked, subject: Subject) -> tuple[Statement, ...]:
    measure = _measure(subject)
    rows = measure.roadmap
    if not rows:
        return ()
    if not all(r.certain and r.fiscal_years for r in rows):
        phases = quoted(one_line(r.text) for r in rows)
        text = said("order", asked.language, subject=subject.name, phases=phases)
        return (statement(text, _titled(measure), spanning(*(r.source for r in rows))),)
    in_year = [r for r in rows if set(r.fiscal_years or ()) & set(asked.turn.years)]
    named = _named_phases(asked, subject, rows)
    if in_year and len(in_year) < len(rows):
        other = [r for r in named if r not in in_year] if len(named) < len(rows) else []
        told = [_phase(asked, subject, r) for r in in_year]
        return (*told, *(_phase(asked, subject, r, begins=True) for r in other))
    if named and len(named) < len(rows):
        return tuple(_phase(asked, subject, r, begins=True) for r in named)
    listed = "、".join(
        f"{year_label(y, asked.language)}「{one_line(r.text)}」"
        for r in rows
        for y in (r.fiscal_years or ())[:1]
    )
    text = said("phases", asked.language, subject=subject.name, phases=listed)
    return (statement(text, *phase_sources(asked, measure, rows)),)


def _phase(asked: Asked, subject: Subject, row: RoadmapRow, begins: bool = False) -> Statement:
    years = _years_said(row.fiscal_years or (), asked.language)
    name = "years_with" if begins else "phase"
    text = said(name, asked.language, subject=subject.name, value=one_line(row.text), year=years)
    return statement(text, *phase_sources(asked, _measure(subject), (row,)))


def _years_said(years: tuple[int, ...], language: Language) -> str:
    """Return years as they are said: three and more that follow each other by the first and the last."""
    if len(years) > 2 and years[-1] - years[0] == len(years) - 1:
        return "～".join(year_label(y, language) for y in (years[0], years[-1]))
    return "・".join(year_label(y, language) for y in years)


def _named_phases(asked: Asked, subject: Subject, rows: tuple[RoadmapRow, ...]) -> list[RoadmapRow]:
    """Return the phases that the question names: by all of the phase's words, else by one part of it.

    What calls the measure, and the word for the plan itself, name no phase.
    """
    text = asked.text
    for name in sorted((*subject.names, *words.load("names")["no_phase"]), key=len, reverse=True):
        text = text.replace(name, " ")
    whole = [r for r in rows if compact(r.text) in text]
    if whole:
        longest = max(len(compact(r.text)) for r in whole)
        return [r for r in whole if len(compact(r.text)) == longest]
    return [
        r
        for r in rows
        if any(len(p) >= SHORTEST_PHASE and p in text for p in map(compact, _PARTS.split(r.text)))
    ]


def phase_sources(asked: Asked, measure: Measure, rows: tuple[RoadmapRow, ...]) -> tuple[Source, ...]:
    """Return where a measure's phases are printed: the row with the name, and the heads of the columns.

    A row that calls the measure by another name is cited beside the measure's own title.
    """
    schedule = measure.spans.get("schedule", ())
    row = schedule[0] if schedule else measure.source
    whole = spanning(row) if schedule else spanning(*measure.spans["title"], *(r.source for r in rows))
    document = asked.document(whole.document_id)
    own = compact(subject_name(measure.title)) in compact(document[whole.start : whole.end])
    found = asked.row_at(row)
    wanted = {y for r in rows for y in r.fiscal_years or ()}
    heads = [u.header for u in found.of_role("year") if u.year in wanted and u.header] if found else []
    sources = [*([] if own else [_titled(measure)]), whole]
    return (*sources, *([region_source(row.document_id, *heads)] if heads else []))


def _titled(measure: Measure) -> Source:
    return spanning(*measure.spans["title"])


def _measure(subject: Subject) -> Measure:
    if not isinstance(subject.record, Measure):
        raise TypeError(f"{subject.name} is no measure")
    return subject.record
