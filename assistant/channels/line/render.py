"""An answer as LINE messages: the answer in one line, then the rest, then where it stands; no Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.channels.line import flex
from assistant.channels.line.flex import Node, label, on_one_line
from assistant.channels.line.text import LONGEST_TEXT, first_line, shorten, split, units, without_marks
from assistant.channels.line.working import working_of
from assistant.messages import Answer, Citation

LONGEST_FIRST_LINE = 80
MOST_MESSAGES = 5
MOST_TEXTS = 3
MOST_QUICK_REPLIES = 13
LONGEST_LABEL = 20
LONGEST_ACTION_TEXT = 300
MOST_QUOTES = 4
LONGEST_QUOTE = 120
MOST_PASTED = 12
LONGEST_PASTED = 600
# Before what the plan of the next municipality says.
_PLACES = re.compile(r"(?<=。)(?=【)")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What another municipality's plan says to the same question; no answer where it says nothing."""

    name: str
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent for one event: an answer as it is shown, with what goes with it."""

    answer: Answer
    staff: bool = False
    elsewhere: tuple[Elsewhere, ...] = ()
    quick: tuple[tuple[str, str], ...] = ()
    """What stands on each quick reply, and what it sends."""
    warnings: tuple[str, ...] = ()
    staff_documents: frozenset[str] = frozenset()
    address: str | None = None
    """Where the service's pages are reached from outside; None hides the way to the original."""

    @property
    def answer_ids(self) -> tuple[str, ...]:
        """Return the ids of the answers that are shown."""
        return (self.answer.message_id, *(o.answer.message_id for o in self.elsewhere if o.answer))


def plain(text: str, quick: Iterable[tuple[str, str]] = ()) -> list[Node]:
    """Return a text as at most five messages."""
    return _with_quick([_text(part) for part in split(text)[:MOST_MESSAGES]], quick)


def messages(reply: Reply) -> list[Node]:
    """Return the messages of a reply: texts, for staff the passages to paste, and one flex message."""
    head, rest = first_line(_PLACES.sub("\n\n", reply.answer.answer), LONGEST_FIRST_LINE)
    parts = split("\n\n".join(filter(None, (head, rest, *_sections(reply)))))
    if len(parts) > MOST_TEXTS:
        more = "\n" + label("more")
        kept = split(parts[MOST_TEXTS - 1], LONGEST_TEXT - units(more))[0]
        parts = [*parts[: MOST_TEXTS - 1], kept + more]
    sent = [_text(part) for part in parts]
    if reply.staff and (passages := _passages(reply)):
        sent.append(_text(passages))
    bubbles = _bubbles(reply)
    if bubbles:
        sent.append(flex.carousel(bubbles, without_marks(head)))
    return _with_quick(sent, reply.quick)


def sources_alone(reply: Reply, lead: str) -> list[Node]:
    """Return the messages of the sources of an answer and nothing else."""
    bubbles = _sources(reply.answer, reply)
    cited = _distinct(reply.answer.citations)
    places = {reference_of(c): [d.number for d in cited if reference_of(d) == reference_of(c)] for c in cited}
    listed = "\n".join(f"{''.join(f'［{n}］' for n in numbers)}{at}" for at, numbers in places.items())
    sent = [_text(part) for part in split(f"{lead}\n{listed}")[:MOST_TEXTS]]
    return _with_quick([*sent, flex.carousel(bubbles, lead)] if bubbles else sent, reply.quick)


def reference_of(citation: Citation) -> str:
    """Return where a passage stands, as a reference in a document says it."""
    page = f"、{label('page', page=citation.page)}" if citation.page else ""
    return f"{citation.title}　{'　'.join(citation.section)}".rstrip("　") + page


def _sections(reply: Reply) -> list[str]:
    """Return what follows the answer, each a paragraph."""
    answer = reply.answer
    contact = answer.contact
    known = contact and " ".join(filter(None, (contact.name, *contact.phone, contact.email)))
    return [
        *_working(reply),
        *([] if reply.staff else _evidence(answer.citations)),
        *_elsewhere(reply),
        *([f"{label('contact')}：{known}"] if known else []),
        "\n".join(f"※ {notice}" for notice in answer.notices),
        *reply.warnings,
    ]


