"""What can be asked of a plan: an aspect of a record, with what a right answer states and where it stands."""

from __future__ import annotations

import functools
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from corpus.document import Frozen
from corpus.library import Holding
from corpus.normalize import compact
from corpus.parse.misprints import Spelling, spelling_of
from corpus.records import Plan, Span, Spans
from corpus.sentences import sentences
from corpus.wareki import era_label
from evals.questions import Evidence
from evals.sets.wordings import Wordings, item_wordings, one_line, part_wordings, short_year

# Places no farther apart than this are quoted as one: a row of a table, a heading with its first line.
LONGEST_QUOTE = 160
# A list is proven by so many of its items.
MOST_EVIDENCE = 6

# The fields that a kind of doubt makes uncertain; a kind that is not here makes every field uncertain.
DOUBTED: Mapping[str, frozenset[str]] = {
    "misprint": frozenset(),
    "reader": frozenset(),
    "roadmap_missing": frozenset({"roadmap", "schedule"}),
    "roadmap_columns": frozenset({"schedule"}),
    "roadmap_years": frozenset({"schedule"}),
    "roadmap_row": frozenset({"roadmap", "schedule"}),
    "kpi_year": frozenset({"baseline"}),
}

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Asked:
    """One aspect of one record.

    `record` names what is asked about for good, `variant` which of its names or years; `slots` fill the
    templates of the aspect.
    """

    aspect: str
    record: str
    slots: Mapping[str, str]
    must_include: tuple[Wordings, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    must_not_include: Wordings = ()
    derived: bool = False
    variant: str = ""

    @property
    def answerable(self) -> bool:
        """Tell whether the plan says what is asked."""
        return bool(self.must_include)


class Words(Frozen):
    """Words of `templates.toml` that gold is made of.

    `counts` are the forms of a count, `themes` of a theme's number, `general` is the pattern of what is no
    department in particular, `up` and `down` tell how a value moves, `new` and `not_new` that a measure is
    new and that it is not.
    """

    counts: Wordings
    themes: Wordings
    general: str
    up: str
    down: str
    new: Wordings
    not_new: Wordings


@dataclass(frozen=True)
class Source:
    """One municipality's public plan with its texts."""

    holding: Holding
    words: Words

    @property
    def id(self) -> str:
        """Return the municipality's id."""
        return self.holding.id

    @property
    def plan(self) -> Plan:
        """Return the records that anyone may see."""
        return self.holding.public_records

    @functools.cached_property
    def texts(self) -> Mapping[str, str]:
        """Return the text of each public document by its id."""
        public = {info.document_id for info in self.plan.documents}
        return {d.document_id: d.text for d in self.holding.documents if d.document_id in public}

    @functools.cached_property
    def whole(self) -> str:
        """Return all public text, as printed and as ordinarily written, in letters and digits alone."""
        forms = [form for key, text in self.texts.items() for form in self.forms(text, key)]
        return letters("\n".join(forms))

    @functools.cached_property
    def _printed(self) -> str:
        return letters("\n".join(self.texts.values()))

    def holds(self, name: str) -> bool:
        """Tell whether a name stands anywhere in the public text, however it is punctuated."""
        return letters(name) in self.whole

    @functools.cached_property
    def _spellings(self) -> Mapping[str, Spelling]:
        corrections = self.holding.plan.corrections
        return {d.document_id: spelling_of(d, corrections) for d in self.holding.documents}

    def forms(self, text: str, document_id: str) -> tuple[str, ...]:
        """Return a text as printed and, where that differs, as ordinarily written."""
        mended = self._spellings[document_id].normalised(text)
        return (text, mended) if mended else (text,)

    def item(self, text: str, document_id: str) -> Wordings:
        """Return how an item of a list may be told."""
        return item_wordings(*self.forms(text, document_id))

    def parts(self, text: str, document_id: str) -> Wordings:
        """Return the parts of a longer text of which an answer states one at least.

        A part that stands elsewhere in the plan too shows nothing, where there are others.
        """
        regions = sentences(text)  # leaves out bullets and markup that layout left in the text
        plain = "\n".join(text[r.start : r.end] for r in regions)
        parts = part_wordings(*self.forms(plain, document_id))
        return tuple(p for p in parts if self._printed.count(letters(p)) <= 1) or parts

    def counts(self, number: int) -> tuple[Wordings, ...]:
        """Return how a count may be told, as the one fact of an answer."""
        return (tuple(form.format(n=number) for form in self.words.counts),)

    def certain(self, aspect: str, *places: Span) -> bool:
        """Tell whether no doubt about this field of a record stands at these places."""
        return not any(
            aspect in DOUBTED.get(doubt.kind, {aspect}) and _overlap(doubt.source, place)
            for doubt in self.plan.doubts
            for place in places
        )

    def evidence(self, *places: Span) -> tuple[Evidence, ...]:
        """Return one quote from the first place to the last, or one for each where they stand far apart."""
        if not places:
            return ()
        first, last = min(p.start for p in places), max(p.end for p in places)
        if len({p.document_id for p in places}) == 1 and last - first <= LONGEST_QUOTE:
            return (self._quote(places[0].document_id, first, last),)
        return self.each(places)

    def each(self, places: Iterable[Span]) -> tuple[Evidence, ...]:
        """Return the first sentence of each place, of the first places where there are many."""
        quotes = []
        for place in list(places)[:MOST_EVIDENCE]:
            text = self.texts[place.document_id]
            regions = sentences(text, place.start, place.end)
            start, end = (regions[0].start, regions[0].end) if regions else (place.start, place.end)
            quotes.append(self._quote(place.document_id, start, end))
        return tuple(dict.fromkeys(quotes))

    def _quote(self, document_id: str, start: int, end: int) -> Evidence:
        return Evidence(document=self.id, quote=self.texts[document_id][start:end])


def _overlap(a: Span, b: Span) -> bool:
    return a.document_id == b.document_id and a.start < b.end and b.start < a.end


def first_span(spans: Spans, name: str) -> tuple[Span, ...]:
    """Return the first place of a field, as a tuple of one or none."""
    return spans.get(name, ())[:1]


def years_of(year: int) -> dict[str, str]:
    """Return the slots by which a template writes a fiscal year."""
    western = str(year)
    return {
        "year": era_label(year),
        "short": short_year(year),
        "western": f"{western}年度",
        "number": western,
    }


def variants(names: Iterable[str]) -> dict[str, str]:
    """Return names by the variant that marks them in an id; the first name has none."""
    found = {compact(name): one_line(name) for name in reversed(list(names))}
    return {("" if n == 0 else stable(name)): name for n, name in enumerate(reversed(found.values()))}


def unique(records: Iterable[R], name: Callable[[R], str]) -> list[R]:
    """Return the records whose name no other one has."""
    kept = list(records)
    times = Counter(compact(name(record)) for record in kept)
    return [record for record in kept if times[compact(name(record))] == 1]


def letters(text: str) -> str:
    """Return a text's search form in letters and digits alone: デジタル・デバイド is デジタルデバイド."""
    return re.sub(r"[\W_]", "", compact(text))


def stable(text: str) -> str:
    """Return a short name for a text that is the same in every run."""
    return hashlib.sha256(compact(text).encode("utf-8", "surrogatepass")).hexdigest()[:8]
