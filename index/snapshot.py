"""Snapshots: a built index is a folder that never changes; publishing is one atomic switch.

DATA_DIR/index/CURRENT               the name of the published snapshot
DATA_DIR/index/<name>/manifest.json  what built it, from what, its counts and checksums
                     /passages.jsonl
                     /lexical/<collection>/…
                     /vectors/…      Chroma's
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from corpus.document import Frozen
from index.errors import BUILD, IndexDamaged, IndexMissing, IndexStale
from index.lexical import LexicalIndex
from index.passages import RULES, Passage
from index.vectors import VectorStore

POINTER = "CURRENT"
MANIFEST = "manifest.json"
PASSAGES = "passages.jsonl"
LEXICAL = "lexical"
VECTORS = "vectors"
# What is added to a collection's name for the vectors of its passages' sentences and cells.
VIEWS = ".views"


class Manifest(Frozen):
    """What a snapshot was built by and from."""

    name: str
    built: datetime
    seconds: float
    model: str
    dimension: int
    rules: str
    corpus: str
    counts: dict[str, int]
    previous: str | None
    checksums: dict[str, str]


@dataclass(frozen=True)
class Collection:
    """One municipality's passages of one visibility, with their lexical lists and their vectors."""

    name: str
    passages: tuple[Passage, ...]
    lexical: LexicalIndex
    vectors: VectorStore

    @property
    def municipality(self) -> str:
        """Return the id of the municipality."""
        return self.name.rsplit(".", 1)[0]

    @property
    def visibility(self) -> str:
        """Return who may find the passages."""
        return self.name.rsplit(".", 1)[1]

    @functools.cached_property
    def by_id(self) -> dict[str, Passage]:
        """Return the passages by their ids."""
        return {p.id: p for p in self.passages}

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """Return the ids of the nearest passages with their cosines."""
        return self.vectors.nearest(self.name, vector, limit)

    def nearest_views(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """Return the ids of the nearest views with their cosines."""
        return self.vectors.nearest(f"{self.name}{VIEWS}", vector, limit)


@dataclass(frozen=True)
class Snapshot:
    """An open snapshot."""

    manifest: Manifest
    collections: tuple[Collection, ...]


def index_folder(data_dir: Path) -> Path:
    """Return the folder of the snapshots."""
    return data_dir / "index"


def published(data_dir: Path) -> Manifest:
    """Return the manifest of the published snapshot; raises IndexMissing or IndexDamaged."""
    return read_manifest(_published_folder(data_dir))


def read_manifest(folder: Path) -> Manifest:
    """Read a snapshot's manifest; raises IndexDamaged where it is missing or not one."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValidationError) as error:
        raise IndexDamaged(f"the index {folder.name} has no sound manifest; run: {BUILD}") from error


def open_published(data_dir: Path, model: str, corpus: str) -> Snapshot:
    """Open the published snapshot.

    Raises IndexStale for one that another model, other rules or another corpus built, and IndexDamaged
    for one whose files are not those that were built. Nothing is opened before its checksum was seen.
    """
    folder = _published_folder(data_dir)
    manifest = read_manifest(folder)
    check_fits(manifest, model, corpus)
    for name, checksum in manifest.checksums.items():
        path = folder / name
        if not path.is_file() or file_checksum(path) != checksum:
            raise IndexDamaged(f"the index is damaged: {name} is not as it was built; run: {BUILD}")
    passages: dict[str, list[Passage]] = {}
    for line in (folder / PASSAGES).read_text("utf-8").split("\n")[:-1]:  # U+2028 may stand inside a line
        passage = Passage.model_validate_json(line)
        passages.setdefault(passage.collection, []).append(passage)
    vectors = VectorStore.open_copy(folder / VECTORS)
    collections = tuple(
        Collection(name, tuple(held), LexicalIndex.open(folder / LEXICAL / name), vectors)
        for name, held in sorted(passages.items())
    )
    return Snapshot(manifest, collections)


def check_fits(manifest: Manifest, model: str, corpus: str) -> None:
    """Raise IndexStale, with the command to run, unless the snapshot was built by these and from this."""
    for what, built, wanted in (
        ("the model", manifest.model, model),
        ("the passage rules", manifest.rules, RULES),
        ("the corpus", manifest.corpus[:12], corpus[:12]),
    ):
        if built != wanted:
            raise IndexStale(
                f"the index is of another build: {what} was {built} and is now {wanted}; run: {BUILD}"
            )


def publish(data_dir: Path, name: str) -> None:
    """Make a snapshot the published one: write the pointer beside the old one, sync, and replace it."""
    folder = index_folder(data_dir)
    pending = folder / f".{POINTER}.{os.getpid()}"
    with pending.open("w", encoding="utf-8") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    os.replace(pending, folder / POINTER)
    sync_folder(folder)


def rollback(data_dir: Path) -> Manifest:
    """Publish the snapshot before the published one; raises IndexMissing where there is none."""
    current = published(data_dir)
    folder = index_folder(data_dir) / (current.previous or "-")
    if not (folder / MANIFEST).is_file():
        raise IndexMissing(f"there is no index before {current.name} to go back to")
    publish(data_dir, folder.name)
    return read_manifest(folder)


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_checksum(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, value: object) -> None:
    """Write a JSON document and make it durable."""
    with path.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def _published_folder(data_dir: Path) -> Path:
    folder = index_folder(data_dir)
    try:
        name = (folder / POINTER).read_text("utf-8").strip()
    except OSError as error:
        raise IndexMissing(f"no index is published in {folder}; run: {BUILD}") from error
    return folder / name
