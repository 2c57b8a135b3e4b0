"""Markdown: what an editor shows is what is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DocumentError
from corpus.readers.markdown import read


def text_of(markdown: str) -> str:
    return read("doc", "plan.md", markdown.encode()).text


def test_headings_are_lines_with_their_level() -> None:
    document = read("doc", "plan.md", "# 第1章 計画\n本文\n\n目標\n----\n### 小見出し ###\n".encode())
    marks = [(mark.of(document.text), mark.level) for mark in document.heading_marks]
    assert marks == [("第1章 計画", 1), ("目標", 2), ("小見出し", 3)]
    assert document.text == "第1章 計画\n\n本文\n\n目標\n\n小見出し\n"


def test_a_pipe_table_is_rows_of_tabs_with_certain_cells() -> None:
    document = read("doc", "plan.md", b"| a | b |\n|---|:-:|\n| 1 | x\\|y |\n| 2 | |\n\nend")
    assert document.text == "a\tb\n1\tx|y\n2\t\n\nend\n"
    cells = [(c.row, c.column, c.of(document.text)) for c in document.grids[0].cells]
    assert cells == [(0, 0, "a"), (0, 1, "b"), (1, 0, "1"), (1, 1, "x|y"), (2, 0, "2"), (2, 1, "")]


def test_a_table_that_lost_its_delimiter_row_is_still_one() -> None:
    assert len(read("doc", "plan.md", b"|a|b|\n|1|2|\n").grids) == 1


def test_list_items_keep_their_numbers_and_their_further_lines() -> None:
    assert text_of("* 窓口\n  です\n+ 予約\n1. 一\n2) 二\n") == "- 窓口 です\n- 予約\n- 1. 一\n- 2) 二\n"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**太字**と`コード`", "太字とコード"),
        ("[市の頁](https://example.jp/a)と![図](a.png)", "市の頁と図"),
        ("5 * 3 * 2 と snake_case_name", "5 * 3 * 2 と snake_case_name"),
        ("※注 *注意* ＊＊", "※注 *注意* ＊＊"),
        ("\\*そのまま\\*", "*そのまま*"),
        ("<!-- 内緒 -->見える", "見える"),
        ("> 引用\n> 二行目", "引用\n二行目"),
        ("```\n# 見出しではない\n```", "# 見出しではない"),
        ("---\ntitle: 計画\ntags:\n  - a\n---\n本文", "本文"),
        ("一\n\n---\n\n二", "一\n\n二"),
    ],
)
def test_only_marks_that_are_clearly_markup_are_taken_out(markdown: str, text: str) -> None:
    assert text_of(markdown) == f"{text}\n"


def test_what_was_left_out_is_noted() -> None:
    assert "comments" in read("doc", "plan.md", b"<!-- x -->y").notes[0]


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(DocumentError, match=r"plan\.md: .*NUL"):
        read("doc", "plan.md", b"a\0b")


LINES = st.sampled_from(
    ["# あ", "|a|b|", "|-|-|", "- x", "1. y", "---", "===", "```", "文。", "> q", "", "**b", "|", "\t"]
)


@given(lines=st.lists(LINES | st.text(max_size=12), max_size=25))
def test_any_lines_keep_the_contract(lines, survives, keeps_the_contract) -> None:  # type: ignore[no-untyped-def]
    survives(read, "\n".join(lines).encode("utf-8", "replace"), keeps_the_contract)
