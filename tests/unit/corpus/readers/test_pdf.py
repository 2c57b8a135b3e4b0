"""PDF: what is printed is read in its order, as words, paragraphs and tables."""

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from reportlab.lib import colors, pdfencrypt
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.readers.pdf import read

GOTHIC, MINCHO = "HeiseiKakuGo-W5", "HeiseiMin-W3"
for font in (GOTHIC, MINCHO):
    pdfmetrics.registerFont(UnicodeCIDFont(font))
SENTENCE = "本市では、デジタル技術を活用して市民サービスの向上を図るため、行政手続のオンライン化を進めます。"
BODY = ParagraphStyle(
    "body", fontName=MINCHO, fontSize=10.5, leading=17, wordWrap="CJK", firstLineIndent=10.5
)
Draw = Callable[[Canvas, int], None]


def drawn(draw: Draw, pages: int = 1, **options: object) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842), invariant=1, pageCompression=0, **options)
    for number in range(1, pages + 1):
        canvas.setFont(GOTHIC, 10.5)
        draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def made(draw: Draw, pages: int = 1) -> Document:
    return read("doc", "plan.pdf", drawn(draw, pages))


def story(*flowables: object) -> Document:
    file = io.BytesIO()
    SimpleDocTemplate(file).build(list(flowables))
    return read("doc", "plan.pdf", file.getvalue())


def cells_of(document: Document, grid: int = 0) -> dict[tuple[int, int], tuple[str, int, int]]:
    return {
        (c.row, c.column): (c.of(document.text), c.row_span, c.column_span)
        for c in document.grids[grid].cells
    }


def test_the_lines_of_a_paragraph_are_joined_without_spaces_and_paragraphs_stay_apart() -> None:
    document = story(Paragraph(SENTENCE * 3, BODY), Paragraph(SENTENCE * 2, BODY))
    assert document.text == f"{SENTENCE * 3}\n\n{SENTENCE * 2}\n"


def test_lines_of_latin_words_are_joined_with_a_space() -> None:
    words = ("The city plans to move its services online " * 6).strip()
    assert story(Paragraph(words, ParagraphStyle("latin", fontSize=10, leading=14))).text == f"{words}\n"


def test_larger_letters_are_headings_and_their_sizes_are_levels() -> None:
    def draw(c: Canvas, n: int) -> None:
        for size, y, text in (
            (20, 700, "第1章 計画"),
            (14, 660, "1 趣旨"),
            (10, 630, SENTENCE),
            (10, 600, "次の段落。"),
        ):
            c.setFont(GOTHIC, size)
            c.drawString(60, y, text)

    document = made(draw)
    assert [(m.of(document.text), m.level) for m in document.heading_marks] == [
        ("第1章 計画", 1),
        ("1 趣旨", 2),
    ]


def test_a_paragraph_goes_on_over_the_end_of_a_page() -> None:
    document = story(Paragraph(SENTENCE * 40, BODY))
    assert document.text == SENTENCE * 40 + "\n"
    assert [p.number for p in document.pages] == [1, 2]
    assert document.pages[0].end == document.pages[1].start and document.pages[1].end == len(document.text)


