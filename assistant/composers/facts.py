"""Facts: questions about a plan as a whole, answered from its records: lists, contacts, indicators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant import words
from assistant.messages import Source, Statement, Turn
from corpus.document import BlockKind
from corpus.library import Library
from corpus.normalize import compact
from corpus.records import Contact, Kpi, Measure, Plan, Span, Theme
from corpus.sentences import sentences
from corpus.wareki import find_years


class Facts:
    """Answer what is asked of the whole plan; nothing where a question is about something in it."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._plans = {h.id: h.public_records for h in library.holdings}

    def __call__(self, turn: Turn) -> tuple[Statement, ...] | None:
        """Return the statements from the records: none where the plan has no such record.

        None, rather than no statements, says that the question is not about the plan as a whole.
        """
        plan = self._plans.get(turn.municipalities[0]) if len(turn.municipalities) == 1 else None
        if plan is None:
            return None
        asked = compact(self._library.without_names(turn.standalone))
        department = _department(plan, asked)
        record = _record_asked(asked.replace(compact(department), "") if department else asked)
        if record == "measures":
            new = any(w in asked for w in words.load("whole")["words"]["new"])
            return _measures(plan, department, new)
        if record is None or department:
            return None
        if record == "period":
            return self._period(turn.municipalities[0])
        return {"contact": _contacts, "kpis": _kpis, "themes": _themes}[record](plan)

    def _period(self, municipality: str) -> tuple[Statement, ...]:
        """Quote the sentence on the plan's period: the first with two years in the section on it."""
        holding = self._library.holding(municipality)
        for document in holding.documents if holding else ():
            for block in document.blocks:
                about = block.kind is BlockKind.PARAGRAPH and any("期間" in h.title for h in block.path[-1:])
                for region in sentences(document.text, block.start, block.end) if about else ():
                    if len({y.year for y in find_years(region.of(document.text))}) > 1:
                        text = " ".join(region.of(document.text).split()).rstrip("。")
                        span = Source(document_id=document.document_id, start=region.start, end=region.end)
                        return (Statement(text=text, sources=(span,)),)
        return ()


def _record_asked(asked: str) -> str | None:
    """Return the kind of record that a question asks for as a whole, or None where more is left to ask."""
    for record in words.load("whole")["record"]:
        cue = next((c for c in record["cues"] if c in asked), None)
        if cue and not _left(asked, record["cues"]):
            return str(record["name"])
    return None


def _left(asked: str, cues: Sequence[str]) -> str:
    """Return what is left of a question without the cues and the fillers."""
    for known in sorted((*cues, *words.load("whole")["words"]["fillers"]), key=len, reverse=True):
        asked = asked.replace(known, "")
    return re.sub(r"[\W_\d]", "", asked)


def _department(plan: Plan, asked: str) -> str | None:
    names = {d for m in plan.measures for d in m.departments}
    return next((n for n in sorted(names, key=len, reverse=True) if compact(n) in asked), None)


def _source(*spans: Span) -> Source:
    return Source(
        document_id=spans[0].document_id, start=min(s.start for s in spans), end=max(s.end for s in spans)
    )


def _said(template: str, **values: str) -> str:
    return str(words.load("replies")["whole"][template]).format(**values)


def _title(record: Measure | Theme) -> str:
    return " ".join(record.title.split())


def _quoted(titles: Iterable[str]) -> str:
    return "".join(f"「{t}」" for t in titles)


def _measures(plan: Plan, department: str | None, new: bool) -> tuple[Statement, ...]:
    """List the measures, a statement a theme; each count is that of the names listed."""
    chosen = [
        m for m in plan.measures if (not new or m.is_new) and (not department or department in m.departments)
    ]
    statements = []
    for theme in dict.fromkeys(m.theme for m in chosen):
        group = [m for m in chosen if m.theme == theme]
        titles = [s for m in group for s in m.spans["title"]]
        held = [s for m in group for s in m.spans["departments"]] if department else []
        named = next((t for t in plan.themes if t.number == theme), None)
        about = [named.spans["title"][0]] if named else []
        statements.append(
            Statement(
                text=_said(
                    "new_measures" if new else "measures",
                    theme=_title(named) if named else "計画",
                    department=_said("of_department", department=department) if department else "",
                    count=str(len(group)),
                    items=_quoted(_title(m) for m in group),
                ),
                sources=(*(_source(s) for s in about), _source(*titles, *held)),
            )
        )
    return tuple(statements)


def _themes(plan: Plan) -> tuple[Statement, ...]:
    if not plan.themes:
        return ()
    text = _said("themes", count=str(len(plan.themes)), items=_quoted(_title(t) for t in plan.themes))
    return (Statement(text=text, sources=tuple(_source(t.spans["title"][0]) for t in plan.themes)),)


def _kpis(plan: Plan) -> tuple[Statement, ...]:
    return tuple(_kpi(k) for k in plan.kpis)


def _kpi(kpi: Kpi) -> Statement:
    values = {"indicator": " ".join(kpi.indicator.split())}
    quantities = [q for q in (kpi.baseline, kpi.target) if q]
    values["values"] = " → ".join(" ".join(q.text.split()) for q in quantities)
    return Statement(text=_said("kpi", **values), sources=(_source(kpi.source),))


def _contacts(plan: Plan) -> tuple[Statement, ...]:
    """Give the contact that a document prints; one that only plan.toml knows is no quote."""
    return tuple(_contact(c) for c in plan.contacts if c.source and (c.phone or c.email))


def _contact(contact: Contact) -> Statement:
    ways = (*contact.phone, *filter(None, (contact.email, contact.address)))
    spans = (
        *contact.spans["name"],
        *contact.spans["phone"],
        *contact.spans["email"],
        *contact.spans["address"],
    )
    return Statement(
        text=_said("contact", name=contact.name, ways="、".join(ways)), sources=(_source(*spans),)
    )
