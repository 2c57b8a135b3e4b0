"""Where on a PDF's page a passage stands: found by its letters, whatever the order they are drawn in."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from corpus.document import Region
from corpus.errors import DocumentError
from corpus.pictures import Place, letters_of, picture_of, places_of
from corpus.readers.picture import Letter, read
from tests.unit.corpus.readers.test_pdf import drawn
from tests.unit.corpus.readers.test_pdf import made as read_text

WIDTH, HEIGHT, SIZE = 595, 842, 10.5
FIRST, SECOND = "本計画の期間は、令和8年度からです。", "移動図書室の目標は、1,100人です。"


def two_lines(canvas: Canvas, number: int) -> None:
    canvas.drawString(60, 700, FIRST)
    canvas.drawString(60, 600, SECOND)


def on_paper(place: Place) -> tuple[float, float, float, float]:
    """Return a place's left, right, low and high edge in points, counted up from the page's foot."""
    x, y, width, height = place
    return x * WIDTH, (x + width) * WIDTH, (1 - y - height) * HEIGHT, (1 - y) * HEIGHT


def test_a_passage_is_found_where_it_was_drawn() -> None:
    text = read_text(two_lines).text
    picture = read("1", "plan.pdf", drawn(two_lines))
    start = text.index("移動図書室")
    (place,) = places_of(text, picture.letters, Region(start=start, end=start + 5))
    left, right, low, high = on_paper(place)
    assert left == pytest.approx(60, abs=1) and right == pytest.approx(60 + 5 * SIZE, abs=1.5)
    assert low < 600 + 4 and 600 + 4 < high < 600 + 2 * SIZE


def test_a_picture_is_a_png_of_the_page_drawn_apart_the_same() -> None:
    data = drawn(two_lines, pages=2)
    picture = picture_of("plan.pdf", data, 2)
    assert picture.png.startswith(b"\x89PNG") and (picture.width, picture.height) == (1000, 1416)
    assert picture == read("2", "plan.pdf", data).model_validate_json(
        read("2", "plan.pdf", data).model_dump_json()
    )


def test_a_page_on_its_side_and_cut_to_size_keeps_its_places() -> None:
    document = pypdfium2.PdfDocument(drawn(two_lines))
    document[0].set_rotation(90)
    document[0].set_cropbox(50, 400, 350, 800)
    file = io.BytesIO()
    document.save(file)
    picture = read("1", "plan.pdf", file.getvalue())
    assert picture.width > picture.height
    (place,) = places_of(FIRST, picture.letters, Region(start=0, end=len(FIRST)))
    assert place[3] > place[2] and place[0] >= 0 and place[0] + place[2] <= 1


@pytest.mark.parametrize("page", ["0", "2", "-1", "x"])
def test_a_page_that_is_not_there_is_refused_in_one_line(page: str) -> None:
    with pytest.raises(DocumentError, match=r"^plan\.pdf: page "):
        read(page, "plan.pdf", drawn(two_lines))


@pytest.mark.parametrize("data", [b"no pdf", b"%PDF-1.4 cut off"])
def test_what_cannot_be_drawn_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^plan\.pdf: "):
        picture_of("plan.pdf", data, 1)


def printed(*lines: str) -> tuple[Letter, ...]:
    """Return letters as a file draws them, a line below the other."""
    return tuple(
        (letter, i / 50, row / 20, (i + 1) / 50, (row + 1) / 20)
        for row, line in enumerate(lines)
        for i, letter in enumerate(line)
    )


def found(text: str, letters: tuple[Letter, ...], passage: str, after: str = "") -> list[tuple[int, int]]:
    """Return the lines on which a passage is found, and where on them."""
    start = text.index(passage, text.index(after))
    places = places_of(text, letters, Region(start=start, end=start + len(passage)))
    return [(round(y * 20), round(x * 50)) for x, y, _, _ in places]


def test_the_files_own_order_does_not_matter() -> None:
    letters = printed("目標は二千人", "計画の期間")
    assert found("計画の期間\n目標は二千人", letters, "目標は二千人") == [(0, 0)]


def test_a_line_that_the_paper_broke_is_found_in_its_parts() -> None:
    letters = printed("長い文の始まりと", "終わり。", "次の文。")
    assert found("長い文の始まりと終わり。\n次の文。", letters, "長い文の始まりと終わり。") == [
        (0, 0),
        (1, 0),
    ]


def test_a_cell_whose_lines_stand_between_those_of_its_neighbour_is_found() -> None:
    letters = printed("健康ポイ 千百人", "ントの数 二千人")
    assert found("健康ポイントの数\t千百人二千人", letters, "健康ポイントの数") == [(0, 0), (1, 0)]


def test_what_is_printed_twice_is_each_found_once() -> None:
    text, letters = "甲は百人。\n乙は二人。\n甲は百人。", printed("甲は百人。", "乙は二人。", "甲は百人。")
    assert found(text, letters, "甲は百人。") == [(0, 0)]
    assert found(text, letters, "甲は百人。", after="乙") == [(2, 0)]


def test_letters_that_look_alike_or_are_wide_are_the_same() -> None:
    assert found("令和8年と西暦", printed("令和８年と⻄暦"), "令和8年と西暦") == [(0, 0)]


def test_a_passage_that_is_not_on_the_page_has_no_place() -> None:
    assert places_of("計画の期間", printed("まったく別"), Region(start=0, end=5)) == ()
    assert places_of("計画", (), Region(start=-40, end=90)) == ()


@given(st.text("甲乙丙丁 1a\n\t", max_size=60), st.text("甲乙丙丁1a", max_size=60))
def test_no_letter_is_taken_twice_and_each_is_the_one_that_is_read(text: str, drawn_as: str) -> None:
    letters = printed(drawn_as)
    taken = [(i, at) for i, at in enumerate(letters_of(text, letters)) if at is not None]
    assert len({at for _, at in taken}) == len(taken)
    assert all(text[i] == drawn_as[at] for i, at in taken)
