"""Plots: drawn from the right numbers, with the same numbers in words and in a table."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.report.figures import Figures
from evals.report.names import names
from evals.report.plots import (
    WIDTH,
    Plot,
    correct_by_kind,
    latency,
    nice_step,
    plots_of,
    probability_bins,
    reliability,
    wilson,
)
from evals.report.rows import Result, parse_results
from tests.unit.evals.report.sample import sample_run


def judged(*pairs: tuple[float, bool]) -> tuple[Result, ...]:
    return parse_results(
        {"id": str(k), "question": {"answerable": truth}, "judgement": {"probability": p}}
        for k, (p, truth) in enumerate(pairs)
    )


def timed(*times: float) -> tuple[Result, ...]:
    return parse_results({"id": str(k), "latency_ms": time} for k, time in enumerate(times))


def elements(plot: Plot, style: str) -> list[ElementTree.Element]:
    return [e for e in ElementTree.fromstring(plot.svg).iter() if style in e.get("class", "").split()]


def test_the_interval_of_a_share_is_wilsons() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == pytest.approx(1)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans())))
def test_every_question_is_in_one_bin(pairs: list[tuple[float, bool]]) -> None:
    bins = probability_bins(pairs)
    assert sum(b.n for b in bins) == len(pairs)
    assert sum(b.answerable for b in bins) == sum(truth for _, truth in pairs)
    assert all(b.low - 1e-9 <= b.mean <= b.low + 0.1 + 1e-9 for b in bins)


def test_the_reliability_diagram_tells_how_far_the_judge_is_off() -> None:
    plot = reliability(judged((0.9, True), (0.9, True), (0.1, False), (0.1, True)))
    assert plot and "平均25.0ポイント" in plot.text
    assert [row[1] for row in plot.rows] == ["2", "2"]
    assert [row[3] for row in plot.rows] == ["50.0%", "100.0%"]


def test_points_stand_where_probability_and_share_meet() -> None:
    plot = reliability(judged((0.5, True), (0.5, False)))
    assert plot
    (point,) = elements(plot, "point")
    (ideal,) = elements(plot, "ideal")
    middle = (float(ideal.attrib["x1"]) + float(ideal.attrib["x2"])) / 2
    assert float(point.attrib["cx"]) == pytest.approx(middle)


def test_a_question_without_judgement_or_truth_is_not_drawn() -> None:
    assert reliability(parse_results([{"id": "a", "question": {"answerable": True}}])) is None
    assert reliability(parse_results([{"id": "a", "judgement": {"probability": 0.5}}])) is None


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300))
def test_every_time_is_in_one_bar(times: list[float]) -> None:
    plot = latency(Figures({}), timed(*times))
    assert plot
    assert sum(int(row[1].replace(",", "")) for row in plot.rows) == len(times)


def test_the_percentiles_are_drawn_and_told() -> None:
    plot = latency(Figures({"latency_ms": {"p50": 20.0, "p95": 38.0}}), timed(*range(40)))
    assert plot and "p50 は 20.0 ms" in plot.text and "p95 は 38.0 ms" in plot.text
    assert [float(e.attrib["x1"]) for e in elements(plot, "mark")] == sorted(
        float(e.attrib["x1"]) for e in elements(plot, "mark")
    )
    assert len(elements(plot, "mark")) == 2


def test_one_straggler_does_not_squeeze_the_rest() -> None:
    plot = latency(Figures({}), timed(*([30.0] * 400 + [31.0] * 400 + [60_000.0])))
    assert plot
    assert len(plot.rows) < 4 and plot.rows[-1] == ("40 ms 以上", "1")
    assert "60,000.0 ms" in plot.text


@given(st.floats(1e-6, 1e6))
def test_a_step_is_one_two_or_five(least: float) -> None:
    step = nice_step(least)
    assert step >= least * (1 - 1e-9) and step <= least * 2.5 * (1 + 1e-9)
    assert f"{step:e}"[0] in "125"


def test_kinds_are_drawn_worst_first_with_their_intervals() -> None:
    kinds = {
        "list": {"n": 10, "correct": 0.9, "intervals": {"correct": [0.8, 0.95]}},
        "count": {"n": 5, "correct": 0.4, "intervals": {}},
        "attack": {"n": 5, "correct": None},
    }
    plot = correct_by_kind(Figures({"by_kind": kinds}), names())
    assert plot
    assert plot.rows == (("件数", "5", "40.0%", "—"), ("一覧", "10", "90.0%", "80.0〜95.0%"))
    widths = [float(bar.attrib["width"]) for bar in elements(plot, "bar")]
    assert widths[0] / widths[1] == pytest.approx(0.4 / 0.9, rel=0.01)
    assert len(elements(plot, "whisker")) == 1
    assert "最も低いのは「件数」の40.0%" in plot.text


def test_a_label_is_escaped_and_kept_short() -> None:
    plot = correct_by_kind(Figures({"by_kind": {"<b>" + "長" * 40: {"correct": 1}}}), names())
    assert plot and "<b>" not in plot.svg
    (label,) = [e.text for e in ElementTree.fromstring(plot.svg).iter("text") if "長" in (e.text or "")]
    assert label and label.startswith("<b>") and label.endswith("…")


def test_every_plot_has_a_name_and_stays_inside_its_frame() -> None:
    run = sample_run()
    plots = plots_of(Figures(run.metrics), parse_results(run.results), names())
    assert len(plots) == 3
    for plot in plots:
        svg = ElementTree.fromstring(plot.svg)
        height = float(svg.attrib["viewBox"].split()[3])
        assert svg.attrib["aria-labelledby"] == f"{plot.id}-title"
        for names_of, most in ((("x", "x1", "x2", "cx"), WIDTH), (("y", "y1", "y2", "cy"), height)):
            places = [float(e.attrib[a]) for e in svg.iter() for a in names_of if a in e.attrib]
            assert min(places) >= 0 and max(places) <= most


def test_without_data_nothing_is_drawn() -> None:
    assert plots_of(Figures({}), (), names()) == ()
