"""Probes: fitted machines that hold an opinion on a vector.

A support vector machine with a Gaussian kernel (Cortes and Vapnik, "Support-Vector Networks", Machine
Learning 20, 1995), fitted by `evals/calibrate` and kept in words/probes for each embedding model; for another
model there is none.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from assistant import words
from index.embedders import Embedder, model_of

# An opinion is no stronger than this.
STRONGEST = 4.0
PROBES = Path(words.__file__).parent / "probes"

Kind = Literal["form", "pair"]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Probe:
    """A fitted machine: `kept` are its support vectors (n, dimension), scaled as what is asked about is."""

    mean: Floats
    scale: Floats
    kept: Floats
    weights: Floats
    bias: float
    gamma: float

    @functools.cached_property
    def _lengths(self) -> Floats:
        """Return the squared length of each support vector."""
        lengths: Floats = np.square(self.kept).sum(axis=1)
        return lengths

    def __call__(self, vector: Sequence[float] | Floats) -> float:
        """Return on which side of the border a vector lies, and how far from it, within bounds."""
        scaled = (np.asarray(vector, np.float32) - self.mean) / self.scale
        distances = self._lengths - 2 * (self.kept @ scaled) + scaled @ scaled
        opinion = float(self.weights @ np.exp(-self.gamma * distances)) + self.bias
        return max(-STRONGEST, min(STRONGEST, opinion))

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """Return the probe kept in a file, or None where there is none."""
        if not path.is_file():
            return None
        with np.load(path) as held:
            bias, gamma = float(held["bias"]), float(held["gamma"])
            kept = held["kept"].astype(np.float32)
            return cls(held["mean"], held["scale"], kept, held["weights"], bias, gamma)

    def save(self, path: Path) -> None:
        """Write the probe into a file; its vectors in half precision, which tells them apart as well."""
        path.parent.mkdir(exist_ok=True)
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        np.savez_compressed(path, **arrays | {"kept": self.kept.astype(np.float16)})


def path_of(kind: Kind, model: str) -> Path:
    """Return where the probe of a kind is kept for an embedding model."""
    return PROBES / f"{model}.{kind}.npz"


def probe_of(kind: Kind, embedder: Embedder, dimension: int) -> Probe | None:
    """Return the probe of a kind for vectors of an embedder, or None where none was fitted to such."""
    probe = Probe.of(path_of(kind, model_of(embedder)))
    return probe if probe and len(probe.mean) == dimension else None
