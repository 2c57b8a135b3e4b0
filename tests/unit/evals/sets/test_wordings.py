"""Wordings: what a right answer may say passes, and what says nothing does not count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Quantity
from evals.metrics.answers import comparable, states
from evals.sets.wordings import (
    beyond,
    change_wordings,
    item_wordings,
    number_wordings,
    one_line,
    part_wordings,
    quantity_wordings,
    short_year,
    year_wordings,
)


@pytest.mark.parametrize(
    ("printed", "line"),
    [
        ("教育水準の維持 指導力向上\n教育現場の効率化", "教育水準の維持指導力向上教育現場の効率化"),
        ("行かない窓口  -  公式LINE", "行かない窓口 - 公式LINE"),
        ("e-Learning デジタル研修", "e-Learning デジタル研修"),
        ("1 施設", "1施設"),
    ],
)
def test_a_name_is_put_on_one_line_as_it_is_read(printed: str, line: str) -> None:
    assert one_line(printed) == line


def test_an_item_may_lose_its_bracket_and_a_long_one_its_end() -> None:
    assert item_wordings("各申請書の電子化（タブレット端末）") == (
        "各申請書の電子化（タブレット端末）",
        "各申請書の電子化",
    )
    long = "既存地域アプリの利用状況・住民ニーズを把握し、課題を分析する。"
    assert item_wordings(long) == (long.rstrip("。"), "既存地域アプリの利用状況")


def test_a_misprint_and_its_correction_are_both_right() -> None:
    assert item_wordings("羽羽ポイント", "羽咋ポイント") == ("羽羽ポイント", "羽咋ポイント")


def test_a_short_part_of_a_text_does_not_show_that_it_was_told() -> None:
    assert part_wordings("今後、避難所の通信環境を整備する。") == ("避難所の通信環境を整備する",)
    assert part_wordings("検討、整備。") == ("検討、整備。",)


def test_a_name_with_a_particle_says_nothing_of_what_is_named() -> None:
    parts = ("業務改革の担当部門は", "DXを自ら推進していきます")
    assert beyond(["業務改革の担当部門"], parts) == ("DXを自ら推進していきます",)


@given(st.text(min_size=1).filter(str.strip))
def test_the_text_itself_states_one_of_its_parts(text: str) -> None:
    said = comparable(text)
    parts = part_wordings(text)
    assert all(comparable(part) in said for part in parts)


@given(st.integers(1990, 2090))
def test_a_fiscal_year_may_be_told_in_any_notation(year: int) -> None:
    era, letter, western = year_wordings(year)
    assert era.endswith("年") and letter == short_year(year) and western == str(year)


def test_the_first_year_of_an_era_has_a_number_in_its_short_form() -> None:
    assert (short_year(2019), short_year(2018), short_year(2030)) == ("R1", "H30", "R12")


def test_a_value_may_be_told_as_printed_without_its_note_or_as_a_number() -> None:
    printed = Quantity(text="278人 (R6参考値)", value=278.0, unit="人", note="R6参考値")
    assert quantity_wordings(printed) == ("278人 (R6参考値)", "278人", "278")
    words = quantity_wordings(Quantity(text="252万枚 (20%削減)", value=2_520_000.0, unit="枚"))
    assert {"252万枚", "2,520,000枚"} <= set(words)
    yearly = quantity_wordings(Quantity(text="8,995 アクセス/年", value=8995.0, unit="アクセス/年"))
    assert any(states("年に8,995アクセスです", w) for w in yearly)


def test_a_value_that_is_a_word_is_told_by_that_word() -> None:
    assert quantity_wordings(Quantity(text="未導入")) == ("未導入",)


def test_a_change_is_told_with_its_unit_and_points_of_a_percentage() -> None:
    assert change_wordings(_percent(63), _percent(100)) == ("37%", "37ポイント")
    fewer = change_wordings(
        Quantity(text="316万枚", value=3_160_000.0, unit="枚"),
        Quantity(text="252万枚", value=2_520_000.0, unit="枚"),
    )
    assert {"64万枚", "640,000枚"} <= set(fewer)


def test_no_change_is_told_between_values_that_cannot_be_compared() -> None:
    known = Quantity(text="11施設", value=11.0, unit="施設")
    assert change_wordings(Quantity(text="未導入"), known) == ()
    assert change_wordings(Quantity(text="11人", value=11.0, unit="人"), known) == ()
    assert change_wordings(known, known) == ()


@given(st.decimals(0, 10**8, places=2), st.sampled_from(["人", "%", "件/年"]))
def test_a_number_stands_in_a_sentence_that_tells_it(value: object, unit: str) -> None:
    for wording in number_wordings(float(str(value)), unit):
        assert states(f"目標は{wording}です", wording)


def _percent(value: float) -> Quantity:
    return Quantity(text=f"{value:g}%", value=value, unit="%")
