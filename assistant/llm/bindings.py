"""Bindings: does a sentence put together what belongs together? A figure and its year, a department and its
measure, an indicator's value and whether it is the target.

That each word stands in the quotes is not enough: a table has every figure beside every year.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant import words
from assistant.figures import figures_in
from assistant.llm.material import Exhibit
from assistant.subjects import Subject, Subjects
from corpus.library import Library
from corpus.normalize import compact, narrow
from corpus.records import Kpi, Measure, Quantity, Span
from corpus.wareki import find_years, without_years
from index.evidence import subject_name

# How many letters may stand between a word such as 目標 and the figure it speaks of.
NEAR = 14
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_CLAUSE = re.compile(r"[、，,；;](?!\d)")
_FROM = re.compile(r"^[^\d、]{0,6}?(?:から|より|→|\bto\b)")
# What stands between a figure and the year that is said of it: 2,800人（令和12年度）, 2,800 for FY2030.
# A unit may be longer than a word (アクセス/年), but has no particle.
_UNIT = r"(?:[^\d（(、]{0,4}|[^\d（(、をはがにでとへのもまか]{0,12})"
_DIRECTLY = re.compile(rf"{_UNIT}[（(][^\d]{{0,2}}|[^\d、]{{0,4}} (?:in|for|by) (?:FY ?)?")
# What parts a figure from the year behind it: 63%を、令和12年度には.
_PARTED = re.compile(r"[を、，;；]|から|より")
DEPARTMENT = re.compile(r"[一-龠ァ-ヶー]{2,12}(?:課|室|局|係)(?![一-龠ァ-ヶー])")


@dataclass(frozen=True, slots=True)
class At:
    """A figure or year of a sentence and where it stands."""

    start: int
    end: int
    value: str


class Bindings:
    """Check sentences against the records that their exhibits are printed from."""

    def __init__(self, library: Library, subjects: Subjects) -> None:
        self._library = library
        self._subjects = subjects

    def faults(self, text: str, exhibits: Sequence[Exhibit], drafts: Sequence[str]) -> Iterator[str]:
        """Yield what a sentence puts together that its exhibits do not."""
        plain = narrow(text)
        kpis = [k for e in exhibits for k in self._kpis(e)]
        yield from _values(plain, kpis, drafts)
        for measure in (m for e in exhibits for m in self._measures(e)):
            name = narrow(subject_name(measure.title))
            yield from _phases(plain.replace(name, "＊" * len(name)), measure)
        yield from self._apart(text, exhibits, drafts, kpis)

    def _kpis(self, exhibit: Exhibit) -> list[Kpi]:
        holding = self._library.holding(exhibit.municipality)
        records = holding.records.kpis if holding else ()
        return [k for k in records if _overlap(k.source, exhibit)]

    def _measures(self, exhibit: Exhibit) -> list[Measure]:
        holding = self._library.holding(exhibit.municipality)
        records = holding.records.measures if holding else ()
        return [
            m for m in records if any(_overlap(s, exhibit) for s in (m.source, *m.spans.get("schedule", ())))
        ]

    def _apart(
        self, text: str, exhibits: Sequence[Exhibit], drafts: Sequence[str], kpis: Sequence[Kpi]
    ) -> Iterator[str]:
        """Yield what is said of a name in no quote of which that name stands."""
        places = tuple(dict.fromkeys(e.municipality for e in exhibits))
        holds = [compact(f"{e.text}\n{e.where}") for e in exhibits] + [compact(d) for d in drafts]
        clauses = [c for c in _CLAUSE.split(text) if c.strip()]
        named = [self._named(c, places) for c in clauses]
        for n, clause in enumerate(clauses):
            near = next((x for x in (named[n], *reversed(named[:n]), *named[n + 1 :]) if x), ())
            for thing in (*DEPARTMENT.findall(clause), *_figures_alone(clause)) if near else ():
                where = [h for h in holds if _stands(thing, h)]
                if where and not any(name in h for h in where for s in near for name in s.names):
                    yield f"{thing} is not of {near[0].name}"
                elif _of_another(thing, near, kpis):
                    yield f"{thing} is another indicator's"

    def _named(self, clause: str, places: Sequence[str]) -> tuple[Subject, ...]:
        found = [m for p in places for m in self._subjects.mentions(clause, p) if m.end > m.start]
        return tuple(m.subject for m in found if m.subject.kind in ("measure", "kpi"))


def _values(text: str, kpis: Sequence[Kpi], drafts: Sequence[str]) -> Iterator[str]:
    """Yield figures of indicators beside the other value's year or role, and changes the wrong way round."""
    years = [At(y.start, y.end, str(y.year)) for y in find_years(text)]
    figures = [f for f in _figures(text) if not any(y.start <= f.start < y.end for y in years)]
    for kpi in kpis:
        values = {name: _printed(q) for name, q in (("baseline", kpi.baseline), ("target", kpi.target))}
        own = {name: v - values[_other(name)] for name, v in values.items()}
        dated = {name: q.fiscal_year for name, q in (("baseline", kpi.baseline), ("target", kpi.target)) if q}
        others = {v for k in kpis if k is not kpi for q in (k.baseline, k.target) for v in _printed(q)}
        for figure in figures:
            name = next((n for n in ("baseline", "target") if figure.value in own[n] - others), None)
            if name is None:
                continue
            year = _year_of(figure, figures, years, text)
            if year and dated.get(_other(name)) == int(year) != dated.get(name):
                yield f"{figure.value} is not of {year}"
            if _is_called(figure, _other(name), text):
                yield f"{figure.value} is the {name}"
        yield from _turned(text, kpi, figures, own)


