"""The vectors of the questions asked last."""

import numpy as np
import pytest

from index.embedders import Vectors
from index.embedders.hashing import HashingEmbedder
from index.embedders.questions import KeepingQuestions


class Counting(HashingEmbedder):
    """Count the questions embedded."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_question(self, text: str) -> Vectors:
        self.asked.append(text)
        return super().embed_question(text)


def test_a_question_is_embedded_once_while_it_is_kept() -> None:
    counting = Counting()
    keeping = KeepingQuestions(counting, kept=2)
    for question in ("a", "b", "a", "c", "a", "b"):
        assert np.array_equal(keeping.embed_question(question), HashingEmbedder().embed_question(question))
    assert counting.asked == ["a", "b", "c", "b"]


def test_a_vector_that_is_kept_cannot_be_written_to() -> None:
    vector = KeepingQuestions(HashingEmbedder()).embed_question("計画")
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 1


def test_all_else_is_the_embedders_own() -> None:
    keeping, own = KeepingQuestions(HashingEmbedder(64)), HashingEmbedder(64)
    assert (keeping.name, keeping.dimension) == (own.name, own.dimension)
    assert np.array_equal(keeping.embed_passages(["計画", "市"]), own.embed_passages(["計画", "市"]))


def test_tokens_are_kept_too_and_cannot_be_written_to() -> None:
    keeping = KeepingQuestions(HashingEmbedder())
    tokens = keeping.embed_tokens("計画の期間", question=False)
    assert tokens is keeping.embed_tokens("計画の期間", question=False)
    with pytest.raises(ValueError, match="read-only"):
        tokens[0, 0] = 1
