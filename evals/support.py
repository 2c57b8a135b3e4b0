"""Calibrate the guard: fit the line over coverage and nearness that a language model's sentence is held to.

    python -m evals.support [--cases N] [--write]

The pairs are made from the plans' records by evals/sets/said.py: true sentences with the quotes that an
answer cites, the lies of the same records with the same quotes, and true sentences with quotes of other
records. A lie let through costs as much as COST needless drops; one that another check of the guard refuses
costs nothing. What is printed is measured on the half of the cases that the line was not fitted to.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tomli_w
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant import words
from assistant.llm.guard import Guard
from assistant.llm.material import Material, Materials
from assistant.llm.pieces import Said
from assistant.llm.support import Support
from assistant.messages import Question
from assistant.service import Service
from assistant.settings import SettingsError
from assistant.state.conversations import Conversations
from assistant.wiring import Parts, parts_of
from corpus.errors import CorpusError
from evals.recipe import SETS_DAY
from evals.sets.said import Case, cases
from evals.wiring import settings_of
from index.embedders import ModelUnavailable, model_of
from index.errors import IndexUnavailable

WORDS = Path(__file__).resolve().parents[1] / "assistant" / "words"
SIGNS = ("coverage", "nearness")
COST = 20.0
STRENGTH = 10.0
SEED = 7

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A case with the material of its answer, and the numbers that all of its quotes have."""

    case: Case
    material: Material
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence with quotes: whether they bear it, its signs, and whether other checks refuse it anyhow."""

    name: str
    true: bool
    signs: tuple[float, ...]
    refused: bool


def asked(parts: Parts, service: Service, chosen: Sequence[Case]) -> Iterator[Asked]:
    """Yield the cases that the service answers from their records, with what a model would be given."""
    materials = Materials(parts.library)
    for case in chosen:
        answer, turn = service.explain(Question(question=case.question, municipality=case.municipality))
        material = materials.of(turn) if answer.status == "answered" else None
        if material and case.is_held("\n".join(e.text for e in material.exhibits)):
            yield Asked(case, material, tuple(e.number for e in material.exhibits))


def pairs(guard: Guard, support: Support, found: Sequence[Asked]) -> Iterator[Pair]:
    """Yield the pairs of the cases: true sentences, lies, and true sentences with the next case's quotes.

    Quotes that hold what a sentence states are not unrelated, whatever they were cited for.
    """
    for n, one in enumerate(found):
        other = found[(n + 1) % len(found)]
        is_apart = not one.case.is_held("\n".join(e.text for e in other.material.exhibits))
        for text in one.case.true:
            yield _pair(guard, support, "true", True, text, one)
            if is_apart:
                yield _pair(guard, support, "unrelated", False, text, other)
        for name, text in one.case.lies.items():
            yield _pair(guard, support, name, False, text, one)


def _pair(guard: Guard, support: Support, name: str, true: bool, text: str, one: Asked) -> Pair:
    said = Said(text, one.numbers)
    quotes = [*(e.text for e in one.material.exhibits), *(d.statement.text for d in one.material.drafted)]
    held = "\n".join((*quotes, *(e.where for e in one.material.exhibits)))
    signs = support.signs(text, quotes, held)
    return Pair(name, true, tuple(signs[s] for s in SIGNS), bool(guard.faults(said, one.material)))


def fit(found: Sequence[Pair]) -> dict[str, float]:
    """Return the line over the signs with the threshold of least cost."""
    rows, labels = _arrays(found)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=5000).fit(rows, labels)
    line = {"bias": float(model.intercept_[0]), **dict(zip(SIGNS, map(float, model.coef_[0]), strict=True))}
    told = probabilities(line, rows)
    through = np.array([not p.refused for p in found])
    candidates = np.unique(np.concatenate([told, [0.5]]))
    costs = [
        COST * float(np.sum((told >= t) & (labels == 0) & through))
        + float(np.sum((told < t) & (labels == 1) & through))
        for t in candidates
    ]
    best = int(np.argmin(costs))
    below = float(candidates[best - 1]) if best else 0.0
    return {**line, "threshold": (float(candidates[best]) + below) / 2}


def probabilities(line: dict[str, float], rows: Array) -> Array:
    """Return how likely each row's quotes bear its sentence."""
    return np.asarray(1 / (1 + np.exp(-(line["bias"] + rows @ np.array([line[s] for s in SIGNS])))))


def _arrays(found: Sequence[Pair]) -> tuple[Array, Array]:
    return np.array([p.signs for p in found]), np.array([float(p.true) for p in found])


def report(line: dict[str, float], found: Sequence[Pair]) -> list[str]:
    """Return what the line and the whole guard do on pairs that the line was not fitted to."""
    rows, labels = _arrays(found)
    told = probabilities(line, rows)
    passed = told >= line["threshold"]
    sent = passed & np.array([not p.refused for p in found])
    true, false = labels == 1, labels == 0
    kinds = sorted({p.name for p, s in zip(found, sent, strict=True) if s and not p.true})
    dropped, through = 1 - float(passed[true].mean()), float(passed[false].mean())
    return [
        f"pairs {len(found)}: true {int(true.sum())}, false {int(false.sum())}, "
        f"kinds of lies {len({p.name for p in found if not p.true})}",
        f"support alone: area under the curve {roc_auc_score(labels, told):.3f}, "
        f"true dropped {dropped:.4f}, false let through {through:.4f}",
        f"the whole guard: true dropped {1 - float(sent[true].mean()):.4f}, "
        f"false let through {int(sent[false].sum())} {kinds}",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was fitted; return 2 for wrong input and 3 for what is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.support", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--cases", type=int, default=200, metavar="N", help="so many records")
    parser.add_argument("--write", action="store_true", help="write words/support.toml")
    options = parser.parse_args(arguments)
    try:
        parts = parts_of(settings_of())
    except (CorpusError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 2
    except (IndexUnavailable, ModelUnavailable) as error:
        print(error, file=sys.stderr)
        return 3
    chosen = list(cases(parts.library))
    random.Random(SEED).shuffle(chosen)
    support = Support(parts.library, parts.vocabulary, parts.embedder)
    guard = Guard(parts.library, parts.subjects, support)
    found = list(asked(parts, parts.service(Conversations(), SETS_DAY), chosen[: options.cases]))
    half = len(found) // 2
    fitted, held_out = (list(pairs(guard, support, part)) for part in (found[:half], found[half:]))
    line = {name: round(value, 4) for name, value in fit(fitted).items()}
    print("\n".join([f"{name} {value}" for name, value in line.items()] + report(line, held_out)))
    print("\n".join(["the line of other models:", *report(words.load("support")["other"], held_out)[1:]]))
    if options.write:
        _write({**words.load("support"), model_of(parts.embedder): line})
    return 0


def _write(lines: dict[str, dict[str, float]]) -> None:
    path = WORDS / "support.toml"
    head = [line for line in path.read_text("utf-8").split("\n") if line.startswith("#")]
    path.write_text("\n".join([*head, "", tomli_w.dumps(lines)]), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
