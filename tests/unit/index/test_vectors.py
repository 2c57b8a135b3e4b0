"""Vectors: what is nearest to a question comes first, with its cosine; a snapshot's folder stays as it is."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from pathlib import Path

import numpy as np
import pytest

from index.copies import PREFIX
from index.vectors import Vectors, VectorStore


def unit(*values: float) -> Vectors:
    vector = np.array(values, dtype=np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


IDS = ["east", "north", "northeast"]
VECTORS = np.array([unit(1, 0), unit(0, 1), unit(1, 1)])


@pytest.fixture
def store(tmp_path: Path) -> VectorStore:
    made = VectorStore.embedded(tmp_path / "vectors")
    made.add("aoba.public", IDS, VECTORS)
    return made


def test_the_nearest_come_first_with_their_cosines(store: VectorStore) -> None:
    found = store.nearest("aoba.public", unit(1, 0.1), 3)
    assert [identity for identity, _ in found] == ["east", "northeast", "north"]
    cosines = dict(zip(IDS, (VECTORS @ unit(1, 0.1)).tolist(), strict=True))
    assert dict(found) == pytest.approx(cosines, abs=1e-5)


@pytest.mark.parametrize(("limit", "held"), [(1, 1), (2, 2), (99, 3)])
def test_no_more_is_given_than_is_asked_for_or_held(store: VectorStore, limit: int, held: int) -> None:
    assert len(store.nearest("aoba.public", unit(1, 0), limit)) == held
    assert store.count("aoba.public") == 3


def test_collections_are_kept_apart(store: VectorStore) -> None:
    store.add("minato.public", ["west"], np.array([unit(-1, 0)]))
    assert [i for i, _ in store.nearest("minato.public", unit(1, 0), 9)] == ["west"]
    assert "west" not in [i for i, _ in store.nearest("aoba.public", unit(-1, 0), 9)]


def test_an_empty_collection_finds_nothing(store: VectorStore) -> None:
    store.add("empty.public", [], np.empty((0, 2), dtype=np.float32))
    assert store.nearest("empty.public", unit(1, 0), 3) == []


def test_a_copy_finds_the_same_and_leaves_the_folder_as_it_is(store: VectorStore, tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    before = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    copied = VectorStore.open_copy(folder)
    assert copied.nearest("aoba.public", unit(1, 0), 3) == store.nearest("aoba.public", unit(1, 0), 3)
    copied.add("more.public", ["a"], np.array([unit(1, 0)]))
    after = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert before == after


def test_several_are_looked_up_at_once_as_one_by_one(store: VectorStore) -> None:
    asked = np.array([unit(1, 0.1), unit(0.1, 1)])
    assert store.nearest_of_each("aoba.public", asked, 2) == [
        store.nearest("aoba.public", row, 2) for row in asked
    ]


def _asked_in_a_child(store: VectorStore) -> None:
    try:
        store.nearest("aoba.public", unit(1, 0), 1)
    except RuntimeError as error:
        os._exit(7 if "after the fork" in str(error) else 8)
    os._exit(9)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_is_told_at_once_and_does_not_hang(store: VectorStore) -> None:
    child = multiprocessing.get_context("fork").Process(target=_asked_in_a_child, args=(store,))
    child.start()
    child.join(20)
    if child.is_alive():
        child.kill()
    assert child.exitcode == 7
    assert store.nearest("aoba.public", unit(1, 0), 1)


def held_files() -> list[str]:
    names = []
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            names.append(os.readlink(path))
    return [name for name in names if PREFIX in name]


def test_what_is_closed_holds_no_file_and_leaves_no_copy(store: VectorStore, tmp_path: Path) -> None:
    before = held_files()
    copied = VectorStore.open_copy(tmp_path / "vectors")
    assert copied.nearest("aoba.public", unit(1, 0), 1)
    assert len(held_files()) > len(before)
    copied.close()
    assert held_files() == before
