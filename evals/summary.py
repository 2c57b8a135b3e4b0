"""A run's figures: every measure over all questions and over each slice, with its 95 % interval.

A measure is a share, sum(numerators) / sum(denominators) over questions, so that one bootstrap serves all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from evals.metrics.intervals import Interval, percentile_intervals, share_intervals
from evals.metrics.retrieval import MEASURES, topic_measures
from evals.metrics.wording import wording_figures
from evals.results import Result, Scores

Metrics = dict[str, Any]
Part = tuple[float, float]
PERCENTILES = (50, 95)
COUNTS = ("unsupported_figures", "forbidden_strings", "errors")

SLICES: Mapping[str, Callable[[Result], str]] = {
    "by_kind": lambda r: r.question.kind,
    "by_municipality": lambda r: r.question.municipality,
    "by_audience": lambda r: r.question.audience,
    "by_lang": lambda r: r.question.lang,
    "by_difficulty": lambda r: r.question.difficulty,
    "by_style": lambda r: r.question.style,
    "by_set": lambda r: r.set,
}


def summarise(results: Sequence[Result]) -> Metrics:
    """Return the metrics of contract.md section 6, over scored results."""
    retrieval = _retrieval(results)
    metrics = _figures(results, retrieval)
    for name, key in SLICES.items():
        values = sorted({key(r) for r in results})
        metrics[name] = {v: _figures([r for r in results if key(r) == v], retrieval) for v in values}
    metrics["outcomes"] = {
        r.id: {"correct": _scores(r).correct, "status": (r.response or {}).get("status", "error")}
        for r in results
    }
    return metrics


def _retrieval(results: Iterable[Result]) -> dict[str, list[dict[str, float]]]:
    """Return each question's retrieval measures, one for each of its topics."""
    named = {r.id: r.topics for r in results}
    found = topic_measures({t: rank for topics in named.values() for t, rank in topics.items()})
    return {id_: [found[t] for t in topics] for id_, topics in named.items()}


def _figures(results: Sequence[Result], retrieval: Mapping[str, list[dict[str, float]]]) -> Metrics:
    parts = _parts(results, retrieval)
    intervals = share_intervals({n: (_nth(p, 0), _nth(p, 1)) for n, p in parts.items()})
    n = len(results)
    metrics: Metrics = {"n": n}
    metrics |= {name: _share(parts[name]) for name in _PARTS}
    metrics |= {name: int(sum(_nth(parts[name], 0))) for name in COUNTS}
    topics = [len(retrieval[r.id]) for r in results]
    metrics["retrieval"] = {"n": sum(map(bool, topics)), "topics": sum(topics)}
    metrics["retrieval"] |= {m: _share(parts[f"retrieval.{m}"]) for m in MEASURES}
    if verdicts := [r.llm_verdict for r in results if r.llm_verdict]:
        metrics["llm_judge"] = {"n": len(verdicts), "no_verdict": sum(v.correct is None for v in verdicts)}
        metrics["llm_judge"] |= {m: _share(parts[f"llm_judge.{m}"]) for m in _JUDGED}
    if wordings := [r.wording for r in results if r.wording]:
        metrics["llm"] = wording_figures(wordings)
    for name in COUNTS:
        intervals[name] = tuple(n * end for end in intervals[name])  # type: ignore[assignment]
    # What failed has no time of its own: a refused connection is no fast answer.
    times = [r.latency_ms for r in results if r.error is None]
    metrics["latency_ms"] = {
        f"p{p}": round(float(np.percentile(times, p)), 1) if times else None for p in PERCENTILES
    }
    intervals |= {f"latency_ms.p{p}": ends for p, ends in percentile_intervals(times, PERCENTILES).items()}
    metrics["intervals"] = {name: _rounded(ends) for name, ends in intervals.items()}
    return metrics


