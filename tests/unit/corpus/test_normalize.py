"""The search form: what is written in different ways is found in one, and leads back to the source."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.normalize import compact, fold, narrow, ordinary, ordinary_kanji, search_form

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("ＤＸ推進計画（２０２６）", "dx推進計画(2026)"),
        ("ﾃﾞｼﾞﾀﾙ", "デジタル"),
        ("テ\u3099ータ", "データ"),
        ("デバйд", "デバイド"),
        ("デバйス", "デバイス"),
        ("出沒マップ", "出没マップ"),
        ("窓口の变革", "窓口の変革"),
        ("サ一ビス", "サービス"),
        ("デ-タ", "データ"),
        ("カ二カマ", "カニカマ"),
        ("羽 咋 市", "羽咋市"),
        ("令和 8 年 5 月", "令和8年5月"),
        ("第 3 章\u3000施策", "第3章施策"),
        ("Society  5.0", "society 5.0"),
        ("一行目\n\n\n二行目", "一行目\n二行目"),
        ("職\u200b員", "職員"),
        ("令和4〜7年度", "令和4~7年度"),
    ],
)
def test_what_is_written_differently_has_one_search_form(written: str, form: str) -> None:
    assert fold(written) == form


@pytest.mark.parametrize(
    "text", ["第二期", "十二工区", "2026-2030", "一般質問", "人口問題", "机と里と叶", "夕方", "一覧"]
)
def test_what_only_looks_like_another_letter_is_kept(text: str) -> None:
    assert fold(text) == text


@pytest.mark.parametrize(
    ("old", "new"), [("國", "国"), ("沒", "没"), ("变", "変"), ("机", "机"), ("咋", "咋")]
)
def test_old_and_simplified_characters_become_ordinary_ones(old: str, new: str) -> None:
    assert ordinary_kanji(old) == new


def test_a_place_in_the_search_form_leads_back_to_the_source() -> None:
    source = "目標：ﾃﾞｼﾞﾀﾙ 人 材の育成"
    form = search_form(source)
    start = form.text.index("デジタル人材")
    first, last = form.to_source(start, start + len("デジタル人材"))
    assert source[first:last] == "ﾃﾞｼﾞﾀﾙ 人 材"


@given(ANY_TEXT)
@example("\ud800あ")
@example("㍻㍿カ一力")
def test_any_text_has_a_search_form_whose_every_letter_has_its_place(text: str) -> None:
    form = search_form(text)
    assert len(form.text) == len(form.starts) == len(form.ends)
    assert list(form.starts) == sorted(form.starts)
    assert list(form.ends) == sorted(form.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(form.starts, form.ends, strict=True))


@given(ANY_TEXT | st.text("ァアー―-一ロ口カ力ﾊﾞﾟ゙゚ \n\t　a1二ニ", max_size=60))
def test_folding_alone_gives_the_text_of_the_search_form(text: str) -> None:
    assert fold(text) == search_form(text).text


@given(ANY_TEXT)
def test_the_compact_form_has_no_white_space(text: str) -> None:
    assert not any(character.isspace() for character in compact(text))


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("デバйд（ＤＸ） 対策", "デバイド（ＤＸ） 対策"),
        ("出沒マップ", "出没マップ"),
        ("サ一ビス", "サービス"),
    ],
)
def test_a_name_as_it_is_ordinarily_written_keeps_blanks_and_wide_letters(printed: str, read: str) -> None:
    assert ordinary(printed) == read


@given(ANY_TEXT)
@example("\udfff")
def test_an_ordinary_form_is_as_long_as_what_is_printed(text: str) -> None:
    assert len(ordinary(text)) == len(text)


@given(ANY_TEXT)
def test_narrowing_keeps_every_place(text: str) -> None:
    assert len(narrow(text)) == len(text)


@given(st.text("アカガーバ一二力口かがの、。国國没沒ＡａＢ１2-～（）", max_size=30))
def test_the_search_form_of_a_search_form_is_itself(text: str) -> None:
    assert fold(fold(text)) == fold(text)
