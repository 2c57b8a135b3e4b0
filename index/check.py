"""Check what a build has written before anyone sees it: read again, counted, and searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.errors import BUILD, IndexDamaged
from index.lexical import FIELDS
from index.snapshot import VIEWS, Collection, Snapshot

# Each passage finds itself; of a large collection so many are asked, evenly spread.
ASKED = 1000
# A vector's cosine with itself, less what sums in another order may change.
SAME = 0.999
# So many passages of a collection are looked for by their own words.
PROBES = 8

Vectors = NDArray[np.float32]


def check_snapshot(snapshot: Snapshot, vectors: Mapping[str, Vectors]) -> None:
    """Raise IndexDamaged, saying what is wrong, unless an opened snapshot finds what it was built of.

    `vectors` are those of each collection's passages, and under its name and VIEWS those of its views, in
    the order in which they were written.
    """
    manifest = snapshot.manifest
    held = {c.name: len(c.passages) for c in snapshot.collections}
    _expect(held == manifest.counts, f"{held} passages instead of {manifest.counts}")
    for collection in snapshot.collections:
        name = collection.name
        for part, wanted in ((name, manifest.counts[name]), (f"{name}{VIEWS}", manifest.views[name])):
            count = snapshot.vectors.count(part)
            _expect(count == wanted, f"{part}: {count} of {wanted} vectors were kept")
        _check_passages(collection, vectors[name])
        _check_views(collection, vectors[f"{name}{VIEWS}"])
        _check_words(collection)


def _check_passages(collection: Collection, vectors: Vectors) -> None:
    rows = _spread(len(vectors), ASKED)
    found = collection.vectors.nearest_of_each(collection.name, vectors[rows], 1)
    for row, hits in zip(rows, found, strict=True):
        _expect(
            bool(hits) and hits[0][1] >= SAME and hits[0][0] in collection.by_id,
            f"{collection.name}: the passage {collection.passages[row].id} does not find itself",
        )


def _check_views(collection: Collection, vectors: Vectors) -> None:
    rows = _spread(len(vectors), ASKED)
    found = collection.vectors.nearest_of_each(f"{collection.name}{VIEWS}", vectors[rows], 1)
    lost = sum(not hits or hits[0][1] < SAME for hits in found)
    _expect(not lost, f"{collection.name}: {lost} of {len(rows)} views do not find themselves")


def _check_words(collection: Collection) -> None:
    for row in _spread(len(collection.passages), PROBES):
        passage = collection.passages[row]
        for name, scores in collection.lexical.scores(passage.indexed).items():
            terms = FIELDS[name](passage.indexed)
            _expect(
                not terms or float(scores[row]) > 0,
                f"{collection.name}: {name} do not find the passage {passage.id}",
            )


def _spread(count: int, most: int) -> Sequence[int]:
    return [int(n) for n in np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))]


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise IndexDamaged(f"the index that was built is not sound ({otherwise}); run again: {BUILD}")
