"""Facts: answers from a plan's records, a small function an aspect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assistant import words
from assistant.composers.facts import kpis, lists, measures, others, topics
from assistant.composers.facts.asked import Asked, Aspect, Composed
from assistant.composers.facts.whole import UNLISTED, department_in, whole_of
from assistant.editions import Before
from assistant.figures import figures_in
from assistant.focus import Focus
from assistant.messages import Turn
from assistant.subjects import Subjects
from corpus.library import Library
from corpus.normalize import compact
from corpus.records import Plan, Span
from corpus.wareki import without_years
from index.evidence import Evidence, open_evidence
from index.passages import Hit, Passage

CONTACT = ("contact", "phone", "email", "address")
LISTING = ("list", "count", "most", "least")
# Aspects that nearly every question has beside its own, and how many aspects are answered at once.
VAGUE = (
    "overview",
    "activities",
    "status",
    "definition",
    "purpose",
    "target_year",
    "contact",
    "phone",
    "email",
    "address",
)
MOST_FUNCTIONS = 2
_DEPARTMENT = re.compile(r"[一-龠ァ-ヶー]{2,10}(?:課|室|局)(?![一-龠])")
# Aspects that no list of records answers: 総事業費 asks for no 事業.
OUTSIDE = ("budget", "price", "finance", "hours", "satisfaction", "opinion", "actual")
# A question with so long a part of a measure's name asks about that, not about the plan.
NAMES_ONE = 5
# Aspects that plans tell in sentences; what else is asked beside them is told there too.
PROSE = (
    "finance",
    "progress",
    "relation",
    "background",
    "period",
    "price",
    "budget",
    "procedure",
    "eligibility",
)
# Which function answers an aspect; an aspect that is not here is answered from sentences.
ASPECTS: Mapping[str, Aspect] = {
    "department": measures.department,
    "target": kpis.kpi,
    "baseline": kpis.kpi,
    "quantity": kpis.kpi,
    "indicator": kpis.kpi,
    "target_year": kpis.kpi,
    "difference": kpis.change,
    "ratio": kpis.change,
    "pace": kpis.change,
    "change": kpis.change,
    "schedule": measures.schedule,
    "begins": measures.schedule,
    "in_year": measures.schedule,
    "definition": others.definition,
    "overview": measures.overview,
    "summary": measures.overview,
    "activities": measures.overview,
    "purpose": measures.overview,
    "status": measures.status,
    "is_new": measures.is_new,
    "belongs": measures.belongs,
    "vision": measures.vision,
    "role": others.role,
    "organisation": others.role,
    "result": others.review,
    "issue": others.review,
    "carried_over": others.review,
    "contact": others.contact,
    "phone": others.contact,
    "email": others.contact,
    "address": others.contact,
    "achievement": others.review,
}


class Facts:
    """Answer from the records of public plans."""

    def __init__(
        self, library: Library, subjects: Subjects, passages: Iterable[Passage], before: Before
    ) -> None:
        self._library = library
        self._before = before
        self._subjects = subjects
        self._passages: dict[str, list[Passage]] = {}
        for passage in passages:
            self._passages.setdefault(passage.document_id, []).append(passage)

    def asked(self, turn: Turn, focus: Focus) -> Asked | None:
        """Return what the composers look at; None for a municipality that is not held."""
        municipality = turn.municipalities[0]
        holding = self._library.holding(municipality)
        if holding is None:
            return None
        plan = self._subjects.plans[municipality]
        unnamed = self._library.without_names(turn.standalone)
        return Asked(turn, municipality, plan, self._subjects, focus, holding, self._row_at, unnamed)

    def whole(self, turn: Turn) -> Composed:
        """Return what a question asks of the plan as a whole.

        None says that it asks about something in the plan; no statements, that the plan has no such record.
        """
        municipality = turn.municipalities[0]
        asked = self.asked(turn, Focus(self._subjects.mentions(turn.standalone, municipality)))
        if asked is None or set(turn.aspects) & set(OUTSIDE) or self._is_about_one(turn, asked):
            return None
        if self._before.asked(turn):
            return others.all_reviews(asked)
        text = asked.unnamed
        listing = any(a in turn.aspects for a in (*LISTING, "compare")) or (
            turn.aspects[:1] == ("department",) and department_in(asked.text, asked.plan) is not None
        )
        if self._asks_contact(turn, asked):
            return others.contact(asked)
        whole = whole_of(text, asked.plan, self._subjects.mentions(text, municipality), listing)
        if whole is None or (whole.record not in UNLISTED and not _in_period(turn, asked.plan)):
            return topics.about(asked)
        if whole.record == "contact":
            return others.contact(asked)
        # What a list would hold and no record has, the plan does not have; the rest may be told in prose.
        return lists.listed(asked, whole) or (None if whole.record in UNLISTED else ())

    def _is_about_one(self, turn: Turn, asked: Asked) -> bool:
        """Tell whether a question names a measure or KPI, or asks a term's meaning or a theme's issues."""
        named = asked.focus.mentions
        if any(m.subject.kind in ("measure", "kpi") and (m.whole or len(m.name) >= NAMES_ONE) for m in named):
            return True
        if "issue" in turn.aspects and any(m.subject.kind == "theme" for m in named):
            return True
        themes = any(m.subject.kind == "theme" for m in named)
        asks = "definition" in turn.aspects and not themes
        meant = asks and re.search(words.load("names")["meaning"], asked.text)
        return bool(meant) or (
            "definition" in turn.aspects[:2] and any(m.subject.kind == "term" for m in named)
        )

    def _asks_contact(self, turn: Turn, asked: Asked) -> bool:
        """Tell whether a question asks for the contact, and of nothing but the plan or its office."""
        first = [a for a in turn.aspects[:2] if a not in ("department", "overview")]
        if not set(first[:1]) & set(CONTACT) or any(m.name for m in asked.focus.mentions):
            return False
        office = {w for c in asked.plan.contacts for w in c.name.split()}
        said_of = (*words.load("names")["plan_itself"], *office)
        return any(compact(w) in asked.text for w in said_of)

    def of(self, turn: Turn, focus: Focus) -> Composed:
        """Return what the records say of the aspects asked, the main one first; None where they do not."""
        asked = self.asked(turn, focus)
        if asked and self._before.asked(turn):
            return others.review(asked)  # every other record is this plan's
        recorded = asked and (asked.focus.named("measure") or asked.focus.named("kpi"))
        functions = _functions(turn.aspects, prose=not recorded)
        if asked and "confirm" in turn.aspects:
            functions = [*_premised(asked), *functions][:MOST_FUNCTIONS]
        if asked and turn.aspects[:1] == ("definition",) and focus.named_whole("term"):
            functions = [others.definition, *functions]
        found = [s for f in functions for s in ((f(asked) or ()) if asked else ())]
        return tuple(dict.fromkeys(found)) or (self._told(asked) if asked else None)

    def _told(self, asked: Asked) -> Composed:
        """Return what is to be told of the record that was found first, whatever is asked of it."""
        first = next(iter(asked.focus.found), None)
        told: dict[str, Aspect] = {"kpi": kpis.kpi, "measure": measures.overview}
        if not asked.turn.evidence or self._is_of_terms(asked.turn.evidence[0]):
            told["term"] = others.definition
        return told[first.kind](asked) if first and first.kind in told else None

    def _is_of_terms(self, evidence: Evidence) -> bool:
        """Tell whether a passage is a glossary's; one that explains a term in passing says something else."""
        return {s.kind for s in self._subjects.at(evidence.hit.passage)} == {"term"}

    def _row_at(self, span: Span) -> Evidence | None:
        """Return the row of a table in which a span begins, opened."""
        for passage in self._passages.get(span.document_id, ()):
            if passage.kind == "row" and passage.start <= span.start < passage.end:
                return open_evidence(self._library, Hit(passage=passage, score=0.0, ranks={}, similarity=0.0))
        return None


