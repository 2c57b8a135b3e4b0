"""KPIs: from tables, from the labels of a measure's own section, and from a line with an arrow."""

from collections.abc import Callable

import pytest

from corpus.records import Kpi, Plan, Quantity

PlanOf = Callable[..., Plan]
MEASURES = "施策\t担当課\n(1) 窓口の整備\t市民課\n(2) 申請の拡充\t総務課\n\n"


def said(quantity: Quantity | None) -> tuple[float | None, str | None, int | None] | None:
    return (quantity.value, quantity.unit, quantity.fiscal_year) if quantity else None


def summary(kpi: Kpi) -> tuple[object, ...]:
    return kpi.measure, kpi.indicator, said(kpi.baseline), said(kpi.target)


@pytest.mark.parametrize(
    "header",
    [
        "施策\t成果指標\tR7基準値\tR12目標値",
        "施策\tKPI\t現状値（令和7年度）\t目標値（令和12年度）",
        "取組\t数値目標\t策定時（2025年度）\t目標（2030年度）",
        "施策名\t目標指標\t現状値(R7)\tR12目標",
    ],
)
def test_a_kpi_table_is_read_whatever_its_header_calls_the_columns(plan_of: PlanOf, header: str) -> None:
    plan = plan_of(f"{MEASURES}{header}\n(2) 申請の拡充\t申請の件数\t40件\t1万2千件\n")
    assert [summary(k) for k in plan.kpis] == [
        ("aoba.2", "申請の件数", (40, "件", 2025), (12000, "件", 2030))
    ]


def test_a_unit_may_stand_in_a_column_of_its_own(plan_of: PlanOf) -> None:
    plan = plan_of(f"{MEASURES}施策\t指標\t単位\t現状値\t目標値\n(1) 窓口の整備\t待ち時間\t分\t20\t未定\n")
    assert summary(plan.kpis[0]) == ("aoba.1", "待ち時間", (20, "分", None), (None, None, None))


SECTION = """第2章 施策の展開

施策1 窓口の整備

担当課：市民課

{kpi}
"""


@pytest.mark.parametrize(
    "kpi",
    [
        "成果指標：待ち時間　現状値：20分（R6）　目標値：5分（R12）",
        "【指標】待ち時間\n基準値（R6）：20分\n目標値（R12）：5分",
        "成果指標：待ち時間　20分（R6）→5分（R12）",
        "指標\t基準値（R6）\t目標値（R12）\n待ち時間\t20分\t5分",
    ],
)
def test_a_measures_own_section_holds_its_kpis(plan_of: PlanOf, kpi: str) -> None:
    plan = plan_of(SECTION.format(kpi=kpi))
    assert [summary(k) for k in plan.kpis] == [("aoba.1", "待ち時間", (20, "分", 2024), (5, "分", 2030))]


def test_an_indicator_without_any_value_is_no_kpi(plan_of: PlanOf) -> None:
    assert plan_of(SECTION.format(kpi="成果指標：待ち時間")).kpis == ()


def test_a_value_of_another_year_than_its_columns_has_a_doubt(plan_of: PlanOf) -> None:
    table = "施策\t指標\tR7基準値\tR12目標値\n(1) 窓口の整備\t待ち時間\t20分（R6参考値）\t5分\n"
    plan = plan_of(MEASURES + table)
    assert summary(plan.kpis[0])[2] == (20, "分", 2024)
    assert [d.message for d in plan.doubts if d.kind == "kpi_year"] == [
        "基準値の列と年度が違います（R6参考値）"
    ]


def test_what_the_plan_before_aimed_at_is_no_kpi_of_this_one(plan_of: PlanOf) -> None:
    table = "指標\t目標\t実績\n電子決裁率\t40％\t31％\n"
    assert plan_of(f"2 第1期計画の振り返り\n\n{table}").kpis == ()
    assert [k.indicator for k in plan_of(f"2 成果指標\n\n{table}").kpis] == ["電子決裁率"]


def test_kpis_of_no_measure_are_kept(plan_of: PlanOf) -> None:
    plan = plan_of("指標\t現状値\t目標値\n待ち時間\t20分\t5分\n")
    assert [(k.measure, k.indicator) for k in plan.kpis] == [(None, "待ち時間")]
