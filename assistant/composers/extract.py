"""Extract: the fewest source sentences or cells that answer, in a readable Japanese sentence."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from assistant import words
from assistant.coverage import Vocabulary, prepare
from assistant.evidence import ITEM, PHASE, Evidence, Unit
from assistant.messages import Source, Statement, Turn
from corpus.document import Region
from corpus.normalize import compact
from corpus.wareki import era_label, find_years

LONGEST_LIST = 12
# A second sentence is added only where it covers this much more of the question.
ADDS = 0.2
# A paragraph of so few sentences is given whole where its content is asked for.
SHORT_PARAGRAPH = 3
# Evidence that covers this share of what the best covers may serve an aspect that the best does not.
PEER = 0.8
LOOKED_AT = 6

QUANTITY_ASPECTS = ("target", "baseline", "quantity")
REVIEW_ROLES = ("result", "issue", "carried_over")


class Extract:
    """Compose from sentences and cells; never writes a word of content that the source does not have."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def __call__(self, turn: Turn) -> tuple[Statement, ...]:
        """Return the statements that answer the turn, the answer first; none where nothing fits."""
        if not turn.evidence:
            return ()
        best = turn.evidence[0]
        found: list[Statement] = []
        if "department" in turn.aspects and {"definition", "overview"} & set(turn.aspects):
            found += self._described(turn, best)
        peers = self._peers(turn)
        for serve in self._servers(turn):
            served = next((s for e in peers if (s := serve(e))), ())
            found += [s for s in served if s not in found]
        return tuple(found or self._described(turn, best))

    def _peers(self, turn: Turn) -> list[Evidence]:
        """Return the evidence of the same subject as the best, or that covers as much."""
        best = turn.evidence[0]
        bar = self._vocabulary.covers(turn.standalone, best.hit.passage) * PEER
        return [
            e
            for e in turn.evidence[:LOOKED_AT]
            if _same_subject(best, e)
            or (bar and self._vocabulary.covers(turn.standalone, e.hit.passage) >= bar)
        ]

    def _servers(self, turn: Turn) -> list[Callable[[Evidence], tuple[Statement, ...]]]:
        """Return how each aspect asked is answered from a row, in the order of the answer."""
        servers: list[Callable[[Evidence], tuple[Statement, ...]]] = []
        quantity = any(a in turn.aspects for a in QUANTITY_ASPECTS)
        if "schedule" in turn.aspects or (turn.years and not quantity):
            servers.append(lambda e: _schedule(turn, e))
        if quantity:
            servers.append(_kpi)
        for role in REVIEW_ROLES:
            if role in turn.aspects:
                servers.append(lambda e, role=role: _verbatim(e, e.of_role(role)))  # type: ignore[misc]
        if "department" in turn.aspects:
            servers.append(_department)
        return servers

    def _described(self, turn: Turn, evidence: Evidence) -> list[Statement]:
        """Say what the evidence says of its subject: its definition, or the sentences that cover most."""
        definition = evidence.of_role("definition")
        if definition:
            return [_definition(evidence, definition[0])]
        units = self._best_units(turn, evidence)
        if all(u.role == PHASE for u in units):
            return list(_order(evidence)) or list(_verbatim(evidence, units))
        return list(_verbatim(evidence, units))

    def _best_units(self, turn: Turn, evidence: Evidence) -> tuple[Unit, ...]:
        """Return the fewest units that cover the question; a whole list where its heading is asked for."""
        skip = ("measure", "department", "year", "baseline", "target", "indicator")
        units = [u for u in evidence.units if u.role not in skip] or list(evidence.units)
        if not units:
            return ()
        asked = self._vocabulary.asked(turn.standalone, evidence.hit.passage.municipality)

        @functools.cache
        def gain(text: str) -> float:
            return asked.covered_by(prepare(text))

        items = [u for u in units if u.role == ITEM]
        if len(items) > 1 and gain(evidence.subject) >= max(gain(u.text) for u in items):
            return tuple(items[:LONGEST_LIST])
        prose = [u for u in units if u.role != PHASE] or units
        sentences = [u for u in prose if u.role != ITEM and len(u.text) > 1]
        if "overview" in turn.aspects and len(sentences) <= SHORT_PARAGRAPH and sentences == prose:
            return tuple(sentences)
        best = max(prose, key=lambda u: (gain(u.text), -u.region.start))
        rest = [u for u in prose if u is not best]
        second = max(rest, key=lambda u: gain(f"{best.text}\n{u.text}"), default=None)
        if second and gain(f"{best.text}\n{second.text}") >= gain(best.text) + ADDS:
            return tuple(sorted((best, second), key=lambda u: u.region.start))
        return (best,)


def _same_subject(first: Evidence, other: Evidence) -> bool:
    a, b = compact(first.subject), compact(other.subject)
    return first is other or bool(a and b and (a in b or b in a))


