"""Build: plans → passages → vectors and lexical lists → a snapshot, checked and then published."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import filelock
import numpy as np
from numpy.typing import NDArray

from corpus.library import Holding, Library
from index.check import check_snapshot
from index.durable import file_checksum, replace_text, sync_folder, sync_tree, write_json
from index.embedders import Embedder
from index.errors import BUILD, IndexBusy, IndexNotBuilt
from index.kept import FILE, KeptVectors, embed_kept, text_key
from index.lexical import LexicalIndex
from index.passages import RULES, Passage, passages_of
from index.snapshot import (
    LAYOUT,
    LEXICAL,
    MANIFEST,
    PASSAGES,
    POINTER,
    VECTORS,
    VIEWS,
    Manifest,
    index_folder,
    now,
    open_snapshot,
    publish,
    sound_manifests,
    write_library,
)
from index.vectors import VectorStore
from index.views import views_of

Progress = Callable[[int, int], None]
Cut = Callable[[Holding], tuple[Passage, ...]]

# A snapshot that nobody is sent to any more is kept so long: longer than any request takes.
GRACE = timedelta(seconds=60)
# A build needs about as much room as the last snapshot, and the same again while it is checked.
ROOM = 3
STAGING = ".staging-"
# What tells the collections of one installation on a shared Chroma server from another's.
INSTALLATION = ".installation"


def build_index(
    library: Library,
    embedder: Embedder,
    data_dir: Path,
    progress: Progress | None = None,
    cut: Cut = passages_of,
    chroma_url: str | None = None,
    grace: timedelta = GRACE,
) -> Manifest:
    """Build a snapshot of the library and publish it; `progress` is told texts embedded and in all.

    Another `cut` is for measuring what passages are worth, in a data directory of its own.
    Raises IndexBusy where another process builds, IndexDamaged where what was written does not hold what
    it must, IndexNotBuilt where it could not be written, IndexUnreachable where the Chroma server does not
    answer. A build that fails leaves the published index as it was.
    """
    folder = index_folder(data_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            return _Build(library, embedder, data_dir, progress, cut, chroma_url, grace).run()
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise IndexNotBuilt(
            f"{folder}: the index could not be written ({reason}); make room there and run again: {BUILD}"
        ) from error


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    lock = filelock.FileLock(folder / ".build.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise IndexBusy("another process is building the index; wait for it to end") from error
    try:
        yield
    finally:
        lock.release()


@dataclass
class _Build:
    """One build, by the one who holds the lock."""

    library: Library
    embedder: Embedder
    data_dir: Path
    progress: Progress | None
    cut: Cut
    chroma_url: str | None
    grace: timedelta
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.folder = index_folder(self.data_dir)
        self.name = f"{now():%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"
        self.staging = self.folder / f"{STAGING}{uuid.uuid4().hex}"
        self.kept = KeptVectors(self.folder / FILE, self.embedder.name, self.embedder.dimension)
        self.used: dict[bytes, None] = {}

    def run(self) -> Manifest:
        """Write, check and publish; what was left by builds that were killed is removed first."""
        self._remove_leftovers()
        self._check_room()
        try:
            manifest = self._write()
            sync_tree(self.staging)
            self.staging.rename(self.folder / self.name)
            sync_folder(self.folder)
            publish(self.data_dir, self.name)
        finally:
            shutil.rmtree(self.staging, ignore_errors=True)
        with contextlib.suppress(OSError, sqlite3.Error):  # published; the next build tidies up as well
            self.kept.prune(self.used)
            self._remove_old(manifest)
        self._remove_from_server()
        return manifest

    def _write(self) -> Manifest:
        self.staging.mkdir()
        held: dict[str, list[Passage]] = {}
        for passage in (p for holding in self.library.holdings for p in self.cut(holding)):
            held.setdefault(passage.collection, []).append(passage)
        write_library(self.library, self.staging)
        lines = (p.model_dump_json() + "\n" for passages in held.values() for p in passages)
        (self.staging / PASSAGES).write_text("".join(lines), "utf-8")
        vectors = self._write_vectors(held)
        for name, passages in held.items():
            LexicalIndex.build([p.indexed for p in passages], self.staging / LEXICAL / name)
        manifest = Manifest(
            name=self.name,
            built=now(),
            seconds=round(time.monotonic() - self.started, 2),
            model=self.embedder.name,
            dimension=self.embedder.dimension,
            rules=RULES,
            corpus=self.library.digest(),
            counts={name: len(passages) for name, passages in held.items()},
            views={name: len(vectors[f"{name}{VIEWS}"]) for name in held},
            layout=LAYOUT,
            server=self._prefix() if self.chroma_url else "",
            previous=self._current(),
            checksums=_checksums(self.staging),
        )
        write_json(self.staging / MANIFEST, manifest.model_dump(mode="json"))
        snapshot = open_snapshot(self.staging, manifest, self.chroma_url)
        try:
            check_snapshot(snapshot, vectors)
        finally:
            snapshot.vectors.close()
        return manifest

    def _write_vectors(self, held: Mapping[str, list[Passage]]) -> dict[str, NDArray[np.float32]]:
        """Embed and write the passages and views of every collection; return the rows of each."""
        texts = {name: {p.id: p.embedded for p in passages} for name, passages in held.items()}
        for name, passages in held.items():
            views = (v for p in passages for v in views_of(self.library, p))
            texts[f"{name}{VIEWS}"] = {v.id: v.text for v in views}
        total, done = sum(map(len, texts.values())), 0
        store = self._store()
        vectors: dict[str, NDArray[np.float32]] = {}
        try:
            for name, named in texts.items():
                vectors[name] = embed_kept(
                    self.embedder, list(named.values()), self.kept, self._counted(done, total)
                )
                store.add(name, list(named), vectors[name])
                self.used.update(dict.fromkeys(map(text_key, named.values())))
                done += len(named)
        finally:
            store.close()
        return vectors

    def _counted(self, before: int, total: int) -> Progress | None:
        told = self.progress
        return (lambda done, _: told(before + done, total)) if told else None

    def _store(self) -> VectorStore:
        if self.chroma_url:
            return VectorStore.server(self.chroma_url, self._prefix())
        return VectorStore.embedded(self.staging / VECTORS)

    def _family(self) -> str:
        """Return what the names of this installation's collections on a server begin with."""
        path = self.folder / INSTALLATION
        if not path.is_file():
            replace_text(path, uuid.uuid4().hex[:12])
        return f"plan-assistant.{path.read_text('utf-8').strip()}."

    def _prefix(self) -> str:
        return f"{self._family()}{self.name}."

    def _current(self) -> str | None:
        pointer = self.folder / POINTER
        return pointer.read_text("utf-8").strip() if pointer.is_file() else None

    def _check_room(self) -> None:
        current = self.folder / (self._current() or "-")
        needed = ROOM * sum(path.stat().st_size for path in current.rglob("*") if path.is_file())
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise IndexNotBuilt(
                f"{self.folder}: {free // 2**20} MiB are free and a build may need {needed // 2**20}; "
                f"make room there and run again: {BUILD}"
            )

    def _remove_leftovers(self) -> None:
        for path in (*self.folder.glob(f"{STAGING}*"), *self.folder.glob(f".{POINTER}.*")):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _remove_old(self, manifest: Manifest) -> None:
        """Keep the published snapshot, that which `index rollback` goes back to, and those just replaced."""
        kept = {manifest.name, manifest.previous}
        recent = now() - self.grace
        kept |= {m.name for m in sound_manifests(self.data_dir) if m.built > recent}
        for path in self.folder.iterdir():
            if path.is_dir() and not path.name.startswith(".") and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)

    def _remove_from_server(self) -> None:
        """Remove the collections of this installation that no snapshot has any more."""
        if not self.chroma_url:
            return
        store = VectorStore.server(self.chroma_url, "")
        try:
            kept = [m.server for m in sound_manifests(self.data_dir) if m.server]
            store.remove_all_but(self._family(), kept)
        finally:
            store.close()


def _checksums(staging: Path) -> dict[str, str]:
    """Return the checksum of every file of the snapshot."""
    files = sorted(p for p in staging.rglob("*") if p.is_file())
    return {str(p.relative_to(staging)): file_checksum(p) for p in files}
