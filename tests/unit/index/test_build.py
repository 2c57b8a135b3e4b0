"""Building: a whole index is published or nothing changes."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import filelock
import pytest

from corpus.library import Library
from index.build import build_index
from index.embedders import Progress, Vectors
from index.embedders.hashing import HashingEmbedder
from index.errors import IndexBusy, IndexDamaged, IndexMissing
from index.passages import passages_of
from index.snapshot import index_folder, open_published, published
from index.vectors import VectorStore
from index.views import views_of

EMBEDDER = HashingEmbedder(32)


class Failing(HashingEmbedder):
    """Fail where a model would run out of memory."""

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        raise MemoryError


class Waiting(HashingEmbedder):
    """Wait in the middle of a build until it is told to go on."""

    def __init__(self) -> None:
        super().__init__(32)
        self.started, self.go_on = threading.Event(), threading.Event()

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.started.set()
        assert self.go_on.wait(30)
        return super().embed_passages(texts, progress)


@pytest.fixture
def library(write_plan: Callable[..., Path], library_of: Callable[..., Library], tmp_path: Path) -> Library:
    staff = '[[documents]]\nid = "aoba-staff"\ntitle = "内規"\nfile = "staff.txt"\nvisibility = "staff"\n'
    path = write_plan(
        tmp_path / "plans", "aoba", "避難所を整備します。\n\n" + "予防接種を知らせます。" * 50, more=staff
    )
    (path.parent / "staff.txt").write_text("鍵の置き場所です。", "utf-8")
    return library_of(path)


def folders(data_dir: Path) -> set[str]:
    return {path.name for path in index_folder(data_dir).iterdir() if path.is_dir()}


def test_each_visibility_has_a_collection_of_its_own(library: Library, tmp_path: Path) -> None:
    manifest = build_index(library, EMBEDDER, tmp_path)
    assert set(manifest.counts) == {"aoba.public", "aoba.staff"}
    snapshot = open_published(tmp_path, EMBEDDER.name, library.digest())
    assert {c.name: len(c.passages) for c in snapshot.collections} == manifest.counts
    assert snapshot.manifest == manifest == published(tmp_path)


def test_progress_is_told_for_every_passage_and_view_up_to_the_last(library: Library, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    manifest = build_index(library, EMBEDDER, tmp_path, lambda done, total: told.append((done, total)))
    held = [p for holding in library.holdings for p in passages_of(holding)]
    assert sum(manifest.counts.values()) == len(held)
    total = len(held) + sum(len(views_of(library, p)) for p in held)
    assert told == [(n, total) for n in range(1, total + 1)]


def test_every_view_of_every_passage_has_a_vector(library: Library, tmp_path: Path) -> None:
    build_index(library, EMBEDDER, tmp_path)
    vector = EMBEDDER.embed_question("予防接種")
    held = {p.collection: set[str]() for holding in library.holdings for p in passages_of(holding)}
    for passage in (p for holding in library.holdings for p in passages_of(holding)):
        held[passage.collection] |= {v.id for v in views_of(library, passage)}
    for collection in open_published(tmp_path, EMBEDDER.name, library.digest()).collections:
        found = {identity for identity, _ in collection.nearest_views(vector, 1000)}
        assert found == held[collection.name]


def test_a_second_builder_is_refused_at_once(library: Library, tmp_path: Path) -> None:
    first = Waiting()
    thread = threading.Thread(target=build_index, args=(library, first, tmp_path))
    thread.start()
    try:
        assert first.started.wait(30)
        with pytest.raises(IndexBusy, match="another process is building the index; wait for it to end"):
            build_index(library, EMBEDDER, tmp_path)
    finally:
        first.go_on.set()
        thread.join(30)
    assert published(tmp_path).name in folders(tmp_path)


def test_the_lock_is_free_again_after_a_build_and_after_a_failed_one(
    library: Library, tmp_path: Path
) -> None:
    with pytest.raises(MemoryError):
        build_index(library, Failing(32), tmp_path)
    build_index(library, EMBEDDER, tmp_path)
    with filelock.FileLock(index_folder(tmp_path) / ".build.lock", timeout=0):
        pass


def test_a_failed_first_build_publishes_nothing_and_leaves_nothing(library: Library, tmp_path: Path) -> None:
    with pytest.raises(MemoryError):
        build_index(library, Failing(32), tmp_path)
    assert folders(tmp_path) == set()
    with pytest.raises(IndexMissing):
        published(tmp_path)


def test_a_failed_build_leaves_the_published_index_as_it_was(library: Library, tmp_path: Path) -> None:
    before = build_index(library, EMBEDDER, tmp_path)
    with pytest.raises(MemoryError):
        build_index(library, Failing(32), tmp_path)
    assert published(tmp_path) == before
    assert folders(tmp_path) == {before.name}
    assert open_published(tmp_path, EMBEDDER.name, library.digest()).manifest == before


def test_a_build_that_lost_vectors_is_not_published(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VectorStore, "count", lambda *_: 0)
    with pytest.raises(IndexDamaged, match="0 of"):
        build_index(library, EMBEDDER, tmp_path)
    with pytest.raises(IndexMissing):
        published(tmp_path)


def test_what_a_killed_build_left_is_removed(library: Library, tmp_path: Path) -> None:
    left = index_folder(tmp_path) / ".staging-0123"
    left.mkdir(parents=True)
    (left / "passages.jsonl").write_text("half", "utf-8")
    manifest = build_index(library, EMBEDDER, tmp_path)
    assert folders(tmp_path) == {manifest.name}


def test_the_published_index_and_the_one_before_are_kept(library: Library, tmp_path: Path) -> None:
    _, second, third = (build_index(library, EMBEDDER, tmp_path) for _ in range(3))
    assert folders(tmp_path) == {second.name, third.name}
    assert third.previous == second.name


def test_a_library_without_plans_makes_an_index_that_finds_nothing(tmp_path: Path) -> None:
    empty = Library(holdings=())
    assert build_index(empty, EMBEDDER, tmp_path).counts == {}
    assert open_published(tmp_path, EMBEDDER.name, empty.digest()).collections == ()
