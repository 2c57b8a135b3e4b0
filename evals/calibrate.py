"""Calibrate: fit how evidence is ranked and judged, and write the weights as data.

    python -m evals.calibrate [--questions FILE…] [--generated N] [--swapped N] [--write]

Ranking: the share of a passage is the softmax of its weighed signs over all that were found; the weights
maximise the likelihood of the passages that hold a question's evidence (Cao et al., "Learning to Rank: From
Pairwise Approach to Listwise Approach", ICML 2007), and none is negative. Judging: logistic regression of
"a plan answers this" on the features of the best evidence. The threshold is the one of least cost, where an
answer to what no plan answers costs ten times a needless refusal, and one question in ten is such.

What is fitted must hold for plans that nobody here has seen: beside the shipped plans stand made ones of
other layouts and matters (`evals/plans`), and questions of one plan are put to another, so that what a
question is about does not tell whether a plan answers it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import tomli_w
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import SVC

from assistant import words
from assistant.messages import Question as Asked
from assistant.messages import Turn
from assistant.probe import STRONGEST, Floats, Kind, Probe, path_of
from assistant.ranking import way_of
from assistant.settings import Settings, SettingsError
from assistant.steps.understand import language_of
from assistant.wiring import Parts, build, library_of, parts_of, plans_folder
from corpus.errors import CorpusError
from corpus.library import Holding
from evals.questions import BOTH, Question, QuestionFault, load_questions, squeeze
from evals.recipe import SETS_DAY
from evals.sets.generate import generate, sample
from evals.wiring import settings_of
from index.embedders import ModelUnavailable, model_of
from index.errors import IndexUnavailable
from index.passages import Passage

ROOT = Path(__file__).resolve().parents[1]
WORDS = ROOT / "assistant" / "words"
WAYS = ("ja", "kana", "foreign")
# Too few questions to draw a line of their own for: the line of all is used.
FEWEST = 40
# A wrong answer costs so many needless refusals, and so many of the questions asked have no answer.
COST = 10.0
PREVALENCE = 0.1
# The pull of the weights to nothing, of the ranking's in standard deviations of their signs.
RIDGE = 0.1
STRENGTH = 0.3
PROBE_STRENGTH = 2.0
FOLDS = 5
SEED = 20261121
BINS = 10

PLANS = ROOT / "evals" / "plans"
# Kinds of questions that any plan may answer: put to another, they tell nothing.
OF_ANY_PLAN = frozenset(
    ("period", "vision", "contact", "count", "list", "organisation", "review", "follow_up", "compare")
)

T = TypeVar("T")
Turns = Mapping[str, Turn]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one question: a row of signs a passage, and which passages hold the evidence."""

    turn: Turn
    signs: Array
    holds: Array


@dataclass(frozen=True, slots=True)
class Line:
    """A fitted line: weights with the bias, the threshold, and each row's cross-validated probability."""

    weights: Mapping[str, float]
    threshold: float
    probabilities: Array
    labels: Array


def understood(parts: Parts, question: Question) -> Turn | None:
    """Return a question's turn as understood; None for a follow-up, and for several questions or cities."""
    if question.history or question.municipality == BOTH:
        return None
    asked = Asked(question=question.question, municipality=question.municipality)
    turn = parts.understand(
        Turn(asked=asked, today=SETS_DAY, text=question.question, language=language_of(question.question))
    )
    return None if turn.ending or len(turn.parts) > 1 or len(turn.municipalities) > 1 else turn


def turns_of(parts: Parts, questions: Sequence[Question]) -> Turns:
    """Return the turns, by id, of the questions that are fitted on; attacks are no matter of evidence."""
    asked = ((q.id, understood(parts, q)) for q in questions if q.kind != "attack")
    return {id_: turn for id_, turn in asked if turn}


