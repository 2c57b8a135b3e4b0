"""Years: every way of writing one, ranges, and what is not a year."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.wareki import covered_years, era_label, find_relative_years, find_years, fiscal_year_of


def years(text: str) -> list[int]:
    return [mention.year for mention in find_years(text)]


@pytest.mark.parametrize(
    "text", ["令和8年度", "令和８年度", "令和 8 年度", "R8", "R8年度", "Ｒ８年度", "2026年度", "２０２６年度"]
)
def test_every_way_of_writing_a_year_names_it(text: str) -> None:
    assert years(text) == [2026]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("令和元年度", [2019]),
        ("平成31年", [2019]),
        ("昭和64年", [1989]),
        ("令和8年度から令和12年度まで", [2026, 2030]),
        ("令和4～7年度の累計", [2022, 2025]),
        ("令和8・9年度", [2026, 2027]),
        ("平成30年度から5年度", [2018]),
        ("R8～R12", [2026, 2030]),
        ("2026～2030年度", [2026, 2030]),
        ("2026年度（令和8年度）", [2026, 2026]),
        ("2016（平成28）年", [2016, 2016]),
    ],
)
def test_ranges_and_pairs_name_each_of_their_years(text: str, expected: list[int]) -> None:
    assert years(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "5年間", "20年間", "〒925-8501", "0767-22-1111", "1,120,226枚", "12,026年", "Society5.0", "DX2026"],
)
def test_other_figures_are_not_years(text: str) -> None:
    assert years(text) == []


def test_a_mention_says_where_it_stands_and_whether_the_year_is_a_fiscal_one() -> None:
    text = "計画は令和８年５月に策定し、Ｒ１２年度に終わる。"
    first, second = find_years(text)
    assert (text[first.start : first.end], first.fiscal) == ("令和８年", False)
    assert (text[second.start : second.end], second.fiscal) == ("Ｒ１２年度", True)


@given(st.integers(1868, 2117))
def test_a_year_told_in_its_era_is_read_back(year: int) -> None:
    label = era_label(year)
    (mention,) = find_years(label)
    assert (mention.year, mention.fiscal) == (year, True)
    assert (mention.start, mention.end) == (0, len(label))


def test_a_year_before_the_eras_is_told_as_it_is() -> None:
    assert era_label(1867) == "1867年度"


@given(st.text("令和平成昭元R H8１2026年度（）～~・から、.-", max_size=40))
def test_mentions_lie_in_the_text_in_order(text: str) -> None:
    mentions = find_years(text)
    assert all(0 <= m.start < m.end <= len(text) for m in mentions)
    assert [m.start for m in mentions] == sorted(m.start for m in mentions)


@pytest.mark.parametrize(
    ("day", "year"), [("2026-03-31", 2025), ("2026-04-01", 2026), ("2026-12-31", 2026), ("2027-01-01", 2026)]
)
def test_a_fiscal_year_begins_in_april(day: str, year: int) -> None:
    assert fiscal_year_of(datetime.date.fromisoformat(day)) == year


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("今年度", 2026),
        ("本年度", 2026),
        ("昨年度", 2025),
        ("一昨年度", 2024),
        ("来年度", 2027),
        ("再来年度", 2028),
    ],
)
def test_relative_years_count_from_the_day_that_is_given(text: str, year: int) -> None:
    (mention,) = find_relative_years(f"{text}の予定", datetime.date(2027, 2, 1))
    assert (mention.year, mention.start, mention.end) == (year, 0, len(text))


def test_a_range_holds_the_years_between_its_ends_and_two_years_apart_do_not() -> None:
    assert covered_years("前期（2026～2028年度）") == {2026, 2027, 2028}
    assert covered_years("令和8年度と令和10年度") == {2026, 2028}
