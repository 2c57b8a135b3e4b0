"""Cards: the records that an answer rests on, as what is better looked at than read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from assistant.composers.wording import spanning
from assistant.messages import Source, Statement, Turn
from corpus.document import Frozen
from corpus.library import Library
from corpus.records import Contact, Kpi, Measure, Plan, Quantity, Review, Role, Span, Term, Theme
from index.evidence import one_line, subject_name

MOST_CARDS = 3
SCHEDULED = frozenset({"schedule", "begins", "in_year"})

Cited = Measure | Kpi | Term | Theme | Role | Review | Contact


class KpiCard(Frozen):
    """An indicator, the title of the measure it is of, and its values."""

    type: Literal["kpi"] = "kpi"
    id: str
    measure: str | None
    indicator: str
    baseline: Quantity | None
    target: Quantity | None
    source: Source


class Phase(Frozen):
    """A row of a roadmap; `fiscal_years` is None where the source does not give the years."""

    text: str
    fiscal_years: tuple[int, ...] | None
    certain: bool


class RoadmapCard(Frozen):
    """The phases of the measure with this title."""

    type: Literal["roadmap"] = "roadmap"
    measure: str
    rows: tuple[Phase, ...]
    source: Source


class MeasureCard(Frozen):
    """A measure: what is done and by whom."""

    type: Literal["measure"] = "measure"
    id: str
    title: str
    number: str
    theme: str | None
    departments: tuple[str, ...]
    is_new: bool
    overview: str | None
    activities: tuple[str, ...]
    source: Source


class TermCard(Frozen):
    """A glossary entry."""

    type: Literal["term"] = "term"
    term: str
    definition: str
    source: Source


class ContactCard(Frozen):
    """Whom to ask, as a document prints it."""

    type: Literal["contact"] = "contact"
    name: str
    phone: tuple[str, ...]
    email: str | None
    address: str | None
    source: Source


Card = KpiCard | RoadmapCard | MeasureCard | TermCard | ContactCard


def cards_of(turn: Turn, library: Library) -> tuple[dict[str, Any], ...]:
    """Return the cards of the records that an answer's statements rest on, those cited most first, as JSON.

    A list has none: an answer that rests on more records than there are cards for, several to a statement.
    """
    scheduled = bool(SCHEDULED & aspects_of(turn))
    counted: Counter[Card] = Counter()
    listing = False
    for statement in turn.statements:
        cited = cited_by(statement.sources, library)
        listing |= len({id(record) for _, record in cited}) > 1
        for plan, record in cited:
            card = _card(plan, record, scheduled and _on_roadmap(record, statement))
            if card:
                counted[card] += 1
    if listing and len(counted) > MOST_CARDS:
        return ()
    return tuple(card.model_dump(mode="json") for card, _ in counted.most_common(MOST_CARDS))


def aspects_of(turn: Turn) -> frozenset[str]:
    """Return what all questions of a turn ask."""
    return frozenset((*turn.aspects, *(a for part in turn.parts for a in part.aspects)))


def cited_by(sources: Iterable[Source], library: Library) -> tuple[tuple[Plan, Cited], ...]:
    """Return the public records that sources lie on, each once for every source, with their plans.

    A source inside records of which one is in the other lies on the innermost; one that reaches over several
    lies on each but those inside another.
    """
    plans = {d.document_id: p for h in library.holdings for p in (h.public_records,) for d in p.documents}
    return tuple(
        (plan, record)
        for source in sources
        if (plan := plans.get(source.document_id))
        for record in _innermost(source, plan)
    )


def _innermost(source: Source, plan: Plan) -> Iterator[Cited]:
    over = [(span, r) for r in _records(plan) for span in _places(r) if _overlap(span, source)]
    around = [(span, r) for span, r in over if _within(source, span)]
    if around:
        yield min(around, key=lambda held: held[0].end - held[0].start)[1]
        return
    outer = [r for span, r in over if not any(_within(span, other) for other, _ in over if other != span)]
    yield from {id(r): r for r in outer}.values()


def _records(plan: Plan) -> Iterator[Cited]:
    kinds: Sequence[Sequence[Cited]] = (
        *(plan.measures, plan.kpis, plan.terms, plan.themes, plan.roles, plan.reviews),
        plan.contacts,
    )
    for kind in kinds:
        yield from kind


def _places(record: Cited) -> tuple[Span, ...]:
    """Return where a record stands; a measure's row in a table of roadmaps is its own too."""
    source = (record.source,) if record.source else ()
    return (*source, *record.spans.get("schedule", ()))


def _on_roadmap(record: Cited, statement: Statement) -> bool:
    rows = _roadmap(record) if isinstance(record, Measure) else ()
    return any(_overlap(row, source) for row in rows for source in statement.sources)


def _roadmap(measure: Measure) -> tuple[Span, ...]:
    return measure.spans.get("schedule", ()) or tuple(row.source for row in measure.roadmap)


def _overlap(span: Span, source: Span | Source) -> bool:
    same = span.document_id == source.document_id
    return same and span.start < source.end and source.start < span.end


def _within(inner: Span | Source, outer: Span | Source) -> bool:
    same = inner.document_id == outer.document_id
    return same and outer.start <= inner.start and inner.end <= outer.end


def name_of(record: Cited) -> str:
    """Return what answers call a record."""
    match record:
        case Measure():
            return subject_name(record.title)
        case Kpi():
            return one_line(record.indicator_normalised or record.indicator)
        case Term():
            return one_line(record.term)
        case Theme() | Review():
            return one_line(record.title)
        case Role() | Contact():
            return one_line(record.name)


def _card(plan: Plan, record: Cited, scheduled: bool) -> Card | None:
    """Return a record's card; None for the kinds of record that have none."""
    match record:
        case Measure() if scheduled:
            return _roadmap_card(record)
        case Measure():
            return _measure_card(record)
        case Kpi():
            return _kpi_card(plan, record)
        case Term():
            definition = one_line(record.definition)
            return TermCard(term=name_of(record), definition=definition, source=spanning(record.source))
        case Contact(source=Span() as source):
            known = record.model_dump(include={"phone", "email", "address"})
            return ContactCard(name=name_of(record), source=spanning(source), **known)
        case _:
            return None


def _roadmap_card(record: Measure) -> RoadmapCard:
    rows = tuple(
        Phase(text=one_line(r.text), fiscal_years=r.fiscal_years, certain=r.certain) for r in record.roadmap
    )
    return RoadmapCard(measure=name_of(record), rows=rows, source=spanning(*_roadmap(record)))


def _measure_card(record: Measure) -> MeasureCard:
    return MeasureCard(
        id=record.id,
        title=name_of(record),
        number=record.number,
        theme=record.theme,
        departments=tuple(one_line(d) for d in record.departments),
        is_new=record.is_new,
        overview=one_line(record.overview) if record.overview else None,
        activities=tuple(one_line(a) for a in record.activities),
        source=spanning(record.source),
    )


def _kpi_card(plan: Plan, record: Kpi) -> KpiCard:
    measure = next((m for m in plan.measures if m.id == record.measure), None)
    return KpiCard(
        id=record.id,
        measure=name_of(measure) if measure else None,
        indicator=name_of(record),
        baseline=record.baseline,
        target=record.target,
        source=spanning(record.source),
    )