def _source(evidence: Evidence, region: Region) -> Source:
    return Source(document_id=evidence.hit.passage.document_id, start=region.start, end=region.end)


def _span(evidence: Evidence, *regions: Region | None) -> Source:
    known = [r for r in regions if r is not None]
    whole = Region(start=min(r.start for r in known), end=max(r.end for r in known))
    return _source(evidence, whole)


def _said(name: str, **values: str) -> str:
    return str(words.load("replies")["row"][name]).format(**values)


def _verbatim(evidence: Evidence, units: tuple[Unit, ...]) -> tuple[Statement, ...]:
    """Give sentences as they are printed, and items that are no sentences as one list of quotes."""
    closed = [u for u in units if re.search(r"[。．！？!?]$", u.text)]
    listed = [u for u in units if u not in closed]
    found = [Statement(text=u.text.rstrip("。．"), sources=(_source(evidence, u.region),)) for u in closed]
    if listed:
        text = _said("items", items="".join(f"「{u.text}」" for u in listed))
        found.append(Statement(text=text, sources=tuple(_source(evidence, u.region) for u in listed)))
    return tuple(found)


def _definition(evidence: Evidence, unit: Unit) -> Statement:
    value = unit.text.rstrip("。")
    name = "definition" if value.endswith("こと") else "definition_plain"
    source = _span(evidence, evidence.subject_region, unit.region)
    return Statement(text=_said(name, subject=evidence.subject, value=value), sources=(source,))


def _department(evidence: Evidence) -> tuple[Statement, ...]:
    found = evidence.of_role("department")
    if not found:
        return ()
    value = "、".join(part for part in found[0].text.split() if part != "新規")
    text = _said("department", subject=evidence.subject, label=found[0].label, value=value)
    return (Statement(text=text, sources=(_span(evidence, evidence.subject_region, found[0].region),)),)


def _kpi(evidence: Evidence) -> tuple[Statement, ...]:
    indicator, target = evidence.of_role("indicator"), evidence.of_role("target")
    baseline = evidence.of_role("baseline")
    if not indicator or not target:
        return ()
    values = {
        "subject": evidence.subject,
        "indicator": indicator[0].text,
        "target": target[0].text,
        "target_label": _dated(target[0].label),
    }
    sources = [_source(evidence, Region(start=evidence.hit.passage.start, end=evidence.hit.passage.end))]
    headers = [u.header for u in (*baseline[:1], target[0]) if u.header]
    if headers:
        sources.append(_span(evidence, *headers))
    if baseline:
        values |= {"baseline": baseline[0].text, "baseline_label": _dated(baseline[0].label)}
    name = "kpi" if baseline else "target"
    return (Statement(text=_said(name, **values), sources=tuple(sources)),)


def _dated(label: str) -> str:
    """Return a column's label with its year written out: R12目標値 → 令和12年度の目標値."""
    years = find_years(label)
    if len(years) != 1:
        return label
    rest = re.sub(r"[(（]\s*[)）]", "", label[: years[0].start] + label[years[0].end :]).strip()
    return f"{era_label(years[0].year)}の{rest}"


def _schedule(turn: Turn, evidence: Evidence) -> tuple[Statement, ...]:
    """Answer by the year asked, by the phase asked, or with every phase in order."""
    phases = [u for u in evidence.of_role("year") if u.year is not None and u.header]
    if not phases:
        return _order(evidence)
    asked = compact(turn.standalone)
    chosen = [u for u in phases if u.year in turn.years] or [u for u in phases if compact(u.text) in asked]
    row = _span(evidence, evidence.subject_region, *(u.region for u in phases))
    if chosen and len(chosen) < len(phases):
        return tuple(
            Statement(
                text=_said("phase", subject=evidence.subject, year=era_label(u.year or 0), value=u.text),
                sources=(row, *((_source(evidence, u.header),) if u.header else ())),
            )
            for u in chosen
        )
    listed = "、".join(f"{era_label(u.year or 0)}「{u.text}」" for u in phases)
    headers = tuple(_source(evidence, u.header) for u in phases if u.header)
    header = Source(document_id=headers[0].document_id, start=headers[0].start, end=headers[-1].end)
    return (Statement(text=_said("phases", subject=evidence.subject, phases=listed), sources=(row, header)),)


def _order(evidence: Evidence) -> tuple[Statement, ...]:
    """Tell the phases of a roadmap whose columns the source does not give, in their order, without years."""
    phases = evidence.of_role(PHASE)
    if not phases:
        return ()
    text = _said("order", subject=evidence.subject, phases="".join(f"「{u.text}」" for u in phases))
    subject = (_source(evidence, evidence.subject_region),) if evidence.subject_region else ()
    return (Statement(text=text, sources=(*subject, _span(evidence, *(u.region for u in phases)))),)
