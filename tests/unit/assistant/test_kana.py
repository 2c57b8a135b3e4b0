"""Kana: what is written without kanji, or with the wrong ones, becomes the words that the plans print."""

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


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("移動図書質の運行はいつ？", "移動図書室の運行はいつ?"),
        ("みなとポイント当録者数の目標", "みなとポイント登録者数の目標"),
        ("生涯学週課の仕事", "生涯学習課の仕事"),
        ("図書質の机", "図書質の机"),
        ("目票は？", "目票は?"),
        ("使用料の目標は？", "使用料の目標は?"),
        ("图书室的目票？", "图书室的目票?"),
    ],
)
def test_a_homophone_becomes_the_printed_word_where_that_is_printed_beside_its_neighbour(
    kana: Kana, said: str, meant: str
) -> None:
    assert kana.written(said) == meant


@given(st.text("ぁあかさたなはまやらわんー、。?"))
def test_what_was_written_out_is_not_written_out_again(kana: Kana, text: str) -> None:
    assert kana.written(kana.written(text)) == kana.written(text)
