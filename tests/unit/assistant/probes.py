"""A probe that keeps one vector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.probe import Probe


def keeping(vector: Sequence[float] | NDArray[np.float32], weight: float, bias: float = 0.0) -> Probe:
    """Return a probe that is as sure as its weight of one vector, and as its bias of what is far from it."""
    kept = np.array([vector], np.float32)
    ones = np.ones(kept.shape[1], np.float32)
    return Probe(0 * ones, ones, kept, np.array([weight], np.float32), bias, gamma=1.0)
