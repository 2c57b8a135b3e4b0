"""Clauses: where one text holds several questions, and where it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.clauses import MOST, clauses_of


def printed(text: str) -> bool:
    return text == "移動図書室と学校図書室"


def named(text: str) -> tuple[str, ...]:
    return tuple(city for city in ("あけぼの市", "わかば市") if city in text)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("移動図書室の担当は？河川カメラの目標は？", "移動図書室の担当は？", "河川カメラの目標は？"),
        (
            "移動図書室の担当課と、河川カメラの設置台数の目標を教えて",
            "移動図書室の担当課",
            "河川カメラの設置台数の目標を教えて",
        ),
        ("移動図書室の担当課および河川カメラの目標", "移動図書室の担当課", "河川カメラの目標"),
        (
            "移動図書室はいつから始まるか、それから、河川カメラの担当課は",
            "移動図書室はいつから始まるか",
            "河川カメラの担当課は",
        ),
        (
            "あけぼの市は施策がいくつ、わかば市は指標がいくつ",
            "あけぼの市は施策がいくつ",
            "わかば市は指標がいくつ",
        ),
        (
            "移動図書室の担当は何課で、河川カメラの目標は？",
            "移動図書室の担当は何課で",
            "河川カメラの目標は？",
        ),
        ("テーマはいくつあって、KPIはいくつあるの？", "テーマはいくつあって", "KPIはいくつあるの？"),
        ("計画の期間とテーマの数を教えて", "計画の期間", "テーマの数を教えて"),
        (
            "移動図書室はいつからですか。河川カメラの担当課を教えてください。",
            "移動図書室はいつからですか。",
            "河川カメラの担当課を教えてください。",
        ),
        ("移動図書室と河川カメラの担当課は？", "移動図書室の担当課は？", "河川カメラの担当課は？"),
        (
            "Who is in charge of the library, and when does the camera start?",
            "Who is in charge of the library",
            "when does the camera start?",
        ),
    ],
)
def test_two_questions_are_told_apart(text: str, first: str, second: str) -> None:
    assert clauses_of(text, named, printed) == (first, second)


@pytest.mark.parametrize(
    "text",
    [
        "移動図書室の担当課は？",
        "移動図書室の担当課と目標は？",
        "担当課と、目標値は？",
        "移動図書室と河川カメラの違いは？",
        "移動図書室と学校図書室の担当課は？",
        "あけぼの市とわかば市の担当課は？",
        "移動図書室の目標と取組を教えて",
        "人と本の出会いの場は？",
        "令和10年度に「定着」となっている施策は？",
        "移動図書室の担当は何と書いてある？",
        "移動図書室では、どんなことをするの？",
        "役所の人から還付金があるからATMへ行けと電話がありました。これは本物ですか",
        "",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    assert clauses_of(text, named, printed) == (text,)


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("孫が来ています。", "移動図書室の担当課を教えてください。"),
        ("町会長になって二年目です。", "移動図書室の目標は何人ですか？"),
        ("きれいな川ですね！", "河川カメラはいつから動きますか"),
    ],
)
def test_what_is_only_told_around_a_question_is_left_out(told: str, asked: str) -> None:
    assert clauses_of(told + asked, named, printed) == (asked,)


def test_several_questions_are_kept_and_what_is_told_between_them_is_not() -> None:
    text = "移動図書室の担当課は？孫が好きでして。河川カメラはいつからですか。"
    assert clauses_of(text, named, printed) == ("移動図書室の担当課は？", "河川カメラはいつからですか。")


@given(st.text(alphabet="移動図書室の担当課と目標は、？か年andwho ", max_size=40))
def test_no_clause_is_made_up_and_there_are_few(text: str) -> None:
    found = clauses_of(text, named, printed)
    assert 1 <= len(found) <= MOST
    assert all(set(clause) <= set(text) and len(clause) <= len(text) for clause in found)
