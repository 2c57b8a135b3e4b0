"""The embedder for tests."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedders.hashing import HashingEmbedder


@given(st.lists(st.text(max_size=30), max_size=5))
def test_every_text_gets_a_vector_of_length_1(texts: list[str]) -> None:
    vectors = HashingEmbedder(64).embed_passages(texts)
    assert vectors.shape == (len(texts), 64)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_passage_and_a_question_of_the_same_words_have_the_same_vector() -> None:
    embedder = HashingEmbedder()
    assert (embedder.embed_passages(["羽咋市の計画"])[0] == embedder.embed_question("羽咋市の計画")).all()


def test_width_case_and_white_space_make_no_difference() -> None:
    embedder = HashingEmbedder()
    assert (embedder.embed_question("ＤＸ 推進\n計画") == embedder.embed_question("dx推進計画")).all()


def test_texts_that_share_letters_lie_closer_than_texts_that_share_none() -> None:
    embedder = HashingEmbedder()
    question = embedder.embed_question("登録者数の目標")
    near, far = embedder.embed_passages(["羽咋ポイント登録者数の目標値", "庁内ネットワーク"])
    assert question @ near > question @ far + 0.2


def test_the_vectors_are_the_same_in_every_process() -> None:
    assert np.flatnonzero(HashingEmbedder(16).embed_question("市")).tolist() == [2]


def test_progress_counts_the_texts() -> None:
    seen: list[tuple[int, int]] = []
    HashingEmbedder(8).embed_passages(["あ", "い"], lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_a_dimension_below_1_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        HashingEmbedder(0)
