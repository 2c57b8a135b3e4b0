"""Small honest documents of every format, from which hostile ones are made."""

from __future__ import annotations

import functools
import io
import re
import zipfile

import docx
import openpyxl
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "HeiseiKakuGo-W5"
A4 = (595.0, 842.0)
ROWS = (("指標", "基準値", "目標値"), ("申請率", "12%", "63%"), ("満足度", "50点", "80点"))
SENTENCE = "本市では、デジタル技術を活用して市民サービスの向上を図ります。"

HTML = f"""<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>計画</title></head><body>
<header><a href="/">青葉市</a></header><main><h1>DX推進計画</h1><p>{SENTENCE}</p><ul><li>窓口<li>予約</ul>
<table><tr><th rowspan="2">指標<th colspan="2">値<tr><td>基準<td>目標<tr><td>申請率<td>12%<td>63%</table>
</main><footer>©</footer></body></html>"""
MARKDOWN = f"# DX推進計画\n\n{SENTENCE}\n\n- 窓口\n- 予約\n\n| 指標 | 値 |\n| --- | --- |\n| 申請率 | 63% |\n"


@functools.lru_cache(maxsize=1)
def honest() -> dict[str, bytes]:
    """Return one honest file for each suffix."""
    return {
        ".txt": f"第1章 計画\n\n{SENTENCE}\n指標\t値\n申請率\t63%\n".encode("cp932"),
        ".md": MARKDOWN.encode(),
        ".html": HTML.encode(),
        ".docx": _docx(),
        ".xlsx": _xlsx(),
        ".pdf": pdf(),
    }


def _docx() -> bytes:
    document = docx.Document()
    document.add_heading("第1章 計画", 1)
    document.add_paragraph(SENTENCE)
    document.add_paragraph("窓口", style="List Bullet")
    document.add_paragraph("予約", style="List Number")
    table = document.add_table(3, 3)
    for r, row in enumerate(ROWS):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    file = io.BytesIO()
    document.save(file)
    return _undated(file.getvalue())


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in ROWS:
        sheet.append(row)
    sheet["D2"] = 0.63
    sheet["D2"].number_format = "0%"
    sheet.merge_cells("A2:A3")
    file = io.BytesIO()
    book.save(file)
    return _undated(file.getvalue())


def _undated(data: bytes) -> bytes:
    contents = parts(data)
    core = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"2026-04-01T00:00:00Z", contents["docProps/core.xml"])
    return packed(contents | {"docProps/core.xml": core})


def pdf(pages: int = 2, compressed: bool = False) -> bytes:
    """Return a PDF with a paragraph and a ruled table on each page."""
    file = io.BytesIO()
    canvas = page_canvas(file, compressed)
    for number in range(pages):
        canvas.setFont(FONT, 10.5)
        for line in range(6):
            canvas.drawString(72, 760 - 18 * line, SENTENCE)
        for r, row in enumerate(ROWS):
            for c, text in enumerate(row):
                canvas.rect(72 + 120 * c, 500 - 24 * r, 120, 24)
                canvas.drawString(78 + 120 * c, 507 - 24 * r, text)
        canvas.drawCentredString(297, 30, f"- {number + 1} -")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def page_canvas(file: io.BytesIO, compressed: bool = False) -> Canvas:
    """Return an A4 canvas with a Japanese font at hand."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return Canvas(file, pagesize=A4, pageCompression=int(compressed), invariant=1)


def parts(data: bytes) -> dict[str, bytes]:
    """Return the parts of an Office file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(contents: dict[str, bytes]) -> bytes:
    """Return an Office file of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in contents.items():
            # A part without a date: the same parts are the same file.
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def with_part(suffix: str, name: str, part: bytes) -> bytes:
    """Return the honest Office file with one part replaced."""
    return packed(parts(honest()[suffix]) | {name: part})
