"""Vectors kept between builds, by model and text: what did not change is not embedded again.

One SQLite file: what a build has committed survives its being killed, and the next build goes on from
there. It holds no text, only its hash, and no vector that the last build did not use. It may be deleted
at any time; a file that cannot be read is begun anew.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np

from index.embedders import Embedder, Progress, Tokens, Vectors

FILE = "vectors.sqlite"
# So many texts are embedded before their vectors are committed.
STEP = 512
WAIT_SECONDS = 30.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    model TEXT NOT NULL, text BLOB NOT NULL, vector BLOB NOT NULL, checksum INTEGER NOT NULL,
    PRIMARY KEY (model, text)
) WITHOUT ROWID
"""


class KeptVectors:
    """The vectors of one model that are kept in a file."""

    def __init__(self, path: Path, model: str, dimension: int) -> None:
        self._path = path
        self._model = model
        self._bytes = 4 * dimension
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # locked, full or not to be written
                raise
            for each in path.parent.glob(f"{path.name}*"):
                each.unlink()
            self._prepare()

    def get(self, keys: Iterable[bytes]) -> dict[bytes, Vectors]:
        """Return the vectors there are for these keys; one that is damaged counts as missing."""
        found: dict[bytes, Vectors] = {}
        with self._open() as database:
            for key in keys:
                row = database.execute(
                    "SELECT vector, checksum FROM vectors WHERE model = ? AND text = ?", (self._model, key)
                ).fetchone()
                if row and len(row[0]) == self._bytes and zlib.crc32(row[0]) == row[1]:
                    found[key] = np.frombuffer(row[0], np.float32)
        return found

    def put(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep vectors, all or none of them."""
        packed = (row.astype(np.float32, copy=False).tobytes() for row in vectors)
        rows = [(self._model, key, blob, zlib.crc32(blob)) for key, blob in zip(keys, packed, strict=True)]
        with self._open() as database:
            database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", rows)

    def prune(self, keys: Iterable[bytes]) -> None:
        """Remove every vector, of any model, but those of this model with these keys."""
        with self._open() as database:
            database.execute("CREATE TEMP TABLE used (text BLOB PRIMARY KEY) WITHOUT ROWID")
            database.executemany("INSERT OR IGNORE INTO used VALUES (?)", ((key,) for key in keys))
            database.execute(
                "DELETE FROM vectors WHERE model <> ? OR text NOT IN (SELECT text FROM used)", (self._model,)
            )

    def _prepare(self) -> None:
        with self._open() as database:
            database.execute(SCHEMA)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction."""
        with closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS)) as database, database:
            database.execute("PRAGMA secure_delete = ON")
            yield database


def embed_kept(
    embedder: Embedder, texts: Sequence[str], kept: KeptVectors, progress: Progress | None = None
) -> Vectors:
    """Return one row a text as the embedder gives it, embedding only texts without a kept vector, each once.

    `progress` counts texts.
    """
    keys = [text_key(text) for text in texts]
    found = kept.get(dict.fromkeys(keys))
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
    # The longest first over all of them, not within each step: workers then end together.
    order = sorted(missing, key=lambda key: -len(missing[key]))
    times = Counter(keys)
    done = sum(times[key] for key in found)
    if progress and done:
        progress(done, len(texts))
    for start in range(0, len(order), STEP):
        step = order[start : start + STEP]
        vectors = embedder.embed_passages([missing[key] for key in step], _from(done, len(texts), progress))
        kept.put(step, vectors)
        found.update(zip(step, vectors, strict=True))
        repeated = sum(times[key] for key in step)
        done += repeated
        if progress and repeated > len(step):
            progress(done, len(texts))
    rows = np.empty((len(texts), embedder.dimension), np.float32)
    for row, key in enumerate(keys):
        rows[row] = found[key]
    return rows


def _from(done: int, total: int, progress: Progress | None) -> Progress | None:
    return (lambda more, _: progress(min(done + more, total), total)) if progress else None


def text_key(text: str) -> bytes:
    """Return what a text's vector is kept under."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class KeepingPassages:
    """Embed as another embedder does, and no passage that a file has the vector of.

    For the few texts that are wanted at every start. Where the file cannot be used they are embedded.
    """

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self._embedder = embedder
        self._path = path
        self.name = embedder.name
        self.dimension = embedder.dimension

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one row of length 1 for each text, in their order."""
        with suppress(sqlite3.Error, OSError):
            return embed_kept(
                self._embedder, texts, KeptVectors(self._path, self.name, self.dimension), progress
            )
        return self._embedder.embed_passages(texts, progress)

    def embed_tokens(self, text: str, question: bool) -> Tokens:
        """Return one row of length 1 a token, as the embedder does."""
        return self._embedder.embed_tokens(text, question)

    def embed_question(self, text: str) -> Vectors:
        """Return one vector of length 1."""
        return self._embedder.embed_question(text)
