"""Kept vectors: what did not change is not embedded again, and a damaged file is only slower."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.embedders import Progress, Vectors
from index.embedders.hashing import HashingEmbedder
from index.kept import KeepingPassages, KeptVectors, embed_kept, text_key


class Counting(HashingEmbedder):
    """Remember what was embedded."""

    def __init__(self) -> None:
        super().__init__(16)
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.embedded += texts
        return super().embed_passages(texts, progress)


@pytest.fixture
def embedder() -> Counting:
    return Counting()


@pytest.fixture
def kept(embedder: Counting, tmp_path: Path) -> KeptVectors:
    return KeptVectors(tmp_path / "vectors.sqlite", embedder.name, embedder.dimension)


def test_each_text_is_embedded_once_and_its_rows_stand_in_the_order_of_the_texts(
    embedder: Counting, kept: KeptVectors
) -> None:
    texts = ["避難所", "長い文章です。" * 9, "避難所", ""]
    rows = embed_kept(embedder, texts, kept)
    assert sorted(embedder.embedded) == sorted(set(texts))
    np.testing.assert_array_equal(rows, HashingEmbedder(16).embed_passages(texts))
    np.testing.assert_array_equal(embed_kept(embedder, texts, kept), rows)
    assert len(embedder.embedded) == 3


def test_only_a_changed_text_is_embedded_again(embedder: Counting, kept: KeptVectors) -> None:
    embed_kept(embedder, ["一", "二", "三"], kept)
    embedder.embedded.clear()
    embed_kept(embedder, ["一", "二の二", "三"], kept)
    assert embedder.embedded == ["二の二"]


def test_progress_counts_texts_up_to_the_last(embedder: Counting, kept: KeptVectors) -> None:
    embed_kept(embedder, ["一"], kept)
    told: list[tuple[int, int]] = []
    embed_kept(embedder, ["一", "二", "二"], kept, lambda done, total: told.append((done, total)))
    assert told[0] == (1, 3) and told[-1] == (3, 3)


def test_another_model_has_vectors_of_its_own(embedder: Counting, kept: KeptVectors, tmp_path: Path) -> None:
    embed_kept(embedder, ["一"], kept)
    assert KeptVectors(tmp_path / "vectors.sqlite", "other", 16).get([text_key("一")]) == {}


def test_what_is_not_used_any_more_is_gone_from_the_file(
    embedder: Counting, kept: KeptVectors, tmp_path: Path
) -> None:
    embed_kept(embedder, ["残る", "消える"], kept)
    gone = kept.get([text_key("消える")])[text_key("消える")].tobytes()
    assert gone in (tmp_path / "vectors.sqlite").read_bytes()
    kept.prune([text_key("残る")])
    assert set(kept.get([text_key("残る"), text_key("消える")])) == {text_key("残る")}
    assert gone not in (tmp_path / "vectors.sqlite").read_bytes()


def test_a_damaged_vector_is_made_again(embedder: Counting, kept: KeptVectors, tmp_path: Path) -> None:
    right = embed_kept(embedder, ["一"], kept)
    with sqlite3.connect(tmp_path / "vectors.sqlite") as database:
        database.execute("UPDATE vectors SET vector = zeroblob(length(vector))")
    np.testing.assert_array_equal(embed_kept(embedder, ["一"], kept), right)


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"\0" * 4000])
def test_a_file_that_is_no_database_is_begun_anew(embedder: Counting, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.sqlite"
    path.write_bytes(content)
    assert embed_kept(embedder, ["一"], KeptVectors(path, embedder.name, 16)).shape == (1, 16)


def test_examples_are_embedded_at_the_first_start_alone(embedder: Counting, tmp_path: Path) -> None:
    keeping = KeepingPassages(embedder, tmp_path / "models" / "examples.sqlite")
    first = keeping.embed_passages(["例"])
    np.testing.assert_array_equal(keeping.embed_passages(["例"]), first)
    assert embedder.embedded == ["例"]


def test_examples_are_embedded_where_nothing_can_be_kept(embedder: Counting, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file in the way")
    assert KeepingPassages(embedder, tmp_path / "models" / "e.sqlite").embed_passages(["例"]).shape == (1, 16)
