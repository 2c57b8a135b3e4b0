"""HTML: the page's own content, as it is seen, in whatever encoding it was saved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DocumentError
from corpus.readers.html import read

PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>市</title><style>p{{color:red}}</style>
</head>
<body><header><a href="/">青葉市</a></header><nav><ul><li>くらし</ul></nav><div id="pankuzu">現在地</div>
<div id="tmp_contents"><h1>DX推進
計画</h1><p>これは<b>計画</b>です。<br>二行目&amp;です。</p><script>alert(1)</script>{more}</div>
<footer>青葉市役所</footer></body></html>"""


def text_of(body: str) -> str:
    return read("doc", "page.html", f"<main>{body}</main>".encode()).text.rstrip("\n")


def test_only_the_content_is_read_not_what_stands_around_it() -> None:
    document = read("doc", "page.html", PAGE.format(charset="utf-8", more="").encode())
    assert document.text == "DX推進計画\n\nこれは計画です。\n二行目&です。\n"
    assert [(m.level, m.of(document.text)) for m in document.heading_marks] == [(1, "DX推進計画")]


@pytest.mark.parametrize("declared", ["utf-8", "Shift_JIS", "EUC-JP", "x-nonsense"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp", "utf-8-sig"])
def test_a_declared_charset_that_lies_is_not_believed(declared: str, encoding: str) -> None:
    data = PAGE.format(charset=declared, more="").encode(encoding)
    assert "これは計画です。" in read("doc", "page.html", data).text


def test_iso_2022_jp_is_read_where_the_page_says_so() -> None:
    data = PAGE.format(charset="iso-2022-jp", more="").encode("iso2022_jp")
    assert "これは計画です。" in read("doc", "page.html", data).text


def test_merged_cells_are_printed_once_and_their_spans_are_known() -> None:
    document = read(
        "doc",
        "page.html",
        '<table><tr><th rowspan=2>指標<th colspan="2">値<tr><td>基準<td>目標'
        "<tr><td>申請<br>率<td>12%<td></table>".encode(),
    )
    assert document.text == "指標\t値\t\n\t基準\t目標\n申請 率\t12%\t\n"
    cells = {
        (c.row, c.column): (c.of(document.text), c.row_span, c.column_span) for c in document.grids[0].cells
    }
    assert cells[0, 0] == ("指標", 2, 1)
    assert cells[0, 1] == ("値", 1, 2)
    assert cells[2, 2] == ("", 1, 1)
    assert (1, 0) not in cells and (0, 2) not in cells


def test_a_rowspan_ends_with_its_body_and_zero_reaches_to_the_end() -> None:
    document = read("doc", "page.html", b"<table><tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d</table>")
    assert document.text == "a\tb\n\tc\n\td\n"


def test_a_table_that_only_lays_out_the_page_is_read_as_text() -> None:
    document = read(
        "doc", "page.html", b"<table><tr><td><p>one</p><table><tr><td>a<td>b</table><td>two</table>"
    )
    assert document.text == "one\n\na\tb\n\ntwo\n"
    assert len(document.grids) == 1


def test_lists_are_items_and_numbers_stay() -> None:
    assert text_of("<ul><li>窓口<ul><li>予約</ul><li>証明</ul>") == "- 窓口\n- 予約\n- 証明"
    assert text_of('<ol start="3"><li>三<li>四</ol>') == "- 3. 三\n- 4. 四"


@pytest.mark.parametrize(
    "hidden",
    [
        '<span style="display:none">秘密</span>',
        "<p hidden>秘密</p>",
        '<div style="font-size:0">秘密</div>',
        '<span style="color:#FFFFFF">秘密</span>',
        '<p aria-hidden="true">秘密</p>',
        '<p style="position:absolute;left:-9999px">秘密</p>',
        "<table><tr><td>a<td hidden>秘密</table>",
    ],
)
def test_hidden_text_is_held_back_with_a_note(hidden: str) -> None:
    document = read("doc", "page.html", f"<p>見える</p>{hidden}".encode())
    assert "秘密" not in document.text and "見える" in document.text
    assert document.notes == ("hidden text was held back",)


def test_white_letters_on_a_colour_are_seen() -> None:
    assert "見出し" in text_of('<div style="background:#036"><span style="color:#fff">見出し</span></div>')


def test_line_ends_of_the_source_part_no_japanese_words() -> None:
    assert text_of("<p>デジ\n  タル化 と\nAI and\nICT</p>") == "デジタル化 と AI and ICT"


def test_a_page_without_text_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"page\.html: the page has no text"):
        read("doc", "page.html", b"<html><body><script>x</script></body></html>")


def test_elements_too_deep_are_refused() -> None:
    with pytest.raises(DocumentError, match=r"page\.html: .*deep"):
        read("doc", "page.html", b"<div>" * 5000 + b"x")


def test_a_table_too_wide_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"page\.html: a table .*columns"):
        read("doc", "page.html", b"<table><tr>" + b"<td>x" * 10_001 + b"</table>")


def test_an_entity_of_a_file_is_not_fetched() -> None:
    page = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><p>x &a; y</p>'
    assert "root:" not in read("doc", "page.html", page).text


TAGS = "<table> </table> <tr> <td> <p> </p> <ul> <li> <h2> </h2> <br> </div> <main> <pre> <caption> <!-- -->"
PIECES = st.sampled_from(
    [*TAGS.split(), '<td rowspan="3">', '<td colspan="2">', "<div hidden>", "文", " ", "\n", "&amp;"]
)


@given(pieces=st.lists(PIECES | st.text(max_size=4), max_size=40))
def test_any_markup_keeps_the_contract(pieces, survives, keeps_the_contract) -> None:  # type: ignore[no-untyped-def]
    survives(read, "".join(pieces).encode("utf-8", "replace"), keeps_the_contract)
