"""Snapshots: a built index is a folder that never changes; publishing is one atomic switch.

DATA_DIR/index/CURRENT               the name of the published snapshot
DATA_DIR/index/<name>/manifest.json  what built it, from what, its counts and checksums
                     /library/<municipality>.json     the texts as they were read, and the plan file
                     /passages.jsonl
                     /lexical/<collection>/…
                     /vectors/…      Chroma's, unless a server keeps them
"""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from corpus.document import Frozen
from corpus.library import Holding, Library
from index.durable import file_checksum, replace_text
from index.errors import BUILD, IndexDamaged, IndexMissing, IndexStale
from index.lexical import LexicalIndex
from index.passages import RULES, Passage
from index.vectors import VectorStore

POINTER = "CURRENT"
MANIFEST = "manifest.json"
PASSAGES = "passages.jsonl"
LEXICAL = "lexical"
VECTORS = "vectors"
LIBRARY = "library"
# Raise this when a snapshot's files change: one of another layout is refused.
LAYOUT = 2
# What is added to a collection's name for the vectors of its passages' sentences and cells.
VIEWS = ".views"


class Manifest(Frozen):
    """What a snapshot was built by and from.

    `counts` are passages and `views` their sentences and cells, a collection each; `server` is what the
    names of its collections begin with where a Chroma server keeps its vectors, and else empty.
    """

    name: str
    built: datetime
    seconds: float
    model: str
    dimension: int
    rules: str
    corpus: str
    counts: dict[str, int]
    views: dict[str, int] = Field(default_factory=dict)
    layout: int = 1
    server: str = ""
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
    """An open snapshot, with the plans that it was built from."""

    manifest: Manifest
    library: Library
    collections: tuple[Collection, ...]
    vectors: VectorStore


def index_folder(data_dir: Path) -> Path:
    """Return the folder of the snapshots."""
    return data_dir / "index"


def published(data_dir: Path) -> Manifest:
    """Return the manifest of the published snapshot; raises IndexMissing or IndexDamaged."""
    return read_manifest(published_folder(data_dir))


def read_manifest(folder: Path) -> Manifest:
    """Read a snapshot's manifest; raises IndexDamaged where it is missing or not one."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValidationError) as error:
        raise IndexDamaged(f"the index {folder.name} has no sound manifest; run: {BUILD}") from error


def open_published(
    data_dir: Path, model: str, corpus: str | None = None, chroma_url: str | None = None
) -> Snapshot:
    """Open the published snapshot.

    Raises IndexStale for one that another model, other rules or, where `corpus` is given, another corpus
    built, IndexDamaged for one whose files are not those that were built, and IndexUnreachable where the
    server of its vectors does not answer. Nothing is opened before its checksum was seen.
    """
    folder = published_folder(data_dir)
    manifest = read_manifest(folder)
    check_fits(manifest, model, corpus, chroma_url)
    check_files(folder, manifest)
    return open_snapshot(folder, manifest, chroma_url)


def open_snapshot(folder: Path, manifest: Manifest, chroma_url: str | None) -> Snapshot:
    """Open a snapshot whose files have been checked."""
    library = _read_library(folder)
    passages: dict[str, list[Passage]] = {}
    for line in (folder / PASSAGES).read_text("utf-8").split("\n")[:-1]:  # U+2028 may stand inside a line
        passage = Passage.model_validate_json(line)
        passages.setdefault(passage.collection, []).append(passage)
    if manifest.server and chroma_url:
        vectors = VectorStore.server(chroma_url, manifest.server)
    else:
        vectors = VectorStore.open_copy(folder / VECTORS)
    collections = tuple(
        Collection(name, tuple(held), LexicalIndex.open(folder / LEXICAL / name), vectors)
        for name, held in sorted(passages.items())
    )
    return Snapshot(manifest, library, collections, vectors)


def check_files(folder: Path, manifest: Manifest) -> None:
    """Raise IndexDamaged, naming the file, unless every file of the snapshot is as it was built."""
    for name, checksum in manifest.checksums.items():
        path = folder / name
        if not path.is_file() or file_checksum(path) != checksum:
            raise IndexDamaged(f"the index is damaged: {name} is not as it was built; run: {BUILD}")


def write_library(library: Library, folder: Path) -> None:
    """Write the plans as they were read, a file a municipality."""
    (folder / LIBRARY).mkdir()
    for holding in library.holdings:
        (folder / LIBRARY / f"{holding.id}.json").write_text(holding.model_dump_json(by_alias=True), "utf-8")


def _read_library(folder: Path) -> Library:
    paths = sorted((folder / LIBRARY).glob("*.json"))
    try:
        found = [Holding.model_validate_json(path.read_bytes()) for path in paths]
    except ValidationError as error:
        raise IndexStale(
            f"the index {folder.name} holds plans as another version read them; run: {BUILD}"
        ) from error
    return Library(holdings=tuple(sorted(found, key=lambda holding: holding.id)))


def check_fits(
    manifest: Manifest, model: str, corpus: str | None = None, chroma_url: str | None = None
) -> None:
    """Raise IndexStale, with the command to run, unless the snapshot was built by these and from this."""
    for what, built, wanted in (
        ("the layout", str(manifest.layout), str(LAYOUT)),
        ("the model", manifest.model, model),
        ("the passage rules", manifest.rules, RULES),
        ("the corpus", manifest.corpus[:12], (corpus or manifest.corpus)[:12]),
        ("the place of its vectors", _place(manifest.server), _place(chroma_url)),
    ):
        if built != wanted:
            raise IndexStale(
                f"the index is of another build: {what} was {built} and is now {wanted}; run: {BUILD}"
            )


def _place(server: str | None) -> str:
    return "a Chroma server" if server else "embedded"


def publish(data_dir: Path, name: str) -> None:
    """Make a snapshot the published one: write the pointer beside the old one, sync, and replace it."""
    replace_text(index_folder(data_dir) / POINTER, name)


def rollback(data_dir: Path) -> Manifest:
    """Publish the snapshot before the published one; raises IndexMissing where there is none.

    Where the published one is damaged, that is the newest other one whose manifest is sound.
    """
    current = published_folder(data_dir)
    try:
        before = read_manifest(current).previous
    except IndexDamaged:
        others = (m for m in sound_manifests(data_dir) if m.name != current.name)
        before = max((m.name for m in others), default=None)
    folder = index_folder(data_dir) / (before or "-")
    if not (folder / MANIFEST).is_file():
        raise IndexMissing(f"there is no index before {current.name} to go back to; run: {BUILD}")
    manifest = read_manifest(folder)
    publish(data_dir, folder.name)
    return manifest


def sound_manifests(data_dir: Path) -> list[Manifest]:
    """Return the manifests of all snapshots there are, but for those that cannot be read."""
    found = []
    for path in sorted(index_folder(data_dir).glob(f"[!.]*/{MANIFEST}")):
        with contextlib.suppress(IndexDamaged):
            found.append(read_manifest(path.parent))
    return found


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def published_name(data_dir: Path) -> str:
    """Return the name of the published snapshot; raises IndexMissing where nothing is published."""
    folder = index_folder(data_dir)
    try:
        name = (folder / POINTER).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        name = ""
    if not name:
        raise IndexMissing(f"no index is published in {folder}; run: {BUILD}")
    return name


def published_folder(data_dir: Path) -> Path:
    """Return the folder of the published snapshot; raises IndexMissing where nothing is published."""
    return index_folder(data_dir) / published_name(data_dir)
