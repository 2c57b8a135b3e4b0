"""The bootstrap: the same each time, close to the textbook's interval, and covering as often as it says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evals.metrics.intervals import percentile_intervals, share_intervals


def test_the_interval_of_a_share_is_close_to_the_normal_one() -> None:
    n, right = 400, 300
    values = [1.0] * right + [0.0] * (n - right)
    low, high = share_intervals({"correct": (values, [1.0] * n)})["correct"]
    error = 1.96 * math.sqrt(0.75 * 0.25 / n)
    assert low == pytest.approx(0.75 - error, abs=0.01)
    assert high == pytest.approx(0.75 + error, abs=0.01)


def test_the_interval_covers_the_true_share_about_95_times_in_100() -> None:
    chance = np.random.default_rng(7)
    covered = 0
    for _ in range(300):
        drawn = (chance.random(150) < 0.8).astype(float).tolist()
        low, high = share_intervals({"x": (drawn, [1.0] * 150)})["x"]
        covered += low <= 0.8 <= high
    assert 0.90 <= covered / 300 <= 0.98


def test_a_ratio_is_resampled_by_question_not_by_denominator() -> None:
    numerators, denominators = [3.0, 0.0] * 50, [3.0, 1.0] * 50
    low, high = share_intervals({"ratio": (numerators, denominators)})["ratio"]
    assert low < 0.75 < high and high < 0.9


def test_what_never_varies_has_an_interval_of_no_width() -> None:
    assert share_intervals({"x": ([1.0] * 9, [1.0] * 9)}) == {"x": (1.0, 1.0)}


def test_the_same_values_have_the_same_interval() -> None:
    shares = {"x": ([1.0, 0.0, 1.0, 1.0], [1.0] * 4)}
    assert share_intervals(shares) == share_intervals(shares)
    assert percentile_intervals([1.0, 5.0, 9.0], (50,)) == percentile_intervals([1.0, 5.0, 9.0], (50,))


def test_a_share_of_nothing_has_no_interval() -> None:
    assert share_intervals({"x": ([0.0, 0.0], [0.0, 0.0])}) == {}
    assert share_intervals({"x": ([], [])}) == {} == share_intervals({})
    assert percentile_intervals([], (50, 95)) == {}


def test_the_interval_of_a_median_holds_it() -> None:
    times = [float(t) for t in range(1, 102)]
    low, high = percentile_intervals(times, (50,))[50]
    assert low < 51 < high and low > 30 and high < 72
