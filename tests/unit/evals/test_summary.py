"""Figures of a run: hand-counted shares, slices, intervals and names."""

from __future__ import annotations

from typing import Any

import pytest

from evals.results import LlmVerdict, Result
from evals.summary import is_figure, summarise, value_of
from tests.unit.evals.made import REFUSAL, body, passages, question, result, unanswerable

WRONG = body("目標は30人です[1]。")


def rows() -> list[Result]:
    """Of a plan: right, wrong with a strange figure, refused. Of none: two refused, one answered. A fault."""
    return [
        result(question("a-1"), body(), retrieved=passages(3), ranks=(1,), latency_ms=10),
        result(question("a-2", kind="list"), WRONG, retrieved=passages(3), ranks=(None,), latency_ms=20),
        result(question("a-3"), dict(REFUSAL), retrieved=passages(3), ranks=(3,), latency_ms=30),
        result(unanswerable("u-1", audience="staff"), dict(REFUSAL), latency_ms=40),
        result(unanswerable("u-2"), dict(REFUSAL), latency_ms=50),
        result(unanswerable("u-3", must_not_include=("30人",)), WRONG, set="test", latency_ms=60),
        result(question("e-1"), None, error="500: fault", latency_ms=0.1, ranks=()),
    ]


def test_every_figure_is_the_share_counted_by_hand() -> None:
    metrics = summarise(rows())
    expected = {
        "n": 7,
        "correct": 3 / 7,
        "answerable_correct": 1 / 4,
        "unanswerable_refused": 2 / 3,
        "refusal_recall": 2 / 3,
        "refusal_precision": 2 / 3,
        "false_refusal_rate": 1 / 4,
        "evidence_recall": 2 / 4,
        "citation_recall": 1 / 3,
        "citation_precision": 1 / 3,
        "unsupported_figures": 2,
        "forbidden_strings": 1,
        "errors": 1,
        "retrieval.recall@1": 1 / 3,
        "retrieval.recall@5": 2 / 3,
        "retrieval.mrr@10": (1 + 1 / 3) / 3,
        "latency_ms.p50": 35,
    }
    assert {name: value_of(metrics, name) for name in expected} == pytest.approx(expected, abs=1e-6)


def test_each_slice_has_the_same_figures_of_its_own_questions() -> None:
    metrics = summarise(rows())
    assert {v: p["n"] for v, p in metrics["by_kind"].items()} == {"kpi_value": 6, "list": 1}
    assert {v: p["n"] for v, p in metrics["by_set"].items()} == {"dev": 6, "test": 1}
    assert {v: p["n"] for v, p in metrics["by_audience"].items()} == {"resident": 6, "staff": 1}
    assert metrics["by_kind"]["list"]["correct"] == 0
    assert metrics["by_set"]["test"]["answerable_correct"] is None
    assert metrics["by_set"]["test"]["retrieval"]["recall@5"] is None
    names = set(metrics) - {"outcomes"}
    assert names == {
        *metrics["by_set"]["test"],
        *("by_kind", "by_municipality", "by_audience", "by_lang", "by_difficulty", "by_style", "by_set"),
    }


def test_every_share_lies_in_its_interval() -> None:
    metrics = summarise(rows())
    for name, (low, high) in metrics["intervals"].items():
        value = value_of(metrics, name)
        assert value is not None and low - 1e-4 <= value <= high + 1e-4, name
    assert 0 <= metrics["intervals"]["errors"][0] <= metrics["intervals"]["errors"][1] <= 7


def test_outcomes_name_every_question() -> None:
    outcomes = summarise(rows())["outcomes"]
    assert outcomes["a-1"] == {"correct": True, "status": "answered"}
    assert outcomes["e-1"] == {"correct": False, "status": "error"}
    assert len(outcomes) == 7


def test_what_failed_has_no_part_in_the_latency() -> None:
    alone = summarise([result(question(), None, error="timeout", latency_ms=60000)])
    assert alone["latency_ms"] == {"p50": None, "p95": None}
    assert alone["errors"] == 1


def judged(row: Result, correct: bool | None) -> Result:
    verdict = LlmVerdict(model="m", prompt="p", correct=correct)
    return row.model_copy(update={"llm_verdict": verdict})


def test_verdicts_of_a_language_model_stand_beside_the_facts() -> None:
    right, wrong, refused, *rest = rows()
    metrics = summarise([judged(right, True), judged(wrong, True), judged(refused, None), *rest])
    assert metrics["llm_judge"] == {"n": 3, "no_verdict": 1, "correct": 1.0, "agreement": 0.5}
    assert metrics["correct"] == summarise(rows())["correct"]
    assert "llm_judge" not in summarise(rows())


@pytest.mark.parametrize(
    "name",
    [
        "",
        "corect",
        "by_kind",
        "by_kind.x.correct",
        "intervals.correct",
        "outcomes.a-1.status",
        "retrieval",
        "n.x",
    ],
)
def test_another_name_is_no_figure(name: str) -> None:
    with pytest.raises(KeyError):
        value_of(summarise(rows()), name)


def test_the_name_of_a_set_may_hold_dots() -> None:
    metrics: dict[str, Any] = summarise([result(question(), body(), set="dev.v2", ranks=(1,))])
    assert value_of(metrics, "by_set.dev.v2.correct") == 1
    assert value_of(metrics, "by_set.dev.v2.retrieval.recall@1") == 1


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("correct", True),
        ("retrieval.recall@5", True),
        ("latency_ms.p95", True),
        ("llm_judge.agreement", True),
        ("by_kind.kpi_value.correct", True),
        ("by_set.dev.v2.retrieval.ndcg@10", True),
        ("recall@5", False),
        ("by_kind", False),
        ("by_kind.correct", False),
        ("by_colour.red.correct", False),
        ("outcomes", False),
        ("", False),
    ],
)
def test_a_name_is_known_before_the_run(name: str, known: bool) -> None:
    assert is_figure(name) is known
