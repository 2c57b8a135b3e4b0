"""Keep the vectors of the questions asked last, and the tokens of what was held against them."""

from collections.abc import Sequence
from functools import lru_cache

from index.embedders import Embedder, Progress, Tokens, Vectors

KEPT = 2048
# A passage's tokens are some 100 kB.
TEXTS_KEPT = 512


class KeepingQuestions:
    """Embed as another embedder does, and a question that was asked a short while ago not again.

    At most `kept` questions are held, in memory alone. Their vectors are shared, so they cannot be
    written to.
    """

    def __init__(self, embedder: Embedder, kept: int = KEPT) -> None:
        self.embedder = embedder
        self._vector = lru_cache(maxsize=kept)(self._embedded)
        self._tokens = lru_cache(maxsize=TEXTS_KEPT)(self._embedded_tokens)

    @property
    def name(self) -> str:
        """Return the embedder's name."""
        return self.embedder.name

    @property
    def dimension(self) -> int:
        """Return the length of its vectors."""
        return self.embedder.dimension

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one row of length 1 for each text, in their order."""
        return self.embedder.embed_passages(texts, progress)

    def embed_question(self, text: str) -> Vectors:
        """Return one vector of length 1, which cannot be written to."""
        return self._vector(text)

    def embed_tokens(self, text: str, question: bool) -> Tokens:
        """Return one row of length 1 a token, which cannot be written to."""
        return self._tokens(text, question)

    def _embedded_tokens(self, text: str, question: bool) -> Tokens:
        vectors = self.embedder.embed_tokens(text, question)
        vectors.flags.writeable = False
        return vectors

    def _embedded(self, text: str) -> Vectors:
        vector = self.embedder.embed_question(text)
        vector.flags.writeable = False
        return vector
