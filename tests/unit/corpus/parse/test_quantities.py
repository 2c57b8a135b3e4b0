"""Quantities: figures however they are written, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.parse.quantities import quantity


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,200人", 1200, "人"),
        ("１，２００人", 1200, "人"),
        ("316万枚", 3_160_000, "枚"),
        ("1万2千件", 12_000, "件"),
        ("15万4千人", 154_000, "人"),
        ("4.2億円", 420_000_000, "円"),
        ("3百万円", 3_000_000, "円"),
        ("5千万円", 50_000_000, "円"),
        ("六百九十億六千六百万円", 69_066_000_000, "円"),
        ("二三・九％", 23.9, "%"),
        ("四十五％", 45, "%"),
        ("百二十ヘクタール", 120, "ヘクタール"),
        ("年間六千五百人", 6500, "人"),
        ("8,995 アクセス/年", 8995, "アクセス/年"),
        ("▲3.5%", -3.5, "%"),
        ("252万枚 (20%削減)", 2_520_000, "枚"),
        ("全公民館(11施設)", 11, "施設"),
        ("12", 12, None),
    ],
)
def test_a_figure_has_its_value_and_its_unit(text: str, value: float, unit: str | None) -> None:
    found = quantity(text, 2030)
    assert (found.text, found.value, found.unit, found.fiscal_year) == (text, value, unit, 2030)


@pytest.mark.parametrize(
    "text", ["未導入", "導入", "―", "なし", "一部の施設", "十分", "10～20件", "10件〜20件"]
)
def test_what_is_no_single_figure_has_no_value(text: str) -> None:
    found = quantity(text, None)
    assert (found.text, found.value, found.unit) == (text, None, None)


@pytest.mark.parametrize(
    ("text", "note", "year"),
    [
        ("278人 (R6参考値)", "R6参考値", 2024),
        ("60%（令和12年度）", "令和12年度", 2030),
        ("5人（見込み）", "見込み", 2025),
    ],
)
def test_a_note_is_kept_and_a_year_in_it_is_the_values_own(text: str, note: str, year: int) -> None:
    found = quantity(text, 2025)
    assert (found.note, found.fiscal_year) == (note, year)


@given(st.text(max_size=30))
def test_a_text_of_any_kind_is_a_quantity(text: str) -> None:
    assert quantity(text, None).text == text


@given(st.integers(0, 10**9), st.sampled_from(["人", "件", "校"]))
def test_a_number_with_commas_is_that_number(number: int, unit: str) -> None:
    found = quantity(f"{number:,}{unit}", None)
    assert (found.value, found.unit) == (number, unit)
