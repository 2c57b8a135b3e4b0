"""Measure retrieval alone: does what is found hold the words that answer?

    python -m evals.retrieval [--questions FILE.jsonl…] [--data-dir DIR] [--limit 10] [--json]

Each quote of an answerable question's evidence is looked for in what this project's search finds and, in
the same run, in what the plain pipeline finds. Nothing is built here but the plain pipeline's chunks.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, R, ScoredDoc

from corpus.errors import CorpusError
from corpus.library import Library, load_library
from evals.questions import Question, QuestionFault, load_questions, squeeze
from index.embedders import BUNDLED, ModelUnavailable, open_embedder
from index.errors import IndexUnavailable
from index.search import Search
from index.snapshot import Manifest, open_published, published

ROOT = Path(__file__).resolve().parents[1]
CUTOFFS = (1, 5, 10)
FIVE = 5
Scores = dict[str, float]


class Pipeline(Protocol):
    """Find texts for a question."""

    @property
    def name(self) -> str: ...

    def find(self, question: str, municipalities: Sequence[str], limit: int) -> list[str]:
        """Return the texts found, the best first."""
        ...


class OwnSearch:
    """Find passages by this project's search."""

    name = "search"

    def __init__(self, search: Search, library: Library) -> None:
        self._search = search
        self._texts = {d.document_id: d.text for h in library.holdings for d in h.documents}

    def find(self, question: str, municipalities: Sequence[str], limit: int) -> list[str]:
        """Return what the sources say where the passages stand."""
        passages = [hit.passage for hit in self._search.search(question, municipalities, limit)]
        return [self._texts[p.document_id][p.start : p.end] for p in passages]


@dataclass(frozen=True, slots=True)
class Sought:
    """Hold one quote that a question is to find."""

    question: Question
    quote: str
    key: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold the rank at which a pipeline found each quote, None where it did not, and its times in ms."""

    ranks: dict[str, int | None] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Hold what each pipeline found of the same quotes."""

    sought: tuple[Sought, ...]
    outcomes: dict[str, Outcome]
    limit: int

    @property
    def styles(self) -> tuple[str, ...]:
        """Return the styles of the questions, in order of appearance."""
        return tuple(dict.fromkeys(s.question.note for s in self.sought))

    def scores(self, pipeline: str, style: str | None = None) -> Scores:
        """Return a pipeline's measures, over all quotes or those of one style of question."""
        ranks = self.outcomes[pipeline].ranks
        keys = [s.key for s in self.sought if style is None or s.question.note == style]
        return measures({key: ranks[key] for key in keys}, self.limit)

    def times(self, pipeline: str) -> Scores:
        """Return the median and the 95th percentile of a pipeline's milliseconds a question."""
        p50, p95 = np.percentile(self.outcomes[pipeline].times, (50, 95))
        return {"p50_ms": float(p50), "p95_ms": float(p95)}

    def missed(self, pipeline: str) -> list[Sought]:
        """Return the quotes that a pipeline did not find in the first five."""
        ranks = self.outcomes[pipeline].ranks
        return [s for s in self.sought if (ranks[s.key] or self.limit + 1) > FIVE]


def sought_by(questions: Iterable[Question]) -> tuple[Sought, ...]:
    """Return every quote of the answerable questions' evidence."""
    return tuple(
        Sought(q, squeeze(e.quote), f"{q.id}/{n}")
        for q in questions
        if q.answerable
        for n, e in enumerate(q.evidence, 1)
    )


def compare(
    pipelines: Sequence[Pipeline], questions: Sequence[Question], library: Library, limit: int
) -> Comparison:
    """Put every question to every pipeline in turn, so that a busy machine slows all of them alike."""
    sought = sought_by(questions)
    by_question: dict[str, list[Sought]] = {}
    for each in sought:
        by_question.setdefault(each.question.id, []).append(each)
    outcomes = {pipeline.name: Outcome() for pipeline in pipelines}
    for wanted in by_question.values():
        question = wanted[0].question
        places = question.municipalities(library)
        for pipeline in pipelines:
            if not outcomes[pipeline.name].times:
                pipeline.find(question.question, places, limit)  # the first call loads what is loaded late
            started = time.perf_counter()
            found = pipeline.find(question.question, places, limit)
            outcomes[pipeline.name].times.append((time.perf_counter() - started) * 1000)
            texts = [squeeze(text) for text in found]
            for each in wanted:
                outcomes[pipeline.name].ranks[each.key] = rank_of(each.quote, texts)
    return Comparison(sought, outcomes, limit)


def rank_of(quote: str, texts: Sequence[str]) -> int | None:
    """Return the rank of the first text that holds the quote (1 is the first), or None."""
    return next((rank for rank, text in enumerate(texts, 1) if quote in text), None)


def measures(ranks: dict[str, int | None], limit: int) -> Scores:
    """Return the recall and the mean reciprocal rank of quotes found at these ranks, by ir-measures."""
    qrels = [Qrel(key, "evidence", 1) for key in ranks]
    run = [
        ScoredDoc(key, "evidence" if at == rank else f"other-{at}", -float(at))
        for key, rank in ranks.items()
        for at in range(1, limit + 1)
    ]
    deepest = min(limit, CUTOFFS[-1])
    named = {f"recall@{k}": R @ k for k in CUTOFFS if k <= limit} | {f"mrr@{deepest}": RR @ deepest}
    values = ir_measures.calc_aggregate(list(named.values()), qrels, run)
    return {name: float(values[measure]) for name, measure in named.items()}


