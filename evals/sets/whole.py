"""What can be asked beyond measures: themes, departments, terms, roles, reviews, period, contact, counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus.parse.fields import Pieces
from corpus.parse.narrative import find_period
from corpus.records import Contact, Measure, Review, Span, Spans, Term
from evals.questions import Evidence
from evals.sets.asked import Asked, Source, first_span, stable, unique, variants
from evals.sets.indicators import indicators_of
from evals.sets.measures import measures_of, names_of, themes_of, title_wordings
from evals.sets.wordings import beyond, distinct, item_wordings, one_line, year_wordings

# A list of more items than this is not what an answer can be expected to hold.
MOST_ITEMS = 15
REVIEWED = ("achievements", "results", "issues", "carried_over")


def ask_whole(source: Source) -> Iterator[Asked]:
    """Give everything that is asked of more than one record, or of records that are no measure and no KPI."""
    yield from _themes(source)
    yield from _departments(source)
    yield from _plan(source)
    yield from _contacts(source)
    yield from _terms(source)
    yield from _roles(source)
    yield from _reviews(source)


def departments_of(source: Source) -> dict[str, list[Measure]]:
    """Return the departments in order of appearance, each with its measures; 各課 is none."""
    found: dict[str, list[Measure]] = {}
    for measure in measures_of(source):
        for department in dict.fromkeys(measure.departments):
            if not re.search(source.words.general, department):
                found.setdefault(one_line(department), []).append(measure)
    return found


def terms_of(source: Source) -> list[Term]:
    """Return the glossary's terms that stand in it once."""
    return [t for t in unique(source.plan.terms, lambda t: t.term) if t.term.strip()]


def term_name(term: Term) -> str:
    """Return what a question calls a term."""
    return one_line(term.term_normalised or term.term)


def all_measures(source: Source) -> list[Measure]:
    """Return every measure, or none where some of them are doubtful: then no list or count is certain."""
    measures = measures_of(source)
    return measures if len(measures) == len(source.plan.measures) else []


def _themes(source: Source) -> Iterator[Asked]:
    measures = all_measures(source)
    for number, theme in themes_of(source).items():
        within = [m for m in measures if m.theme == number]
        for variant, name in variants(names_of(theme)).items():
            slots = {"name": name}
            yield from _listed(source, "theme", theme.id, slots, within, variant)
            places = theme.spans.get("issues", ())
            if theme.issues and len(places) == len(theme.issues) and source.certain("issues", *places):
                facts = tuple(source.parts(issue, theme.source.document_id) for issue in theme.issues)
                yield Asked("theme_issues", theme.id, slots, facts, source.each(places), variant=variant)
        if number.isdecimal():
            quote = source.each(first_span(theme.spans, "title"))
            yield Asked("theme_title", theme.id, {"number": number}, (title_wordings(source, theme),), quote)


def _departments(source: Source) -> Iterator[Asked]:
    certain = all(
        source.certain("departments", *m.spans.get("departments", ())) for m in source.plan.measures
    )
    if certain and all_measures(source):
        for name, measures in departments_of(source).items():
            record = f"{source.id}.department-{stable(name)}"
            yield from _listed(source, "department", record, {"name": name}, measures)


def _listed(
    source: Source, of: str, record: str, slots: dict[str, str], measures: list[Measure], variant: str = ""
) -> Iterator[Asked]:
    """Give the list of some measures and their number."""
    if not measures:
        return
    quotes = _titles(source, measures)
    if len(measures) <= MOST_ITEMS:
        facts = tuple(title_wordings(source, m) for m in measures)
        yield Asked(f"{of}_measures", record, slots, facts, quotes, variant=variant)
    counted = source.counts(len(measures))
    yield Asked(f"{of}_count", record, slots, counted, quotes, derived=True, variant=variant)


def _titles(source: Source, measures: Iterable[Measure]) -> tuple[Evidence, ...]:
    return source.each(place for m in measures for place in first_span(m.spans, "title"))


