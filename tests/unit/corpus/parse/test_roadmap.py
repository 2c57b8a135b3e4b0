"""Roadmaps: the years of a phase where the layout gives them, and a doubt where it does not."""

from collections.abc import Callable

import pytest

from corpus.document import Cell, Document, Grid
from corpus.parse.blocks import parse_blocks
from corpus.parse.plan import read_plan
from corpus.records import Contact, DocumentInfo, Plan

PlanOf = Callable[..., Plan]
SECTION = "第2章 施策の展開\n\n施策1 窓口の整備\n\n担当課：市民課\n\n【工程】\n{lines}\n"


def phases(plan: Plan) -> list[tuple[str, tuple[int, ...] | None]]:
    return [(row.text, row.fiscal_years) for m in plan.measures for row in m.roadmap]


def test_a_cell_for_every_year_makes_the_years_certain(plan_of: PlanOf) -> None:
    plan = plan_of("施策\t担当課\tR8\tR9\n(1) 窓口\t市民課\t調査\t導入\n")
    assert phases(plan) == [("調査", (2026,)), ("導入", (2027,))]
    assert not plan.doubts


def test_lost_columns_leave_the_order_and_a_doubt(plan_of: PlanOf) -> None:
    plan = plan_of("施策\t担当課\tR8\tR9\n(1) 窓口\t市民課\t調査\t\n\t\t\t導入\n")
    assert phases(plan) == [("調査", None), ("導入", None)]
    assert [d.kind for d in plan.doubts] == ["roadmap_columns"]


def test_a_measure_whose_phases_are_not_printed_has_a_doubt(plan_of: PlanOf) -> None:
    plan = plan_of("施策\t担当課\tR8\tR9\n(1) 窓口\t市民課\t\t\n")
    assert (phases(plan), [d.kind for d in plan.doubts]) == ([], ["roadmap_missing"])


@pytest.mark.parametrize(
    ("line", "phase"),
    [
        ("令和8年度　調査", ("調査", (2026,))),
        ("令和9～10年度　導入", ("導入", (2027, 2028))),
        ("R9・R11：見直し", ("見直し", (2027, 2029))),
        ("令和8年度～令和10年度 運用", ("運用", (2026, 2027, 2028))),
        ("2026年度 調査", ("調査", (2026,))),
    ],
)
def test_a_line_that_begins_with_years_is_a_phase_of_them(
    plan_of: PlanOf, line: str, phase: tuple[str, tuple[int, ...]]
) -> None:
    plan = plan_of(SECTION.format(lines=line))
    assert phases(plan) == [phase]
    assert plan.measures[0].roadmap[0].certain


def test_a_bare_year_is_of_the_era_that_was_named_last(plan_of: PlanOf) -> None:
    plan = plan_of(
        "令和8年度からの計画です。\n\n" + SECTION.format(lines="8年度：調査\n9年度から10年度：導入")
    )
    assert phases(plan) == [("調査", (2026,)), ("導入", (2027, 2028))]


def test_a_line_without_a_year_is_a_phase_of_no_certain_year(plan_of: PlanOf) -> None:
    plan = plan_of(SECTION.format(lines="令和8年度 調査\nできるだけ早く導入"))
    assert phases(plan) == [("調査", (2026,)), ("できるだけ早く導入", None)]
    assert [d.kind for d in plan.doubts] == ["roadmap_years"]


def test_a_schedule_elsewhere_gives_the_measures_their_phases(plan_of: PlanOf) -> None:
    plan = plan_of(
        "第2章 施策の展開\n\n施策1 窓口の整備\n\n担当課：市民課\n\n"
        "第3章 予定\n\n取組項目\t令和8年度\t令和9年度\n窓口の整備\t調査\t導入\n"
    )
    assert phases(plan) == [("調査", (2026,)), ("導入", (2027,))]


def test_a_bar_covers_the_years_that_its_merged_cell_covers() -> None:
    rows = (("施策", "担当課", "R8", "R9", "R10"), ("(1) 窓口", "市民課", "調査", "導入", ""))
    text = "\n".join("\t".join(row) for row in rows)
    cells, offset = [], 0
    for r, row in enumerate(rows):
        for c, body in enumerate(row):
            span = 2 if body == "導入" else 1
            if body:
                cells.append(Cell(start=offset, end=offset + len(body), row=r, column=c, column_span=span))
            offset += len(body) + 1
    document = Document(
        document_id="aoba", text=text, grids=(Grid(start=0, end=len(text), cells=tuple(cells)),)
    )
    info = DocumentInfo(document_id="aoba", title="計画")
    plan = read_plan("aoba", "青葉市", Contact(name="企画課"), ((info, parse_blocks(document)),), {})
    assert phases(plan) == [("調査", (2026,)), ("導入", (2027, 2028))]
