"""The questions that went wrong: what was expected and what was got, and which of them went right before."""

from __future__ import annotations

import itertools
import urllib.parse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evals.report.names import Names
from evals.report.rows import ERROR, Evidence, Result

UNKNOWN = "unknown"
WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Case:
    """A question to be looked at: `fields` are what it can be found by, empty ones left out."""

    result: Result
    anchor: str
    faults: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    facts: tuple[tuple[str, bool | None], ...]
    evidence: tuple[tuple[Evidence, bool | None, str], ...]
    forbidden: tuple[tuple[str, bool], ...]

    @property
    def regressed(self) -> bool:
        """Tell whether the baseline had it right."""
        return WORSE in self.fields.get("change", ())


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice that narrows the cases down; each option is a value, its name and how many there are."""

    field: str
    label: str
    options: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Regression:
    """A question that was right in the baseline and is not now; `case` is None where no result came along."""

    id: str
    case: Case | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the questions fared against the baseline; the numbers are of questions."""

    worse: tuple[Regression, ...]
    improved: int
    added: int
    missing: int


def correct_by_question(results: Iterable[Result]) -> dict[str, bool]:
    """Return which question was answered correctly, by the question's id."""
    return {r.id: r.scores.correct for r in results if r.scores.correct is not None}


def cases_of(results: Iterable[Result], before: Mapping[str, bool] | None) -> tuple[Case, ...]:
    """Return what failed, and what is right but states a figure that its sources do not, in order.

    `before` is which question the baseline had right; without one nothing is said about changes.
    """
    return tuple(_case(r, before) for r in results if r.wrong or r.scores.unsupported_figures)


def faults_of(result: Result) -> tuple[str, ...]:
    """Return what is wrong with a response, by the ids in `names.toml`; a failure has at least one."""
    scores = result.scores
    if result.error:
        return (ERROR,)
    answerable = result.question.answerable
    tested = {
        "answered": answerable is False and not result.refused,
        "refused": answerable is True and result.refused,
        "fact": not result.refused and not all(scores.facts),
        "forbidden": bool(scores.forbidden),
        "evidence": not result.refused and not all(scores.evidence),
        "figure": bool(scores.unsupported_figures),
    }
    return tuple(fault for fault, found in tested.items() if found) or (UNKNOWN,)


def compare(now: Mapping[str, bool], before: Mapping[str, bool], cases: Iterable[Case]) -> Comparison:
    """Return which questions got worse, and how many got better, are new or are gone."""
    by_id = {case.result.id: case for case in cases}
    shared = now.keys() & before.keys()
    worse = [q for q in now if q in shared and before[q] and not now[q]]
    return Comparison(
        tuple(Regression(q, by_id.get(q)) for q in worse),
        improved=sum(now[q] and not before[q] for q in shared),
        added=len(now.keys() - before.keys()),
        missing=len(before.keys() - now.keys()),
    )


def filters_of(cases: Sequence[Case], names: Names) -> Iterator[Filter]:
    """Give the choices that tell at least two cases apart, options by how many cases have them."""
    for field, label in {**names.dimension, **names.filter}.items():
        counts = Counter(value for case in cases for value in case.fields.get(field, ()))
        if counts and any(count < len(cases) for count in counts.values()):
            options = ((value, names.of(field, value), count) for value, count in counts.most_common())
            yield Filter(field, label, tuple(options))


def _case(result: Result, before: Mapping[str, bool] | None) -> Case:
    question, scores = result.question, result.scores
    faults = faults_of(result)
    fields = {
        "kind": (question.kind,),
        "municipality": (question.municipality,),
        "audience": (question.audience,),
        "lang": (question.lang,),
        "difficulty": (question.difficulty,),
        "style": (result.style,),
        "set": (result.set,),
        "status": (result.status,),
        "fault": faults,
        "change": (_change(result, before),),
    }
    return Case(
        result,
        # An anchor may hold no white space.
        "q-" + urllib.parse.quote(result.id, safe="", errors="replace"),
        faults,
        {field: values for field, values in fields.items() if any(values)},
        tuple(zip((" ／ ".join(f) for f in question.must_include), _padded(scores.facts), strict=False)),
        tuple(zip(question.evidence, _padded(scores.evidence), _places(result), strict=False)),
        tuple(
            (wording, wording in scores.forbidden)
            for wording in dict.fromkeys((*question.must_not_include, *scores.forbidden))
        ),
    )


def _padded(told: Sequence[bool]) -> Iterator[bool | None]:
    """Give what was told, and after it None without end: not told."""
    yield from told
    yield from itertools.repeat(None)


def _places(result: Result) -> Iterator[str]:
    """Give for each place of evidence where the search found it; nothing where that is not known."""
    for rank in result.ranks:
        yield f"検索では{rank}位" if rank else "検索の上位にない"
    yield from itertools.repeat("")


def _change(result: Result, before: Mapping[str, bool] | None) -> str:
    if before is None or not result.wrong:
        return ""
    return {True: WORSE, False: "same", None: "new"}[before.get(result.id)]