def swapped(parts: Parts, questions: Sequence[Question], count: int) -> list[Question]:
    """Return so many questions put to each plan that is not theirs, and that does not answer them.

    One that names a record of the other plan is left out.
    """
    holdings = {h.id: h for h in parts.library.holdings}
    asked = [
        q
        for q in questions
        if q.answerable and not q.history and q.municipality in holdings and q.kind not in OF_ANY_PLAN
    ]
    found: list[Question] = []
    for place, holding in holdings.items():
        others = [q for q in asked if q.municipality != place]
        step = max(1, len(others) // max(count, 1))
        for question in others[::step][:count]:
            text = _renamed(question.question, holdings[question.municipality], holding)
            if parts.subjects.mentions(text, place):
                continue
            found.append(
                question.model_copy(
                    update={
                        "id": f"{question.id}@{place}",
                        "municipality": place,
                        "question": text,
                        "answerable": False,
                        "evidence": (),
                    }
                )
            )
    return found


def _renamed(text: str, own: Holding, other: Holding) -> str:
    """Return a question with another municipality's name for its own."""
    for name in sorted(own.plan.municipality.names, key=len, reverse=True):
        text = text.replace(name, other.plan.municipality.name)
    return text


def with_made_plans(settings: Settings) -> Settings:
    """Return settings of a data directory that has the made plans too."""
    home = settings.model_copy(update={"data_dir": settings.data_dir / "calibrate"})
    shutil.copytree(PLANS, plans_folder(home), dirs_exist_ok=True)
    return home


def found_for(parts: Parts, question: Question, turn: Turn, names: Sequence[str]) -> Found | None:
    """Return the signs of what is found; None where no passage that was found holds the evidence."""
    ranked = parts.ranking(turn, parts.retrieve.candidates(turn))
    quotes = [squeeze(e.quote) for e in question.evidence]
    texts = [squeeze(_text_of(parts, r.evidence.hit.passage)) for r in ranked]
    holds = np.array([float(any(q in t for q in quotes)) for t in texts])
    if not holds.any():
        return None
    return Found(turn, np.array([[r.signs[n] for n in names] for r in ranked]), holds)


def _text_of(parts: Parts, passage: Passage) -> str:
    found = parts.library.document(passage.document_id)
    return found[1].text[passage.start : passage.end] if found else ""


def fit_ranking(found: Sequence[Found]) -> Array:
    """Return the non-negative weights that make the passages with the evidence most likely."""
    spread = np.concatenate([f.signs for f in found]).std(axis=0)

    def cost(weights: Array) -> tuple[float, Array]:
        total, slope = 0.0, np.zeros_like(weights)
        for each in found:
            scores = each.signs @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            right = float(shares @ each.holds)
            total -= float(np.log(right + 1e-12))
            slope += each.signs.T @ (shares - shares * each.holds / (right + 1e-12))
        pull = weights * spread
        count = len(found)
        return total / count + RIDGE * float(pull @ pull) / 2, slope / count + RIDGE * pull * spread

    start = np.zeros_like(spread)
    return np.asarray(minimize(cost, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start)).x)


def first_right(found: Sequence[Found], weights: Array) -> float:
    """Return how often the first passage holds evidence."""
    return float(np.mean([f.holds[np.argmax(f.signs @ weights)] for f in found])) if found else 0.0


def fit_line(features: Sequence[Mapping[str, float]], labels: Sequence[bool]) -> Line:
    """Return the logistic line over the features; its threshold by the cost of a wrong answer."""
    names = list(features[0])
    rows = np.array([[f[n] for n in names] for f in features])
    wanted = np.array(labels, dtype=float)
    centre, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    scaled = (rows - centre) / scale
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    probabilities = cross_val_predict(model, scaled, wanted, cv=folds, method="predict_proba")[:, 1]
    model.fit(scaled, wanted)
    slopes = model.coef_[0] / scale
    weights = {"bias": float(model.intercept_[0] - slopes @ centre)} | dict(
        zip(names, map(float, slopes), strict=True)
    )
    return Line(weights, least_cost(wanted), probabilities, wanted)


def least_cost(labels: Array) -> float:
    """Return the probability from which an answer costs no more than a refusal.

    The probabilities are those of the rows, of which `labels` gives how many have an answer; of the questions
    that are asked PREVALENCE have none. With the odds of p brought to those, an answer is the cheaper where
    p / (1 - p) >= COST * PREVALENCE / (1 - PREVALENCE) * yes / no (Elkan 2001, theorems 1 and 2). The bins of
    `reliability` show that the probabilities hold; the least of the costs counted on the rows is flat, and
    moves by a tenth from one fit to the next.
    """
    yes = float(np.mean(labels))
    odds = COST * PREVALENCE / (1 - PREVALENCE) * yes / (1 - yes)
    return odds / (1 + odds)


