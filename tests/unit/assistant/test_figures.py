"""Figures: the numbers that a text states, narrow and without thousands commas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.figures import figures_in


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("2,800人と１，１００人", ["2800", "1100"]),
        ("20.5％", ["20.5"]),
        ("1,120,226冊", ["1120226"]),
        ("1,2を参照", ["1", "2"]),
        ("①", ["1"]),
        ("数はない", []),
    ],
)
def test_the_numbers_of_a_text_are_found(text: str, figures: list[str]) -> None:
    assert figures_in(text) == figures


@given(st.integers(0, 10**12))
def test_a_number_is_the_same_with_and_without_commas(number: int) -> None:
    assert figures_in(f"{number:,}人") == figures_in(f"{number}人") == [str(number)]
