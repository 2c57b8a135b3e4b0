"""Kana: what is written without kanji becomes the words that the plans print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.kana import Kana
from tests.unit.assistant.made import Bench


@pytest.fixture(scope="module")
def kana(bench: Bench) -> Kana:
    return Kana(bench.library)


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("みなとぽいんとのもくひょうは？", "みなとポイントの目標は?"),
        ("みなとぽいんととうろくしゃすうは", "みなとポイント登録者数は"),
        ("みなとぽいんとのふきゅうとは", "みなとポイントの普及とは"),
        ("ﾐﾅﾄﾎﾟｲﾝﾄ ﾊ ﾅﾝﾃﾞｽｶ", "みなとポイント は なんですか"),
        ("避難所はどこ？", "避難所はどこ?"),
    ],
)
def test_names_and_words_of_the_plans_take_the_place_of_their_readings(
    kana: Kana, spoken: str, written: str
) -> None:
    assert kana.written(spoken) == written


@given(st.text("ぁあかさたなはまやらわんー、。?"))
def test_what_was_written_out_is_not_written_out_again(kana: Kana, text: str) -> None:
    assert kana.written(kana.written(text)) == kana.written(text)
