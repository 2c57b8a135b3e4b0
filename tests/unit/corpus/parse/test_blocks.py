"""Blocks: every printed character belongs to exactly one, and every place that is named is right."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.document import Block, BlockKind, Document
from corpus.library import load_library
from corpus.normalize import compact
from corpus.parse.blocks import parse_blocks
from corpus.parse.lines import MARKUP

LINES = [
    "第1章 はじめに",
    "第2章",
    "1 背景（国の動向）",
    "2.1 国の動向",
    "テーマ1",
    "(1) 窓口の拡充",
    "（2）申請 (3) 通知",
    "◆ 抜粋",
    "目次",
    "第1章 はじめに\tP.1",
    "1 背景（国の動向）……2",
    "成果指標（KPI） 19",
    "市長",
    "本計画は、五年間の計画とします。",
    "窓口を広げ、",
    "- 申請書を見直す。",
    "- 項目",
    "●印 ② 二",
    "※注",
    "12",
    "１２",
    "①",
    "施策\t担当課\tR8\tR9",
    "窓口\t総務課\t調査\t",
    "\t\t\t導入",
    "--\t--",
    "見出しだけ\t\t",
    '<ul style="list-style-type: none"> ● 一つ\t<b>二つ</b>',
    "発行 青葉市",
    "TEL 0000-11-2222",
    "市公式HP <http://www.example.jp>",
    "\u3000",
    "",
    "",
]
SOUP = st.lists(st.sampled_from(LINES) | st.text("あA1 \t\u3000。（）・-", max_size=8), max_size=14).map(
    "\n".join
)


def parsed(text: str) -> Document:
    return parse_blocks(Document(document_id="doc", text=text))


def assert_every_character_has_one_block(document: Document) -> None:
    covered = [0] * len(document.text)
    for block in document.blocks:
        for place in range(block.start, block.end):
            covered[place] += 1
    assert all(n == 1 or (n == 0 and c.isspace()) for n, c in zip(covered, document.text, strict=True))
    assert [block.start for block in document.blocks] == sorted(block.start for block in document.blocks)


def assert_every_place_is_right(document: Document, block: Block) -> None:
    text = document.text
    assert 0 <= block.start < block.end <= len(text)
    assert block.of(text).strip()
    for heading in block.path:
        assert heading.region.end <= block.end
        assert compact(heading.title) in compact(MARKUP.sub("", heading.region.of(text)))
    levels = [heading.level for heading in block.path]
    assert levels == sorted(set(levels))
    if block.table:
        for column in block.table.columns:
            assert block.contains(column.header)
            assert " ".join(column.header.of(text).split()) == column.label
        for group in block.table.groups:
            assert block.contains(group)
            assert all(
                block.contains(cell) and cell.of(text) == cell.of(text).strip() for cell in group.cells
            )


@given(SOUP)
@example("前書き\n目次\n1 背景\t1\n\n2 期間\t2\n\n本文です。")
@example("第2章\n\n目次\n1 背景 1\n本文です。")
@example("第2章\n\n12\n\n本文です。")
@example("a\tb\n目次\n1 背景\t1\nc\td")
def test_every_printed_character_belongs_to_exactly_one_block(text: str) -> None:
    assert_every_character_has_one_block(parsed(text))


@given(SOUP)
def test_every_region_of_a_block_is_where_it_says(text: str) -> None:
    document = parsed(text)
    for block in document.blocks:
        assert_every_place_is_right(document, block)


@given(st.text(max_size=60))
def test_a_text_of_any_kind_is_cut_into_blocks(text: str) -> None:
    assert_every_character_has_one_block(parsed(text))


@given(SOUP)
def test_a_table_holds_only_tabbed_lines_and_a_page_number_only_figures(text: str) -> None:
    for block in parsed(text).blocks:
        body = block.of(text)
        assert (block.table is not None) is (block.kind is BlockKind.TABLE)
        if block.kind is BlockKind.TABLE:
            assert all("\t" in line for line in body.split("\n"))
        if block.kind is BlockKind.PAGE_NUMBER:
            assert body.isdecimal()


@pytest.mark.parametrize(
    "document", [d for h in load_library().holdings for d in h.documents], ids=lambda d: d.document_id
)
def test_the_shipped_plans_are_cut_without_loss(document: Document) -> None:
    assert_every_character_has_one_block(document)
    for block in document.blocks:
        assert_every_place_is_right(document, block)


def test_a_paragraph_ends_at_a_blank_line_a_list_item_a_table_and_a_heading() -> None:
    text = "一行目、\n二行目。\n- 項目\n続き\n表\t値\n\n最後です。"
    assert [(b.kind.value, b.of(text)) for b in parsed(text).blocks] == [
        ("paragraph", "一行目、\n二行目。"),
        ("item", "- 項目\n続き"),
        ("table", "表\t値"),
        ("paragraph", "最後です。"),
    ]


def test_a_lone_cell_above_a_table_is_its_caption() -> None:
    text = "地域社会DX 施策のKPI\t\t\n施策\t成果指標\t目標値\n窓口\t設置数\t11"
    assert [(b.kind.value, b.of(text)[:4]) for b in parsed(text).blocks] == [
        ("paragraph", "地域社会"),
        ("table", "施策\t成"),
    ]


def test_an_empty_text_has_no_blocks() -> None:
    assert parsed(" \n\u3000\n").blocks == ()
