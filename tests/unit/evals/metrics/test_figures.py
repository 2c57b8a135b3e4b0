"""Unsupported figures: each stands in the sentence's quotes or follows from them as the sentence says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.figures import figures_of, unsupported_figures, unsupported_in
from tests.unit.evals.made import response

KPI = "登録者数 令和7年度 1,100人 令和12年度 2,800人"


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("2,800人と１，１００人", ("2800", "1100")),
        ("45.3%から60%", ("45.3", "60")),
        ("令和12年度に5台", ("5",)),
        ("2030年度（R12）に5台", ("5",)),
        ("2024,2025", ("2024", "2025")),
        ("12,34", ("12", "34")),
        ("数はない", ()),
    ],
)
def test_figures_are_narrow_and_without_commas_and_years(text: str, figures: tuple[str, ...]) -> None:
    assert figures_of(text) == figures


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("1,100人から2,800人", KPI),
        ("１１００人から２８００人", KPI),
        ("2030年度に2,800人", KPI),
        ("2030 (R12), 2,800 people", KPI),
        ("R12に2,800人", KPI),
        ("令和7年度から12年度まで", KPI),
        ("令和12年度に2,800人", "2030年度 2,800人"),
        ("1,100人から2,800人へ1,700人増やす", KPI),
        ("An increase of 1,700, from 1,100 to 2,800", KPI),
        ("1,100人から2,800人へ、約154.5%の増加", KPI),
        ("1,100人から2,800人へ、約155%増", KPI),
        ("1,100人から2,800人へ、約2.5倍", KPI),
        ("45.3%から60%へ14.7ポイント上がる", "45.3% → 60%"),
        ("令和7年度の1,100人から令和12年度の2,800人へ、1年に340人のペース", KPI),
        ("令和7年度から令和12年度までの5年間", KPI),
        ("令和7年度から令和12年度までの6か年", KPI),
        ("施策は2件で、「窓口」「電子図書館」です", "窓口 電子図書館"),
        ("施策は1件で、「「窓口」の拡充」です", "「窓口」の拡充"),
        ("「窓口」の取組は2つで、「予約」「申請」です", "窓口 予約 申請"),
        ("「予約」「申請」の2つがあります", "予約 申請"),
        ("登録は7件（3＋4）", "3件 4件"),
        ("There are 7 new (新規) measures in all (3＋4)", "3件 4件"),
        ("「窓口」 has 2 new (新規) measures: 「予約」「申請」", "窓口 予約 申請"),
        ("担当は総務課、財政課、税務課の3つの課です", "総務課 財政課 税務課"),
        ("2 measures: 「窓口」「電子図書館」", "窓口 電子図書館"),
        ("3つの柱があります", "三つの柱"),
        ("12項目あります", "十二項目"),
    ],
)
def test_what_the_quotes_say_or_what_follows_from_them_is_supported(text: str, quote: str) -> None:
    assert unsupported_in(text, [quote]) == ()


@pytest.mark.parametrize(
    ("text", "quote", "strange"),
    [
        ("2,900人", KPI, ("2900",)),
        ("280人", KPI, ("280",)),
        ("2030年度", "令和11年度", ("2030",)),
        ("令和13年度", KPI, ("2031",)),
        # A part of a year is no figure of the source.
        ("12人です", KPI, ("12",)),
        ("7台です", KPI, ("7",)),
        # A difference that is wrong, that nothing calls one, or of two things.
        ("1,100人から2,800人へ1,800人増やす", KPI, ("1800",)),
        ("1,100人、2,800人、1,700人", KPI, ("1700",)),
        ("5台と1,100人で、1,095人増", "5台 1,100人", ("1095",)),
        ("1,100人から2,800人へ、約160%増", KPI, ("160",)),
        ("1,100人から2,800人へ、約3倍", KPI, ()),
        ("1,100人から2,800人へ、約2.6倍", KPI, ("2.6",)),
        ("1,100人から2,800人へ増え、39人", KPI, ("39",)),
        ("令和7年度から令和12年度までの4年間", KPI, ("4",)),
        # What is measured is not what is listed.
        ("対象は、2人です", "対象は5人です", ("2",)),
        ("1人です", "5人です", ("1",)),
        ("「窓口」の取組は3つで、「予約」「申請」です", "窓口 予約 申請", ("3",)),
        ("登録は8件（3＋4）", "3件 4件", ("8",)),
        ("登録は9件（4＋5）", "4件", ("9", "5")),
        ("施策は3件で、「窓口」「電子図書館」です", "窓口 電子図書館", ("3",)),
        ("総務課、財政課の5つの課です", "総務課 財政課", ("5",)),
    ],
)
def test_what_neither_stands_in_the_quotes_nor_follows_is_told(
    text: str, quote: str, strange: tuple[str, ...]
) -> None:
    assert unsupported_in(text, [quote]) == strange


def test_a_figure_is_sought_in_the_quotes_of_its_own_sentence() -> None:
    said = response("目標は40人です[1]。現状は20人です[2]。", "40人", "20人")
    assert unsupported_figures(said) == ()
    swapped = response("目標は40人です[2]。現状は20人です[1]。", "40人", "20人")
    assert unsupported_figures(swapped) == ("40", "20")


def test_a_sum_of_counts_is_borne_by_the_lists_of_the_answer() -> None:
    lists = "「窓口」の施策は2件で、「予約」「申請」です[1]。「学校」の施策は1件で、「教材」です[1]。"
    quote = "窓口 予約 申請 学校 教材"
    assert unsupported_figures(response(f"施策は全部で3件です（2＋1）[1]。{lists}", quote)) == ()
    assert unsupported_figures(response(f"施策は全部で4件です（2＋2）[1]。{lists}", quote)) == ("4", "2", "2")
    assert unsupported_figures(response("施策は全部で3件です（2＋1）[1]。", quote)) == ("3", "2", "1")


def test_a_sentence_without_a_marker_bears_no_figure() -> None:
    assert unsupported_figures(response("目標は40人です。", "40人")) == ("40",)


def test_a_refusal_claims_nothing() -> None:
    assert unsupported_figures(response("0767-22-1111へ。", status="not_in_plan")) == ()


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_figure_is_borne_by_the_same_figure_alone(said: int, quoted: int) -> None:
    assert (unsupported_in(f"目標は{said:,}人です", [f"目標値 {quoted}人"]) == ()) is (said == quoted)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(-3, 3))
def test_a_difference_is_borne_where_it_is_exact(a: int, b: int, off: int) -> None:
    if a == b or abs(a - b) + off in (a, b) or abs(a - b) + off < 0:
        return
    said = f"{a}人から{b}人へ、{abs(a - b) + off}人の差"
    assert (unsupported_in(said, [f"{a}人 {b}人"]) == ()) is (off == 0)
