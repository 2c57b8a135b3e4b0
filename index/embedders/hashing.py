"""Embed by hashing character n-grams: no model, no download, the same vectors on every machine."""

import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from index.embedders import Progress, Tokens, Vectors

NGRAM_LENGTHS = (1, 2, 3)


class HashingEmbedder:
    """Embed texts so that those which share character n-grams lie close; for tests, not for residents."""

    def __init__(self, dimension: int = 256) -> None:
        if dimension < 1:
            raise ValueError(f"the dimension of an embedding is at least 1, not {dimension}")
        self.dimension = dimension
        self.name = f"hashing:{dimension}"

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one row of length 1 for each text, in their order."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self.embed_question(text)
            if progress:
                progress(row + 1, len(texts))
        return vectors

    def embed_question(self, text: str) -> Vectors:
        """Return one vector of length 1.

        Zero has no direction, so a text without a single letter gets a fixed vector.
        """
        vector = np.zeros(self.dimension, np.float32)
        for ngram, count in _ngrams(text).items():
            digest = zlib.crc32(ngram.encode("utf-8", "surrogatepass"))
            sign = 1.0 if digest & 1 else -1.0
            vector[(digest >> 1) % self.dimension] += sign * np.log1p(count)
        if not vector.any():
            vector[0] = 1.0
        return vector / np.linalg.norm(vector).astype(np.float32)

    def embed_tokens(self, text: str, question: bool) -> Tokens:
        """Return one row of length 1 for each pair of letters, and a question's as a passage's."""
        letters = "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())
        pairs = [letters[i : i + 2] for i in range(len(letters) - 1)]
        return self.embed_passages(pairs).astype(np.float16)


def _ngrams(text: str) -> Counter[str]:
    letters = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return Counter(
        letters[start : start + size] for size in NGRAM_LENGTHS for start in range(len(letters) - size + 1)
    )
