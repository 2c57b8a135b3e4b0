"""What a facts composer looks at: one turn about one plan, and the records it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.focus import Focus
from assistant.messages import Language, Source, Statement, Turn
from assistant.subjects import Subject, Subjects
from corpus.document import Document
from corpus.library import Holding
from corpus.normalize import compact
from corpus.records import Plan, Span
from index.evidence import Evidence

MOST_KPIS = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """One turn about one municipality: its plan, the focus, and how a record's row is opened."""

    turn: Turn
    municipality: str
    plan: Plan
    subjects: Subjects
    focus: Focus
    holding: Holding
    row_at: Callable[[Span], Evidence | None]

    @property
    def language(self) -> Language:
        """Return the language of the answer."""
        return self.turn.language

    @property
    def text(self) -> str:
        """Return the question as asked alone, in its compact form."""
        return compact(self.turn.standalone)

    def documents(self) -> tuple[Document, ...]:
        """Return the documents that the plan was read from, the public ones."""
        public = {d.document_id for d in self.plan.documents}
        return tuple(d for d in self.holding.documents if d.document_id in public)

    def document(self, document_id: str) -> str:
        """Return a document's text."""
        return next(d.text for d in self.holding.documents if d.document_id == document_id)

    def kpis(self) -> tuple[Subject, ...]:
        """Return the KPIs that the question is about: those it names, else those of the measure it names."""
        if self.focus.named_whole("measure") and not (
            self.focus.named("kpi") or self.focus.related.get("kpi")
        ):
            return ()
        if self.focus.named("kpi") or self.focus.related.get("kpi"):
            return self.focus.of_kind("kpi")[:MOST_KPIS]
        return self.focus.of_kind("kpi")[:1]

    def measures(self) -> tuple[Subject, ...]:
        """Return the measures that the question is about: all that it names, else the one found first."""
        found = self.focus.of_kind("measure")
        return found if self.focus.named("measure") or self.focus.named("kpi") else found[:1]


Composed = tuple[Statement, ...] | None
Aspect = Callable[[Asked], Composed]


def source_of(span: Span) -> Source:
    """Return a span as a source."""
    return Source(document_id=span.document_id, start=span.start, end=span.end)
