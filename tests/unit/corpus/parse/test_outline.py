"""The outline: which lines are headings, and under which a block stands.

The outlines of the shipped plans are kept in tests/golden/outline, one line a block: its kind, the
headings above it with their levels, and its first 40 characters. `pytest --update-golden` writes them.
"""

from collections.abc import Callable

import pytest

from corpus.document import Block, BlockKind, Document
from corpus.library import load_library
from corpus.parse.blocks import parse_blocks
from corpus.parse.lines import lines_of
from corpus.parse.outline import contents_range, contents_titles, match_style, running_key


def blocks_of(text: str) -> tuple[Block, ...]:
    return parse_blocks(Document(document_id="doc", text=text)).blocks


def paths(text: str) -> list[str]:
    """Return the heading path of each block that is not a heading."""
    return [
        " > ".join(heading.label for heading in block.path)
        for block in blocks_of(text)
        if block.kind not in (BlockKind.HEADING, BlockKind.RUNNING)
    ]


def kinds(text: str) -> list[str]:
    return [block.kind.value for block in blocks_of(text)]


def described(document: Document) -> str:
    lines = []
    for block in document.blocks:
        path = " > ".join(f"{heading.level}:{heading.label}" for heading in block.path)
        body = " ".join(block.of(document.text).split())[:40].rstrip()
        lines.append(f"{block.kind.value:11} {path or '-'} | {body}\n")
    return "".join(lines)


@pytest.mark.parametrize("document_id", ["hakui-dx-2", "nonoichi-dx-2"])
def test_the_outline_of_a_shipped_plan_is_the_golden_one(
    document_id: str, golden: Callable[[str, str], None]
) -> None:
    found = load_library().document(document_id)
    assert found
    golden(f"outline/{document_id}.txt", described(found[1]))


@pytest.mark.parametrize(
    ("line", "style", "number", "title"),
    [
        ("第1編 総論", "part", "第1編", "総論"),
        ("第3章 施策の概要", "chapter", "第3章", "施策の概要"),
        ("第三章", "chapter", "第三章", ""),
        ("第2節 現状", "section", "第2節", "現状"),
        ("5. 2 住民視点DX", "decimal", "5. 2", "住民視点DX"),
        ("2-1 国の動向", "decimal", "2-1", "国の動向"),
        ("1 背景", "number", "1", "背景"),
        ("基本目標2 暮らし", "theme", "基本目標2", "暮らし"),
        ("地域社会DX テーマ2 暮らし", "theme", "テーマ2", "暮らし"),
        ("(3) 県の動向", "bracketed", "(3)", "県の動向"),
        ("◆ 抜粋", "mark", "◆", "抜粋"),
    ],
)
def test_a_heading_is_known_by_its_style(line: str, style: str, number: str, title: str) -> None:
    found = match_style(line)
    assert found and (found[0].name, found[1]["n"], found[1]["title"]) == (style, number, title)


@pytest.mark.parametrize("line", ["1,120,226 枚", "1.5", "令和8年4月", "12", "本文です", "TEL 0767-22-1111"])
def test_a_line_of_figures_has_no_heading_style(line: str) -> None:
    assert match_style(line) is None


def test_headings_go_as_deep_as_their_styles() -> None:
    text = (
        "第1章 概要\n\n1 趣旨\n\n(1) 目的\n\n本文です。\n\n2 期間\n\n五年です。\n\n第2章 施策\n\n施策です。"
    )
    assert paths(text) == ["第1章 概要 > 1 趣旨 > (1) 目的", "第1章 概要 > 2 期間", "第2章 施策"]


@pytest.mark.parametrize("mark", ["◆", "■", "●"])
def test_marks_numbers_and_bracketed_numbers_nest_as_they_are_opened(mark: str) -> None:
    contents = "目次\n1 評価 1\n2 背景 2\n\n1 評価\n\n"
    over = f"{mark} 抜粋\n\n1 概略\n\n(1) 目的\n\n一です。\n\n(2) 姿\n\n二です。\n\n2 詳細\n\n三です。"
    assert paths(contents + over)[1:] == [
        f"1 評価 > {mark} 抜粋 > 1 概略 > (1) 目的",
        f"1 評価 > {mark} 抜粋 > 1 概略 > (2) 姿",
        f"1 評価 > {mark} 抜粋 > 2 詳細",
    ]
    under = f"(1) 目的\n\n{mark} 細目\n\n一です。\n\n(2) 姿\n\n二です。"
    assert paths(under) == [f"(1) 目的 > {mark} 細目", "(2) 姿"]


