"""Facts of terms, roles, reviews and contacts."""

from __future__ import annotations

import re

from assistant import words
from assistant.composers.facts.asked import Asked, Composed
from assistant.composers.wording import quoted, region_source, said, spanning, statement, word
from assistant.cues import things_in
from assistant.messages import Source, Statement
from assistant.subjects import Subject
from corpus.document import Document
from corpus.records import Contact, Review, Role, Term, Theme
from corpus.sentences import sentences
from index.evidence import one_line

MOST_SENTENCES = 3
# A year and a month alone on a line, or with what was done then.
_DATED_LINE = re.compile(
    r"^[ 　]*(?P<date>(?:令和|平成|昭和)? *[0-9０-９元]{1,4} *[（(]?[0-9０-９年 ]*[）)]? *年? *"
    r"[0-9０-９]{1,2} *月(?: *[0-9０-９]{1,2} *日)?)"
    r"[ 　]*(?P<issued>発行|策定|公表|作成|制定|改定)?[ 　]*$",
    re.M,
)
# A question of whose words so much stands in one place asks about that, not for the plan's contact.
COVERED = 0.8
REVIEWED = {
    "result": "results",
    "issue": "issues",
    "carried_over": "carried_over",
    "achievement": "achievements",
}


def definition(asked: Asked) -> Composed:
    """Say what the glossary says of the terms asked about."""
    found = asked.focus.of_kind("term")
    chosen = tuple(map(asked.longer, found)) if asked.focus.named("term") else found[:1]
    chosen = tuple(dict.fromkeys(chosen))
    return tuple(s for subject in chosen[:MOST_SENTENCES] for s in _definition(asked, subject)) or None


def _definition(asked: Asked, subject: Subject) -> tuple[Statement, ...]:
    """Return a definition sentence by sentence, the first with the term."""
    record = subject.record
    if not isinstance(record, Term):
        raise TypeError(f"{subject.name} is no term")
    document = asked.document(record.source.document_id)
    found: list[Statement] = []
    for span in record.spans.get("definition", (record.source,)):
        for region in sentences(document, span.start, span.end):
            value = one_line(region.of(document)).rstrip("。")
            thing = "definition_thing" if value.endswith(("こと", "もの")) else "definition"
            name = "verbatim" if found else thing
            text = said(name, asked.language, subject=subject.name, value=value)
            term = spanning(*record.spans.get("term", (record.source,)))
            source = region_source(span.document_id, region)
            found.append(statement(text, source if found else spanning(term, source)))
    return tuple(found)


def role(asked: Asked) -> Composed:
    """Say what the plan says of someone's part, in its own sentences."""
    found = asked.focus.of_kind("role")
    chosen = found if asked.focus.named("role") else found[:1]
    return tuple(s for subject in chosen[:2] for s in _role(asked, subject)) or None


def _role(asked: Asked, subject: Subject) -> tuple[Statement, ...]:
    record = subject.record
    if not isinstance(record, Role):
        raise TypeError(f"{subject.name} is no role")
    document = asked.document(record.source.document_id)
    found = []
    for span in record.spans.get("duty", (record.source,)):
        for region in sentences(document, span.start, span.end)[:MOST_SENTENCES]:
            value = one_line(region.of(document)).rstrip("。")
            text = said("role", asked.language, subject=subject.name, value=value)
            sources = [region_source(span.document_id, region)]
            if asked.language not in ("ja", "easy"):
                sources.append(spanning(*record.spans.get("name", (record.source,))))
            found.append(statement(text, *sources))
    return tuple(found)


def review(asked: Asked) -> Composed:
    """Say how a principle of the plan before went: achieved, results, issues, what is carried over."""
    themes = [m.subject for m in asked.focus.mentions if isinstance(m.subject.record, Theme)]
    if themes and "issue" in asked.turn.aspects:
        return tuple(s for subject in themes for s in _issues(asked, subject))
    wanted = [field for aspect, field in REVIEWED.items() if aspect in asked.turn.aspects]
    if not wanted and "before" in asked.turn.aspects and asked.focus.named("review"):
        wanted = ["achievements", "results"]
    found = asked.focus.of_kind("review")
    chosen = found if asked.focus.named("review") else found[:1]
    return tuple(s for subject in chosen for field in wanted for s in _review(asked, subject, field)) or None


def all_reviews(asked: Asked) -> Composed:
    """Say how every principle of the plan before went, where a question asks that and names nothing of it."""
    wanted = [field for aspect, field in REVIEWED.items() if aspect in asked.turn.aspects]
    if asked.focus.mentions or things_in(asked.unnamed):
        return None
    subjects = asked.subjects.of_kind(asked.municipality, "review")
    return (
        tuple(s for subject in subjects for field in wanted for s in _review(asked, subject, field)) or None
    )


def _issues(asked: Asked, subject: Subject) -> tuple[Statement, ...]:
    """Quote what a theme names as its issues."""
    record = subject.record
    if not isinstance(record, Theme):
        raise TypeError(f"{subject.name} is no theme")
    document = asked.document(record.source.document_id)
    spans = record.spans.get("issues", ())
    texts = [one_line(document[s.start : s.end]).rstrip("。") for s in spans]
    return tuple(
        statement(said("verbatim", asked.language, value=text), spanning(span))
        for text, span in zip(texts, spans, strict=True)
    )


def _review(asked: Asked, subject: Subject, field: str) -> tuple[Statement, ...]:
    record = subject.record
    if not isinstance(record, Review):
        raise TypeError(f"{subject.name} is no review")
    items = [one_line(i).rstrip("。") for i in getattr(record, field)]
    spans = record.spans.get(field, ())
    if not items:
        return ()
    label = word(field, asked.language)
    text = said("reviewed", asked.language, subject=subject.name, label=label, items=quoted(items))
    return (statement(text, spanning(*record.spans["title"]), spanning(*spans)),)


def contact(asked: Asked) -> Composed:
    """Give the contact that a document prints; one that only plan.toml knows is no quote.

    A question that names a measure asks for that measure's own contact, which plans do not print.
    """
    if any(w in asked.text for w in words.load("names")["no_contact"]):
        return None
    covered = asked.turn.signs[0]["coverage"] if asked.turn.signs else 0.0
    if covered >= COVERED or any(m.subject.kind in ("measure", "kpi") for m in asked.focus.mentions):
        return None
    known = [c for c in asked.plan.contacts if c.source and (c.phone or c.email)]
    return tuple(_contact(asked, c) for c in known) or None


def _contact(asked: Asked, record: Contact) -> Statement:
    ways = (*record.phone, *filter(None, (record.email, record.address)))
    spans = [s for field in ("name", "phone", "email", "address") for s in record.spans.get(field, ())]
    return statement(
        said("contact", asked.language, name=record.name, ways="、".join(ways)), spanning(*spans)
    )


def published(asked: Asked) -> Composed:
    """Say the month that each document gives for itself on a line of its own, at its end or on its cover."""
    return tuple(s for d in asked.documents() if (s := _published(asked, d))) or None


def _published(asked: Asked, document: Document) -> Statement | None:
    lines = list(_DATED_LINE.finditer(document.text))
    issued = [m for m in lines if m["issued"]]
    if not lines:
        return None
    line = (issued or lines[:1])[-1]
    date = re.sub(r"\s", "", line["date"])
    source = Source(document_id=document.document_id, start=line.start("date"), end=line.end("date"))
    return statement(said("published", asked.language, date=date), source)
