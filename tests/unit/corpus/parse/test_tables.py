"""Tables: which column a cell belongs to, which row, and what is certain of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Table
from corpus.library import load_library
from corpus.parse.columns import fiscal_year_in, role_of
from corpus.parse.lines import Line, lines_of
from corpus.parse.tables import cells_of, parse_table

CELL = st.text("あ計画課A1 、。", max_size=6)
ROWS = st.lists(st.lists(CELL, min_size=2, max_size=5), min_size=1, max_size=6)


def table_of(*rows: str) -> tuple[str, Table]:
    text = "\n".join(rows)
    return text, parse_table(text, tuple(line for line in lines_of(text) if line.tabbed))


def roles_of(table: Table) -> list[tuple[int, str]]:
    return [(column.index, column.role) for column in table.columns]


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("施策", "measure"),
        ("取組項目", "measure"),
        ("担当部署", "department"),
        ("所管課", "department"),
        ("主な取組内容", "overview"),
        ("成果指標", "indicator"),
        ("ＫＰＩ", "indicator"),
        ("R7基準値", "baseline"),
        ("現状値", "baseline"),
        ("R12目標値", "target"),
        ("現状と課題", "issue"),
        ("用語", "term"),
        ("用語の解説", "definition"),
        ("工程", "roadmap"),
        ("令和８年度", "year"),
        ("R8", "year"),
        ("備考", ""),
        ("全公民館", ""),
        ("本市の児童・生徒の学力は全国トップクラスの水準で、施策があります", ""),
    ],
)
def test_a_header_says_what_its_column_holds(label: str, role: str) -> None:
    assert role_of(label) == role


@pytest.mark.parametrize(
    ("label", "year"), [("R8", 2026), ("令和 12 年度", 2030), ("R8～R12", None), ("施策", None)]
)
def test_a_header_names_one_fiscal_year_or_none(label: str, year: int | None) -> None:
    assert fiscal_year_in(label) == year


def test_a_table_with_a_filled_cell_for_each_column_is_exact() -> None:
    text, table = table_of(
        "施策\t成果指標\tR7基準値\tR12目標値", "(1) 窓口\t設置数\t1\t11", "(2) 券\t枚数\t0\t5"
    )
    assert roles_of(table) == [(0, "measure"), (1, "indicator"), (2, "baseline"), (3, "target")]
    assert table.exact
    target = table.groups[1].cell(3)
    assert target and target.of(text) == "5"
    assert table.header and table.header.of(text) == "施策\t成果指標\tR7基準値\tR12目標値"


def test_a_table_that_lost_its_merged_cells_is_not_exact() -> None:
    _, table = table_of("取組項目\t令和8年度\t令和9年度", "窓口\t整備\t", "申請\t\t導入")
    assert not table.exact


def test_a_row_without_its_first_cell_goes_on_with_the_row_above() -> None:
    text, table = table_of(
        "施策\t担当課\tR8\tR9", "窓口\t総務課\t調査\t", "\t\t\t導入", "申請\t総務課\t調査\t導入"
    )
    assert [group.of(text).split("\t")[0] for group in table.groups] == ["窓口", "申請"]
    assert [cell.of(text) for cell in table.groups[0].cells if cell.end > cell.start] == [
        "窓口",
        "総務課",
        "調査",
        "導入",
    ]
    assert table.groups[0].cell(3) is None


def test_a_header_that_stands_one_column_to_the_right_is_moved_back() -> None:
    text, table = table_of(
        "\t施策\t担当部署\tR8\tR9", "(1) 窓口\t総務課\t調査\t導入\t", "(2) 申請\t市民課\t調査\t導入\t"
    )
    assert [(c.index, c.role, c.fiscal_year) for c in table.columns] == [
        (0, "measure", None),
        (1, "department", None),
        (2, "year", 2026),
        (3, "year", 2027),
    ]
    department = table.groups[0].cell(1)
    assert department and department.of(text) == "総務課"


def test_years_in_a_second_header_row_stand_under_the_roadmap() -> None:
    _, table = table_of("施策\t担当部署\t工程\t\t", "\t\tR8\tR9\tR10", "(1) 窓口\t総務課\t調査\t\t")
    assert [(c.index, c.fiscal_year) for c in table.columns if c.role == "year"] == [
        (2, 2026),
        (3, 2027),
        (4, 2028),
    ]
    assert len(table.groups) == 1


def test_rules_are_no_rows_and_markup_is_no_cell_text() -> None:
    text, table = table_of("成果\t課題", "--\t--", '<ul style="x"> 一つ\t 二つ ')
    assert [[c.of(text) for c in group.cells] for group in table.groups] == [["一つ", "二つ"]]


def test_a_table_without_a_header_keeps_its_rows() -> None:
    _, table = table_of("市民本位\t業務改革", "職場改善\t官民連携")
    assert (table.columns, table.header, table.exact, len(table.groups)) == ((), None, False, 2)


@given(ROWS)
def test_a_cell_is_what_is_printed_between_two_tabs(rows: list[list[str]]) -> None:
    text = "\n".join("\t".join(row) for row in rows)
    start = 0
    for number, row in enumerate(rows):
        line = text.split("\n")[number]
        cells = cells_of(text, Line(start, start + len(line), line), number)
        assert [cell.of(text) for cell in cells] == [body.strip() for body in row]
        assert [(cell.row, cell.column) for cell in cells] == [(number, c) for c in range(len(row))]
        start += len(line) + 1


@given(ROWS)
def test_every_letter_of_a_table_stands_in_its_header_or_in_one_row(rows: list[list[str]]) -> None:
    text, table = table_of(*("\t".join(row) for row in rows))
    regions = [*table.groups, *([table.header] if table.header else [])]
    for line in (line for line in lines_of(text) if line.tabbed):
        for place in range(line.start, line.end):
            holders = [r for r in regions if r.start <= place < r.end]
            assert len(holders) == 1 or text[place].isspace()


def test_the_tables_of_the_shipped_plans_are_read_as_they_are_printed() -> None:
    tables = {
        holding.id: [block.table for block in document.blocks if block.table]
        for holding in load_library().holdings
        for document in holding.documents
    }
    kpis = [
        t
        for t in tables["hakui"]
        if [c.role for c in t.columns] == ["measure", "indicator", "baseline", "target"]
    ]
    assert [len(table.groups) for table in kpis] == [9, 5]
    assert all(table.exact for table in kpis)
    terms = [table for table in tables["hakui"] if [c.role for c in table.columns] == ["term", "definition"]]
    assert sum(len(table.groups) for table in terms) == 47
    schedules = [table for table in tables["nonoichi"] if sum(c.role == "year" for c in table.columns) == 5]
    assert [len(table.groups) for table in schedules] == [5, 7]
    assert all(table.exact and table.columns[1].fiscal_year == 2026 for table in schedules)
