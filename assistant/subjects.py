"""Subjects: what of a plan a question can be about, and by which names it is called."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from assistant import words
from corpus.library import Library
from corpus.normalize import compact, fold
from corpus.records import Kpi, Measure, Plan, Review, Role, Span, Term, Theme
from index import tokens
from index.evidence import one_line, subject_name
from index.passages import Passage
from index.tokens import Token

Kind = Literal["measure", "kpi", "term", "theme", "role", "review"]
Record = Measure | Kpi | Term | Theme | Role | Review

SHORTEST_NAME = 3
SHORTEST_PART = 5
# A name is heard where its reading, of at least so many kana, is alike to a part of the question's by so much
# of 100 (the share of kana that need no change); those nearly as long and alike as the best are heard too.
SHORTEST_READING = 6
ALIKE = 86
# Names written in Latin letters differ more: のるまいカー is said to be the Norumai Car.
ALIKE_ABROAD = 80
# A passage belongs to a record where so much of the shorter of the two lies in the other.
SHARED = 0.3
AS_LIKELY = 0.9
_QUOTED = re.compile(r"[「『]([^「」『』]{2,30})[」』]")
_BRACKETED = re.compile(r"「([^「」]+)」")
_APART = re.compile(r"[\s　・、,／/（）()]+")


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A record that questions can be about: its name on one line, its other names, and where it stands.

    Each is made once; two are the same only where they are one object.
    """

    kind: Kind
    municipality: str
    record: Record
    name: str
    names: tuple[str, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a question, where it stands in the joined form without の, and its subject.

    A name that was only heard stands nowhere: its start and end are the same.
    """

    subject: Subject
    name: str
    start: int
    end: int
    whole: bool


class Subjects:
    """Every subject of the public plans, by municipality, by place and by name."""

    def __init__(self, library: Library) -> None:
        self._held = {h.id: tuple(_subjects(h.id, h.public_records)) for h in library.holdings}
        self.plans = {h.id: h.public_records for h in library.holdings}
        self._printed = {h.id: compact("\n".join(d.text for d in h.documents)) for h in library.holdings}
        self._names = {n for held in self._held.values() for s in held for n in _whole(s)}
        self._at: dict[str, tuple[Subject, ...]] = {}
        self._read: dict[Subject, tuple[str, ...]] = {}
        # One question is looked through by the lookup, the ranking, the focus and the judge of its form.
        self.mentions = functools.lru_cache(maxsize=1024)(self._mentions)

    def without_quoted(self, text: str) -> str:
        """Return a text without the names of records that it has between quotation marks."""
        return _BRACKETED.sub(lambda m: " " if compact(m[1]) in self._names else m[0], text)

    def all(self, municipality: str) -> tuple[Subject, ...]:
        """Return the municipality's subjects, in the order of the plan."""
        return self._held.get(municipality, ())

    def at(self, passage: Passage) -> tuple[Subject, ...]:
        """Return the subjects that a passage belongs to, those it shares most with first."""
        if passage.id not in self._at:
            self._at[passage.id] = self._belongs(passage)
        return self._at[passage.id]

    def _belongs(self, passage: Passage) -> tuple[Subject, ...]:
        here = []
        for n, subject in enumerate(self.all(passage.municipality)):
            spans = [s for s in subject.spans if s.document_id == passage.document_id]
            share = max((_shared(s, passage) for s in spans), default=0.0)
            if share >= SHARED:
                here.append((-share, n, subject))
        return tuple(subject for _, _, subject in sorted(here, key=lambda h: h[:2]))

    def _mentions(self, text: str, municipality: str) -> tuple[Mention, ...]:
        """Return the subjects that a text names, those named by the longest words first.

        A name inside a longer one that is found too is no mention of its own. Subjects that share a name
        are all mentioned.
        """
        asked = joined(text)
        sought = unjointed(asked)
        found = [m for subject in self.all(municipality) if (m := _mention(sought, subject))]
        if not found:
            return self._heard(asked, municipality)
        outer = [(m.start, m.end) for m in found]
        kept = [m for m in found if not any(_inside((m.start, m.end), o) for o in outer)]
        return tuple(sorted(kept, key=lambda m: (m.start - m.end, not m.whole, m.start)))

    def _heard(self, asked: str, municipality: str) -> tuple[Mention, ...]:
        """Return the subjects whose name a text nearly has, as it is read: kana, misspelt, wrong kanji."""
        latin = "".join(re.findall(r"[a-z]+", asked))
        foreign = len(latin) * 2 > len(asked)
        spoken = latin if foreign else tokens.reading(asked)
        if len(spoken) < SHORTEST_READING:
            return ()
        said = [] if foreign else tokens.tokens(asked)
        found: list[tuple[float, Subject]] = []
        for subject in self.all(municipality):
            for read in self._readings(subject):
                if foreign:
                    read = tokens.romaji(read)
                cutoff = ALIKE_ABROAD if foreign else ALIKE
                near = fuzz.partial_ratio_alignment(read, spoken, score_cutoff=cutoff)
                if near is None or len(read) > len(spoken) + 1:
                    continue
                if not self._is_printed(said, near.dest_start, near.dest_end, municipality):
                    found.append((near.score * len(read), subject))
        best = max((score for score, _ in found), default=0.0)
        heard = dict.fromkeys(
            s for score, s in sorted(found, key=lambda f: -f[0]) if score >= best * AS_LIKELY
        )
        return tuple(Mention(subject, "", 0, 0, False) for subject in heard)

    def _is_printed(self, said: Sequence[Token], start: int, end: int, municipality: str) -> bool:
        """Tell whether what is read so is printed as it is said: 書かない窓口 is not 行かない窓口."""
        place, heard = 0, ""
        for token in said:
            first, place = place, place + len(tokens.spoken(token))
            if first < end and start < place:
                heard += token.surface
        return len(heard) >= SHORTEST_NAME and compact(heard) in self._printed[municipality]

    def _readings(self, subject: Subject) -> tuple[str, ...]:
        """Return how the names of a subject are read, those long enough to be known by it."""
        if subject not in self._read:
            read = (tokens.reading(name) for name in subject.names)
            self._read[subject] = tuple(r for r in dict.fromkeys(read) if len(r) >= SHORTEST_READING)
        return self._read[subject]

    def measure_of(self, subject: Subject) -> Subject | None:
        """Return the measure that a subject is or belongs to."""
        if subject.kind == "measure":
            return subject
        if isinstance(subject.record, Kpi):
            wanted = subject.record.measure
            return next((s for s in self.of_kind(subject.municipality, "measure") if _id(s) == wanted), None)
        return None

    def kpis_of(self, measure: Subject) -> tuple[Subject, ...]:
        """Return the KPIs of a measure."""
        return tuple(
            s
            for s in self.of_kind(measure.municipality, "kpi")
            if isinstance(s.record, Kpi) and s.record.measure == _id(measure)
        )

    def of_kind(self, municipality: str, kind: Kind) -> tuple[Subject, ...]:
        """Return the municipality's subjects of one kind."""
        return tuple(s for s in self.all(municipality) if s.kind == kind)


def _id(subject: Subject) -> str | None:
    return getattr(subject.record, "id", None)


def _subjects(municipality: str, plan: Plan) -> Iterator[Subject]:
    for measure in plan.measures:
        spans = (measure.source, *measure.spans.get("schedule", ()))
        name = subject_name(measure.title)
        told = (measure.overview or "", *measure.activities)
        aliases = (*measure.names, measure.title_normalised or "", *_quoted(told))
        yield Subject("measure", municipality, measure, name, _names(name, aliases), spans)
    for kpi in plan.kpis:
        name = one_line(kpi.indicator_normalised or kpi.indicator)
        names = _names(name, (one_line(kpi.indicator),))
        yield Subject("kpi", municipality, kpi, name, names, (kpi.source,))
    for term in plan.terms:
        name = one_line(term.term_normalised or term.term)
        names = tuple(dict.fromkeys(n for part in (name, one_line(term.term)) for n in _term_names(part)))
        yield Subject("term", municipality, term, one_line(term.term), names, (term.source,))
    for theme in plan.themes:
        name = one_line(theme.title)
        yield Subject("theme", municipality, theme, name, _names(name, theme.names), (theme.source,))
    for role in plan.roles:
        names = tuple(compact(p) for p in (role.name, *_APART.split(role.name)) if len(p) > 1)
        yield Subject("role", municipality, role, one_line(role.name), names, (role.source,))
    for review in plan.reviews:
        name = one_line(review.title)
        yield Subject("review", municipality, review, name, _names(name, (review.number,)), (review.source,))


def _quoted(texts: Iterable[str]) -> tuple[str, ...]:
    """Return what stands in quotation marks: a name that the plan itself gives."""
    return tuple(q for text in texts for q in _QUOTED.findall(text))


def _term_names(name: str) -> tuple[str, ...]:
    inside = re.findall(r"[（(]([^（）()]+)[）)]", name)
    bare = re.sub(r"[（(][^（）()]*[）)]", "", name)
    return tuple(dict.fromkeys(c for n in (name, bare, *inside) if len(c := compact(n)) > 1))


def _names(name: str, others: Iterable[str]) -> tuple[str, ...]:
    """Return the compact names, the whole ones first, then parts and stems."""
    whole = [compact(n) for n in (name, *others) if n]
    parts = [compact(p) for n in (name, *others) for p in _APART.split(n) if len(p) >= SHORTEST_PART]
    stems = [stem for n in (*whole, *parts) for stem in _stems(n)]
    return tuple(n for n in dict.fromkeys((*whole, *parts, *stems)) if len(n) >= SHORTEST_NAME)


@functools.lru_cache(maxsize=4096)
def _stems(name: str) -> tuple[str, ...]:
    """Return the name with its endings left off, one after the other."""
    data = words.load("names")
    found: list[str] = []
    left = name
    while True:
        ending = next(
            (e for e in sorted(data["endings"], key=len, reverse=True) if left.endswith(compact(e))), None
        )
        if ending is None:
            return tuple(found)
        left = left[: -len(compact(ending))]
        joint = next((j for j in data["joints"] if left.endswith(j)), "")
        left = left[: len(left) - len(joint)]
        if len(left) < SHORTEST_PART - 1:
            return tuple(found)
        found.append(left)


def _mention(asked: str, subject: Subject) -> Mention | None:
    """Return the longest name of the subject that stands in the text."""
    for name in sorted(subject.names, key=len, reverse=True):
        sought = unjointed(name)
        start = _find(asked, sought)
        if start >= 0:
            return Mention(subject, name, start, start + len(sought), name in _whole(subject))
    return None


def _whole(subject: Subject) -> tuple[str, ...]:
    """Return a subject's name as a whole, as it is printed and as its letters are put right."""
    normalised = subject.record.title_normalised if isinstance(subject.record, Measure) else None
    return tuple(compact(n) for n in (subject.name, normalised) if n)


def _shared(span: Span, passage: Passage) -> float:
    """Return how much of the shorter of the two lies in the other, 0 to 1."""
    overlap = min(span.end, passage.end) - max(span.start, passage.start)
    return max(overlap, 0) / max(min(span.end - span.start, passage.end - passage.start), 1)


def joined(text: str) -> str:
    """Return the search form without white space, but for that between Latin words and numbers."""
    return re.sub(r"\s+(?![a-z0-9])|(?<![a-z0-9])\s+", "", fold(text)).strip()


def unjointed(text: str) -> str:
    """Leave out の, which some put into a name and others do not (結ネットの利用町会数)."""
    return text.replace("の", "") or text


def _find(text: str, name: str) -> int:
    """Return where a name stands; Latin letters are not found inside a longer Latin word (AI in RAID)."""
    if not (name[0].isascii() or name[-1].isascii()):
        return text.find(name)
    before = r"(?<![a-z0-9])" if name[0].isascii() else ""
    after = r"(?![a-z0-9])" if name[-1].isascii() else ""
    found = re.search(before + re.escape(name) + after, text)
    return found.start() if found else -1


def _inside(part: tuple[int, int], whole: tuple[int, int]) -> bool:
    return part != whole and whole[0] <= part[0] and part[1] <= whole[1]