def _turned(text: str, kpi: Kpi, figures: Sequence[At], own: dict[str, set[str]]) -> Iterator[str]:
    """Yield a change that is told from target to baseline, or as a fall where it is a rise."""
    told = [n for f in figures for n in ("baseline", "target") if f.value in own[n]]
    if "target" in told and "baseline" in told:
        first = next(f for f in figures if f.value in own["target"])
        if told[0] == "target" and _FROM.match(text[first.end :]):
            yield "the change is told backwards"
    low, high = (kpi.baseline.value if kpi.baseline else None), (kpi.target.value if kpi.target else None)
    if told and low is not None and high is not None and low != high:
        role = words.load("guard")["role"]
        wrong = role["down"] if high > low else role["up"]
        right = role["up"] if high > low else role["down"]
        if any(w in text for w in wrong) and not any(w in text for w in right):
            yield "the change goes the other way"


def _phases(text: str, measure: Measure) -> Iterator[str]:
    """Yield years beside a step of a roadmap that is of other years, or of years the layout does not give."""
    years = [At(y.start, y.end, str(y.year)) for y in find_years(text)]
    rows = [r for r in measure.roadmap if len(r.text.strip()) > 1]
    plain = re.sub(r"\s", "", narrow(text))
    if not years or not rows:
        return
    shift = _shift(narrow(text))
    placed = [(At(shift(y.start), shift(y.end), y.value)) for y in years]
    for said in dict.fromkeys(re.sub(r"\s", "", narrow(r.text)) for r in rows):
        same = [r for r in rows if re.sub(r"\s", "", narrow(r.text)) == said]
        held = {str(y) for r in same for y in r.fiscal_years or ()}
        longer = [o for r in rows if said in (o := re.sub(r"\s", "", narrow(r.text))) and o != said]
        for m in re.finditer(re.escape(said), plain):
            if any(o in plain[max(0, m.start() - len(o)) : m.end() + len(o)] for o in longer):
                continue
            year = _nearest(m.start(), m.end(), placed, plain)
            if year and held and year not in held:
                yield f"{said} is not of {year}"


def _nearest(start: int, end: int, years: Sequence[At], text: str) -> str | None:
    """Return the year that a step is told with: the one behind it in brackets, else the last before it."""
    behind = next((y for y in years if y.start >= end), None)
    if behind and re.fullmatch(r"[」』）)]*[（(はがをも、]?", text[end : behind.start]):
        before = [y for y in years if y.end <= start]
        if text[end : behind.start].endswith(("（", "(")) or not before:
            return behind.value
    before = [y for y in years if y.end <= start]
    return before[-1].value if before else (behind.value if behind else None)


def _year_of(figure: At, figures: Sequence[At], years: Sequence[At], text: str) -> str | None:
    """Return the year that a figure is told with, where no other figure stands between them."""
    behind = next((y for y in years if y.start >= figure.end), None)
    if behind and _DIRECTLY.fullmatch(text[figure.end : behind.start]):
        return behind.value

    def parted(low: int, high: int) -> bool:
        return any(low <= f.start < high for f in figures if f is not figure)

    before = [y for y in years if y.end <= figure.start and not parted(y.end, figure.start)]
    if before:
        return before[-1].value
    if behind is None or parted(figure.end, behind.start) or _PARTED.search(text[figure.end : behind.start]):
        return None
    return behind.value


def _is_called(figure: At, name: str, text: str) -> bool:
    """Tell whether a figure is said to be the target, or the baseline: 目標は2,800人, 目標値2,800人."""
    called = "|".join(map(re.escape, words.load("guard")["role"][name]))
    before = text[max(0, figure.start - NEAR) : figure.start]
    found = re.search(rf"(?:{called})(?:は|が|を|として|：|:|の| is| of|\s)*[^\d、。から]{{0,6}}$", before)
    return bool(found) and not _FROM.match(text[figure.end :])


def _of_another(figure: str, near: Sequence[Subject], kpis: Sequence[Kpi]) -> bool:
    """Tell whether a figure is a value of other indicators than those of what it is said of."""
    ids = {s.record.id for s in near if isinstance(s.record, Measure)}
    own = [k for k in kpis if k.measure in ids or any(s.record == k for s in near)]
    others = [k for k in kpis if k not in own]

    def has(kpi: Kpi) -> bool:
        return any(figure in _printed(q) for q in (kpi.baseline, kpi.target))

    return bool(own) and any(map(has, others)) and not any(map(has, own))


def _figures(text: str) -> list[At]:
    return [At(m.start(), m.end(), m[0].replace(",", "")) for m in _FIGURE.finditer(text)]


def _figures_alone(clause: str) -> list[str]:
    """Return the figures of a clause that are not of its years."""
    return figures_in(without_years(clause))


@functools.lru_cache(maxsize=512)
def _numbers(text: str) -> frozenset[str]:
    return frozenset(figures_in(text))


def _stands(thing: str, held: str) -> bool:
    return thing in _numbers(held) if thing[0].isdigit() else compact(thing) in held


def _printed(quantity: Quantity | None) -> set[str]:
    return set(figures_in(quantity.text)) if quantity else set()


def _other(name: str) -> str:
    return "target" if name == "baseline" else "baseline"


def _overlap(span: Span, exhibit: Exhibit) -> bool:
    source = exhibit.source
    return span.document_id == source.document_id and span.start < source.end and source.start < span.end


def _shift(text: str) -> Callable[[int], int]:
    """Return how a place in a text is counted without white space."""
    counted = [0]
    for character in text:
        counted.append(counted[-1] + (not character.isspace()))
    return lambda place: counted[place]
