"""Tokens: what of a text is looked for, and how it is read aloud."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.library import load_library
from index.tokens import bigrams, hiragana, is_kana, reading, readings, tokens, words

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("窓口の手続はどうなりますか？", ["窓口", "手続き"]),
        ("除雪車を走らせる", ["除雪", "車", "走る"]),
        ("目標は2,800人です", ["目標", "2", "800"]),
        ("ＤＸの推進", ["dx", "推進"]),
        ("これは何ですか", []),
        ("", []),
        ("。、！", []),
    ],
)
def test_words_are_the_dictionary_forms_of_what_means_something(text: str, expected: list[str]) -> None:
    found = words(text)
    assert [word for word in expected if word not in found] == []
    assert not {"の", "は", "を", "です", "何", "此れ"} & set(found)


def test_what_is_misprinted_has_the_same_words_as_what_is_meant() -> None:
    assert words("デジタル・デバйд対策") == words("デジタル・デバイド対策")
    assert words("出沒マップ") == words("出没マップ")


def test_bigrams_do_not_reach_over_marks() -> None:
    assert bigrams("防災・防犯A") == ["防災", "防犯", "犯a"]
    assert bigrams("窓") == ["窓"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("予防接種", "よぼうせっしゅ"),
        ("デジタル", "でじたる"),
        ("AI", "えーあい"),
        ("窓口", "まどぐち"),
        ("ひなん", "ひなん"),
    ],
)
def test_a_text_is_read_aloud_in_hiragana(text: str, read: str) -> None:
    assert reading(text) == read


def test_what_is_asked_in_hiragana_shares_readings_with_what_is_printed() -> None:
    assert set(readings("よぼうせっしゅ")) <= set(readings("予防接種の案内"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ひなんじょはどこ？", True),
        ("ひなんじょー", True),
        ("避難所はどこ", False),
        ("アプリ", False),
        ("AI", False),
        ("？", False),
    ],
)
def test_a_question_in_hiragana_alone_is_told_apart(text: str, expected: bool) -> None:
    assert is_kana(text) is expected


@given(ANY_TEXT)
@example("\ud800避難所")
@example("a\0b")
def test_any_text_has_tokens(text: str) -> None:
    assert all(isinstance(word, str) and word for word in words(text))
    assert all(1 <= len(pair) <= 2 for pair in bigrams(text))
    assert all(1 <= len(part) <= 3 for part in readings(text))
    assert is_kana(text) in (True, False)


@given(st.text("ァアヴヺーカガパ漢あ"))
def test_katakana_becomes_hiragana_letter_for_letter(text: str) -> None:
    assert len(hiragana(text)) == len(text)
    assert hiragana(hiragana(text)) == hiragana(text)


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_threads_do_not_read_each_others_words(hasty_threads: None) -> None:
    lines = [line for line in load_library().holdings[0].documents[0].text.split("\n") if len(line) > 20][:40]
    expected = [tokens(line) for line in lines]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(tokens, lines * 8))
    assert found == expected * 8
