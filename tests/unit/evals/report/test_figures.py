"""Figures: found where they are, printed with their unit, compared in words."""

import json
import math

import pytest

from evals.report.figures import Figures, change_of, figure_of, headline, number, printed, slice_tables
from evals.report.names import Measure, names
from evals.results import Result, scored
from evals.summary import summarise
from tests.unit.evals.report.sample import sample_run

CORRECT = Measure(name="correct", label="正解率", unit="share", better="higher", definition="")
REFUSALS = Measure(name="false_refusal_rate", label="断り", unit="share", better="lower", definition="")
TIME = Measure(name="latency_ms.p95", label="時間", unit="ms", better="lower", definition="")


@pytest.mark.parametrize("data", [{"retrieval": {"recall@5": 0.9}}, {"retrieval.recall@5": 0.9}])
def test_a_figure_is_found_nested_or_under_its_dotted_name(data: dict[str, object]) -> None:
    assert Figures(data).value("retrieval.recall@5") == 0.9


@pytest.mark.parametrize("retrieval", [None, {}, {"recall@5": None}, 0.9])
def test_a_figure_that_is_not_there_is_none(retrieval: object) -> None:
    assert Figures({}).value("retrieval.recall@5") is None
    assert Figures({"retrieval": retrieval}).value("retrieval.recall@5") is None


@pytest.mark.parametrize("data", [True, "0.9", math.nan, math.inf, None, [1]])
def test_what_is_no_number_is_no_figure(data: object) -> None:
    assert number(data) is None


@pytest.mark.parametrize("ends", [None, [0.1], [0.1, None], "ab", 3])
def test_an_interval_without_two_ends_is_none(ends: object) -> None:
    assert Figures({"intervals": {"correct": ends}}).interval("correct") is None


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.9123, "share", "91.2%"),
        (0.74567, "score", "0.746"),
        (1234, "count", "1,234件"),
        (41.25, "ms", "41.2 ms"),
    ],
)
def test_a_figure_is_printed_with_its_unit(value: float, unit: str, text: str) -> None:
    assert printed(value, unit) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("measure", "now", "before", "text", "verdict"),
    [
        (CORRECT, 0.93, 0.91, "+2.0ポイント", "改善"),
        (CORRECT, 0.91, 0.93, "−2.0ポイント", "悪化"),
        (REFUSALS, 0.05, 0.02, "+3.0ポイント", "悪化"),
        (TIME, 1100.0, 2350.0, "−1,250.0 ms", "改善"),
        (CORRECT, 0.91, 0.9101, "±0ポイント", "変化なし"),
    ],
)
def test_a_change_has_a_sign_and_a_word(
    measure: Measure, now: float, before: float, text: str, verdict: str
) -> None:
    change = change_of(measure, now, before)
    assert change and (change.text, change.verdict) == (text, verdict)


@pytest.mark.parametrize(("now", "before"), [(None, 0.9), (0.9, None)])
def test_nothing_is_said_of_a_change_from_or_to_nothing(now: float | None, before: float | None) -> None:
    assert change_of(CORRECT, now, before) is None


@pytest.mark.parametrize(("before", "within"), [(0.89, True), (0.95, False)])
def test_a_baseline_within_the_interval_is_told(before: float, within: bool) -> None:
    now = Figures({"correct": 0.91, "intervals": {"correct": [0.88, 0.94]}})
    assert figure_of(CORRECT, now, Figures({"correct": before})).within is within


def test_the_headline_has_every_figure_of_the_run_and_no_other() -> None:
    groups = headline(Figures({"correct": 0.9, "latency_ms": {"p50": 40}}), None, names())
    assert [f.measure.name for g in groups for f in g.figures] == ["correct", "latency_ms.p50"]


def test_slices_come_worst_first_and_those_without_a_share_last() -> None:
    slices = {"a": {"correct": 0.9}, "b": {"correct": None}, "c": {"correct": 0.5}}
    (table,) = slice_tables(Figures({"by_kind": slices}), None, names())
    assert [row.label for row in table.rows] == ["c", "a", "b"]


def test_a_column_that_says_nothing_is_left_out_and_a_gap_is_a_dash() -> None:
    slices = {"x": {"n": 3, "correct": 0.5, "false_refusal_rate": None}, "y": {"correct": 0.6}}
    (table,) = slice_tables(Figures({"by_kind": slices}), None, names())
    assert [m.name for m in table.measures] == ["correct"]
    assert [row.n for row in table.rows] == ["3", "—"]


def test_a_slice_is_compared_with_the_same_slice() -> None:
    before = {"by_kind": {"list": {"correct": 0.4}, "count": {"correct": 0.9}}}
    (table,) = slice_tables(Figures({"by_kind": {"list": {"correct": 0.5}}}), Figures(before), names())
    change = table.rows[0].figures[0].change
    assert change and change.verdict == "改善"


def test_every_measure_is_one_that_a_run_writes() -> None:
    results = [scored(Result.model_validate_json(json.dumps(row))) for row in sample_run().results]
    figures = Figures(summarise(results))
    assert [m.name for m in names().measures if figures.value(m.name) is None] == []
