"""A plan as data: the records of a plan, each field with its place in the source.

Texts are the source's own characters; `spans` maps a field's name to the places it was read from, so
that `text[start:end]` of the first span is what the field says. What the source does not make certain
is None, or `certain` is false, and a `Doubt` says why.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from corpus.document import Frozen


class Span(Frozen):
    """A place in a document's canonical text, in code points, half open."""

    document_id: str
    start: int
    end: int


Spans = dict[str, tuple[Span, ...]]
Visibility = Literal["public", "staff"]


class Period(Frozen):
    """The first and last fiscal year of a plan, both included, as Western years."""

    start: int
    end: int


class DocumentInfo(Frozen):
    """What is known of a document beside its text."""

    document_id: str
    title: str
    publisher: str | None = None
    published: str | None = None
    period: Period | None = None
    visibility: Visibility = "public"
    provenance: str | None = None


class Contact(Frozen):
    """Whom to ask; every part but the name may be missing where the plan does not print it."""

    name: str
    phone: tuple[str, ...] = ()
    email: str | None = None
    address: str | None = None
    source: Span | None = None
    spans: Spans = Field(default_factory=dict)


class Quantity(Frozen):
    """A KPI's baseline or target: as printed and, where it is a number, its value and unit."""

    text: str
    value: float | None = None
    unit: str | None = None
    fiscal_year: int | None = None
    note: str | None = None


class Theme(Frozen):
    """A theme or pillar under which measures stand."""

    id: str
    number: str
    title: str
    title_normalised: str | None = None
    names: tuple[str, ...] = ()
    pillar: str | None = None
    issues: tuple[str, ...] = ()
    source: Span
    spans: Spans = Field(default_factory=dict)


class RoadmapRow(Frozen):
    """One phase of a measure; `fiscal_years` is None where the layout does not give the years."""

    text: str
    fiscal_years: tuple[int, ...] | None
    certain: bool
    source: Span


class Measure(Frozen):
    """A measure (施策): what is done, by whom and when."""

    id: str
    theme: str | None
    number: str
    title: str
    title_normalised: str | None = None
    names: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    is_new: bool = False
    overview: str | None = None
    activities: tuple[str, ...] = ()
    roadmap: tuple[RoadmapRow, ...] = ()
    source: Span
    spans: Spans = Field(default_factory=dict)


class Kpi(Frozen):
    """An indicator with its baseline and its target."""

    id: str
    measure: str | None
    indicator: str
    indicator_normalised: str | None = None
    baseline: Quantity | None
    target: Quantity | None
    source: Span
    spans: Spans = Field(default_factory=dict)


class Term(Frozen):
    """A glossary entry."""

    term: str
    term_normalised: str | None = None
    definition: str
    source: Span
    spans: Spans = Field(default_factory=dict)


class Role(Frozen):
    """Someone's part in carrying out the plan."""

    name: str
    duty: str
    source: Span
    spans: Spans = Field(default_factory=dict)


class Review(Frozen):
    """How one principle of the plan before this one went."""

    number: str
    title: str
    achievements: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    carried_over: tuple[str, ...] = ()
    source: Span
    spans: Spans = Field(default_factory=dict)


class Statistic(Frozen):
    """A sentence of the background that states figures, and the figures as printed."""

    text: str
    figures: tuple[str, ...]
    source: Span
    spans: Spans = Field(default_factory=dict)


class Relation(Frozen):
    """Another plan that this one names: whose it is, and the years it covers or was made in."""

    title: str
    issuer: Literal["national", "prefectural", "municipal"] | None = None
    dated: str | None = None
    period: Period | None = None
    source: Span
    spans: Spans = Field(default_factory=dict)


class Section(Frozen):
    """One block of the document as it stands: what no other record took is still here."""

    kind: str
    headings: tuple[str, ...]
    source: Span


class Doubt(Frozen):
    """Something that the source does not make certain, where it stands and why."""

    kind: str
    message: str
    source: Span


class Plan(Frozen):
    """Everything read from one municipality's documents."""

    municipality: str
    name: str
    documents: tuple[DocumentInfo, ...]
    themes: tuple[Theme, ...] = ()
    measures: tuple[Measure, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    terms: tuple[Term, ...] = ()
    contacts: tuple[Contact, ...] = ()
    reviews: tuple[Review, ...] = ()
    roles: tuple[Role, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    relations: tuple[Relation, ...] = ()
    sections: tuple[Section, ...] = ()
    doubts: tuple[Doubt, ...] = ()