def _parts(
    results: Sequence[Result], retrieval: Mapping[str, list[dict[str, float]]]
) -> dict[str, list[Part]]:
    """Return each measure's numerator and denominator for every question."""
    parts: dict[str, list[Part]] = {
        name: [part(r.question.answerable, _scores(r)) for r in results] for name, part in _PARTS.items()
    }
    parts["unsupported_figures"] = [(len(_scores(r).unsupported_figures), 1) for r in results]
    parts["forbidden_strings"] = [(bool(_scores(r).forbidden), 1) for r in results]
    parts["errors"] = [(r.error is not None, 1) for r in results]
    for measure in MEASURES:
        # A mean over topics, as every program that reads the TREC files will have it.
        found = [[t[measure] for t in retrieval[r.id]] for r in results]
        parts[f"retrieval.{measure}"] = [(sum(f), len(f)) for f in found]
    for name, judged in _JUDGED.items():
        parts[f"llm_judge.{name}"] = [judged(r) for r in results]
    return parts


def _judged_correct(result: Result) -> Part:
    verdict = result.llm_verdict.correct if result.llm_verdict else None
    return (verdict, 1) if verdict is not None else (0, 0)


def _judged_alike(result: Result) -> Part:
    verdict = result.llm_verdict.correct if result.llm_verdict else None
    return (verdict == _scores(result).correct, 1) if verdict is not None else (0, 0)


# Of the questions on which a language model gave a verdict: what it holds right, and where the facts agree.
_JUDGED: Mapping[str, Callable[[Result], Part]] = {"correct": _judged_correct, "agreement": _judged_alike}


def _of_answered(name: str) -> Callable[[bool, Scores], Part]:
    def part(_: bool, s: Scores) -> Part:
        value = getattr(s, name)
        return (value, 1) if value is not None else (0, 0)

    return part


_PARTS: Mapping[str, Callable[[bool, Scores], Part]] = {
    # The share of questions that are right, and of those that a plan answers.
    "correct": lambda _, s: (s.correct, 1),
    "answerable_correct": lambda a, s: (a and s.correct, a),
    # Refusals: of what no plan answers (recall), of all refusals (precision), of what a plan answers (false).
    "unanswerable_refused": lambda a, s: (not a and s.refused, not a),
    "refusal_recall": lambda a, s: (not a and s.refused, not a),
    "refusal_precision": lambda a, s: (not a and s.refused, s.refused),
    "false_refusal_rate": lambda a, s: (a and s.refused, a),
    # Places of evidence that are cited, of questions that have them.
    "evidence_recall": lambda a, s: (sum(s.evidence) / len(s.evidence), 1) if a and s.evidence else (0, 0),
    "citation_precision": _of_answered("citation_precision"),
    "citation_recall": _of_answered("citation_recall"),
}


def _scores(result: Result) -> Scores:
    if result.scores is None:
        raise ValueError(f"{result.id} is not scored")
    return result.scores


def _nth(parts: Sequence[Part], n: int) -> list[float]:
    return [float(p[n]) for p in parts]


def _share(parts: Sequence[Part]) -> float | None:
    below = sum(p[1] for p in parts)
    return round(sum(p[0] for p in parts) / below, 6) if below else None


def _rounded(ends: Interval) -> list[float]:
    return [round(end, 4) for end in ends]


def value_of(metrics: Mapping[str, Any], name: str) -> float | None:
    """Return a figure by its dotted name, e.g. retrieval.recall@5; KeyError where there is none.

    The value of a slice may hold dots itself: by_set.dev.v2.correct.
    """
    if name in metrics:
        value = metrics[name]
        if value is None or isinstance(value, (int, float)):
            return value
        raise KeyError(name)
    for end in (i for i, letter in enumerate(name) if letter == "."):
        inner = metrics.get(name[:end])
        if isinstance(inner, Mapping):
            return value_of(inner, name[end + 1 :])
    raise KeyError(name)


def is_figure(name: str) -> bool:
    """Tell whether a name may be a figure's, the values of slices aside, which only a run has."""
    slice_, _, rest = name.partition(".")
    if slice_ in SLICES:
        return any(rest.endswith(f".{figure}") and rest != f".{figure}" for figure in _NAMES)
    return name in _NAMES


_NAMES = (
    "n",
    *_PARTS,
    *COUNTS,
    *(f"retrieval.{m}" for m in MEASURES),
    *(f"llm_judge.{m}" for m in _JUDGED),
    *(f"latency_ms.p{p}" for p in PERCENTILES),
)
