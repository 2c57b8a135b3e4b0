"""A model's words are cut into sentences the same way however they come."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.errors import ModelFailed
from assistant.llm.pieces import Said, Sentences

ANSWER = "目標は2,800人です[1][2]。担当は「商工。観光課」です。[3] 期間は5年です [1]。\n以上です"


def cut(pieces: list[str]) -> list[Said]:
    sentences = Sentences()
    found = [said for piece in pieces for said in sentences.take(piece)]
    return [*found, *sentences.rest()]


def test_markers_belong_to_the_sentence_before_them() -> None:
    assert cut([ANSWER]) == [
        Said("目標は2,800人です", (1, 2)),
        Said("担当は「商工。観光課」です", (3,)),
        Said("期間は5年です", (1,)),
        Said("以上です", ()),
    ]


@given(st.lists(st.integers(0, len(ANSWER)), max_size=12))
def test_where_the_pieces_are_cut_changes_nothing(cuts: list[int]) -> None:
    places = sorted({0, len(ANSWER), *cuts})
    pieces = [ANSWER[a:b] for a, b in itertools.pairwise(places)]
    assert cut(pieces) == cut([ANSWER])


def test_a_latin_full_stop_ends_a_sentence_and_a_decimal_point_does_not() -> None:
    assert [s.text for s in cut(["It is 1.5 million [1]. The target is 20 [2]."])] == [
        "It is 1.5 million",
        "The target is 20",
    ]


@pytest.mark.parametrize("piece", ["あ" * 500, "計画です。" * 1000])
def test_a_sentence_or_an_answer_without_an_end_is_a_failure(piece: str) -> None:
    with pytest.raises(ModelFailed, match="length"):
        list(Sentences().take(piece))
