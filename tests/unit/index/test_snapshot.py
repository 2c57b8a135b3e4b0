"""Snapshots: what is published is what was built, or it is refused with the command to type."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.library import Library
from index import snapshot
from index.build import build_index
from index.durable import file_checksum
from index.embedders.hashing import HashingEmbedder
from index.errors import BUILD, IndexDamaged, IndexMissing, IndexStale
from index.lexical import LexicalIndex
from index.passages import passages_of
from index.search import Search
from index.snapshot import MANIFEST, POINTER, index_folder, open_published, published, rollback
from index.vectors import VectorStore

EMBEDDER = HashingEmbedder(32)
TEXT = "第1章 施策\n\n避難所にWi-Fiを整備します。\n\n予防接種の日を\u2028知らせます。\x85続きです。\n"
ORIGINAL = "original"


@pytest.fixture(scope="module")
def library(
    tmp_path_factory: pytest.TempPathFactory,
    write_plan: Callable[..., Path],
    library_of: Callable[..., Library],
) -> Library:
    return library_of(write_plan(tmp_path_factory.mktemp("plans"), "aoba", TEXT))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build_index(library, EMBEDDER, folder)
    return folder


@pytest.fixture
def data_dir(built: Path, tmp_path: Path) -> Path:
    """Return a copy of a data directory with a published index, to do harm to."""
    shutil.copytree(built, tmp_path / "var")
    return tmp_path / "var"


def opened(data_dir: Path, library: Library) -> snapshot.Snapshot:
    return open_published(data_dir, EMBEDDER.name, library.digest())


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_was_built_is_opened_with_all_its_passages(data_dir: Path, library: Library) -> None:
    (collection,) = opened(data_dir, library).collections
    assert (collection.name, collection.municipality, collection.visibility) == (
        "aoba.public",
        "aoba",
        "public",
    )
    assert collection.passages == passages_of(library.holdings[0])
    assert any("\u2028" in passage.body for passage in collection.passages)


def test_searching_changes_nothing_of_a_snapshot(data_dir: Path, library: Library) -> None:
    before = contents(index_folder(data_dir))
    for _ in range(2):
        search = Search(opened(data_dir, library), EMBEDDER, library)
        assert search.search("避難所", ["aoba"])
    assert contents(index_folder(data_dir)) == before


def test_without_a_published_index_the_command_that_builds_one_is_named(
    tmp_path: Path, library: Library
) -> None:
    for ask in (lambda: opened(tmp_path, library), lambda: published(tmp_path), lambda: rollback(tmp_path)):
        with pytest.raises(IndexMissing, match=BUILD):
            ask()


def test_an_index_of_another_model_is_refused(data_dir: Path, library: Library) -> None:
    with pytest.raises(IndexStale, match=f"the model was hashing:32 and is now hashing:64; run: {BUILD}"):
        open_published(data_dir, HashingEmbedder(64).name, library.digest())


def test_an_index_of_other_passage_rules_is_refused(
    data_dir: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "RULES", "of tomorrow")
    with pytest.raises(IndexStale, match=f"the passage rules .* is now of tomorrow; run: {BUILD}"):
        opened(data_dir, library)


def test_an_index_of_another_corpus_is_refused(data_dir: Path) -> None:
    with pytest.raises(IndexStale, match=f"the corpus was .*; run: {BUILD}"):
        open_published(data_dir, EMBEDDER.name, "0" * 64)


HARMS: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "zeroed": lambda path: path.write_bytes(b"\0" * path.stat().st_size),
    "flipped": lambda path: path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:]),
    "removed": lambda path: path.unlink(),
}


@pytest.mark.parametrize("harm", HARMS)
def test_damage_to_any_file_is_seen_before_anything_is_opened(
    data_dir: Path, library: Library, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        pytest.fail("a damaged snapshot was opened")

    monkeypatch.setattr(VectorStore, "open_copy", never)
    monkeypatch.setattr(LexicalIndex, "open", never)
    folder = index_folder(data_dir) / published(data_dir).name
    harmed = 0
    for name, original in contents(folder).items():
        if name == MANIFEST or not original:
            continue
        HARMS[harm](folder / name)
        if contents(folder).get(name) != original:
            harmed += 1
            with pytest.raises(IndexDamaged, match=BUILD) as raised:
                opened(data_dir, library)
            assert name in str(raised.value)
        (folder / name).write_bytes(original)
    assert harmed > 10


@pytest.mark.parametrize("content", [None, "", "{}", "[", '{"name": "x", "built": "never"}'])
def test_an_index_without_a_sound_manifest_is_refused(
    data_dir: Path, library: Library, content: str | None
) -> None:
    manifest = index_folder(data_dir) / published(data_dir).name / MANIFEST
    manifest.unlink()
    if content is not None:
        manifest.write_text(content, "utf-8")
    with pytest.raises(IndexDamaged, match=BUILD):
        opened(data_dir, library)


def test_a_pointer_to_a_snapshot_that_is_gone_is_refused(data_dir: Path, library: Library) -> None:
    (index_folder(data_dir) / POINTER).write_text("20260101T000000-gone\n", "utf-8")
    with pytest.raises(IndexDamaged, match=f"20260101T000000-gone .*{BUILD}"):
        opened(data_dir, library)


def test_the_manifest_says_what_the_index_was_built_by_and_from(data_dir: Path, library: Library) -> None:
    manifest = published(data_dir)
    assert (manifest.model, manifest.dimension) == ("hashing:32", 32)
    assert manifest.corpus == library.digest()
    assert manifest.counts == {"aoba.public": len(opened(data_dir, library).collections[0].passages)}
    assert manifest.previous is None
    files = contents(index_folder(data_dir) / manifest.name)
    assert set(manifest.checksums) == set(files) - {MANIFEST}
    assert json.loads(files[MANIFEST])["name"] == manifest.name


def test_there_is_no_going_back_from_the_first_index(data_dir: Path) -> None:
    with pytest.raises(IndexMissing, match="no index before"):
        rollback(data_dir)


def test_going_back_publishes_the_index_before(data_dir: Path, library: Library) -> None:
    first = published(data_dir)
    second = build_index(library, EMBEDDER, data_dir)
    assert (second.previous, published(data_dir).name) == (first.name, second.name)
    assert rollback(data_dir) == first
    assert published(data_dir) == first
    assert opened(data_dir, library).manifest == first


def test_the_plans_come_out_as_they_were_read(data_dir: Path, library: Library) -> None:
    held = opened(data_dir, library).library
    assert held == library
    assert held.digest() == library.digest()


def test_one_can_go_back_from_an_index_whose_manifest_is_damaged(data_dir: Path, library: Library) -> None:
    first = published(data_dir)
    second = build_index(library, EMBEDDER, data_dir)
    (index_folder(data_dir) / second.name / MANIFEST).write_text("{}", "utf-8")
    assert rollback(data_dir) == first


def test_an_index_of_another_layout_is_refused(data_dir: Path, library: Library) -> None:
    path = index_folder(data_dir) / published(data_dir).name / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "layout": 1}), "utf-8")
    with pytest.raises(IndexStale, match=f"the layout was 1 and is now 2; run: {BUILD}"):
        opened(data_dir, library)


def test_plans_that_another_version_wrote_are_refused(data_dir: Path, library: Library) -> None:
    folder = index_folder(data_dir) / published(data_dir).name
    path = folder / "library" / "aoba.json"
    path.write_text('{"plan": {}}', "utf-8")
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest["checksums"]["library/aoba.json"] = file_checksum(path)
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(IndexStale, match=f"as another version read them; run: {BUILD}"):
        opened(data_dir, library)


def test_vectors_on_a_server_are_not_looked_for_here(data_dir: Path) -> None:
    with pytest.raises(IndexStale, match="the place of its vectors was embedded and is now a Chroma server"):
        open_published(data_dir, EMBEDDER.name, chroma_url="http://127.0.0.1:1")