def _plan(source: Source) -> Iterator[Asked]:
    record, documents = f"{source.id}.plan", source.plan.documents
    if len(documents) != 1:
        return  # which of several plans is meant no question says
    slots = {"name": one_line(documents[0].title)}
    yield from _period(source, record, slots)
    measures, themes = all_measures(source), list(themes_of(source).values())
    if measures:
        counted = source.counts(len(measures))
        yield Asked("measure_count", record, slots, counted, _titles(source, measures), derived=True)
    if themes and len(themes) == len(source.plan.themes):
        quotes = source.each(place for t in themes for place in first_span(t.spans, "title"))
        names = tuple(title_wordings(source, theme) for theme in themes)
        yield Asked("themes", record, slots, names, quotes)
        yield Asked("themes_count", record, slots, source.counts(len(themes)), quotes, derived=True)
    kpis = indicators_of(source)
    if kpis and len(kpis) == len(source.plan.kpis):
        quotes = source.each(place for k in kpis for place in first_span(k.spans, "indicator"))
        yield Asked("indicator_count", record, slots, source.counts(len(kpis)), quotes, derived=True)
    new = [m for m in measures if m.is_new]
    if new:
        facts = tuple(title_wordings(source, m) for m in new)
        yield Asked("new_measures", record, slots, facts, _titles(source, new))
        counted = source.counts(len(new))
        yield Asked("new_count", record, slots, counted, _titles(source, new), derived=True)


def _period(source: Source, record: str, slots: dict[str, str]) -> Iterator[Asked]:
    """Give the plan's period where the text itself prints the one that is known."""
    (info,) = source.plan.documents
    document = next(d for d in source.holding.documents if d.document_id == info.document_id)
    printed = find_period(Pieces(document))
    if info.period and printed and printed[0] == info.period:
        facts = tuple((*year_wordings(y), *_bare_year(y)) for y in (info.period.start, info.period.end))
        yield Asked("period", record, slots, facts, source.each((printed[1],)))


def _bare_year(year: int) -> tuple[str, ...]:
    """Return the year as a range's end prints it: 令和8年度から12年度."""
    number = re.search(r"\d+(?=年)", year_wordings(year)[0])
    return (f"{number[0]}年",) if number else ()


def _contacts(source: Source) -> Iterator[Asked]:
    if len(source.plan.contacts) != 1 or len(source.plan.documents) != 1:
        return
    contact = source.plan.contacts[0]
    record = f"{source.id}.contact"
    slots = {"name": one_line(source.plan.documents[0].title)}
    for field, wordings in _contact_fields(contact).items():
        places = contact.spans.get(field, ())
        if wordings and places and source.certain(field, *places):
            yield Asked(f"contact_{field}", record, slots, (wordings,), source.each(places[:1]))


def _contact_fields(contact: Contact) -> dict[str, tuple[str, ...]]:
    office = contact.name.split()[-1:]  # 羽咋市 総務部 デジタル推進室: the last is who answers
    return {
        "name": distinct([contact.name, *office]),
        "phone": distinct(contact.phone),
        "email": distinct([contact.email or ""]),
        "address": distinct([contact.address or "", re.sub(r"^〒?\s*[\d-]+\s*", "", contact.address or "")]),
    }


def _terms(source: Source) -> Iterator[Asked]:
    for term in terms_of(source):
        record = f"{source.id}.term-{stable(term.term)}"
        yield from _said(source, "definition", record, term_name(term), term.definition, term.spans)


def _roles(source: Source) -> Iterator[Asked]:
    for role in unique(source.plan.roles, lambda r: r.name):
        record = f"{source.id}.role-{stable(role.name)}"
        yield from _said(source, "duty", record, one_line(role.name), role.duty, role.spans)


def _said(source: Source, aspect: str, record: str, name: str, text: str, spans: Spans) -> Iterator[Asked]:
    """Give the question that a longer text answers, any telling part of it."""
    place = first_span(spans, aspect)
    if name and text.strip() and place and source.certain(aspect, *place):
        parts = beyond([name], source.parts(text, place[0].document_id))
        if parts:
            yield Asked(aspect, record, {"name": name}, (parts,), source.each(place))


def _reviews(source: Source) -> Iterator[Asked]:
    for review in unique(source.plan.reviews, lambda r: r.title):
        record = f"{source.id}.review-{stable(review.title)}"
        for field in REVIEWED:
            places, items = review.spans.get(field, ()), _items(review, field)
            if items and len(items) == len(places) and source.certain(field, *places):
                yield Asked(
                    field,
                    record,
                    {"name": one_line(review.title)},
                    _told(source, items, places),
                    source.each(places),
                )


def _items(review: Review, field: str) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(review, field)
    return found


def _told(source: Source, items: Iterable[str], places: Iterable[Span]) -> tuple[tuple[str, ...], ...]:
    """Return how each item may be told: a short one by itself, a longer one by any of its parts."""
    return tuple(
        distinct(
            (*item_wordings(*source.forms(item, place.document_id)), *source.parts(item, place.document_id))
        )
        for item, place in zip(items, places, strict=True)
    )
