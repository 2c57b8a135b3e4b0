"""Building: a whole index is published or nothing changes."""

import errno
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import filelock
import numpy as np
import pytest

from corpus.library import Library
from index import build
from index.build import STAGING, build_index
from index.embedders import Progress, Vectors
from index.embedders.hashing import HashingEmbedder
from index.errors import IndexBusy, IndexDamaged, IndexMissing, IndexNotBuilt
from index.kept import FILE
from index.lexical import LexicalIndex
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
    assert told[-1] == (total, total)
    assert told == sorted(told)
    assert {t for _, t in told} == {total}


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
    (index_folder(tmp_path) / FILE).unlink()  # so that there is something to embed
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
    at_once = timedelta(0)
    _, second, third = (build_index(library, EMBEDDER, tmp_path, grace=at_once) for _ in range(3))
    assert folders(tmp_path) == {second.name, third.name}
    assert third.previous == second.name


def test_a_library_without_plans_makes_an_index_that_finds_nothing(tmp_path: Path) -> None:
    empty = Library(holdings=())
    assert build_index(empty, EMBEDDER, tmp_path).counts == {}
    assert open_published(tmp_path, EMBEDDER.name, empty.digest()).collections == ()


class Counting(HashingEmbedder):
    """Remember what was embedded."""

    def __init__(self) -> None:
        super().__init__(32)
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.embedded += texts
        return super().embed_passages(texts, progress)


KPIS = "成果指標\n\n・登録者数を{}人にします。\n\n{}\n\n・満足度を80%にします。\n"


def test_one_changed_indicator_embeds_its_passage_and_its_views_alone(
    write_plan: Callable[..., Path], library_of: Callable[..., Library], tmp_path: Path
) -> None:
    between = "この計画は、市民の暮らしを便利にするために、五年の間に進めることをまとめたものです。" * 3
    embedder = Counting()
    before = library_of(write_plan(tmp_path / "plans", "aoba", KPIS.format("1,100", between)))
    build_index(before, embedder, tmp_path)
    embedder.embedded.clear()
    after = library_of(write_plan(tmp_path / "plans", "aoba", KPIS.format("2,800", between)))
    build_index(after, embedder, tmp_path)
    (changed,) = [p for p in passages_of(after.holdings[0]) if "2,800" in p.body]
    views = {v.text for v in views_of(after, changed) if "2,800" in v.text}
    assert set(embedder.embedded) == {changed.embedded} | views
    assert len(embedder.embedded) == 1 + len(views)


def test_a_removed_plan_is_gone_from_the_next_snapshot_its_texts_and_vectors_too(
    library: Library, write_plan: Callable[..., Path], library_of: Callable[..., Library], tmp_path: Path
) -> None:
    other = write_plan(tmp_path / "plans", "minato", "灯台の消灯時刻を定めます。", name="港市").parent
    both = library_of(tmp_path / "plans" / "aoba" / "plan.toml", other / "plan.toml")
    build_index(both, EMBEDDER, tmp_path)
    text = "灯台の消灯時刻".encode()
    vector = EMBEDDER.embed_passages(["灯台の消灯時刻を定めます。"])[0].tobytes()
    assert vector in (index_folder(tmp_path) / FILE).read_bytes()
    manifest = build_index(library, EMBEDDER, tmp_path)
    assert set(manifest.counts) == {"aoba.public", "aoba.staff"}
    files = [p for p in (index_folder(tmp_path) / manifest.name).rglob("*") if p.is_file()]
    assert not [p for p in files if text in p.read_bytes() or "minato" in p.name]
    assert vector not in (index_folder(tmp_path) / FILE).read_bytes()


def test_the_snapshot_before_stays_for_a_while_for_those_who_are_opening_it(
    library: Library, tmp_path: Path
) -> None:
    names = {build_index(library, EMBEDDER, tmp_path).name for _ in range(3)}
    assert folders(tmp_path) == names


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
DISK_FULL: dict[str, tuple[object, str]] = {
    "of the vectors": (VectorStore, "add"),
    "of the words": (LexicalIndex, "build"),
    "of what is synced": (build, "sync_tree"),
    "of the pointer": (build, "publish"),
}


@pytest.mark.parametrize("place", DISK_FULL)
def test_a_full_disk_ends_a_build_cleanly(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    before = build_index(library, EMBEDDER, tmp_path)

    def full(*_: object, **__: object) -> None:
        raise FULL

    with monkeypatch.context() as patched:
        patched.setattr(*DISK_FULL[place], full)
        with pytest.raises(IndexNotBuilt, match=r"No space left on device.*; make room there and run again"):
            build_index(library, EMBEDDER, tmp_path)
    assert published(tmp_path) == before
    assert open_published(tmp_path, EMBEDDER.name, library.digest()).manifest == before
    assert not [p for p in index_folder(tmp_path).iterdir() if p.name.startswith(STAGING)]
    assert build_index(library, EMBEDDER, tmp_path).previous == before.name


def test_a_build_that_may_not_fit_is_not_begun(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(library, EMBEDDER, tmp_path)
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(IndexNotBuilt, match="0 MiB are free and a build may need"):
        build_index(library, EMBEDDER, tmp_path)


HARMFUL: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a vector that is not its own": lambda p: p.setattr(
        VectorStore, "nearest_of_each", lambda _, __, vectors, ___: [[("other", 0.5)] for _ in vectors]
    ),
    "words that find nothing": lambda p: p.setattr(
        LexicalIndex, "scores", lambda *_: {"words": np.zeros(99, np.float32)}
    ),
}


@pytest.mark.parametrize("harm", HARMFUL)
def test_what_does_not_find_itself_is_not_published(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    HARMFUL[harm](monkeypatch)
    with pytest.raises(IndexDamaged, match="not sound"):
        build_index(library, EMBEDDER, tmp_path)
    assert folders(tmp_path) == set()


def test_all_that_is_published_was_synced_first(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    for name in ("sync_tree", "sync_folder", "publish"):
        told = getattr(build, name)
        monkeypatch.setattr(build, name, lambda *a, n=name, told=told: (done.append(n), told(*a))[1])
    build_index(library, EMBEDDER, tmp_path)
    assert done == ["sync_tree", "sync_folder", "publish"]
