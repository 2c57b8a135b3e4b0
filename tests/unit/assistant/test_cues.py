"""Cues: the words that say what is asked, and the form that an answer must have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import words
from assistant.cues import answers_needed, aspects_of, roles_of, without_cues
from tests.unit.assistant.made import Bench


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("どの課が担当？", "department"),
        ("Which department is it?", "department"),
        ("Who is in charge of it?", "department"),
        ("How many people?", "quantity"),
        ("What is EBPM?", "definition"),
        ("どこの課がやるの", "department"),
        ("目標は何人？", "target"),
        ("いま登録している人は何人", "quantity"),
        ("基準値は？", "baseline"),
        ("いつ始まりますか", "schedule"),
        ("工程を教えて", "schedule"),
        ("ＥＢＰＭ とは", "definition"),
        ("それって何", "definition"),
        ("どんな内容ですか", "overview"),
        ("これまでの成果は", "result"),
        ("課題は何ですか", "issue"),
        ("電話番号を教えて", "contact"),
    ],
)
def test_a_word_says_what_is_asked(text: str, aspect: str) -> None:
    assert aspect in aspects_of(text)


def test_a_question_without_a_cue_asks_nothing_in_particular() -> None:
    assert aspects_of("みなとポイント") == ()


def test_the_words_that_only_ask_are_taken_out() -> None:
    left = without_cues("みなとポイントの担当課はどの課ですか")
    assert "みなとポイント" in left
    assert "担当" not in left and "どの課" not in left


@pytest.mark.parametrize(
    ("question", "has", "lacks"),
    [
        ("料金はいくら？", "運賃は500円", "運賃を定める"),
        ("How much is it?", "無料", "運賃を定める"),
        ("何時から？", "9時から", "朝から"),
        ("電話番号は？", "0767-22-1111", "代表電話"),
        ("メールアドレスは？", "it@city.example.jp", "メールで"),
        ("何人を目指す？", "2,800人", "2,800枚"),
    ],
)
def test_a_form_of_answer_is_needed(question: str, has: str, lacks: str) -> None:
    patterns = answers_needed(question)
    assert patterns
    assert all(p.search(has) for p in patterns)
    assert not all(p.search(lacks) for p in patterns)


def test_every_aspect_has_its_roles_and_its_cues() -> None:
    for name, row in words.load("aspects")["aspect"].items():
        assert isinstance(roles_of(name), tuple)
        assert row["cues"] and all(cue.strip() for cue in row["cues"])


def test_names_of_municipalities_are_taken_out(bench: Bench) -> None:
    left = bench.library.without_names("あけぼの市とはるかぜの期間")
    assert "あけぼの" not in left and "はるかぜ" not in left and "期間" in left


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    aspects_of(text)
    without_cues(text)
    answers_needed(text)
