"""Search: the lexical lists and the vectors, fused, over one or more municipalities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.library import Library
from corpus.normalize import compact
from index.embedders import Embedder
from index.passages import Hit, Passage
from index.snapshot import Collection, Snapshot
from index.tokens import is_kana

# Reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009): score = Σ weight / (K + rank). The
# weights were fitted on evals/sets/retrieval.jsonl; a question in hiragana alone is found by its reading.
K = 8
WEIGHTS = {"vectors": 1.0, "words": 0.5, "bigrams": 0.1, "readings": 0.3}
KANA_WEIGHTS = {"vectors": 0.4, "words": 0.1, "bigrams": 0.1, "readings": 1.0}
DEPTH = 40


class Search:
    """Search a snapshot with the embedder that built it."""

    def __init__(self, snapshot: Snapshot, embedder: Embedder, library: Library) -> None:
        self.snapshot = snapshot
        self._embedder = embedder
        self._library = library
        self._synonyms = {
            holding.id: {plan: tuple(compact(w) for w in said) for plan, said in holding.synonyms.items()}
            for holding in library.holdings
        }

    def search(
        self,
        query: str,
        municipalities: Sequence[str],
        limit: int = 10,
        visibilities: Sequence[str] = ("public",),
    ) -> list[Hit]:
        """Return the passages that best answer a query, the best first.

        Only the collections of these municipalities and visibilities are looked at. Scores compare
        within one call. An empty query finds nothing.
        """
        if not query.strip():
            return []
        wanted = [
            c
            for c in self.snapshot.collections
            if c.municipality in municipalities and c.visibility in visibilities
        ]
        left = self._library.without_names(query)
        asked = left if left.strip(" 　のはにでを、。？?") else query
        vector = self._embedder.embed_question(asked)
        hits = [hit for collection in wanted for hit in self._search(collection, asked, vector)]
        return sorted(hits, key=lambda h: (-h.score, h.passage.id))[:limit]

    def expand(self, query: str, municipality: str) -> str:
        """Return the query followed by the plan's words for the everyday words in it."""
        asked = compact(query)
        words = self._synonyms.get(municipality, {})
        added = [
            plan
            for plan, said in words.items()
            if compact(plan) not in asked and any(w in asked for w in said)
        ]
        return " ".join([query, *added])

    def _search(self, collection: Collection, query: str, vector: NDArray[np.float32]) -> list[Hit]:
        nearest = collection.nearest(vector, DEPTH)
        lists: dict[str, list[str]] = {"vectors": [i for i, _ in nearest]}
        for name, scores in collection.lexical.scores(self.expand(query, collection.municipality)).items():
            order = np.argsort(-scores, kind="stable")[:DEPTH]
            lists[name] = [collection.passages[i].id for i in order if scores[i] > 0]
        weights = KANA_WEIGHTS if is_kana(query) else WEIGHTS
        return _fuse(lists, weights, dict(nearest), collection.by_id)


def _fuse(
    lists: Mapping[str, Sequence[str]],
    weights: Mapping[str, float],
    similarity: Mapping[str, float],
    passages: Mapping[str, Passage],
) -> list[Hit]:
    scores: dict[str, float] = defaultdict(float)
    ranks: dict[str, dict[str, int]] = defaultdict(dict)
    for name, ids in lists.items():
        for rank, identity in enumerate(ids, 1):
            scores[identity] += weights[name] / (K + rank)
            ranks[identity][name] = rank
    return [
        Hit(passage=passages[i], score=score, ranks=ranks[i], similarity=similarity.get(i, 0.0))
        for i, score in scores.items()
    ]
