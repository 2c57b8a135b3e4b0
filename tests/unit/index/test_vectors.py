"""Vectors: what is nearest to a question comes first, with its cosine; a snapshot's folder stays as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.vectors import Vectors, VectorStore


def unit(*values: float) -> Vectors:
    vector = np.array(values, dtype=np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


IDS = ["east", "north", "northeast"]
VECTORS = np.array([unit(1, 0), unit(0, 1), unit(1, 1)])


@pytest.fixture
def store(tmp_path: Path) -> VectorStore:
    made = VectorStore(tmp_path / "vectors")
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
