"""Sentences: where one ends, and what is never cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import sentences

SOUP = st.text("あい市計画A1。！．.（）「」\n \t-・●①<>/ul", max_size=60)


def said(text: str) -> list[str]:
    return [region.of(text) for region in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("計画です。見直します。", ["計画です。", "見直します。"]),
        ("計画（以下、本計画という。）です。", ["計画（以下、本計画という。）です。"]),
        ("「いつでも。どこでも。」を掲げます。", ["「いつでも。どこでも。」を掲げます。"]),
        ("残り3．5倍です。次です。", ["残り3．5倍です。", "次です。"]),
        ("本当ですか？はい！", ["本当ですか？", "はい！"]),
        ("見出し\n\n本文です。", ["見出し", "本文です。"]),
        ("閉じない（括弧。\n\n次の段落。", ["閉じない（括弧。", "次の段落。"]),
        ("- 一つ目です。\n- 二つ目です。", ["一つ目です。", "二つ目です。"]),
        ("概要 ✓ 窓口 ✓ 申請", ["概要", "窓口", "申請"]),
        ('<ul style="x"> ● 一つ ● 二つ', ["一つ", "二つ"]),
        ("市公式HP <http://www.example.jp>", ["市公式HP <http://www.example.jp>"]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_a_text_has_these_sentences(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_a_part_of_a_text_has_only_its_own_sentences() -> None:
    text = "前の文。中の文。後の文。"
    (region,) = sentences(text, 4, 8)
    assert (region.start, region.end) == (4, 8)


@given(SOUP)
def test_sentences_are_in_order_apart_and_without_white_space_at_their_ends(text: str) -> None:
    found = sentences(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(region.of(text) == region.of(text).strip() != "" for region in found)


@given(SOUP.filter(lambda text: "<" not in text))
def test_every_word_stands_in_a_sentence(text: str) -> None:
    covered = {i for region in sentences(text) for i in range(region.start, region.end)}
    assert all(i in covered for i, character in enumerate(text) if character in "あい市計画A1")
