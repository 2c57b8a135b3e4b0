"""BM25 over words, pairs of letters and pairs of the reading; by bm25s (MIT)."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from index import tokens

# The lists that are searched, and how a text becomes each one's terms.
FIELDS: dict[str, Callable[[str], list[str]]] = {
    "words": tokens.words,
    "bigrams": tokens.bigrams,
    "readings": tokens.readings,
}
NO_TERM = "\0"


class LexicalIndex:
    """The BM25 lists of one collection; scores come in the order of the passages it was built from."""

    def __init__(self, fields: dict[str, bm25s.BM25]) -> None:
        self._fields = fields

    @classmethod
    def build(cls, contents: Sequence[str], folder: Path) -> None:
        """Build every list and write it below the folder."""
        for name, terms in FIELDS.items():
            retriever = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
            # A list without a single term cannot be indexed; no question has the one that stands in.
            retriever.index([terms(c) or [NO_TERM] for c in contents], show_progress=False)
            retriever.save(str(folder / name), show_progress=False)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Open what `build` wrote."""
        return cls(
            {name: bm25s.BM25.load(str(folder / name), mmap=True, show_progress=False) for name in FIELDS}
        )

    def scores(self, query: str, lists: Container[str] = FIELDS) -> dict[str, NDArray[np.float32]]:
        """Return the scores of each of these lists, one a passage; 0 where no term is shared."""
        found: dict[str, NDArray[np.float32]] = {}
        for name, retriever in self._fields.items():
            if name not in lists:
                continue
            known = [t for t in FIELDS[name](query) if t in retriever.vocab_dict]
            size = int(retriever.scores["num_docs"])
            found[name] = retriever.get_scores(known) if known else np.zeros(size, dtype=np.float32)
        return found