def test_the_table_of_contents_decides_what_is_a_numbered_heading() -> None:
    contents = "目次\n1 背景 1\n2 期間 3\n\n"
    text = f"{contents}1 背景\n\n次の二つです。\n\n1 人口が減る\n\n減ります。\n\n2 期間\n\n五年です。"
    assert paths(text)[1:] == ["1 背景", "1 背景 > 1 人口が減る", "2 期間"]


def test_a_listed_heading_is_known_without_its_number() -> None:
    text = "目次\n1 背景 1\n2 成果指標(KPI) 3\n\n成果指標（KPI）\n\n次の表のとおりです。"
    assert paths(text)[1:] == ["2 成果指標（KPI）"]


@pytest.mark.parametrize("leader", ["……… ", "\t", "   ", "・・・・P.", "....."])
def test_the_table_of_contents_ends_with_its_last_entry(leader: str) -> None:
    lines = lines_of(f"前書き\n\n目 次\n\n第1章 背景{leader}1\n1 動向{leader}12\n\n第1章 背景\n\n本文です。")
    contents = contents_range(lines)
    assert (contents.start, lines[contents.stop - 1].text[:2]) == (2, "1 ")
    assert {"第1章背景", "背景", "動向"} <= set(contents_titles(lines, contents))


def test_a_document_without_contents_has_an_empty_range() -> None:
    assert len(contents_range(lines_of("本文です。"))) == 0


@pytest.mark.parametrize("before", ["第3章", "前書きです。", "- 項目", "表\t値", "短い行"])
def test_no_block_reaches_into_the_table_of_contents(before: str) -> None:
    text = f"{before}\n目次\n1 背景 1\n2 期間 2\n本文です。"
    found = blocks_of(text)
    (contents,) = (block for block in found if block.kind is BlockKind.CONTENTS)
    assert contents.of(text) == "目次\n1 背景 1\n2 期間 2"
    assert found[-1].of(text) == "本文です。"


def test_a_heading_takes_its_title_from_the_next_line_but_not_from_a_page_number() -> None:
    assert paths("テーマ1\n\nいつでも学べるまち\n\n学べます。") == ["テーマ1 いつでも学べるまち"]
    assert kinds("テーマ1\n\n12\n\n学べます。") == ["paragraph", "page_number", "paragraph"]


def test_a_heading_printed_again_on_the_next_page_opens_nothing() -> None:
    text = "第2章 概要\n\n1 体制\n\n本文です。\n\n12\n\n第2章 概要\n\n続きです。"
    assert kinds(text)[-2:] == ["running", "paragraph"]
    assert paths(text)[-1] == "第2章 概要"


def test_a_heading_that_goes_on_over_two_pages_is_one_heading() -> None:
    assert running_key("テーマ5 行政運営（1/2）") == running_key("テーマ5 行政運営 (2/2)")
    text = "テーマ5 行政運営（1/2）\n\n前半です。\n\nテーマ5 行政運営（2/2）\n\n後半です。"
    assert paths(text) == ["テーマ5 行政運営"] * 2


def test_a_short_line_that_stands_alone_names_the_text_below_it() -> None:
    text = (
        "第1章 体制\n\n市長\n\n市長が責務を持って取り組みます。\n\n教育長\n\n教育長は環境の整備を進めます。"
    )
    assert paths(text) == ["第1章 体制 > 市長", "第1章 体制 > 教育長"]


@pytest.mark.parametrize(
    "line",
    [
        "- (1) テレワークの推進",
        "(1) 企業との連携 (2) 連携協定の充実",
        "（出典：白書）",
        "1 計画を見直します。",
        "令和8年4月",
        "これらを実現するため、",
    ],
)
def test_what_only_looks_like_a_heading_is_none(line: str) -> None:
    assert "heading" not in kinds(f"前の段落です。\n\n{line}\n\n次")


def test_a_bracketed_number_in_a_run_of_lines_is_a_list() -> None:
    assert kinds("(1) 一つ目 (2) 二つ目\n(3) 三つ目") == ["paragraph"]


def test_the_imprint_is_a_section_of_its_own() -> None:
    text = "第1章 概要\n\n本文はここまでです。\n\n青葉市計画\n\n令和8年4月発行\n\n編集 企画課\n\nTEL 000-1111"
    assert paths(text)[0] == "第1章 概要"
    assert set(paths(text)[1:]) == {"青葉市計画"}
