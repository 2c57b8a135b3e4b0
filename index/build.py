"""Build: plans → passages → vectors and lexical lists → a snapshot, checked and then published."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import filelock

from corpus.library import Holding, Library
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
    VIEWS,
    Manifest,
    file_checksum,
    index_folder,
    now,
    publish,
    sync_folder,
    write_json,
)
from index.vectors import VectorStore
from index.views import views_of

Progress = Callable[[int, int], None]
Cut = Callable[[Holding], tuple[Passage, ...]]


def build_index(
    library: Library,
    embedder: Embedder,
    data_dir: Path,
    progress: Progress | None = None,
    cut: Cut = passages_of,
) -> Manifest:
    """Build a snapshot of the library and publish it; `progress` is told texts embedded and in all.

    Another `cut` is for measuring what passages are worth, in a data directory of its own.
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
        manifest = _write(library, embedder, staging, _current(folder), progress, cut)
        staging.rename(folder / manifest.name)
        sync_folder(folder)
        publish(data_dir, manifest.name)
        _remove_old(folder, manifest)
        return manifest
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        lock.release()


def _write(
    library: Library,
    embedder: Embedder,
    staging: Path,
    previous: str | None,
    progress: Progress | None,
    cut: Cut,
) -> Manifest:
    started = time.monotonic()
    staging.mkdir()
    passages = [p for holding in library.holdings for p in cut(holding)]
    collections: dict[str, list[Passage]] = {}
    for passage in passages:
        collections.setdefault(passage.collection, []).append(passage)
    (staging / PASSAGES).write_text("".join(p.model_dump_json() + "\n" for p in passages), "utf-8")
    store = VectorStore(staging / VECTORS)
    texts = {
        part: texts
        for name, held in collections.items()
        for part, texts in (
            (name, {p.id: p.embedded for p in held}),
            (f"{name}{VIEWS}", {v.id: v.text for p in held for v in views_of(library, p)}),
        )
    }
    total, done = sum(map(len, texts.values())), 0
    for name, named in texts.items():
        before = done
        vectors = embedder.embed_passages(
            list(named.values()),
            lambda n, _, before=before: progress(before + n, total) if progress else None,  # type: ignore[misc]
        )
        store.add(name, list(named), vectors)
        if store.count(name) != len(named):
            raise IndexDamaged(
                f"{name}: {store.count(name)} of {len(named)} vectors were kept; run again: {BUILD}"
            )
        done += len(named)
    for name, held in collections.items():
        LexicalIndex.build([p.indexed for p in held], staging / LEXICAL / name)
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
