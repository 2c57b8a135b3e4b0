"""Misprints: a person's corrections, letters that look alike, and names one letter off."""

from collections.abc import Callable

from corpus.parse.misprints import Spelling, near_names
from corpus.records import Plan

PlanOf = Callable[..., Plan]


def test_a_correction_stands_beside_what_is_printed(plan_of: PlanOf) -> None:
    plan = plan_of("用語\t解説\nデジタルデバイス\t格差のこと。\n", デジタルデバイス="デジタルデバイド")
    (term,) = plan.terms
    assert (term.term, term.term_normalised) == ("デジタルデバイス", "デジタルデバイド")
    (doubt,) = plan.doubts
    assert (doubt.kind, doubt.source.start, doubt.source.end) == ("misprint", 6, 14)
    assert "デジタルデバイド" in doubt.message


def test_a_look_alike_letter_is_doubted_where_it_stands(plan_of: PlanOf) -> None:
    text = "デジタル・デバйドへの対策です。"
    (doubt,) = plan_of(text).doubts
    assert text[doubt.source.start : doubt.source.end] == "й"
    assert "デバイド" in doubt.message


def test_a_name_printed_once_and_one_letter_off_is_near_the_frequent_one() -> None:
    names = ["マイナポータル", "マイナポータル", "マイポータル", "ポータルサイト"]
    assert near_names(names) == {"マイポータル": "マイナポータル"}


def test_a_suffix_is_no_misprint() -> None:
    assert near_names(["テレワーク", "テレワーク", "テレワーカー"]) == {}


def test_names_in_kanji_are_left_alone() -> None:
    assert near_names(["地域整備課長", "地域整備課長", "地域整備部長"]) == {}


def test_a_name_printed_right_has_no_normalised_form() -> None:
    spelling = Spelling({"羽羽ポイント": "羽咋ポイント"})
    assert spelling.normalised("羽羽ポイント登録者数") == "羽咋ポイント登録者数"
    assert spelling.normalised("羽咋ポイント登録者数") is None
