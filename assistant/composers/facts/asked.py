"""What a facts composer looks at: one turn about one plan, and the records it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.cues import counters_of, without_denied
from assistant.focus import Focus
from assistant.messages import Language, Statement, Turn
from assistant.subjects import Subject, Subjects
from corpus.document import Document
from corpus.library import Holding
from corpus.normalize import compact, fold
from corpus.records import Kpi, Plan, Span
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
    unnamed: str
    """The question as asked alone, without the names of municipalities."""

    @property
    def language(self) -> Language:
        """Return the language of the answer."""
        return self.turn.language

    @property
    def text(self) -> str:
        """Return the question as asked alone, in its compact form."""
        return without_denied(compact(self.turn.standalone))

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
        found = self._counted(self.focus.of_kind("kpi"))
        return found[:MOST_KPIS] if self.focus.named("kpi") or self.focus.related.get("kpi") else found[:1]

    def _counted(self, found: tuple[Subject, ...]) -> tuple[Subject, ...]:
        """Return the KPIs that have a number of the counter asked for; all of them where none has."""
        wanted = counters_of(self.turn.standalone)
        texts = {
            s: fold(" ".join(q.text for q in (s.record.baseline, s.record.target) if q))
            for s in found
            if isinstance(s.record, Kpi)
        }
        held = tuple(s for s in found if s in texts and all(p.search(texts[s]) for p in wanted))
        return held or found

    def longer(self, subject: Subject) -> Subject:
        """Return what was found first where its name is a longer one of the same kind, else the subject.

        Who asks of an app that shows 回覧板 names アプリ, and means 電子回覧板アプリ.
        """
        first = next(iter(self.focus.found), subject)
        return first if first.kind == subject.kind and subject.name in first.name else subject

    def measures(self) -> tuple[Subject, ...]:
        """Return the measures that the question is about: all that it names, else the one found first."""
        found = self.focus.of_kind("measure")
        return found if self.focus.named("measure") or self.focus.named("kpi") else found[:1]


Composed = tuple[Statement, ...] | None
Aspect = Callable[[Asked], Composed]