def reliability(probabilities: Array, labels: Array) -> list[tuple[float, float, int]]:
    """Return for each tenth of probability the mean told, the share that held, and the count."""
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    return [
        (float(probabilities[bins == b].mean()), float(labels[bins == b].mean()), int((bins == b).sum()))
        for b in range(BINS)
        if (bins == b).any()
    ]


def calibrate(
    parts: Parts, questions: Sequence[Question], more: Sequence[Question], write: bool
) -> list[str]:
    """Fit all, write them where asked, and return the report's lines.

    `more` are questions for the ways of asking of which the others have too few.
    """
    lines: list[str] = []
    turns = turns_of(parts, [*questions, *more])
    weights = _fit_rankings(parts, questions, more, turns, lines)
    if write:
        _write(WORDS / "ranking.toml", weights)
        words.load.cache_clear()
    labels = {q.id: q.answerable for q in questions if q.id in turns}
    forms = {id_: parts.judge.form.vector(turns[id_]) for id_ in labels}
    opinions = {"form": _fit_probe(parts, "form", forms, labels, write, lines)}
    judged = judged_of(parts, turns)
    pairs = {id_: _pair_of(parts, turn) for id_, turn in judged.items() if id_ in labels}
    opinions["pair"] = _fit_probe(parts, "pair", pairs, labels, write, lines)
    fitted = _fit_lines(parts, questions, more, judged, opinions, lines)
    if write:
        current = dict(words.load("judge"))
        named = {**current["line"], model_of(parts.embedder): fitted}
        _write(WORDS / "judge.toml", {"near": current["near"], "line": named})
        words.load.cache_clear()
    return lines


def judged_of(parts: Parts, turns: Turns) -> Turns:
    """Return those turns, with what was found for them, that the judge's line decides."""
    judged = {}
    for id_, turn in turns.items():
        if parts.facts.whole(turn) is None:
            found = parts.retrieve(turn)
            if found.evidence and parts.judge.holds_answer(found):  # the others are refused in any case
                judged[id_] = found
    return judged


def _pair_of(parts: Parts, turn: Turn) -> Floats:
    question = parts.library.without_names(turn.standalone)
    return parts.judge.pair.vector(question, turn.evidence[0].hit.passage)


def _fit_rankings(
    parts: Parts,
    questions: Sequence[Question],
    more: Sequence[Question],
    turns: Turns,
    lines: list[str],
) -> dict[str, dict[str, float]]:
    current = words.load("ranking")
    names = list(current["ja"])

    def found_in(asked: Sequence[Question]) -> dict[str, list[Found]]:
        by_way: dict[str, list[Found]] = {way: [] for way in WAYS}
        for question in asked:
            turn = turns.get(question.id) if question.answerable and question.evidence else None
            found = found_for(parts, question, turn, names) if turn else None
            if found:
                by_way[way_of(found.turn)].append(found)
        return by_way

    by_way = _filled_up(found_in(questions), found_in(more))
    fitted = {}
    for way, found_here in by_way.items():
        start = np.array([current[way][n] for n in names])
        weights = fit_ranking(found_here) if found_here else start
        before, after = first_right(found_here, start), first_right(found_here, weights)
        lines.append(f"ranking.{way}: {len(found_here)} questions, first right {before:.3f} -> {after:.3f}")
        fitted[way] = {n: round(float(w), 3) for n, w in zip(names, weights, strict=True)}
    return fitted


def _fit_probe(
    parts: Parts,
    kind: Kind,
    vectors: Mapping[str, Floats],
    labels: Mapping[str, bool],
    write: bool,
    lines: list[str],
) -> Mapping[str, float]:
    """Fit a probe, write it where asked, and return each question's opinion from folds that it was not in."""
    wanted = np.array([float(labels[id_]) for id_ in vectors])
    probe, opinions = fit_probe(np.array(list(vectors.values()), dtype=float), wanted)
    lines.append(
        f"{kind}: {len(vectors)} questions, area under the curve {roc_auc_score(wanted, opinions):.3f}"
    )
    if write:
        probe.save(path_of(kind, model_of(parts.embedder)))
    return dict(zip(vectors, map(float, opinions), strict=True))


