"""Fields: the pieces of a cell, each with the place where it is printed."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document
from corpus.parse.fields import Piece, Pieces

PiecesOf = Callable[[str], Pieces]
CELL = st.text("あ課、・✓①（）()。 　<ul>新規1-", max_size=30)


def texts(found: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("市民課、情報政策課", ["市民課", "情報政策課"]),
        ("各課 デジタル推進室", ["各課", "デジタル推進室"]),
        ("企画課・商工課", ["企画課", "商工課"]),
        ("こども・子育て支援課", ["こども・子育て支援課"]),
        ("農林課/河川課", ["農林課", "河川課"]),
    ],
)
def test_departments_are_set_apart_but_never_cut(pieces_of: PiecesOf, text: str, found: list[str]) -> None:
    assert texts(pieces_of(text).words(0, len(text))) == found


@pytest.mark.parametrize(
    ("text", "overview", "items"),
    [
        ("手間を減らす。 ✓ 調査 ✓ 導入", "手間を減らす。", ["調査", "導入"]),
        ("手間を減らす。 <ul> 調査 導入 ", "手間を減らす。", ["調査", "導入"]),
        ("手間を減らす。 調査の実施 導入（全館）", "手間を減らす。", ["調査の実施", "導入（全館）"]),
        ("手間を減らす。また、速くする。", "手間を減らす。また、速くする。", []),
        ("・調査 ・導入", None, ["調査", "導入"]),
        (" ", None, []),
    ],
)
def test_a_description_ends_where_its_items_begin(
    pieces_of: PiecesOf, text: str, overview: str | None, items: list[str]
) -> None:
    described, listed = pieces_of(text).described(0, len(text))
    assert (described.text if described else None, texts(listed)) == (overview, items)


@pytest.mark.parametrize(
    ("text", "number", "title", "is_new"),
    [
        ("(1) 窓口の整備", "(1)", "窓口の整備", False),
        ("① 窓口の整備（新規）", "①", "窓口の整備", True),
        ("(2) 【新規】 窓口の整備", "(2)", "窓口の整備", True),
        ("1-2 窓口の整備", "1-2", "窓口の整備", False),
        ("施策1-2 窓口の整備", "施策1-2", "窓口の整備", False),
        ("基本目標2 しごとをつくる", "基本目標2", "しごとをつくる", False),
        ("(6) 新規就農者に対する支援", "(6)", "新規就農者に対する支援", False),
        ("24 時間の見守り", "", "24 時間の見守り", False),
        ("5G基地局の整備", "", "5G基地局の整備", False),
    ],
)
def test_a_title_stands_without_its_number_and_its_mark(
    pieces_of: PiecesOf, text: str, number: str, title: str, is_new: bool
) -> None:
    found = pieces_of(text).titled(0, len(text))
    assert (found[0], found[1].text, found[2]) == (number, title, is_new)


@given(CELL)
def test_every_piece_is_printed_where_it_says(text: str) -> None:
    pieces = Pieces(Document(document_id="aoba", text=text))
    overview, items = pieces.described(0, len(text))
    found = (*items, *pieces.words(0, len(text)), *pieces.items(0, len(text)), *pieces.listed(0, len(text)))
    for piece in (*found, pieces.titled(0, len(text))[1], *((overview,) if overview else ())):
        assert piece.region.of(text) == piece.text == piece.text.strip()
