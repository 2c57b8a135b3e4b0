"""Vectors in Chroma: the only door to it. One collection a municipality and visibility.

Chroma writes to what it opens, if only to search: it is given a copy, and the snapshot never changes.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import chromadb
import numpy as np
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.config import Settings
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
# Wide enough that the graph misses none of a plan's vectors, and built by one thread so that it is always the
# same: with Chroma's own values one opening in ten missed a view, and an answer with it.
NEAR_EXACT: CreateHNSWConfiguration = {
    "space": "cosine",
    "ef_construction": 400,
    "max_neighbors": 48,
    "ef_search": 1000,
    "num_threads": 1,
}


class VectorStore:
    """An embedded Chroma in a folder of its own."""

    def __init__(self, folder: Path, copy: tempfile.TemporaryDirectory[str] | None = None) -> None:
        self._copy = copy  # removed with the store
        self._client = chromadb.PersistentClient(
            path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False)
        )

    @classmethod
    def open_copy(cls, folder: Path) -> VectorStore:
        """Open a copy of the folder that lasts as long as the store."""
        copy = tempfile.TemporaryDirectory(prefix="plan-assistant-vectors-", ignore_cleanup_errors=True)
        shutil.copytree(folder, copy.name, dirs_exist_ok=True)
        return cls(Path(copy.name), copy)

    def add(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Write a new collection of L2-normalised vectors; cosine is its measure."""
        made = self._client.create_collection(
            collection, configuration={"hnsw": NEAR_EXACT}, embedding_function=None
        )
        step = self._client.get_max_batch_size()
        for i in range(0, len(ids), step):
            made.add(ids=list(ids[i : i + step]), embeddings=vectors[i : i + step])

    def count(self, collection: str) -> int:
        """Return how many vectors a collection holds."""
        return self._client.get_collection(collection, embedding_function=None).count()

    def nearest(self, collection: str, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Return the ids nearest to a vector with their cosines, the nearest first."""
        held = self._client.get_collection(collection, embedding_function=None)
        if held.count() == 0:
            return []
        found = held.query(
            query_embeddings=vector[np.newaxis, :], n_results=min(limit, held.count()), include=["distances"]
        )
        distances = (found["distances"] or [[]])[0]
        return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], distances, strict=True)]