def as_json(comparison: Comparison, manifest: Manifest) -> dict[str, object]:
    """Return the comparison as one JSON document."""
    reference = comparison.times("plain")
    return {
        "questions": len(comparison.outcomes["search"].times),
        "quotes": len(comparison.sought),
        "limit": comparison.limit,
        "index": manifest.name,
        "model": manifest.model,
        "pipelines": {
            name: {
                **comparison.scores(name),
                **comparison.times(name),
                **{f"{t[:3]}_ratio": ms / reference[t] for t, ms in comparison.times(name).items()},
                "by_style": {style: comparison.scores(name, style) for style in comparison.styles},
            }
            for name in comparison.outcomes
        },
        "not_in_five": [_missed(each, comparison) for each in comparison.missed("search")],
    }


def _missed(each: Sought, comparison: Comparison) -> dict[str, object]:
    question = each.question
    ranks = {name: outcome.ranks[each.key] for name, outcome in comparison.outcomes.items()}
    return {
        "id": question.id,
        "style": question.note,
        "question": question.question,
        "quote": each.quote,
        "ranks": ranks,
    }


def report(comparison: Comparison, manifest: Manifest) -> str:
    """Return the comparison as a person reads it."""
    names = list(comparison.scores("search"))
    reference = comparison.times("plain")
    count = len(comparison.outcomes["search"].times)
    head = "".join(f"{n:>11}" for n in names)
    lines = [f"{count} questions, index {manifest.name}, model {manifest.model}", ""]
    lines.append(f"{'':22}{head}{'p50 ms':>10}{'p95 ms':>10}{'p50 ratio':>11}{'p95 ratio':>11}")
    for name in comparison.outcomes:
        times = comparison.times(name)
        ratios = "".join(f"{ms / reference[t]:>11.2f}" for t, ms in times.items())
        timed = "".join(f"{ms:>10.1f}" for ms in times.values())
        lines.append(f"{name:22}{_row(comparison.scores(name))}{timed}{ratios}")
    for style in comparison.styles:
        share = sum(s.question.note == style for s in comparison.sought)
        lines += ["", f"{style or '(no style)'} ({share})"]
        lines += [f"  {name:20}{_row(comparison.scores(name, style))}" for name in comparison.outcomes]
    missed = comparison.missed("search")
    lines += ["", f"not in the first {FIVE} of search: {len(missed) or 'none'}"]
    for each in missed:
        ranks = ", ".join(f"{name} {o.ranks[each.key] or '-'}" for name, o in comparison.outcomes.items())
        lines.append(f"  {each.question.id} ({each.question.note}; {ranks}) {each.question.question}")
    return "\n".join(lines)


def _row(scores: Scores) -> str:
    return "".join(f"{value:>11.3f}" for value in scores.values())


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return value


def _depth(text: str) -> int:
    value = int(text)
    if value < FIVE:
        raise argparse.ArgumentTypeError(f"{text} is less than {FIVE}, at which recall is judged")
    return value


def _arguments() -> argparse.ArgumentParser:
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m evals.retrieval", description=about)
    questions = ROOT / "evals" / "sets" / "retrieval.jsonl"
    parser.add_argument("--questions", type=Path, nargs="+", default=[questions], metavar="FILE")
    parser.add_argument("--data-dir", type=Path, default=Path("var"), help="where the index is")
    parser.add_argument("--model", default=BUNDLED, help="the embedding model that built the index")
    parser.add_argument("--limit", type=_depth, default=10, help="how many hits are looked at")
    parser.add_argument("--fail-under", type=_share, default=0.95, help="the least recall@5 of search")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison; return 1 where recall is too low, 2 for wrong input, 3 for what is missing."""
    options = _arguments().parse_args(arguments)
    try:
        library = load_library(options.data_dir / "plans")
        questions = load_questions(options.questions, library)
    except (CorpusError, QuestionFault) as error:
        return _fail(str(error), 2)
    if not sought_by(questions):
        return _fail(f"--questions: {options.questions[0]} has no answerable question with evidence", 2)
    try:
        from evals.peers.plain import PlainPipeline

        manifest = published(options.data_dir)
        embedder = open_embedder(options.model, options.data_dir)
        snapshot = open_published(options.data_dir, embedder.name, library.digest())
    except ImportError as error:
        return _fail(
            f"{error.name} is not installed: pip install langchain-chroma langchain-text-splitters", 3
        )
    except (IndexUnavailable, ModelUnavailable) as error:
        return _fail(str(error), 3)
    own = OwnSearch(Search(snapshot, embedder, library), library)
    pipelines: list[Pipeline] = [own, PlainPipeline(library, embedder)]
    comparison = compare(pipelines, questions, library, options.limit)
    if options.json:
        print(json.dumps(as_json(comparison, manifest), ensure_ascii=False, indent=1))
    else:
        print(report(comparison, manifest))
    return 0 if comparison.scores("search")["recall@5"] >= options.fail_under else 1


def _fail(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
