"""Editions: whether a question is about the plan before this one, or its years, and what tells of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import words
from assistant.messages import Turn
from corpus.library import Holding, Library
from corpus.normalize import compact
from corpus.wareki import covered_years
from index.evidence import Evidence, Unit
from index.passages import Passage

_NUMERALS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")}
# 第2次羽咋市DX推進計画, 第一期計画, 一期目の計画: the number and which plan it is of; 第一期 is one too.
_EDITION = re.compile(
    r"第?([0-9一二三四五六七八九])[期次]目?の?([^。、]{0,20}?計画)|第([0-9一二三四五六七八九])期"
)
_SAID = re.compile(r"[。\n]")


class Editions:
    """Know of each plan which edition it is."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._titles = {h.id: [compact(d.title) for d in h.plan.documents] for h in library.holdings}
        self._own = {
            place: max((_number(m) for t in titles for m in _EDITION.finditer(t)), default=0)
            for place, titles in self._titles.items()
        }

    def named(self, text: str, municipality: str) -> list[int]:
        """Return which of a municipality's plans a text names, in its order: 0 its own, -1 one before."""
        asked = compact(self._library.without_names(text))
        own, titles = self._own.get(municipality, 0), self._titles.get(municipality, [])
        found = [
            (m.start(), (n > own) - (n < own))
            for m in _EDITION.finditer(asked)
            if not m[2] or any(m[2] in t for t in titles)
            for n in [_number(m)]
        ]
        for name, place in (("plan_before", -1), ("plan_now", 0)):
            said = (compact(w) for w in words.load("scope")[name])
            found += [(asked.index(w), place) for w in said if w in asked]
        return [place for _, place in sorted(found)]

    def is_title(self, text: str, municipality: str) -> bool:
        """Tell whether a text is a municipality's plan's title, or a part of it."""
        return any(compact(text) in title for title in self._titles.get(municipality, []))

    def before(self, text: str, municipality: str) -> bool:
        """Tell whether a text is about the plan before a municipality's own: the first one that it names."""
        return self.named(text, municipality)[:1] == [-1]


class Before:
    """Know what tells of the plan before, and of the years before a plan begins."""

    def __init__(self, library: Library, editions: Editions, passages: Sequence[Passage]) -> None:
        self._editions = editions
        starts = ((h.id, [d.period.start for d in h.plan.documents if d.period]) for h in library.holdings)
        self._starts = {place: min(years) for place, years in starts if years}
        reviewed = {p.headings[0] for h in library.holdings for p in passages if _is_reviewed(h, p)}
        telling = [
            p
            for p in passages
            if reviewed.intersection(p.headings[:1])
            or any(editions.before(said, p.municipality) for said in _SAID.split(p.body))
        ]
        self._ids = {p.id for p in telling}
        self._places = {p.municipality for p in telling}

    def asked(self, turn: Turn) -> bool:
        """Tell whether a turn asks about the plan before alone, where something tells of that."""
        place, text = turn.municipalities[0], turn.standalone
        if "is_new" in turn.aspects:  # whether it was in the plan before is asked of what is in this one
            return False
        return place in self._places and set(self._editions.named(text, place)) == {-1}

    def may_tell(self, turn: Turn, evidence: Evidence) -> bool:
        """Tell whether evidence tells of the plan that is asked about, and not of the other one."""
        return self.asked(turn) or evidence.hit.passage.id not in self._ids

    def told(self, turn: Turn, units: Sequence[Unit]) -> list[Unit]:
        """Return the sentences and cells that tell of the plan that is asked about; titles tell of none."""
        place = turn.municipalities[0]
        said = [u for u in units if not self._editions.is_title(u.text, place)]
        telling = [u for u in said if self._editions.before(u.text, place)]
        return telling if telling and self.asked(turn) else said

    def of(self, turn: Turn, evidence: Sequence[Evidence]) -> list[Evidence]:
        """Return what may answer: for the plan before, or years before this one, what tells of them."""
        start = self._starts.get(turn.municipalities[0])
        if self.asked(turn):
            telling = [e for e in evidence if e.hit.passage.id in self._ids]
        elif start and turn.years and max(turn.years) < start:
            telling = [e for e in evidence if set(turn.years) & covered_years(_printed(e))]
        else:
            telling = []
        return telling or list(evidence)


def _number(match: re.Match[str]) -> int:
    number = match[1] or match[3]
    return int(_NUMERALS.get(number, number))


def _is_reviewed(holding: Holding, passage: Passage) -> bool:
    """Tell whether a passage lies in a review of how a plan went."""
    places = (r.source for r in holding.public_records.reviews)
    return bool(passage.headings) and any(
        p.document_id == passage.document_id and p.start <= passage.start < p.end for p in places
    )


def _printed(evidence: Evidence) -> str:
    """Return what a passage prints, with the labels of its rows and columns."""
    return "\n".join((evidence.hit.passage.body, *(u.label for u in evidence.units)))
