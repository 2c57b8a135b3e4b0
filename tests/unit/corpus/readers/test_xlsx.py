"""Excel: what the sheets display is read."""

import datetime
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.readers.xlsx import read
from corpus.readers.xlsx_format import display

DAY = datetime.datetime(2026, 4, 1, 9, 5)


def saved(build: Callable[[Any], object]) -> bytes:
    book = openpyxl.Workbook()
    build(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def made(build: Callable[[Any], object]) -> Document:
    return read("doc", "plan.xlsx", saved(build))


def test_each_sheet_is_a_heading_and_a_table_of_its_used_range() -> None:
    def build(book: Any) -> None:
        book.active.title = "指標"
        book.active["B2"], book.active["C2"], book.active["B4"], book.active["C4"] = (
            "申請率",
            0.63,
            "満足\n度",
            80,
        )
        book.active["C2"].number_format = "0%"
        book.create_sheet("空")
        book.create_sheet("工程").append(["取組", "令和8年度"])

    document = made(build)
    assert document.text == "指標\n\n申請率\t63%\n満足 度\t80\n\n工程\n\n取組\t令和8年度\n"
    assert [m.of(document.text) for m in document.heading_marks] == ["指標", "工程"]
    assert "'空' has no text" in document.notes[0]


def test_merged_cells_are_printed_once_and_their_spans_are_known() -> None:
    def build(book: Any) -> None:
        for row in (["指標", "値", None], [None, "基準", "目標"], ["申請率", 1, 2]):
            book.active.append(row)
        book.active.merge_cells("A1:A2")
        book.active.merge_cells("B1:C1")

    document = made(build)
    cells = {
        (c.row, c.column): (c.of(document.text), c.row_span, c.column_span) for c in document.grids[0].cells
    }
    assert cells[0, 0] == ("指標", 2, 1) and cells[0, 1] == ("値", 1, 2)
    assert (1, 0) not in cells and (0, 2) not in cells


def test_a_cell_merged_over_columns_that_hold_nothing_is_one_column() -> None:
    def build(book: Any) -> None:
        book.active["A1"], book.active["F1"], book.active["A2"], book.active["F2"] = "指標", "値", "率", 5
        book.active.merge_cells("A1:E1")

    document = made(build)
    assert document.text == "Sheet\n\n指標\t値\n率\t5\n"
    assert {c.column_span for c in document.grids[0].cells} == {1}


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (0.63, "0%", "63%"),
        (0.6345, "0.0%", "63.5%"),
        (12345.6, '#,##0"円"', "12,346円"),
        (12345678, "#,##0,", "12,346"),
        (-5, "#,##0;▲#,##0", "▲5"),
        (0, '0;-0;"-"', "-"),
        (3, "0.00", "3.00"),
        (3.5, "0.##", "3.5"),
        (7, "000", "007"),
        (1234, "#,##0_ ;[Red]\\-#,##0\\ ", "1,234"),
        (0.1 + 0.2, "General", "0.3"),
        (5, '"第"0"回"', "第5回"),
        (True, "General", "TRUE"),
        ("文字", "@", "文字"),
        (12, "# ?/?", "12"),
    ],
)
def test_numbers_are_shown_as_their_format_says(value: object, form: str, shown: str) -> None:
    assert display(value, form, False).strip() == shown


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("yyyy/m/d", "2026/4/1"),
        ('yyyy"年"m"月"d"日"', "2026年4月1日"),
        ('[$-411]ggge"年"m"月"d"日"', "令和8年4月1日"),
        ("[$-411]ge.m.d", "R8.4.1"),
        ("yyyy-mm-dd hh:mm", "2026-04-01 09:05"),
        ("m/d(aaa)", "4/1(水)"),
        ("h:mm AM/PM", "9:05 AM"),
        ("yyyy/m/d;@", "2026/4/1"),
    ],
)
def test_dates_are_shown_as_their_format_says(form: str, shown: str) -> None:
    assert display(DAY, form, True) == shown


def test_hidden_sheets_rows_and_white_cells_are_held_back_with_notes() -> None:
    def build(book: Any) -> None:
        for row in (["a", "b"], ["秘密", "c"], ["d", "白"]):
            book.active.append(row)
        book.active.row_dimensions[2].hidden = True
        book.active["B3"].font = Font(color="FFFFFFFF")
        book.create_sheet("裏").append(["秘密"])
        book["裏"].sheet_state = "hidden"

    document = made(build)
    assert document.text == "Sheet\n\na\tb\nd\t\n"
    assert any("裏" in n for n in document.notes) and any("hidden cells" in n for n in document.notes)


def test_formulas_without_a_stored_value_are_noted() -> None:
    def build(book: Any) -> None:
        book.active.append(["合計", "=1+1"])

    assert "1 formulas have no stored value" in made(build).notes[0]


def changed(part: bytes) -> bytes:
    """Return a workbook with another first sheet."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(lambda b: b.active.append(["x"])))) as old,
        zipfile.ZipFile(file, "w") as new,
    ):
        for name in old.namelist():
            sheet = name == "xl/worksheets/sheet1.xml"
            new.writestr(name, part if sheet else old.read(name), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def sheet(rows: str, rest: str = "") -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{rest}</worksheet>'.encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"not a zip", "cut off"),
        (changed(b"\0" * 30_000_000), "bomb"),
        (changed(b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"), "entities"),
        (changed(sheet("", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')), "merged cells"),
        (changed(sheet(f"<row>{'<c><v>1</v></c>' * 10_001}</row>")), "columns"),
        (saved(lambda book: None), "no sheet has a value"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(data: bytes, said: str) -> None:
    with pytest.raises(DocumentError, match=rf"^plan\.xlsx: .*{said}"):
        read("doc", "plan.xlsx", data)


XML = sheet(
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><v>x</v></c></row>'
    '<row r="2"><c r="A2"><v>2</v></c></row>'
)


@given(at=st.integers(0, len(XML) - 1), put=st.binary(max_size=4), lost=st.integers(0, 20))
def test_damage_is_read_or_refused(at, put, lost, survives, keeps_the_contract) -> None:  # type: ignore[no-untyped-def]
    survives(read, changed(XML[:at] + put + XML[at + lost :]), keeps_the_contract)
