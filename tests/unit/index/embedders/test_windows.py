"""Cutting long texts, and averaging the parts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.embedders.windows import averaged, cut, of_length_1, readable


@given(st.text(max_size=40), st.integers(-2, 12))
def test_the_parts_of_a_text_are_the_text_and_none_is_too_long(text: str, size: int) -> None:
    parts = cut(text, [(at, at + 1) for at in range(len(text))], size)
    assert "".join(part for part, _ in parts) == text
    assert all(0 < len(part) == tokens <= max(1, size) for part, tokens in parts)


def test_an_average_counts_a_window_by_its_weight_and_keeps_rows_apart() -> None:
    x, y = np.eye(2, dtype=np.float32)
    rows = averaged(2, [(1, 4, y), (0, 1, x), (1, 3, x)], 2)
    assert np.allclose(rows, [[1, 0], [0.6, 0.8]])


def test_a_row_of_zeros_stays_zero() -> None:
    assert of_length_1(np.zeros((1, 3), np.float32)).tolist() == [[0, 0, 0]]


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    assert readable("計画\ud800。") == "計画?。"
