"""Put the same questions to every pipeline in turn, and say at which rank each found what answers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from corpus.library import Library
from evals.bench.pipelines import Bench, Recipe
from evals.bench.workers import Found, Worker
from evals.metrics.intervals import Interval, share_intervals
from evals.metrics.retrieval import DEPTH, measures, rank_of
from evals.questions import Question, squeeze

FIVE = 5
# About what five passages or two chunks are: a measure that a longer text does not win by its length.
ROOM = 1000
IN_ROOM = f"recall_in_{ROOM}_letters"
SLICES = ("set", "municipality", "quotes", "style", "kind")
Figures = dict[str, float]
Track = Callable[[Sequence[str], str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Topic:
    """Hold one quote that a question is to find, and the slices that it counts in."""

    key: str
    quote: str
    question: Question
    slices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what one pipeline did: the rank of each topic (None where it was not found) and what it cost.

    `in_room` are the topics whose quote stands in the first ROOM letters of all that was found.
    Times are milliseconds a question, `letters` those of its first five texts, `seconds` those of building
    and opening, `mib` the peak of its process.
    """

    ranks: Mapping[str, int | None]
    in_room: frozenset[str]
    milliseconds: tuple[float, ...]
    letters: tuple[int, ...]
    seconds: float
    mib: float | None


@dataclass(frozen=True)
class Measured:
    """Hold what each pipeline found of the same topics."""

    model: str
    topics: tuple[Topic, ...]
    outcomes: Mapping[str, Outcome]

    @cached_property
    def questions(self) -> int:
        """Return the number of questions."""
        return len({topic.question.id for topic in self.topics})

    def values(self, slice_name: str) -> tuple[str, ...]:
        """Return the values of a slice, in order of appearance."""
        return tuple(dict.fromkeys(topic.slices[slice_name] for topic in self.topics))

    def figures(self, pipeline: str, slice_name: str = "", value: str = "") -> Figures:
        """Return a pipeline's retrieval measures, over all topics or those of one slice."""
        outcome = self.outcomes[pipeline]
        keys = [t.key for t in self.topics if not slice_name or t.slices[slice_name] == value]
        return {
            **measures({key: outcome.ranks[key] for key in keys}),
            IN_ROOM: sum(key in outcome.in_room for key in keys) / len(keys),
        }

    def cost(self, pipeline: str) -> Figures:
        """Return a pipeline's median and 95th percentile in ms, mean letters of the first five, and build."""
        outcome = self.outcomes[pipeline]
        p50, p95 = np.percentile(outcome.milliseconds, (50, 95))
        return {
            "p50_ms": float(p50),
            "p95_ms": float(p95),
            "build_s": outcome.seconds,
            "letters@5": float(np.mean(outcome.letters)),
        }

    def recall_interval(self, pipeline: str) -> Interval:
        """Return the 95 % interval of recall@5, questions resampled."""
        ranks = self.outcomes[pipeline].ranks
        by_question: dict[str, list[bool]] = {}
        for topic in self.topics:
            by_question.setdefault(topic.question.id, []).append((ranks[topic.key] or DEPTH + 1) <= FIVE)
        hits = [float(sum(found)) for found in by_question.values()]
        sizes = [float(len(found)) for found in by_question.values()]
        return share_intervals({"recall": (hits, sizes)})["recall"]

    def missed(self, pipeline: str) -> tuple[Topic, ...]:
        """Return the topics that a pipeline did not find in the first five."""
        ranks = self.outcomes[pipeline].ranks
        return tuple(t for t in self.topics if (ranks[t.key] or DEPTH + 1) > FIVE)


def topics_of(sets: Iterable[tuple[str, Sequence[Question]]]) -> tuple[Topic, ...]:
    """Return every quote of the answerable questions of named sets that need no conversation before."""
    return tuple(
        Topic(
            key=f"{question.id}/{n}",
            quote=evidence.quote,
            question=question,
            slices={
                "set": name,
                "municipality": question.municipality,
                "quotes": "one" if len(question.evidence) == 1 else "several",
                "style": question.style,
                "kind": question.kind,
            },
        )
        for name, questions in sets
        for question in questions
        if question.answerable and not question.history
        for n, evidence in enumerate(question.evidence, 1)
    )


def measure(
    recipes: Sequence[Recipe],
    topics: Sequence[Topic],
    library: Library,
    model: str,
    data_dir: Path,
    track: Track = lambda steps, _: steps,
) -> Measured:
    """Open every pipeline in a process of its own, put every question to each in turn, and close them.

    A busy machine so slows all of them alike, and which comes first changes from question to question.
    The first question is put twice, as a first call loads what is loaded late. `search` is the first of the
    recipes: others open its index. Raises WorkerFailed.
    """
    with ExitStack() as open_workers:
        folder = open_workers.enter_context(tempfile.TemporaryDirectory(prefix="plan-assistant-bench-"))
        bench = Bench(library, Path(folder))
        workers = [
            open_workers.enter_context(Worker(name, bench, model, data_dir))
            for name in track([recipe.name for recipe in recipes], "opening")
        ]
        asked = {topic.question.id: topic.question for topic in topics}
        found: dict[str, dict[str, Found]] = {worker.name: {} for worker in workers}
        for n, identity in enumerate(track([*list(asked)[:1], *asked], "asking")):
            question, turn = asked[identity], n % len(workers)
            for worker in (*workers[turn:], *workers[:turn]):
                places = question.municipalities(library)
                found[worker.name][identity] = worker.find(question.question, places, DEPTH)
        return Measured(
            model=workers[0].opened.model,
            topics=tuple(topics),
            outcomes={w.name: outcome_of(topics, found[w.name], w.opened.seconds, w.peak()) for w in workers},
        )


def outcome_of(
    topics: Sequence[Topic], found: Mapping[str, Found], seconds: float, mib: float | None
) -> Outcome:
    """Return what a pipeline did from what it found for each question, by the question's id."""
    return Outcome(
        ranks={topic.key: rank_of(topic.quote, found[topic.question.id].texts) for topic in topics},
        in_room=frozenset(t.key for t in topics if stands_in(t.quote, found[t.question.id].texts, ROOM)),
        milliseconds=tuple(each.milliseconds for each in found.values()),
        letters=tuple(sum(map(len, each.texts[:FIVE])) for each in found.values()),
        seconds=seconds,
        mib=mib,
    )


def stands_in(quote: str, texts: Sequence[str], room: int) -> bool:
    """Tell whether one who reads the texts in order, and no more than `room` letters, has read the quote."""
    wanted = squeeze(quote)
    for text in texts:
        if room <= 0:
            return False
        if wanted in squeeze(text[:room]):
            return True
        room -= len(text)
    return False
