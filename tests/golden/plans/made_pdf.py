"""瀬名川市: a PDF with running heads, wrong pages in its contents, overprinted bold, two kinds of tables."""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

FONT = "HeiseiKakuGo-W5"
BODY = ParagraphStyle("body", fontName=FONT, fontSize=10, leading=16, wordWrap="CJK", spaceAfter=8)
CELL = ParagraphStyle("cell", fontName=FONT, fontSize=8.5, leading=12, wordWrap="CJK")
RUNNING = "瀬名川市みどりの計画"
Bars = tuple[tuple[int, int, str], ...]
Row = tuple[str, str, str, tuple[Bars, ...]]

CONTENTS = (
    ("第1章　計画の目的", 3),
    ("第2章　施策の内容", 5),
    ("第3章　成果指標", 11),
    ("用語の説明", 12),
)
PURPOSE = (
    "瀬名川市の市街地では、この二十年で緑におおわれた土地が二割減りました。本計画は、残った緑を守り、"
    "まちなかに新しい緑を増やすために、令和8年度から令和11年度までに市が行うことを定めるものです。"
)
FIRST: tuple[Row, ...] = (
    (
        "1-1 街路樹の植替え",
        "公園緑地課",
        "弱った街路樹を、地域に合う木に植え替える。<br/>・樹木の健康診断<br/>・植替えの実施",
        (((0, 0, "診断"), (1, 3, "植替え")),),
    ),
    (
        "1-2 校庭の芝生化（新規）",
        "教育総務課<br/>公園緑地課",
        "子どもが裸足で遊べる校庭をつくる。<br/>・芝生の試験施工<br/>・維持管理の研修",
        (((0, 1, "試験施工"), (2, 3, "順次拡大")), ((0, 3, "研修の開催"),)),
    ),
)
SECOND: tuple[Row, ...] = (
    (
        "2-1 里山の保全",
        "農林課",
        "市民が手入れに加わるしくみを整える。<br/>・里山保全団体の認定<br/>・道具の貸出し",
        (((0, 0, "要綱の制定"), (1, 3, "認定と貸出し")),),
    ),
    (
        "2-2 水辺の再生",
        "河川課",
        "コンクリートの護岸を、草の生える岸に戻す。<br/>・護岸の改修",
        (((0, 1, "設計"), (2, 2, "工事"), (3, 3, "観察")),),
    ),
)
KPIS = (
    ("施策", "指標", "策定時（R6）", "目標（R11）"),
    ("1-1 街路樹の植替え", "植え替えた街路樹の数", "120本", "900本"),
    ("1-2 校庭の芝生化", "芝生化した学校の数", "1校", "全小学校（12校）"),
    ("2-1 里山の保全", "認定した里山保全団体の数", "未実施", "10団体"),
    ("2-2 水辺の再生", "草の岸に戻した護岸の長さ", "0.8km", "3.5km"),
)
TERMS = (
    ("用語", "説明"),
    ("里山", "人の手入れによって保たれてきた、集落の近くの山や林のこと。"),
    ("護岸", "川の岸が水の流れで削られるのを防ぐ設備のこと。"),
)
IMPRINT = (
    "令和8年2月発行",
    "発行　瀬名川市",
    "編集　瀬名川市都市整備部公園緑地課",
    "〒999-0505　瀬名川市緑町5番5号",
    "電話　0994-55-6677",
    "ファクス　0994-55-6678",
)


class Bold(Flowable):  # type: ignore[misc]
    """A heading printed four times over itself, as some word processors make bold."""

    def __init__(self, text: str, size: float) -> None:
        super().__init__()
        self.text, self.size = text, size
        self.width, self.height = 0.0, size * 1.6

    def draw(self) -> None:
        """Draw the line four times, a third of a point apart."""
        self.canv.setFont(FONT, self.size)
        for shift in (0, 0.2, 0.35, 0.5):
            self.canv.drawString(shift, self.size * 0.4, self.text)


def write(path: Path) -> None:
    """Write the document."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    template = SimpleDocTemplate(str(path), pagesize=landscape(A4), topMargin=22 * mm, bottomMargin=18 * mm)
    template.build(_story(), onLaterPages=_page, onFirstPage=_page)


def _page(canvas: Canvas, template: SimpleDocTemplate) -> None:
    canvas.setFont(FONT, 8)
    width, height = landscape(A4)
    canvas.drawCentredString(width / 2, 8 * mm, str(template.page))
    if template.page > 1:
        canvas.drawRightString(width - 20 * mm, height - 12 * mm, RUNNING)


def _story() -> list[Flowable]:
    return [
        Bold("瀬名川市みどりの計画", 22),
        Paragraph("令和8年度から令和11年度まで", BODY),
        Spacer(1, 20),
        Bold("目次", 14),
        *(Paragraph(f"{title}{'･' * 30}{page}", BODY) for title, page in CONTENTS),
        PageBreak(),
        Bold("第1章　計画の目的", 16),
        Paragraph(PURPOSE, BODY),
        Bold("第2章　施策の内容", 16),
        Bold("■重点施策1　まちなかの緑を増やす", 13),
        Paragraph("市の施設や道路から、緑を増やしていきます。", BODY),
        _ruled(FIRST),
        PageBreak(),
        Bold("■重点施策2　野と水辺の緑を守る", 13),
        Paragraph("市民といっしょに、今ある緑を守ります。", BODY),
        _ruled(SECOND),
        PageBreak(),
        Bold("第3章　成果指標", 16),
        _unruled(KPIS, (55, 75, 45, 60)),
        Spacer(1, 16),
        Bold("用語の説明", 14),
        _unruled(TERMS, (40, 150)),
        Spacer(1, 40),
        *(Paragraph(line, BODY) for line in IMPRINT),
    ]


def _ruled(rows: tuple[Row, ...]) -> Table:
    """Return a table with every cell ruled, and bars that cover the years they last."""
    cells: list[list[Paragraph | str]] = [
        [Paragraph(t, CELL) for t in ("施策", "担当課", "取組の内容", "年度")] + [""] * 3,
        ["", "", "", *(Paragraph(y, CELL) for y in ("令和8", "令和9", "令和10", "令和11"))],
    ]
    style: list[tuple[object, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, "black"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("SPAN", (3, 0), (6, 0)),
        *(("SPAN", (c, 0), (c, 1)) for c in range(3)),
    ]
    for title, departments, overview, lines in rows:
        first = len(cells)
        for n, bars in enumerate(lines):
            texts = (title, departments, overview) if n == 0 else ("", "", "")
            row: list[Paragraph | str] = [*(Paragraph(t, CELL) for t in texts), "", "", "", ""]
            for start, end, text in bars:
                row[3 + start] = Paragraph(text, CELL)
                style.append(("SPAN", (3 + start, len(cells)), (3 + end, len(cells))))
            cells.append(row)
        style += [("SPAN", (c, first), (c, len(cells) - 1)) for c in range(3)]
    return Table(cells, colWidths=[w * mm for w in (40, 30, 75, 24, 24, 24, 24)], style=style)


def _unruled(rows: tuple[tuple[str, ...], ...], widths: tuple[int, ...]) -> Table:
    """Return a table without a line: only the places of the words make it one."""
    cells = [[Paragraph(text, BODY) for text in row] for row in rows]
    return Table(cells, colWidths=[w * mm for w in widths], hAlign="LEFT")
