"""Measures: from tables with a row each, from tables of their own, and from headings with labels."""

from collections.abc import Callable

import pytest

from corpus.parse.measures import same_name
from corpus.records import Measure, Plan

PlanOf = Callable[..., Plan]

ROWS = """テーマ1 窓口を変える

施策\t担当課\t主な取組内容\tR8\tR9
(1) 書かない窓口\t市民課\t手間を減らす。 ✓ 調査\t調査\t導入
(2) 新規 電子申請\t総務課\t家から申請できる。 ✓ 拡大\t検討\t拡大
"""
HEADED = """第2章 施策の展開

基本目標1 窓口を変える

施策1-1 書かない窓口（新規）

手間を減らします。

担当課：市民課、総務課

【主な取組】
・調査
・導入

施策1-2 電子申請

家から申請できます。

担当課：総務課
"""
FORM = """戦略1 窓口を変える

施策名\t(1) 書かない窓口
所管課\t市民課、総務課
施策の概要\t手間を減らします。
主な取組\t・調査 ・導入
区分\t新規
"""


def summary(measure: Measure) -> tuple[str | None, str, str, tuple[str, ...], bool]:
    return measure.theme, measure.number, measure.title, measure.departments, measure.is_new


def test_a_tables_rows_are_measures(plan_of: PlanOf) -> None:
    plan = plan_of(ROWS)
    assert [(t.number, t.title) for t in plan.themes] == [("1", "窓口を変える")]
    assert [summary(m) for m in plan.measures] == [
        ("1", "(1)", "書かない窓口", ("市民課",), False),
        ("1", "(2)", "電子申請", ("総務課",), True),
    ]
    assert [(m.overview, m.activities) for m in plan.measures] == [
        ("手間を減らす。", ("調査",)),
        ("家から申請できる。", ("拡大",)),
    ]


def test_a_heading_with_labels_under_it_is_a_measure(plan_of: PlanOf) -> None:
    plan = plan_of(HEADED)
    assert [(t.number, t.title) for t in plan.themes] == [("1", "窓口を変える")]
    assert [summary(m) for m in plan.measures] == [
        ("1", "施策1-1", "書かない窓口", ("市民課", "総務課"), True),
        ("1", "施策1-2", "電子申請", ("総務課",), False),
    ]
    assert [(m.overview, m.activities) for m in plan.measures] == [
        ("手間を減らします。", ("調査", "導入")),
        ("家から申請できます。", ()),
    ]


def test_a_table_of_labels_is_one_measure(plan_of: PlanOf) -> None:
    plan = plan_of(FORM)
    (measure,) = plan.measures
    assert summary(measure) == ("1", "(1)", "書かない窓口", ("市民課", "総務課"), True)
    assert (measure.overview, measure.activities) == ("手間を減らします。", ("調査", "導入"))


def test_what_is_printed_twice_is_one_measure(plan_of: PlanOf) -> None:
    plan = plan_of(HEADED + HEADED[HEADED.index("施策1-2") :])
    assert [m.title for m in plan.measures] == ["書かない窓口", "電子申請"]


def test_a_list_of_measures_is_completed_by_their_sections(plan_of: PlanOf) -> None:
    listed = "第1章 施策の一覧\n\n施策\t担当課\n1-1 書かない窓口\t市民課\n1-2 電子申請\t総務課\n\n"
    plan = plan_of(listed + HEADED)
    assert [(m.title, m.departments, m.overview) for m in plan.measures] == [
        ("書かない窓口", ("市民課",), "手間を減らします。"),
        ("電子申請", ("総務課",), "家から申請できます。"),
    ]
    assert plan.measures[0].activities == ("調査", "導入")


def test_a_column_names_the_theme_of_a_row(plan_of: PlanOf) -> None:
    plan = plan_of(
        "基本目標\t施策名\t担当課\n基本目標1 しごと\t創業の支援\t商工課\n基本目標2 ひと\t移住の相談\t企画課\n"
    )
    assert [(t.number, t.title) for t in plan.themes] == [("1", "しごと"), ("2", "ひと")]
    assert [(m.theme, m.title) for m in plan.measures] == [("1", "創業の支援"), ("2", "移住の相談")]


def test_a_number_that_is_used_again_still_gives_each_measure_its_id(plan_of: PlanOf) -> None:
    plan = plan_of("施策名\t担当課\n(1) 創業の支援\t商工課\n(1) 移住の相談\t企画課\n")
    assert [m.id for m in plan.measures] == ["aoba.1", "aoba.1~2"]


def test_prose_without_labels_is_no_measure(plan_of: PlanOf) -> None:
    plan = plan_of("第1章 はじめに\n\n(1) 社会の変化\n\n人口が減っています。\n\n担当課は市民課です。\n")
    assert (plan.themes, plan.measures) == ((), ())
    assert len(plan.sections) == 4


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("デジタル地域通貨の採用調査", "デジタル地域通貨の導入調査", True),
        ("書かない窓口", "書かない窓口の拡充", True),
        ("書か ない 窓口", "書かない窓口", True),
        ("鳥獣害対策", "電子図書館の導入", False),
        ("", "鳥獣害対策", False),
    ],
)
def test_two_spellings_of_a_name_are_of_one_thing(first: str, second: str, same: bool) -> None:
    assert same_name(first, second) is same
