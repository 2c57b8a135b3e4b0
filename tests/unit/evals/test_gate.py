"""The gate: what falls too far is missed, whatever it is, and nothing else."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from evals.gate import GateFault, against, read_baseline, read_limits, under
from evals.summary import summarise
from tests.unit.evals.made import REFUSAL, body, passages, question, result, unanswerable


@pytest.fixture
def metrics() -> dict[str, Any]:
    answered = [
        result(question(f"a-{n}"), body(), retrieved=passages(3), ranks=(1,), set=("dev", "test")[n % 2])
        for n in range(10)
    ]
    return summarise([*answered, *(result(unanswerable(f"u-{n}"), dict(REFUSAL)) for n in range(4))])


def test_a_run_passes_its_own_figures(metrics: dict[str, Any]) -> None:
    verdict = against(metrics, metrics)
    assert verdict.passed and (verdict.missed, verdict.worse, verdict.better) == ((), (), ())


FALLING = ["correct", "answerable_correct", "unanswerable_refused", "evidence_recall", "citation_precision"]
RISING = ["false_refusal_rate", "unsupported_figures", "forbidden_strings", "errors"]


@pytest.mark.parametrize("name", [*FALLING, "citation_recall", "retrieval.recall@5", "retrieval.mrr@10"])
@pytest.mark.parametrize("place", ["", "by_set.dev."])
def test_each_figure_that_falls_is_missed_over_all_and_in_a_set(
    metrics: dict[str, Any], name: str, place: str
) -> None:
    fallen = changed(metrics, place + name, lambda v: v - 0.02)
    verdict = against(fallen, metrics)
    assert [m.name for m in verdict.missed] == [place + name] and not verdict.passed
    assert str(verdict.missed[0]).startswith(f"{place}{name}: 0.98, limit 0.99")


@pytest.mark.parametrize("name", RISING)
def test_each_figure_that_must_not_rise_is_missed_where_it_does(metrics: dict[str, Any], name: str) -> None:
    risen = changed(metrics, name, lambda v: v + 1)
    assert [m.name for m in against(risen, metrics).missed] == [name]
    assert against(metrics, risen).passed


def test_a_fall_within_the_tolerance_passes(metrics: dict[str, Any]) -> None:
    assert against(changed(metrics, "correct", lambda v: v - 0.004), metrics).passed
    assert not against(changed(metrics, "correct", lambda v: v - 0.0041), metrics).passed


def test_a_figure_that_is_gone_is_missed(metrics: dict[str, Any]) -> None:
    verdict = against(changed(metrics, "citation_recall", lambda v: None), metrics)
    assert [str(m) for m in verdict.missed] == ["citation_recall: none, limit 0.99"]
    assert against(metrics, changed(metrics, "citation_recall", lambda v: None)).passed


def test_questions_that_got_worse_or_better_are_named(metrics: dict[str, Any]) -> None:
    now = copy.deepcopy(metrics)
    now["outcomes"]["a-1"]["correct"] = False
    assert (against(now, metrics).worse, against(now, metrics).better) == (("a-1",), ())
    assert (against(metrics, now).worse, against(metrics, now).better) == ((), ("a-1",))


def test_a_run_that_leaves_questions_out_does_not_pass(metrics: dict[str, Any]) -> None:
    now = copy.deepcopy(metrics)
    del now["outcomes"]["a-1"], now["by_set"]["test"]
    verdict = against(now, metrics)
    assert (verdict.left_out, verdict.passed) == (("a-1",), False)
    assert against(metrics, now).passed


def test_figures_under_their_limit_are_missed(metrics: dict[str, Any]) -> None:
    limits = {"correct": 1.0, "errors": 1.0, "by_set.dev.retrieval.recall@5": 0.9}
    assert [str(m) for m in under(metrics, limits)] == ["errors: 0, limit 1"]


def test_a_slice_that_the_run_does_not_have_is_told(metrics: dict[str, Any]) -> None:
    with pytest.raises(GateFault, match=r"no figure 'by_kind\.nothing\.correct'"):
        under(metrics, {"by_kind.nothing.correct": 0.5})


def test_limits_are_read() -> None:
    assert read_limits(["correct=0.95", "by_set.dev.correct=1"]) == {
        "correct": 0.95,
        "by_set.dev.correct": 1.0,
    }
    assert read_limits([]) == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("correct", "is not NAME=VALUE"),
        ("correct=", "is not NAME=VALUE"),
        ("correct=high", "is not NAME=VALUE"),
        ("correct=nan", "is no limit"),
        ("correct=inf", "is no limit"),
        ("corect=0.9", "no figure 'corect'"),
        ("=0.9", "no figure ''"),
    ],
)
def test_a_wrong_limit_is_told_before_the_run(given: str, said: str) -> None:
    with pytest.raises(GateFault, match=said) as fault:
        read_limits([given])
    assert str(fault.value).startswith("--fail-under: ")


def test_a_baseline_is_a_metrics_file(tmp_path: Path, metrics: dict[str, Any]) -> None:
    (tmp_path / "metrics.json").write_text(json.dumps(metrics), "utf-8")
    assert read_baseline(tmp_path / "metrics.json") == metrics


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "is not JSON"),
        ("[]", "has no"),
        ("{}", "has no outcomes"),
        ('{"outcomes": {"a": true}, "by_set": {}}', "has no outcomes"),
        ('{"outcomes": {}}', "has no by_set"),
        ('{"outcomes": {}, "by_set": {}}', "has no correct"),
    ],
)
def test_another_file_is_no_baseline(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text, "utf-8")
    with pytest.raises(GateFault, match=said) as fault:
        read_baseline(path)
    assert str(fault.value).startswith(f"--baseline: {path}") and "\n" not in str(fault.value)


def test_a_baseline_that_lacks_a_gated_figure_is_told(tmp_path: Path, metrics: dict[str, Any]) -> None:
    del metrics["by_set"]["dev"]["retrieval"]["mrr@10"]
    (tmp_path / "old.json").write_text(json.dumps(metrics), "utf-8")
    with pytest.raises(GateFault, match="mrr@10"):
        read_baseline(tmp_path / "old.json")


def test_a_baseline_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(GateFault, match=r"--baseline: .*gone\.json"):
        read_baseline(tmp_path / "gone.json")


def changed(metrics: dict[str, Any], name: str, change: Any) -> dict[str, Any]:
    """Return a copy with one figure changed."""
    copied = copy.deepcopy(metrics)
    *way, last = name.split(".")
    part = copied
    for step in way:
        part = part[step]
    part[last] = change(part[last])
    return copied
