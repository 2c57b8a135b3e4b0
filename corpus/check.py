"""The reading report: what was recognised in a plan, what is doubted and where, and what is left over."""

from __future__ import annotations

from corpus.document import BlockKind, Document, Frozen
from corpus.library import Holding
from corpus.records import Plan, Span

KINDS = ("themes", "measures", "kpis", "terms", "contacts", "reviews", "roles", "statistics", "relations")
EXAMPLES = 3
# Blocks that hold no statement of the plan.
APART = (BlockKind.CONTENTS, BlockKind.RUNNING, BlockKind.PAGE_NUMBER, BlockKind.HEADING)


class Recognised(Frozen):
    """How many records of one kind were read, and the first of them."""

    kind: str
    count: int
    examples: tuple[str, ...]


class Place(Frozen):
    """A place in a document as a person finds it."""

    document_id: str
    page: int | None
    line: int
    text: str


class Doubted(Frozen):
    """A doubt and its place."""

    kind: str
    message: str
    place: Place


class Report(Frozen):
    """A plan's reading report; `covered` is the share of printed characters that a record holds."""

    municipality: str
    recognised: tuple[Recognised, ...]
    doubts: tuple[Doubted, ...]
    left_over: tuple[Place, ...]
    covered: float


def report(holding: Holding) -> Report:
    """Return the reading report of a municipality's documents."""
    plan = holding.records
    documents = {d.document_id: d for d in holding.documents}
    printed = sum(_printed(d, 0, len(d.text)) for d in holding.documents)
    left = tuple(p for d in holding.documents for p in _left_over(d, plan))
    uncovered = sum(_printed(documents[s.document_id], s.start, s.end) for s, _ in left)
    return Report(
        municipality=holding.id,
        recognised=tuple(_recognised(plan, kind) for kind in KINDS),
        doubts=tuple(
            Doubted(kind=d.kind, message=d.message, place=place(documents[d.source.document_id], d.source))
            for d in plan.doubts
        ),
        left_over=tuple(p for _, p in left),
        covered=round(1 - uncovered / printed, 4) if printed else 1.0,
    )


def place(document: Document, span: Span) -> Place:
    """Return the page and line of a span, and how its text begins."""
    return Place(
        document_id=span.document_id,
        page=document.page_of(span.start),
        line=document.text.count("\n", 0, span.start) + 1,
        text=" ".join(document.text[span.start : min(span.end, span.start + 60)].split()),
    )


def _recognised(plan: Plan, kind: str) -> Recognised:
    records = getattr(plan, kind)
    names = ("title", "indicator", "term", "name", "text")
    examples = (next(getattr(r, n) for n in names if hasattr(r, n)) for r in records[:EXAMPLES])
    return Recognised(
        kind=kind, count=len(records), examples=tuple(" ".join(e.split())[:60] for e in examples)
    )


def _left_over(document: Document, plan: Plan) -> list[tuple[Span, Place]]:
    """Return the blocks of which no record holds a part."""
    records = [r for kind in KINDS for r in getattr(plan, kind)]
    spans = [r.source for r in records if r.source] + [
        s for r in records for f in r.spans.values() for s in f
    ]
    taken = [s for s in spans if s.document_id == document.document_id]
    found = []
    for block in document.blocks:
        held = any(s.start < block.end and block.start < s.end for s in taken)
        if block.kind not in APART and not held:
            span = Span(document_id=document.document_id, start=block.start, end=block.end)
            found.append((span, place(document, span)))
    return found


def _printed(document: Document, start: int, end: int) -> int:
    return sum(not c.isspace() for c in document.text[start:end])
