"""Pair: does this passage answer this question?

A probe over the vectors of both, one behind the other. A cosine says that they are about the same thing. What
a passage of a kind leaves unsaid is learnt from questions that it answers and from those that do not.
"""

from __future__ import annotations

import functools

import numpy as np

from assistant.probe import Floats, probe_of
from index.embedders import Embedder
from index.passages import Passage

# A vector is some 2 kB.
KEPT = 4096


class Pair:
    """Judge a question and a passage together."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._probe = probe_of("pair", embedder, 2 * embedder.dimension)
        self._said = functools.lru_cache(maxsize=KEPT)(self._embedded)

    def __call__(self, question: str, passage: Passage) -> float:
        """Return how surely the passage answers; 0 without an opinion."""
        return self._probe(self.vector(question, passage)) if self._probe else 0.0

    def vector(self, question: str, passage: Passage) -> Floats:
        """Return the question's vector and then the passage's."""
        return np.concatenate([self._embedder.embed_question(question), self._said(passage.indexed)])

    def _embedded(self, text: str) -> Floats:
        vector: Floats = self._embedder.embed_passages([text])[0]
        return vector
