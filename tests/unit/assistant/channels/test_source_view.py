"""The source page holds every printed character, each run where its offset says."""

from __future__ import annotations

import itertools

import pytest

from assistant.channels.source_runs import Run
from assistant.channels.source_view import Section, runs_in, source_view
from corpus.document import Document, Page
from corpus.library import load_library
from corpus.parse.blocks import parse_blocks

SHIPPED = [d for h in load_library().holdings for d in h.documents]


def sections_of(text: str) -> tuple[Section, ...]:
    """Return the sections of a text as the page shows it."""
    return source_view(parse_blocks(Document(document_id="d", text=text))).sections


def table_of(text: str) -> Section:
    """Return the only table of a text."""
    return next(s for s in sections_of(text) if s.kind == "table")


def runs_of_document(document: Document) -> list[Run]:
    """Return every run of a document."""
    return [run for section in source_view(document).sections for run in runs_in(section)]


@pytest.mark.parametrize("document", SHIPPED, ids=lambda d: d.document_id)
def test_runs_cover_every_printed_character_once_and_in_order(document: Document) -> None:
    covered: list[int] = []
    for run in runs_of_document(document):
        assert run.text == document.text[run.start : run.start + len(run.text)]
        covered.extend(range(run.start, run.start + len(run.text)))
    assert covered == sorted(set(covered))
    assert {i for i, c in enumerate(document.text) if not c.isspace()} <= set(covered)


@pytest.mark.parametrize("document", SHIPPED, ids=lambda d: d.document_id)
def test_rows_of_a_table_are_equally_wide(document: Document) -> None:
    for section in source_view(document).sections:
        assert len({sum(cell.span for cell in row.cells) for row in section.table}) <= 1


def test_stray_markup_is_apart_and_an_address_in_brackets_is_not() -> None:
    document = Document(document_id="d", text='見る <ul style="x"> ● 一つ\n公式 <http://example.jp>\n')
    runs = runs_of_document(parse_blocks(document))
    assert [r.text for r in runs if r.stray] == ['<ul style="x">']
    assert "公式 <http://example.jp>" in [r.text for r in runs]


def test_text_that_is_in_no_block_is_shown_too() -> None:
    document = Document(document_id="d", text="どこにも入らない文字")
    assert [r.text for r in runs_of_document(document)] == ["どこにも入らない文字"]


def test_headers_name_columns_and_the_first_cell_names_its_row() -> None:
    head, body = table_of("施策\t成果指標\tR7基準値\tR12目標値\n(1) 図書\t冊数\t1冊\t2冊\n").table
    assert [cell.scope for cell in head.cells] == ["col"] * 4
    assert [cell.scope for cell in body.cells] == ["row", "", "", ""]


def test_a_header_that_lost_its_first_cell_is_put_above_its_columns() -> None:
    text = "\t施策\t担当部署\t主な取組内容\n(1) 図書館\t総務課\t本を増やす。\n(2) 道路\t土木課\t道を直す。\n"
    head = table_of(text).table[0]
    assert [cell.rows[0].runs[0].text for cell in head.cells] == ["施策", "担当部署", "主な取組内容"]


def test_a_table_without_headers_has_none() -> None:
    section = table_of("一つ目\t二つ目\n--\t---\n三つ目\t四つ目\n")
    assert {cell.scope for row in section.table for cell in row.cells} == {""}
    assert [row.style for row in section.table] == ["body", "rule", "body"]


def test_heading_levels_do_not_jump() -> None:
    for document in SHIPPED:
        levels = [1, *(s.level for s in source_view(document).sections if s.kind == "heading")]
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_a_broken_line_goes_on_and_a_short_one_ends() -> None:
    long = "この文は紙の端で折り返されているため次の行へそのまま続いていきますので改行"
    shown = next(
        s for s in sections_of(f"{long}\nしません。\n短い行\n次の行です。\n") if s.kind == "paragraph"
    )
    assert [row.joint for row in shown.rows] == ["", "", "\n", "\n"]


def test_a_list_that_begins_with_markup_begins_on_the_first_row() -> None:
    shown = next(
        s for s in sections_of('<ul class="x"> ● 一つ目です ● 二つ目です\n') if s.kind == "paragraph"
    )
    assert [row.joint for row in shown.rows] == ["", "", "\n"]


def test_a_number_in_the_contents_stands_apart_from_its_title() -> None:
    text = "目 次\n\n1\t評価\t2\n5\t3つの柱\t7\n\n1 評価\n\n本文です。\n"
    contents = next(s for s in sections_of(text) if s.kind == "contents")
    assert [row.joint for row in contents.entries[1].title] == ["", " "]
    assert [run.text for run in contents.entries[1].page] == ["7"]


def test_pages_are_marked() -> None:
    text = "一ページ目の文です。\n\n二ページ目の文です。\n"
    document = parse_blocks(Document(document_id="d", text=text))
    paged = document.model_copy(
        update={"pages": (Page(start=0, end=12, number=1), Page(start=12, end=24, number=2))}
    )
    kinds = [(s.kind, s.label) for s in source_view(paged).sections]
    assert kinds == [("page", "1"), ("paragraph", ""), ("page", "2"), ("paragraph", "")]
