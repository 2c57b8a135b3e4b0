"""Calibrate: what is fitted makes the right passages likelier, and refuses where that costs least."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.messages import Question, Turn
from assistant.subjects import Subjects
from corpus.library import load_library
from evals import calibrate
from evals.calibrate import (
    BINS,
    COST,
    PREVALENCE,
    Array,
    Found,
    _write,
    first_right,
    fit_line,
    fit_ranking,
    least_cost,
    main,
    reliability,
    swapped,
)
from tests.unit.evals.made import question, unanswerable

PLANS = Path(calibrate.__file__).parent / "plans"
TURN = Turn(asked=Question(question="？"), today=datetime.date(2026, 4, 1))


def found(signs: Sequence[Sequence[float]], *right: int) -> Found:
    holds = np.array([float(n in right) for n in range(len(signs))])
    return Found(TURN, np.array(signs, dtype=float), holds)


def log_likelihood(questions: Sequence[Found], weights: Array) -> float:
    total = 0.0
    for each in questions:
        shares = np.exp(each.signs @ weights)
        total += float(np.log((shares / shares.sum()) @ each.holds))
    return total


# The first sign tells the right passage, the second a wrong one, the third nothing.
TELLING = [found([[1, 0, 1], [0, 1, 1], [0, 0, 1]], 0), found([[0, 1, 1], [0, 0, 1], [1, 0, 1]], 2)]


def test_fitted_weights_make_the_evidence_likelier() -> None:
    weights = fit_ranking(TELLING)
    assert log_likelihood(TELLING, weights) > log_likelihood(TELLING, np.zeros(3))
    assert weights[0] > 1 and weights[1] == 0
    assert (first_right(TELLING, np.array([0.1, 0.5, 0.2])), first_right(TELLING, weights)) == (0.0, 1.0)


def test_a_sign_that_tells_nothing_has_no_weight() -> None:
    assert fit_ranking(TELLING)[2] == pytest.approx(0.0, abs=1e-3)


def test_without_questions_nothing_is_right() -> None:
    assert first_right([], np.array([1.0, 2.0])) == 0.0


tables = st.integers(2, 5).flatmap(
    lambda rows: st.lists(st.tuples(*[st.floats(-1, 1)] * 3), min_size=rows, max_size=rows).flatmap(
        lambda signs: st.builds(found, st.just(signs), st.integers(0, rows - 1))
    )
)


@given(st.lists(tables, min_size=1, max_size=5))
def test_no_weight_is_negative_and_none_is_fitted_to_be_worse_than_chance(questions: list[Found]) -> None:
    weights = fit_ranking(questions)
    assert (weights >= 0).all()
    assert log_likelihood(questions, weights) >= log_likelihood(questions, np.zeros(3)) - 1e-4


probabilities = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=40)


def arrays(rows: Sequence[tuple[float, bool]]) -> tuple[Array, Array]:
    return np.array([p for p, _ in rows]), np.array([float(y) for _, y in rows])


@given(st.integers(1, 60), st.integers(1, 60))
def test_at_the_threshold_an_answer_costs_as_much_as_a_refusal(yes: int, no: int) -> None:
    labels = np.array([1.0] * yes + [0.0] * no)
    told = least_cost(labels)
    share = yes / (yes + no)
    answerable = told / share * (1 - PREVALENCE)
    unanswerable = (1 - told) / (1 - share) * PREVALENCE
    assert answerable == pytest.approx(COST * unanswerable)


def test_the_more_of_the_rows_have_an_answer_the_surer_one_must_be() -> None:
    few, many = np.array([1.0, 0.0, 0.0, 0.0]), np.array([1.0, 1.0, 1.0, 0.0])
    assert least_cost(few) < 0.5 < least_cost(many)


def test_a_line_tells_what_it_was_fitted_to_tell() -> None:
    generator = np.random.default_rng(7)
    labels = [n % 3 != 0 for n in range(120)]
    features = [
        {"coverage": float(y) + float(generator.normal(0, 0.2)), "noise": float(generator.normal())}
        for y in labels
    ]
    line = fit_line(features, labels)
    assert set(line.weights) == {"bias", "coverage", "noise"}
    assert line.weights["coverage"] > abs(line.weights["noise"])
    assert 0 < line.threshold < 1 and line.probabilities.shape == (120,)
    assert ((line.probabilities >= line.threshold) == (line.labels == 1)).mean() > 0.95


def test_a_lines_weights_are_for_the_features_as_they_are() -> None:
    labels = [n % 2 == 0 for n in range(60)]
    features = [{"x": 1000.0 + 100.0 * y + n % 7} for n, y in enumerate(labels)]
    line = fit_line(features, labels)
    for feature, label in zip(features, labels, strict=True):
        assert (line.weights["bias"] + line.weights["x"] * feature["x"] > 0) == label


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_every_question_is_in_one_bin_of_the_reliability(rows: list[tuple[float, bool]]) -> None:
    told, labels = arrays(rows)
    bins = reliability(told, labels)
    assert len(bins) <= BINS and sum(n for _, _, n in bins) == len(rows)
    assert [t for t, _, _ in bins] == sorted(t for t, _, _ in bins)
    assert sum(t * n for t, _, n in bins) == pytest.approx(float(told.sum()))
    assert sum(h * n for _, h, n in bins) == pytest.approx(float(labels.sum()))


def test_a_bin_tells_what_was_said_and_what_held() -> None:
    told, labels = arrays([(0.92, True), (0.98, False), (1.0, True), (0.05, False)])
    low, high = reliability(told, labels)
    assert low == pytest.approx((0.05, 0.0, 1))
    assert high == pytest.approx(((0.92 + 0.98 + 1.0) / 3, 2 / 3, 3))


def test_what_is_written_stays_below_the_files_own_comment(tmp_path: Path) -> None:
    path = tmp_path / "ranking.toml"
    path.write_text("# One line.\n# And another.\n\n[ja]\nold = 1\n", "utf-8")
    _write(path, {"ja": {"new": 2.5}})
    assert path.read_text("utf-8").startswith("# One line.\n# And another.\n\n")
    assert tomllib.loads(path.read_text("utf-8")) == {"ja": {"new": 2.5}}


def test_without_a_model_the_exit_code_is_that_of_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLAN_ASSISTANT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PLAN_ASSISTANT_EMBEDDING_MODEL", str(tmp_path / "no-model"))
    assert main([]) == 3
    assert "no-model" in capsys.readouterr().err


def test_a_question_is_put_to_the_plans_that_do_not_answer_it() -> None:
    library = load_library(PLANS)
    parts: Any = SimpleNamespace(library=library, subjects=Subjects(library))
    rows = [
        question("a", municipality="kabano", question="樺野町のかばのり号は何時まで予約できますか"),
        question("b", municipality="kabano", question="計画期間は？", kind="period"),
        question("c", municipality="kirigase", question="書かない窓口の担当は？"),
        unanswerable("d", municipality="kabano", question="市長の年齢は？"),
    ]
    found = {q.id: q for q in swapped(parts, rows, 10)}
    assert "a@kirigase" in found and "a@kabano" not in found
    assert "霧ヶ瀬市" in found["a@kirigase"].question and "樺野町" not in found["a@kirigase"].question
    assert not any(q.answerable or q.evidence for q in found.values())
    # What any plan may answer tells nothing, nor what has no answer; and one of the plans has that counter.
    assert not any(i.startswith(("b@", "d@")) for i in found) and "c@shionoura" not in found