def _premised(asked: Asked) -> list[Aspect]:
    """Return what answers to what a question takes for granted: a department, or a figure of an indicator."""
    said_of = without_years(asked.turn.text)
    found: list[Aspect] = []
    if _DEPARTMENT.search(said_of):
        found.append(measures.department)
    named = {f for s in asked.kpis() for f in figures_in(s.name)}
    if asked.kpis() and set(figures_in(said_of)) - named:
        found.append(kpis.kpi)
    return found


def _in_period(turn: Turn, plan: Plan) -> bool:
    """Tell whether the plan reaches to a year that is named, where one is."""
    periods = [d.period for d in plan.documents if d.period]
    return not turn.years or not periods or any(p.start <= y <= p.end for p in periods for y in turn.years)


def _functions(aspects: tuple[str, ...], prose: bool) -> list[Aspect]:
    """Return the functions of the aspects, the main one first; vague ones only where they are all.

    Where the main one is told in `prose` there are none, and none that is vague where it would be elsewhere.
    """
    if aspects and aspects[0] in PROSE and (prose or not set(aspects) & (set(ASPECTS) - set(VAGUE))):
        return []
    asked = [a for a in aspects if a in ASPECTS]
    clear = [a for a in asked if a not in VAGUE] or asked[:1]
    return list(dict.fromkeys(ASPECTS[a] for a in clear))[:MOST_FUNCTIONS]


__all__ = ["ASPECTS", "LISTING", "VAGUE", "Asked", "Facts"]