def test_ruled_tables_keep_their_merged_cells() -> None:
    rows = [
        ["指標", "値", "", "担当"],
        ["", "基準値", "目標値", ""],
        ["申請率", "12%", "63%", "企画課"],
        ["満足度", "", "80点", "総務課"],
    ]
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, -1), GOTHIC, 9)]
    merged = [("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0)), ("SPAN", (3, 0), (3, 1))]
    document = story(Paragraph(SENTENCE, BODY), Table(rows, style=style + merged))
    assert document.text.endswith(
        "指標\t値\t\t担当\n\t基準値\t目標値\t\n申請率\t12%\t63%\t企画課\n満足度\t\t80点\t総務課\n"
    )
    cells = cells_of(document)
    assert cells[0, 0] == ("指標", 2, 1) and cells[0, 1] == ("値", 1, 2) and cells[0, 3] == ("担当", 2, 1)
    assert cells[3, 1] == ("", 1, 1) and (1, 0) not in cells


def test_a_table_drawn_with_thin_areas_for_lines_is_a_table() -> None:
    def draw(c: Canvas, n: int) -> None:
        for x in (72, 200, 330):
            c.rect(x, 640, 0.5, 60.5, stroke=0, fill=1)
        for y in (640, 670, 700):
            c.rect(72, y, 258, 0.5, stroke=0, fill=1)
        for text, x, y in (("指標", 80, 680), ("値", 210, 680), ("率", 80, 650), ("63%", 210, 650)):
            c.drawString(x, y, text)

    assert made(draw).text == "指標\t値\n率\t63%\n"


def test_words_in_columns_without_rules_are_a_table() -> None:
    def draw(c: Canvas, n: int) -> None:
        rows = (
            ("指標", "基準値", "目標値"),
            ("申請率", "12%", "63%"),
            ("手続数", "5件", "20件"),
            ("満足度", "50点", "80点"),
        )
        for r, row in enumerate(rows):
            for x, text in zip((72, 250, 400), row, strict=True):
                c.drawString(x, 700 - 18 * r, text)
        c.drawString(72, 560, SENTENCE)

    document = made(draw)
    assert document.text.startswith("指標\t基準値\t目標値\n申請率\t12%\t63%\n")
    assert len(document.grids) == 1 and document.text.endswith(f"\n\n{SENTENCE}\n")


def test_a_table_of_contents_is_no_table() -> None:
    def draw(c: Canvas, n: int) -> None:
        for r in range(5):
            c.drawString(72, 700 - 20 * r, f"第{r + 1}章 計画のあらまし")
            c.drawString(500, 700 - 20 * r, str(r + 3))

    document = made(draw)
    assert not document.grids and "第2章 計画のあらまし 4" in document.text


def roadmap(c: Canvas, outlined: int) -> None:
    c.setFont(GOTHIC, 9)
    xs, ys = (72, 172, 252, 332, 412, 492), (700, 680, 640, 600)
    for x in xs:
        c.line(x, 700, x, 600)
    for y in ys:
        c.line(72, y, 492, y)
    for x, text in zip(xs, ("取組", "令和6年度", "令和7年度", "令和8年度", "令和9年度"), strict=False):
        c.drawString(x + 4, 686, text)
    c.drawString(76, 655, "窓口")
    c.drawString(76, 615, "予約")
    bars = (
        (180, 245, 660, "検討"),
        (255, 490, 643, "導入"),
        (175, 325, 620, "試行"),
        (260, 480, 602, "本格実施"),
    )
    for x0, x1, y, text in bars:
        c.setFillColorRGB(0.7, 0.8, 1)
        c.rect(x0, y, x1 - x0, 14, fill=1, stroke=outlined)
        c.setFillColorRGB(0, 0, 0)
        c.drawString(x0 + 20, y + 4, text)


@pytest.mark.parametrize("outlined", [0, 1])
def test_a_roadmap_bar_spans_the_years_it_is_drawn_over(outlined: int) -> None:
    document = made(lambda c, n: roadmap(c, outlined))
    cells = {
        said: (row, column, wide) for (row, column), (said, _, wide) in cells_of(document).items() if said
    }
    assert cells["検討"] == (1, 1, 1) and cells["導入"] == (1, 2, 3)
    assert cells["試行"][1:] == (1, 2) and cells["本格実施"][1:] == (2, 3)
    assert cells["本格実施"][0] == cells["試行"][0] + 1


def test_a_coloured_header_row_is_no_bar() -> None:
    def draw(c: Canvas, n: int) -> None:
        c.setFillColorRGB(0.8, 0.8, 0.8)
        c.rect(72, 680, 360, 20, fill=1, stroke=0)
        c.setFillColorRGB(0, 0, 0)
        for x in (72, 192, 312, 432):
            c.line(x, 700, x, 660)
        for y in (660, 680, 700):
            c.line(72, y, 432, y)
        for i, (above, below) in enumerate((("指標", "率"), ("基準", "1"), ("目標", "2"))):
            c.drawString(80 + 120 * i, 686, above)
            c.drawString(80 + 120 * i, 666, below)

    assert made(draw).text == "指標\t基準\t目標\n率\t1\t2\n"


def test_running_heads_and_page_numbers_are_left_out_and_chapters_stay() -> None:
    def draw(c: Canvas, n: int) -> None:
        c.drawString(60, 810, "羽咋市DX推進計画")
        c.drawString(60, 770, f"第{n}章 章の名前")
        c.drawString(60, 600, f"{n}枚目の本文です。")
        c.drawString(60 if n % 2 else 500, 30, f"- {n + 4} -")

    document = made(draw, pages=4)
    assert "羽咋市" not in document.text and "- 5" not in document.text
    assert all(f"第{n}章" in document.text and f"{n}枚目" in document.text for n in range(1, 5))
    assert any("running" in note for note in document.notes)


def test_two_columns_are_read_one_after_the_other() -> None:
    def draw(c: Canvas, n: int) -> None:
        for k in range(12):
            c.drawString(60, 700 - 16 * k, f"左の段の文章はここに続いていき{k:02}")
            c.drawString(320, 697 - 16 * k, f"右の段の文章はここに続いていき{k:02}")

    text = made(draw).text
    assert text.index("左の段の文章はここに続いていき11") < text.index("右の段の文章はここに続いていき00")


def test_bold_made_by_printing_four_times_is_read_once() -> None:
    def draw(c: Canvas, n: int) -> None:
        for k in range(4):
            c.drawString(60 + 0.25 * k, 700, "ココが大事、ルールのー一覧")

    assert made(draw).text == "ココが大事、ルールのー一覧\n"


def test_spaces_that_the_setter_put_inside_words_are_taken_out() -> None:
    def draw(c: Canvas, n: int) -> None:
        c.drawString(60, 700, "「 ま た、 デジ タル 化」 を進めます。")
        c.drawString(60, 600, "第1章 計画の趣旨 DX とは")

    assert made(draw).text == "「また、デジタル化」を進めます。\n\n第1章 計画の趣旨 DX とは\n"


def white(c: Canvas) -> None:
    c.setFillColorRGB(1, 1, 1)
    c.drawString(60, 650, "秘密")


def unseen(c: Canvas) -> None:
    words = c.beginText(60, 650)
    words.setTextRenderMode(3)
    words.textOut("秘密")
    c.drawText(words)


def tiny(c: Canvas) -> None:
    c.setFont(GOTHIC, 0.4)
    c.drawString(60, 650, "秘密")


@pytest.mark.parametrize("hide", [white, unseen, tiny, lambda c: c.drawString(-300, 650, "秘密")])
def test_hidden_text_is_held_back_with_a_note(hide: Callable[[Canvas], None]) -> None:
    def draw(c: Canvas, n: int) -> None:
        c.drawString(60, 700, "見える本文です。")
        hide(c)

    document = made(draw)
    assert document.text == "見える本文です。\n"
    assert document.notes == ("page 1: 2 hidden letters were held back",)


def test_white_letters_on_a_dark_area_are_seen() -> None:
    def draw(c: Canvas, n: int) -> None:
        c.setFillColorRGB(0, 0, 0.5)
        c.rect(50, 690, 200, 30, fill=1)
        c.setFillColorRGB(1, 1, 1)
        c.drawString(60, 700, "白い見出し")

    assert made(draw).text == "白い見出し\n"


def test_a_page_without_text_is_noted_and_keeps_its_number() -> None:
    document = made(
        lambda c, n: None if n == 2 else c.drawString(60, 400, f"本文{'一二三'[n - 1]}。"), pages=3
    )
    assert document.notes == ("page 2 has no text",)
    assert document.page_of(document.text.index("本文三")) == 3


def one_letter(c: Canvas, n: int) -> None:
    c.drawString(60, 700, "x")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"hello", "not a PDF"),
        (b"%PDF-1.7\nhello", "damaged|no pages"),
        (drawn(lambda c, n: None, pages=2), "none of 2 pages has text.*run OCR"),
        (drawn(one_letter, encrypt=pdfencrypt.StandardEncryption("secret")), "encrypted"),
        (drawn(one_letter, pages=501), "more than 500 pages"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_one_line(data: bytes, said: str) -> None:
    with pytest.raises(DocumentError, match=rf"^plan\.pdf: .*({said})"):
        read("doc", "plan.pdf", data)


HONEST = drawn(lambda c, n: roadmap(c, 1), pages=2)


@given(at=st.integers(0, len(HONEST) - 1), put=st.binary(max_size=6), lost=st.integers(0, 60))
@hypothesis_settings(max_examples=60)
def test_damage_is_read_or_refused(at, put, lost, survives, keeps_the_contract) -> None:  # type: ignore[no-untyped-def]
    survives(read, HONEST[:at] + put + HONEST[at + lost :], keeps_the_contract)


WORDS = st.text(st.sampled_from("あアー漢、。 ab1　「」・"), min_size=1, max_size=20)


@given(placed=st.lists(st.tuples(st.integers(40, 500), st.integers(30, 800), WORDS), min_size=1, max_size=15))
@hypothesis_settings(max_examples=60)
def test_words_anywhere_on_a_page_are_all_read(placed, keeps_the_contract) -> None:  # type: ignore[no-untyped-def]
    def draw(c: Canvas, n: int) -> None:
        for i, (x, _, words) in enumerate(placed):
            c.drawString(x, 30 + 50 * i, words)

    if any(words.strip() for _, _, words in placed):
        document = made(draw)
        keeps_the_contract(document)
        kept = {c for c in document.text if not c.isspace()} | set("・-")
        assert {c for _, _, words in placed for c in words if not c.isspace()} <= kept
