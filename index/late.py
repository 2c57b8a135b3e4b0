"""Late interaction: how well what a question says, token by token, is met by what a passage says.

Each token of the question takes the most similar token of the passage, and these are averaged (MaxSim:
Khattab and Zaharia, "ColBERT", SIGIR 2020). One vector a text says what it is about; this says whether each
part of the question has something to answer to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.embedders import Embedder
from index.passages import Passage

# What a question has less of than this share of its tokens is what it asks beyond the passage.
LEAST_MET = 0.2


@dataclass(frozen=True, slots=True)
class Met:
    """Similarities of the question's tokens to the passage's: their mean, and that of the least met."""

    mean: float = 0.0
    least: float = 0.0


def met(embedder: Embedder, question: str, passage: Passage) -> Met:
    """Return how well a question's tokens are met; all 0 where there is no token on a side."""
    asked = embedder.embed_tokens(question, question=True)
    said = embedder.embed_tokens(passage.indexed, question=False)
    if not len(asked) or not len(said):
        return Met()
    best = np.sort((asked.astype(np.float32) @ said.astype(np.float32).T).max(axis=1))
    fewest = max(1, round(len(best) * LEAST_MET))
    return Met(mean=float(best.mean()), least=float(best[:fewest].mean()))
