"""Facts of a topic: the measures in which the words for it stand, listed and counted."""

from __future__ import annotations

from dataclasses import dataclass

from assistant import words
from assistant.composers.facts.asked import Asked, Composed
from assistant.composers.facts.measures import overview_of
from assistant.composers.wording import quoted, said, spanning, statement
from assistant.cues import things_in
from assistant.messages import Statement
from corpus.normalize import compact, fold
from corpus.records import Measure, Span
from index.evidence import one_line

# What may be asked of the measures of a topic; who asks more asks about one of them.
ASKS = frozenset({"list", "count", "activities", "overview", "quantity", "status", "is_new", "confirm"})
LISTS = frozenset({"list", "count"})
# A topic of more than this share of all is no topic of some. So few are told with what they are.
MOST = 0.5
FEW = 3
FIELDS = ("title", "overview", "activities")


@dataclass(frozen=True, slots=True)
class Found:
    """A measure with the words that stand in it, and where: its title, and the fields that have them."""

    measure: Measure
    words: tuple[str, ...]
    spans: tuple[Span, ...]


def about(asked: Asked) -> Composed:
    """List the measures of the topic that is asked for, by the words in them; None for one or most."""
    aspects = set(asked.turn.aspects)
    if not aspects & LISTS or not aspects <= ASKS:
        return None
    topics = _topics(asked)
    found = [f for m in asked.plan.measures if (f := _found(asked, m, topics))] if topics else []
    if len(found) < 2 or len(found) > MOST * len(asked.plan.measures):
        return None
    text = said(
        "about",
        asked.language,
        words=quoted(dict.fromkeys(w for f in found for w in f.words)),
        count=len(found),
        items=quoted(one_line(f.measure.title) for f in found),
    )
    sources = (spanning(s) for f in found for s in f.spans)
    first = statement(text, *dict.fromkeys(sources)).computing(str(len(found)))
    return (first, *(_told(asked, found) if len(found) <= FEW else ()))


def _told(asked: Asked, found: list[Found]) -> list[Statement]:
    """Return the first sentence on each measure."""
    subjects = asked.subjects.of_kind(asked.municipality, "measure")
    held = [s for f in found for s in subjects if s.record is f.measure]
    return [s for subject in held for s in overview_of(asked, subject)[:1]]


def _topics(asked: Asked) -> list[tuple[str, ...]]:
    """Return the words of each thing whose measures are asked for, as said and as plans print them."""
    data = words.load("whole")
    sorts = next(r["ja"] for r in data["record"] if r["name"] == "measures")
    left = fold(asked.unnamed)
    if not any(compact(sort) in left for sort in sorts):
        return []
    for sort in sorted(map(compact, sorts), key=len, reverse=True):
        left = left.replace(sort, " " * len(sort))
    topics = []
    for mention in reversed(asked.holding.thesaurus.mentions(left)):
        topics.append(tuple(dict.fromkeys((mention.wording, *mention.plan))))
        left = f"{left[: mention.start]} {left[mention.end :]}"
    known = {compact(w) for w in (*data["left"]["ja"], *data["left"]["topic"])}
    return topics + [(t.surface,) for t in things_in(left) if t.surface not in known]


def _found(asked: Asked, measure: Measure, topics: list[tuple[str, ...]]) -> Found | None:
    """Return the measure with the words in it, one at least for each of the topics; None without them."""
    spans = [s for field in FIELDS for s in measure.spans.get(field, ())]
    texts = [(s, compact(asked.document(s.document_id)[s.start : s.end])) for s in spans]
    standing: list[str] = []
    places: dict[Span, None] = dict.fromkeys(measure.spans["title"])
    for wordings in topics:
        here = [(w, s) for w in wordings for s, text in texts if compact(w) in text]
        if not here:
            return None
        standing += [w for w, _ in here]
        places |= dict.fromkeys(s for _, s in here)
    shortest = [w for w in dict.fromkeys(standing) if not any(v != w and v in w for v in standing)]
    return Found(measure, tuple(shortest), tuple(places))
