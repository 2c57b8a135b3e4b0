"""Texts as LINE counts them: nothing is lost, nothing broken, nothing too long."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.line.text import first_line, graphemes, shorten, split, units

AWKWARD = st.lists(
    st.one_of(
        st.text(max_size=6),
        st.sampled_from(
            [
                "👨‍👩‍👧‍👦",
                "🇯🇵",
                "葛\U000e0100",
                "𠮷野家",
                "か\u3099",
                "e\u0301",
                "👍🏽",
                "。",
                "\n",
                "、",
                "\r\n",
                "①",
            ]
        ),
    ),
    max_size=60,
).map("".join)


@given(text=AWKWARD, limit=st.integers(40, 90))
def test_parts_join_to_the_text_and_fit_and_break_no_grapheme(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert "".join(parts) == text
    assert all(part and units(part) <= limit for part in parts)
    whole = {m.end() for m in regex.finditer(r"\X", text)}
    place = 0
    for part in parts[:-1]:
        place += len(part)
        long_one = any(units(g) > limit for g in graphemes(text))
        assert place in whole or long_one


def test_a_grapheme_longer_than_the_limit_is_cut_between_its_code_points() -> None:
    text = "か" + "\u3099" * 100
    assert "".join(split(text, 40)) == text
    assert all(units(part) <= 40 for part in split(text, 40))


@pytest.mark.parametrize(("text", "length"), [("", 0), ("あ", 1), ("𠮷", 2), ("👨‍👩‍👧", 8)])
def test_lengths_are_in_utf_16_units(text: str, length: int) -> None:
    assert units(text) == length == len(text.encode("utf-16-le")) // 2


def test_a_part_ends_with_a_line_or_a_sentence_where_it_can() -> None:
    assert split("あ" * 30 + "。" + "い" * 30, 40) == ["あ" * 30 + "。", "い" * 30]
    assert split("あ" * 30 + "。\n" + "い" * 30, 40)[0].endswith("\n")


@given(text=AWKWARD, limit=st.integers(1, 30))
def test_what_is_shortened_fits_and_says_so(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(graphemes(short)) <= max(limit, 1)
    assert short == text or short.endswith("…")


def test_the_first_line_is_the_first_sentence_with_its_marks() -> None:
    answer = "目標は「2,800人。」です[1]。担当は総務課です[2]。"
    assert first_line(answer, 80) == ("目標は「2,800人。」です[1]。", "担当は総務課です[2]。")


def test_a_long_first_sentence_is_cut_at_a_clause_and_said_whole_below() -> None:
    answer = "「" + "あ" * 40 + "、" + "い" * 10 + "」を進め、" + "う" * 60 + "にします[1]。"
    head, rest = first_line(answer, 80)
    assert head == "「" + "あ" * 40 + "、" + "い" * 10 + "」を進め…"
    assert rest == answer


@given(answer=AWKWARD)
def test_the_first_line_never_exceeds_eighty(answer: str) -> None:
    head, _ = first_line(answer, 80)
    assert len(graphemes(head)) <= 80
