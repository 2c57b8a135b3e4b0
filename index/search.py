"""Search: the lexical lists and the vectors, fused, over one or more municipalities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.library import Library
from corpus.normalize import compact
from index.embedders import Embedder
from index.passages import Hit, Near, Passage
from index.snapshot import Collection, Snapshot
from index.tokens import is_kana
from index.views import read_id

K = 8
DEPTH = 40
VECTORS = "vectors"
VIEWS = "views"
# So many sentences and cells are looked at for each passage that is.
VIEWS_A_PASSAGE = 3


@dataclass(frozen=True, slots=True)
class Fusion:
    """Say how much each list counts; a list without a weight is not searched.

    Reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009): score = Σ weight / (K + rank).
    `kana` is for a question in hiragana alone, which is found by its reading; `weights` for any other.
    """

    weights: Mapping[str, float]
    kana: Mapping[str, float]

    def only(self, *lists: str) -> Fusion:
        """Return the same weights of these lists alone; KeyError for a list that has none."""
        return Fusion({name: self.weights[name] for name in lists}, {name: self.kana[name] for name in lists})


# Fitted on questions of evals/sets/dev.jsonl.
FUSED = Fusion(
    weights={VECTORS: 0.7, VIEWS: 0.5, "words": 0.5, "bigrams": 0.1, "readings": 0.3},
    kana={VECTORS: 0.4, VIEWS: 0.2, "words": 0.1, "bigrams": 0.1, "readings": 1.0},
)


class Search:
    """Search a snapshot with the embedder that built it."""

    def __init__(
        self,
        snapshot: Snapshot,
        embedder: Embedder,
        library: Library,
        fusion: Fusion = FUSED,
        visibilities: Sequence[str] = ("public",),
    ) -> None:
        """Search what has one of the visibilities; a resident's search never opens a staff collection."""
        self.snapshot = snapshot
        self.collections = tuple(c for c in snapshot.collections if c.visibility in visibilities)
        self._embedder = embedder
        self._library = library
        self._fusion = fusion

    def search(self, query: str, municipalities: Sequence[str], limit: int = 10) -> list[Hit]:
        """Return the passages that best answer a query, the best first.

        Only the collections of these municipalities are looked at. Scores compare within one call. An empty
        query finds nothing.
        """
        if not query.strip():
            return []
        wanted = [c for c in self.collections if c.municipality in municipalities]
        left = self._library.without_names(query)
        asked = left if left.strip(" 　のはにでを、。？?") else query
        weights = self._fusion.kana if is_kana(asked) else self._fusion.weights
        vector = self._embedder.embed_question(asked) if VECTORS in weights else None
        hits = [hit for collection in wanted for hit in self._search(collection, asked, weights, vector)]
        return sorted(hits, key=lambda h: (-h.score, h.passage.id))[:limit]

    def expand(self, query: str, municipality: str) -> str:
        """Return the query followed by the plan's words for the everyday or foreign words in it."""
        holding = self._library.holding(municipality)
        asked = compact(query)
        added = [
            word
            for mention in (holding.thesaurus.mentions(query) if holding else ())
            for word in mention.plan
            if compact(word) not in asked
        ]
        return " ".join([query, *dict.fromkeys(added)])

    def _search(
        self,
        collection: Collection,
        query: str,
        weights: Mapping[str, float],
        vector: NDArray[np.float32] | None,
    ) -> list[Hit]:
        found: dict[str, dict[str, float]] = {}
        near: dict[str, list[Near]] = defaultdict(list)
        if vector is not None:
            found[VECTORS] = dict(collection.nearest(vector, DEPTH))
            for view, similarity in collection.nearest_views(vector, DEPTH * VIEWS_A_PASSAGE):
                passage, region = read_id(view)
                near[passage].append(Near(start=region.start, end=region.end, similarity=similarity))
            found[VIEWS] = {p: max(n.similarity for n in views) for p, views in near.items()}
        expanded = self.expand(query, collection.municipality)
        for name, scores in collection.lexical.scores(expanded, weights).items():
            order = np.argsort(-scores, kind="stable")[:DEPTH]
            best = float(scores[order[0]]) if len(order) else 0.0
            found[name] = {collection.passages[i].id: float(scores[i]) / best for i in order if scores[i] > 0}
        return _fuse(found, weights, collection.by_id, near)


def _fuse(
    found: Mapping[str, Mapping[str, float]],
    weights: Mapping[str, float],
    passages: Mapping[str, Passage],
    near: Mapping[str, Sequence[Near]],
) -> list[Hit]:
    """Return every passage found by a list, fused; a list without a weight only gives its scores."""
    total: dict[str, float] = defaultdict(float)
    ranks: dict[str, dict[str, int]] = defaultdict(dict)
    for name, scores in found.items():
        ordered = sorted(scores, key=lambda identity: -scores[identity])
        for rank, identity in enumerate(ordered, 1):
            total[identity] += weights.get(name, 0.0) / (K + rank)
            ranks[identity][name] = rank
    return [
        Hit(
            passage=passages[i],
            score=score,
            ranks=ranks[i],
            similarity=found.get(VECTORS, {}).get(i, 0.0),
            scores={name: scores[i] for name, scores in found.items() if i in scores},
            near=tuple(near.get(i, ())),
        )
        for i, score in total.items()
    ]
