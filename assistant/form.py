"""Form: does a question, whatever it is about, ask for the kind of thing that plans say?

A linear probe on the vector of the question with the plan's own names taken out, fitted by
`evals/calibrate` and kept in words/form.toml for each embedding model; another model has no opinion.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant import words
from assistant.messages import Turn
from assistant.subjects import Subjects
from corpus.library import Library
from corpus.normalize import compact
from index.embedders import Embedder, model_of

# What stands where a name was.
NAMELESS = "これ"
# An opinion is no stronger than this, in logarithms of odds.
STRONGEST = 4.0


class Form:
    """Judge the form of a question."""

    def __init__(self, library: Library, subjects: Subjects, embedder: Embedder) -> None:
        self._library = library
        self._subjects = subjects
        self._embedder = embedder
        probe = words.load("form").get(model_of(embedder))
        fits = probe is not None and len(probe["weights"]) == embedder.dimension
        self._weights = np.array(probe["weights"] if probe and fits else [0.0] * embedder.dimension)
        self._bias = float(probe["bias"]) if probe and fits else 0.0

    def __call__(self, turn: Turn) -> float:
        """Return the log odds, within bounds, that a plan says such a thing; 0 without an opinion."""
        if not self._weights.any():
            return 0.0
        score = float(self._weights @ self.vector(turn)) + self._bias
        return max(-STRONGEST, min(STRONGEST, score))

    def vector(self, turn: Turn) -> Sequence[float]:
        """Return the vector of the question without names."""
        vector = self._embedder.embed_question(self.nameless(turn.standalone, turn.municipalities[0]))
        return [float(v) for v in vector]

    def nameless(self, text: str, municipality: str) -> str:
        """Return the question with the municipality's name left out and the plan's names replaced."""
        asked = compact(self._library.without_names(text))
        mentioned = self._subjects.mentions(asked, municipality)
        names = {n for m in mentioned for n in m.subject.names if n in asked}
        for name in sorted(names, key=len, reverse=True):
            asked = asked.replace(name, NAMELESS)
        return asked