def _evidence(citations: Sequence[Citation]) -> list[str]:
    shown = [f"［{c.number}］「{_short(c.quote)}」" for c in _distinct(citations)[:MOST_QUOTES]]
    return ["\n".join((label("evidence"), *shown))] if shown else []


def _working(reply: Reply) -> list[str]:
    lines = working_of(reply.answer.cards) if reply.staff else []
    return ["\n".join((label("working"), *lines))] if lines else []


def _elsewhere(reply: Reply) -> list[str]:
    lines = []
    for other in reply.elsewhere:
        if other.answer is None:
            lines.append(label("not_elsewhere", name=other.name))
            continue
        head, _ = first_line(other.answer.answer, LONGEST_FIRST_LINE * 2)
        lines.append(f"{other.name}：{without_marks(head)}")
    return ["\n".join((label("elsewhere"), *lines))] if lines else []


def _passages(reply: Reply) -> str:
    """Return the quotes with their references, ready to paste, those of one place together."""
    places: dict[str, list[str]] = {}
    for citation in _cited(reply)[:MOST_PASTED]:
        places.setdefault(reference_of(citation), []).append(f"「{_short(citation.quote, LONGEST_PASTED)}」")
    kept = [label("paste")]
    for place, quotes in places.items():
        passage = f"{''.join(quotes)}（{place}）"
        if units("\n\n".join((*kept, passage))) > LONGEST_TEXT:
            break
        kept.append(passage)
    return "\n\n".join(kept) if len(kept) > 1 else ""


def _cited(reply: Reply) -> list[Citation]:
    others = (o.answer.citations for o in reply.elsewhere if o.answer)
    return [*_distinct(reply.answer.citations), *(c for found in others for c in _distinct(found))]


def _bubbles(reply: Reply) -> list[Node]:
    drawn = {"kpi": flex.kpi_bubble, "roadmap": flex.roadmap_bubble}
    answers = (reply.answer, *(o.answer for o in reply.elsewhere if o.answer))
    cards = [drawn[c["type"]](c) for a in answers for c in a.cards if c["type"] in drawn]
    return [*cards, *(bubble for a in answers for bubble in _sources(a, reply))]


def _sources(answer: Answer, reply: Reply) -> list[Node]:
    """Return a bubble for each place that an answer cites."""
    places: dict[tuple[object, ...], list[Citation]] = {}
    for citation in _distinct(answer.citations):
        place = (citation.document_id, citation.section, citation.page)
        places.setdefault(place, []).append(citation)
    return [_source(cited, reply) for cited in places.values()]


def _source(cited: Sequence[Citation], reply: Reply) -> Node:
    hidden = cited[0].document_id in reply.staff_documents
    address = f"{reply.address}{cited[0].url}" if reply.address and not hidden else None
    quotes = "".join(f"「{on_one_line(c.quote)}」" for c in cited)
    reference = f"{quotes}（{reference_of(cited[0])}）" if reply.staff else None
    return flex.source_bubble(cited, address, reference, hidden)


def _distinct(citations: Sequence[Citation]) -> list[Citation]:
    """Return the citations but those whose quote lies in another's: one bubble a source."""

    def inside(inner: Citation, outer: Citation) -> bool:
        same = inner.document_id == outer.document_id and inner is not outer
        return same and outer.start <= inner.start and inner.end <= outer.end

    return [c for c in citations if not any(inside(c, o) for o in citations)]


def _with_quick(sent: list[Node], quick: Iterable[tuple[str, str]]) -> list[Node]:
    items = [
        {
            "type": "action",
            "action": {"type": "message", "label": shorten(shown, LONGEST_LABEL), "text": said},
        }
        for shown, said in quick
        if len(said) <= LONGEST_ACTION_TEXT
    ]
    if not sent or not items:
        return sent
    return [*sent[:-1], {**sent[-1], "quickReply": {"items": items[:MOST_QUICK_REPLIES]}}]


def _text(text: str) -> Node:
    return {"type": "text", "text": text}


def _short(quote: str, limit: int = LONGEST_QUOTE) -> str:
    return shorten(on_one_line(quote), limit)
