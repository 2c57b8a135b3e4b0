"""Build: plans → passages → vectors and lexical lists → a snapshot, checked and then published."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import filelock

from corpus.library import Library
from index.embedders import Embedder
from index.errors import BUILD, IndexBusy, IndexDamaged
from index.lexical import LexicalIndex
from index.passages import RULES, Passage, passages_of
from index.snapshot import (
    LEXICAL,
    MANIFEST,
    PASSAGES,
    POINTER,
    VECTORS,
    Manifest,
    file_checksum,
    index_folder,
    now,
    publish,
    sync_folder,
    write_json,
)
from index.vectors import VectorStore

Progress = Callable[[int, int], None]


def build_index(
    library: Library, embedder: Embedder, data_dir: Path, progress: Progress | None = None
) -> Manifest:
    """Build a snapshot of the library and publish it; `progress` is told passages done and in all.

    Raises IndexBusy where another process builds, IndexDamaged where what was written does not hold what
    it must. A build that fails leaves the published index as it was.
    """
    folder = index_folder(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / ".build.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise IndexBusy("another process is building the index; wait for it to end") from error
    staging = folder / f".staging-{uuid.uuid4().hex}"
    try:
        _remove_leftovers(folder)
        manifest = _write(library, embedder, staging, _current(folder), progress)
        staging.rename(folder / manifest.name)
        sync_folder(folder)
        publish(data_dir, manifest.name)
        _remove_old(folder, manifest)
        return manifest
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        lock.release()


def _write(
    library: Library, embedder: Embedder, staging: Path, previous: str | None, progress: Progress | None
) -> Manifest:
    started = time.monotonic()
    staging.mkdir()
    passages = [p for holding in library.holdings for p in passages_of(holding)]
    collections: dict[str, list[Passage]] = {}
    for passage in passages:
        collections.setdefault(passage.collection, []).append(passage)
    (staging / PASSAGES).write_text("".join(p.model_dump_json() + "\n" for p in passages), "utf-8")
    store = VectorStore(staging / VECTORS)
    done = 0
    for name, held in collections.items():
        before = done
        vectors = embedder.embed_passages(
            [p.embedded for p in held],
            lambda n, _, before=before: progress(before + n, len(passages)) if progress else None,  # type: ignore[misc]
        )
        store.add(name, [p.id for p in held], vectors)
        if store.count(name) != len({p.id for p in held}):
            raise IndexDamaged(
                f"{name}: {store.count(name)} of {len(held)} vectors were kept; run again: {BUILD}"
            )
        LexicalIndex.build([p.indexed for p in held], staging / LEXICAL / name)
        done += len(held)
    manifest = Manifest(
        name=f"{now():%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}",
        built=now(),
        seconds=round(time.monotonic() - started, 2),
        model=embedder.name,
        dimension=embedder.dimension,
        rules=RULES,
        corpus=library.digest(),
        counts={name: len(held) for name, held in collections.items()},
        previous=previous,
        checksums=_checksums(staging),
    )
    write_json(staging / MANIFEST, manifest.model_dump(mode="json"))
    return manifest


def _checksums(staging: Path) -> dict[str, str]:
    """Return the checksum of every file of the snapshot."""
    files = sorted(p for p in staging.rglob("*") if p.is_file())
    return {str(p.relative_to(staging)): file_checksum(p) for p in files}


def _current(folder: Path) -> str | None:
    pointer = folder / POINTER
    return pointer.read_text("utf-8").strip() if pointer.is_file() else None


def _remove_leftovers(folder: Path) -> None:
    for path in folder.glob(".staging-*"):
        shutil.rmtree(path, ignore_errors=True)


def _remove_old(folder: Path, manifest: Manifest) -> None:
    """Keep the published snapshot and the one that `index rollback` goes back to."""
    kept = {manifest.name, manifest.previous}
    for path in folder.iterdir():
        if path.is_dir() and not path.name.startswith(".") and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)
