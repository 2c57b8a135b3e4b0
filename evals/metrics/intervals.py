"""How sure is a figure? Percentile bootstrap over questions (Efron and Tibshirani, 1993, chapter 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
LEVEL = 95
SEED = 20260401

Interval = tuple[float, float]
Shares = Mapping[str, tuple[Sequence[float], Sequence[float]]]


def share_intervals(shares: Shares) -> dict[str, Interval]:
    """Return the 95 % interval of each share, sum(numerators) / sum(denominators), questions resampled.

    Every share has a numerator and a denominator a question, and all share the resamples. A share without
    a denominator has no interval.
    """
    first = next(iter(shares.values()), None)
    if first is None or len(first[0]) == 0:
        return {}
    drawn = _draws(len(first[0]))
    found: dict[str, Interval] = {}
    for name, (numerators, denominators) in shares.items():
        below = drawn @ np.asarray(denominators, dtype=float)
        if below.any():
            above = drawn @ np.asarray(numerators, dtype=float)
            found[name] = _interval(above[below > 0] / below[below > 0])
    return found


def percentile_intervals(values: Sequence[float], percentiles: Sequence[int]) -> dict[int, Interval]:
    """Return the 95 % interval of each percentile of the values."""
    if not values:
        return {}
    array = np.asarray(values, dtype=float)
    rng = np.random.default_rng(SEED)
    drawn = array[rng.integers(0, len(array), (RESAMPLES, len(array)))]
    found = np.percentile(drawn, percentiles, axis=1)
    return {p: _interval(row) for p, row in zip(percentiles, found, strict=True)}


def _draws(n: int) -> NDArray[np.float64]:
    """Return how often each question is drawn in each resample, shape (RESAMPLES, n)."""
    return np.random.default_rng(SEED).multinomial(n, [1 / n] * n, size=RESAMPLES).astype(float)


def _interval(values: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(values, ((100 - LEVEL) / 2, (100 + LEVEL) / 2))
    return float(low), float(high)
