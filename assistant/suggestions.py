"""Suggestions: questions that the records can answer next, from the templates in words/suggestions.toml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from assistant import words
from assistant.cards import Cited, aspects_of, cited_by, name_of
from assistant.messages import Source, Turn
from corpus.library import Library
from corpus.normalize import compact
from corpus.records import Kpi, Measure, Plan, Quantity, Review, Role, Term, Theme

MOST_SUGGESTIONS = 2
# Where an answer is about several records, the questions are about so many of them, in turn.
MOST_RECORDS = 2
NEAR = "not_in_plan_near"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a question can be asked of: a record of a plan, or the plan as a whole."""

    plan: Plan
    record: Cited | None = None

    @property
    def kind(self) -> str:
        """Return the kind of record, as the templates call it."""
        return type(self.record or self.plan).__name__.lower()

    def has(self, need: str) -> bool:
        """Tell whether the topic has what a template needs."""
        match self.record, need:
            case Theme(number=number), "measures":
                return any(m.theme == number for m in self.plan.measures)
            case Measure(id=identity), "kpis":
                return any(k.measure == identity for k in self.plan.kpis)
            case Kpi(baseline=Quantity() as baseline, target=Quantity() as target), "numbers":
                return None not in (baseline.value, target.value) and baseline.unit == target.unit
            case Kpi(), "numbers":
                return False
        return bool(getattr(self.record or self.plan, need))


def suggestions_of(turn: Turn, library: Library) -> tuple[str, ...]:
    """Return the questions to offer after a turn; those of its ending where it has one with nothing near.

    They are of the records that the answer rests on, or on which the nearest passage lies; then of what
    belongs to these, of others of their kind, and of the plan as a whole.
    """
    if turn.ending and turn.ending.reply != NEAR:
        return turn.ending.suggestions
    sources = _sources(turn)
    topics = _topics(sources, library)
    asker = _Asker(turn, by_name=turn.asked.municipality is not None or len(library.holdings) == 1)
    own = chain.from_iterable(zip_longest(*(asker.offers(t) for t in topics)))
    belonging = (q for t in topics for b in _belonging(t) for q in asker.offers(b))
    alike = (q for t in topics for a in _alike(t) for q in asker.offers(a, asked=frozenset()))
    whole = (q for t in _plans(sources, library) for q in asker.offers(t))
    offered = dict.fromkeys(q for q in chain(own, belonging, alike, whole) if q)
    return tuple(islice(offered, MOST_SUGGESTIONS))


def _topics(sources: list[Source], library: Library) -> list[Topic]:
    """Return the first records that sources lie on; a theme is one only where nothing of it is cited too."""
    found = list({id(r): Topic(p, r) for p, r in cited_by(sources, library)}.values())
    return ([t for t in found if t.kind != "theme"] or found)[:MOST_RECORDS]


def _sources(turn: Turn) -> list[Source]:
    """Return what the answer rests on; the nearest passage where there is no answer."""
    if not turn.ending:
        return [s for statement in turn.statements for s in statement.sources]
    return [Source.of(e.hit.passage) for e in turn.evidence[:1]]


def _plans(sources: list[Source], library: Library) -> Iterator[Topic]:
    """Give the plan that the first source is from."""
    held = (library.document(s.document_id) for s in sources[:1])
    yield from (Topic(found[0].public_records) for found in held if found)


def _belonging(topic: Topic) -> Iterator[Topic]:
    """Give what belongs to a record: KPI and measure to each other, measures to a theme or a term in them."""
    plan, records = topic.plan, list[Cited]()
    match topic.record:
        case Kpi(measure=identity):
            records += (m for m in plan.measures if m.id == identity)
        case Measure(id=identity):
            records += (k for k in plan.kpis if k.measure == identity)
        case Theme(number=number):
            records += (m for m in plan.measures if m.theme == number)
        case Term() as term:
            records += (m for m in plan.measures if compact(name_of(term)) in _text_of(m))
    yield from (Topic(plan, record) for record in records)


def _alike(topic: Topic) -> Iterator[Topic]:
    """Give the other records of a record's kind, those after it first; measures are of its theme."""
    plan = topic.plan
    match topic.record:
        case Measure(theme=theme) as record:
            records: tuple[Cited, ...] = tuple(m for m in plan.measures if m.theme == theme)
        case Role() as record:
            records = plan.roles
        case Review() as record:
            records = plan.reviews
        case _:
            return
    place = next(n for n, other in enumerate(records) if other is record)
    yield from (Topic(plan, other) for other in (*records[place + 1 :], *records[:place]))


def _text_of(measure: Measure) -> str:
    """Return what a plan says of a measure, in its compact form."""
    return compact(" ".join((measure.title, measure.overview or "", *measure.activities)))


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who is offered questions after a turn; `by_name` where names need no municipality beside them."""

    turn: Turn
    by_name: bool

    def offers(self, topic: Topic, asked: frozenset[str] | None = None) -> Iterator[str]:
        """Give the questions that the topic can answer, but those that earlier turns or this one asked of it.

        `asked` is what this turn asks of the topic, if not all that it asks.
        """
        name = self._named(topic)
        before = self._before(topic) | (aspects_of(self.turn) if asked is None else asked)
        for template in words.load("suggestions")["question"]:
            if template["of"] != topic.kind or before & set(template["aspects"]):
                continue
            question = self._said(template, name=name)
            if topic.has(template["needs"]) and not self._was_asked(question):
                yield question

    def _named(self, topic: Topic) -> str:
        form = "plan" if topic.record is None else "record" if self.by_name else "record_there"
        name = name_of(topic.record) if topic.record else ""
        return self._said(words.load("suggestions")["name"][form], name=name, municipality=topic.plan.name)

    def _said(self, texts: dict[str, str], **values: str) -> str:
        return texts.get(self.turn.language, texts["ja"]).format(**values)

    def _before(self, topic: Topic) -> frozenset[str]:
        """Return what earlier turns asked of the topic's record."""
        name = compact(name_of(topic.record)) if topic.record else ""
        earlier = (e for e in self.turn.history if name and name in compact(e.standalone))
        return frozenset(a for e in earlier for a in e.aspects)

    def _was_asked(self, question: str) -> bool:
        earlier = (self.turn.text, self.turn.asked.question, *(e.question for e in self.turn.history))
        return compact(question) in {compact(text) for text in earlier}
