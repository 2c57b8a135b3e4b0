"""Vectors in Chroma: the only door to it. One collection a municipality and visibility.

Embedded, Chroma writes to what it opens, if only to search: it is given a copy, and the snapshot never
changes. On a server every collection's name begins with its snapshot's.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Collection as Names
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import chromadb
import httpx
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError
from numpy.typing import NDArray

from index.copies import Copy
from index.errors import BUILD, IndexDamaged, IndexNotBuilt, IndexUnreachable

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
# So many vectors are looked up in one call.
TOGETHER = 256


class VectorStore:
    """Collections of vectors in one Chroma, embedded or a server.

    It belongs to the process that opened it: after a fork the child opens its own, and is told so where it
    uses its parent's, which would wait for threads that it does not have.
    """

    def __init__(self, client: ClientAPI, prefix: str = "", copy: Copy | None = None) -> None:
        self._client = client
        self._prefix = prefix
        self._process = os.getpid()
        self._held: dict[str, tuple[Collection, int]] = {}
        self.close = weakref.finalize(self, _close, client, copy, self._process)

    @classmethod
    def embedded(cls, folder: Path) -> VectorStore:
        """Open a folder to write to; it is made where it is not there."""
        settings = Settings(anonymized_telemetry=False, allow_reset=False)
        return cls(chromadb.PersistentClient(path=str(folder), settings=settings))

    @classmethod
    def open_copy(cls, folder: Path) -> VectorStore:
        """Open a copy of the folder that lasts as long as the store."""
        copy = Copy(folder)
        settings = Settings(anonymized_telemetry=False, allow_reset=False)
        return cls(chromadb.PersistentClient(path=str(copy.folder), settings=settings), copy=copy)

    @classmethod
    def server(cls, url: str, prefix: str) -> VectorStore:
        """Open a server's collections whose names begin with the prefix; raises IndexUnreachable."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        with _reaching(url):
            client = chromadb.HttpClient(
                host=parts.hostname or "localhost",
                port=parts.port or (443 if secure else 8000),
                ssl=secure,
                settings=Settings(anonymized_telemetry=False),
            )
        return cls(client, prefix)

    def add(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Write a new collection of L2-normalised vectors; cosine is its measure.

        Raises IndexNotBuilt where Chroma cannot write it.
        """
        with self._telling(), _writing():
            made = self._client.create_collection(
                self._prefix + collection, configuration={"hnsw": NEAR_EXACT}, embedding_function=None
            )
            step = self._client.get_max_batch_size()
            for i in range(0, len(ids), step):
                made.add(ids=list(ids[i : i + step]), embeddings=vectors[i : i + step])

    def count(self, collection: str) -> int:
        """Return how many vectors a collection holds now."""
        with self._telling():
            return self._client.get_collection(self._prefix + collection, embedding_function=None).count()

    def nearest(self, collection: str, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Return the ids nearest to a vector with their cosines, the nearest first."""
        return self.nearest_of_each(collection, vector[np.newaxis, :], limit)[0]

    def nearest_of_each(self, collection: str, vectors: Vectors, limit: int) -> list[list[tuple[str, float]]]:
        """Return what is nearest to each row, as `nearest` does."""
        with self._telling():
            held, count = self._open(collection)
            if count == 0:
                return [[] for _ in vectors]
            found: list[list[tuple[str, float]]] = []
            for start in range(0, len(vectors), TOGETHER):
                reply = held.query(
                    query_embeddings=vectors[start : start + TOGETHER],
                    n_results=min(limit, count),
                    include=["distances"],
                )
                found += [
                    [(identity, 1.0 - float(d)) for identity, d in zip(ids, distances, strict=True)]
                    for ids, distances in zip(reply["ids"], reply["distances"] or [], strict=True)
                ]
            return found

    def reach(self) -> None:
        """Raise IndexUnreachable unless the store answers."""
        with self._telling():
            self._client.heartbeat()

    def remove_all_but(self, family: str, kept: Names[str]) -> None:
        """Remove the server's collections whose names begin with the family and with no kept prefix."""
        with self._telling():
            for name in [c.name for c in _all(self._client)]:
                if name.startswith(family) and not name.startswith(tuple(kept) or ("\0",)):
                    self._client.delete_collection(name)

    def _open(self, collection: str) -> tuple[Collection, int]:
        """Return a collection and its size, which never changes once it is published."""
        if collection not in self._held:
            held = self._client.get_collection(self._prefix + collection, embedding_function=None)
            self._held[collection] = (held, held.count())
        return self._held[collection]

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Refuse another process, and tell what the client meets by our own errors."""
        if os.getpid() != self._process:
            raise RuntimeError("the vectors were opened before the process forked: open them after the fork")
        try:
            with _reaching("CHROMA_URL"):
                yield
        except NotFoundError as error:
            raise IndexDamaged(f"the vectors are not all there ({error}); run: {BUILD}") from error


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except ChromaError as error:
        raise IndexNotBuilt(
            f"the vectors could not be written ({error}); make room and run again: {BUILD}"
        ) from error


@contextmanager
def _reaching(server: str) -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, ConnectionError) as error:
        raise IndexUnreachable(f"{server}: the Chroma server does not answer ({error}); start it") from error
    except ValueError as error:  # what the client makes of a refused connection
        if "connect to a Chroma server" not in str(error):
            raise
        raise IndexUnreachable(f"{server}: there is no Chroma server; start it") from error


def _all(client: ClientAPI) -> Iterator[Collection]:
    step, offset = 500, 0
    while page := client.list_collections(limit=step, offset=offset):
        yield from page
        offset += step


def _close(client: Any, copy: Copy | None, process: int) -> None:
    """Close what a store held; a forked child leaves it to its parent."""
    if os.getpid() != process:
        return
    client.close()
    if copy:
        copy.remove()
