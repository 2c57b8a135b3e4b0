"""Facts of KPIs: what is printed, and what is worked out from it, in every language."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.composers.facts.asked import Asked
from assistant.composers.facts.kpis import change
from assistant.figures import figures_in
from assistant.focus import Focus
from assistant.messages import Statement
from assistant.steps.verify import unsupported, years_in
from assistant.subjects import Subject
from corpus.records import Kpi, Quantity, Span
from tests.unit.assistant.made import LANGUAGES, Bench

in_every_language = pytest.mark.parametrize("language", LANGUAGES)
CLASSES = "スマホ教室の参加者数"
HEAD = "R7基準値\tR10目標値"


def told(rich: Bench, indicator: str, *aspects: str, language: str = "ja") -> tuple[Statement, ...]:
    return rich.told(rich.asking(f"{indicator}は？", "wakaba", *aspects, language=language))


def worked(rich: Bench, indicator: str, aspect: str, language: str = "ja") -> Statement:
    return told(rich, indicator, aspect, language=language)[0]


@in_every_language
@pytest.mark.parametrize("aspect", ["target", "baseline", "quantity"])
def test_a_kpi_is_told_with_both_values_and_the_years_of_their_columns(
    rich: Bench, aspect: str, language: str
) -> None:
    [statement] = told(rich, CLASSES, aspect, language=language)
    assert CLASSES in statement.text
    assert "120人" in statement.text and "480人" in statement.text
    assert years_in(statement.text) == {2025, 2028}
    assert rich.quotes(statement) == [f"(2) スマホ教室の開催\t{CLASSES}\t120人\t480人", HEAD]
    assert statement.computed == ()


@in_every_language
@pytest.mark.parametrize("aspect", ["target", "difference", "ratio", "pace"])
def test_a_kpi_that_is_no_number_is_told_as_printed_and_nothing_is_worked_out(
    rich: Bench, aspect: str, language: str
) -> None:
    [statement] = told(rich, "電子決裁の状況", aspect, language=language)
    assert "「未導入」" in statement.text and "「全課で導入」" in statement.text
    assert statement.computed == ()


@in_every_language
@pytest.mark.parametrize(
    ("indicator", "values", "difference"),
    [
        (CLASSES, ("120人", "480人"), "360人"),
        ("オンライン申請の割合", ("20.5％", "62％"), "41.5"),
        ("公開写真の枚数", ("1.2万枚", "3万枚"), "1.8万枚"),
        ("議事録の作成時間", ("90分", "30分"), "60分"),
        ("河川カメラの設置台数", ("0台", "6台"), "6台"),
    ],
)
def test_a_difference_is_told_with_both_values_and_the_printed_unit(
    rich: Bench, indicator: str, values: tuple[str, str], difference: str, language: str
) -> None:
    statement = worked(rich, indicator, "difference", language)
    assert all(value in statement.text for value in values)
    assert difference in statement.text


def test_an_increase_and_a_decrease_are_told_apart(rich: Bench) -> None:
    assert "増" in worked(rich, CLASSES, "difference").text
    assert "減" in worked(rich, "議事録の作成時間", "difference").text
    assert "減" not in worked(rich, CLASSES, "difference").text


@in_every_language
def test_a_ratio_is_told_with_its_working(rich: Bench, language: str) -> None:
    statement = worked(rich, CLASSES, "ratio", language)
    assert "480" in statement.text and "120" in statement.text and "÷" in statement.text
    assert "4" in statement.computed


def test_a_baseline_of_nothing_has_no_ratio(rich: Bench) -> None:
    [statement] = told(rich, "河川カメラの設置台数", "ratio")
    assert "÷" not in statement.text and "6台" in statement.text


@in_every_language
@pytest.mark.parametrize(
    ("indicator", "pace"), [("河川カメラの設置台数", "2台"), ("議事録の作成時間", "20分")]
)
def test_a_pace_is_the_difference_over_the_years_between(
    rich: Bench, indicator: str, pace: str, language: str
) -> None:
    statement = worked(rich, indicator, "pace", language)
    assert pace in statement.text and "÷3" in statement.text.replace(" ", "")
    assert years_in(statement.text) == {2025, 2028}


def test_what_is_worked_out_is_followed_by_the_values_where_the_sentence_is_no_difference(
    rich: Bench,
) -> None:
    ratio, values = told(rich, CLASSES, "ratio")
    assert "÷" in ratio.text and "120人" in values.text and "÷" not in values.text


def test_a_measures_own_name_brings_its_kpi(rich: Bench) -> None:
    [statement] = told(rich, "河川カメラの設置", "target")
    assert statement.text.startswith("河川カメラの設置台数") and "6台" in statement.text


numbers = st.decimals(0, 9_999_999, places=1) | st.integers(0, 9_999_999).map(Decimal)
units = st.sampled_from(("人", "万枚", "％", "施設"))


def asked_about(rich: Bench, before: Quantity, after: Quantity, *aspects: str, language: str) -> Asked:
    """Return what a composer looks at for one made KPI."""
    here = Span(document_id="wakaba-dx", start=0, end=1)
    kpi = Kpi(id="k", measure=None, indicator="登録者数", baseline=before, target=after, source=here)
    subject = Subject("kpi", "wakaba", kpi, kpi.indicator, (), (here,))
    turn = rich.asking("登録者数は？", "wakaba", *aspects, language=language)
    holding = rich.library.holding("wakaba")
    assert holding
    focus = Focus(found=(subject,))
    return Asked(
        turn, "wakaba", rich.subjects.plans["wakaba"], rich.subjects, focus, holding, lambda _: None, ""
    )


def quantity(number: Decimal, unit: str, year: int) -> Quantity:
    return Quantity(text=f"{number:,f}{unit}", value=float(number), unit=unit, fiscal_year=year)


@given(numbers, numbers, units, st.sampled_from(LANGUAGES))
def test_the_difference_told_is_that_of_the_printed_numbers(
    rich: Bench, before: Decimal, after: Decimal, unit: str, language: str
) -> None:
    first, last = quantity(before, unit, 2025), quantity(after, unit, 2030)
    found = change(asked_about(rich, first, last, "difference", language=language))
    assert found is not None
    told_figures = {Decimal(f) for f in figures_in(found[0].text)}
    assert {before, after} - {Decimal(0)} <= told_figures | {Decimal(0)}
    if before != after:
        assert abs(after - before) in told_figures
    quotes = f"{first.text}\t{last.text}\tR7\tR12"
    assert set(unsupported(found[0].text, quotes)) <= set(found[0].computed)


@given(numbers, numbers)
def test_two_units_are_never_worked_out_against_each_other(
    rich: Bench, before: Decimal, after: Decimal
) -> None:
    first, last = quantity(before, "分", 2025), quantity(after, "件", 2030)
    asked = asked_about(rich, first, last, "difference", "ratio", "pace", language="ja")
    assert [s.computed for s in change(asked) or ()] == [()]


@in_every_language
def test_a_pace_holds_where_no_quote_has_the_one_of_one_year(rich: Bench, language: str) -> None:
    statement = worked(rich, "河川カメラの設置台数", "pace", language)
    assert set(unsupported(statement.text, "R7基準値 R10目標値 0台 6台")) <= {
        *statement.computed,
        "河川カメラの設置台数",
    }
    assert not any(word in statement.text for word in ("約", "about", "约"))