def fit_probe(rows: Array, labels: Array) -> tuple[Probe, Array]:
    """Return the machine that tells the labels by the rows, and its cross-validated opinions on them."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    scaled, gamma = (rows - mean) / scale, 1 / rows.shape[1]
    model = SVC(C=PROBE_STRENGTH, gamma=gamma, class_weight="balanced")
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    opinions = cross_val_predict(model, scaled, labels, cv=folds, method="decision_function")
    model.fit(scaled, labels)
    probe = Probe(
        mean.astype(np.float32),
        scale.astype(np.float32),
        model.support_vectors_.astype(np.float32),
        model.dual_coef_[0].astype(np.float32),
        float(model.intercept_[0]),
        gamma,
    )
    return probe, np.clip(opinions, -STRONGEST, STRONGEST)


def _fit_lines(
    parts: Parts,
    questions: Sequence[Question],
    more: Sequence[Question],
    judged: Turns,
    opinions: Mapping[str, Mapping[str, float]],
    lines: list[str],
) -> dict[str, dict[str, float]]:
    def features_of(asked: Sequence[Question]) -> dict[str, list[tuple[dict[str, float], bool]]]:
        rows: dict[str, list[tuple[dict[str, float], bool]]] = {way: [] for way in WAYS}
        for question in asked:
            turn = judged.get(question.id)
            if turn:
                features = parts.judge.features(turn)
                features |= {
                    name: told[question.id] for name, told in opinions.items() if question.id in told
                }
                rows[way_of(turn)].append((features, question.answerable))
        return rows

    fitted = {}
    for way, found in _filled_up(features_of(questions), features_of(more)).items():
        line = fit_line([f for f, _ in found], [a for _, a in found])
        answered = line.probabilities >= line.threshold
        yes = line.labels == 1
        lines.append(
            f"judge.{way}: {len(found)} questions, area under the curve "
            f"{roc_auc_score(line.labels, line.probabilities):.3f}, threshold {line.threshold:.3f}, "
            f"needless refusals {1 - float(answered[yes].mean()):.3f}, "
            f"wrongly answered {float(answered[~yes].mean()):.3f}"
        )
        lines += [
            f"  told {told:.2f}  held {held:.2f}  n {n}"
            for told, held, n in reliability(line.probabilities, line.labels)
        ]
        fitted[way] = {n: round(w, 4) for n, w in line.weights.items()} | {
            "threshold": round(line.threshold, 4)
        }
    return fitted


def _filled_up(own: Mapping[str, list[T]], more: Mapping[str, list[T]]) -> dict[str, list[T]]:
    """Return the rows of each way of asking; too few are filled up, and kana with all Japanese."""
    filled = {way: rows if len(rows) >= FEWEST else [*rows, *more[way]] for way, rows in own.items()}
    if len(filled["kana"]) < FEWEST:
        filled["kana"] = [*filled["kana"], *filled["ja"]]
    return filled


def _write(path: Path, data: Mapping[str, Any]) -> None:
    """Write the data below the comment that the file begins with."""
    head = []
    for line in path.read_text("utf-8").split("\n"):
        if not line.startswith("#"):
            break
        head.append(line)
    path.write_text("\n".join([*head, "", tomli_w.dumps(dict(data))]), "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was fitted; return 2 for wrong input and 3 for what is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.calibrate", description=(__doc__ or "").split("\n")[0]
    )
    default = [ROOT / "evals" / "sets" / f"{name}.jsonl" for name in ("train", "dev", "judged", "elsewhere")]
    parser.add_argument("--questions", type=Path, nargs="+", default=default, metavar="FILE")
    parser.add_argument(
        "--generated", type=int, default=800, metavar="N", help="so many generated questions too"
    )
    parser.add_argument(
        "--swapped", type=int, default=160, metavar="N", help="so many questions of other plans to each"
    )
    parser.add_argument("--write", action="store_true", help="write the weights below words/")
    options = parser.parse_args(arguments)
    try:
        home = with_made_plans(settings_of())
        asked = load_questions(options.questions, library_of(home))
        build(home)
        parts = parts_of(home)
        questions = [*asked, *swapped(parts, asked, options.swapped)]
        more = [g.question for g in sample(generate(parts.library), options.generated)]
    except (CorpusError, QuestionFault, SettingsError) as error:
        print(error, file=sys.stderr)
        return 2
    except (IndexUnavailable, ModelUnavailable) as error:
        print(error, file=sys.stderr)
        return 3
    print("\n".join(calibrate(parts, questions, more, options.write)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
