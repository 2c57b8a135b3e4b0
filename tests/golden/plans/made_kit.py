"""What the makers of plans share: paragraphs and ruled tables of a PDF, and the truth written as TOML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import tomli_w
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

from evals.parsing import Expected, ExpectedKpi, ExpectedMeasure, Figure

FONT = "HeiseiKakuGo-W5"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
BODY = ParagraphStyle("body", fontName=FONT, fontSize=10, leading=16, wordWrap="CJK", spaceAfter=8)
CELL = ParagraphStyle("cell", fontName=FONT, fontSize=8.5, leading=12, wordWrap="CJK")
NOTE = ParagraphStyle("note", fontName=FONT, fontSize=7.5, leading=11, wordWrap="CJK")
Span = tuple[tuple[int, int], tuple[int, int]]


def heading(text: str, size: float) -> Paragraph:
    """Return a heading of that size."""
    style = ParagraphStyle(f"h{size}", parent=BODY, fontSize=size, leading=size * 1.5, spaceBefore=size / 2)
    return Paragraph(text, style)


def prose(*texts: str, style: ParagraphStyle = BODY) -> list[Flowable]:
    """Return a paragraph a text."""
    return [Paragraph(text, style) for text in texts]


def ruled(
    rows: Iterable[Sequence[str]], widths: Sequence[int], spans: Iterable[Span] = (), repeat: int = 0
) -> Table:
    """Return a table with every cell ruled; `spans` name the first and last (column, row) of merged cells."""
    cells = [[Paragraph(text.replace("\n", "<br/>"), CELL) for text in row] for row in rows]
    style = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    style += [("SPAN", first, last) for first, last in spans]
    return Table(cells, colWidths=[w * mm for w in widths], style=style, repeatRows=repeat, spaceAfter=8)


def build(path: Path, story: list[Flowable], running: str, size: tuple[float, float] = A4) -> None:
    """Write a PDF with page numbers and a running head from the second page on."""

    def page(canvas: Canvas, template: SimpleDocTemplate) -> None:
        canvas.setFont(FONT, 8)
        canvas.drawCentredString(size[0] / 2, 8 * mm, f"- {template.page} -")
        if template.page > 1:
            canvas.drawString(20 * mm, size[1] - 12 * mm, running)

    template = SimpleDocTemplate(
        str(path), pagesize=size, topMargin=22 * mm, bottomMargin=18 * mm, invariant=1
    )
    template.build(story, onFirstPage=page, onLaterPages=page)


def figure(value: Figure) -> str:
    """Return a figure as a plan prints it."""
    if value.text is not None:
        return value.text
    number = value.value or 0.0
    printed = f"{number:,.0f}" if number == int(number) else f"{number:g}"
    return f"{printed}{value.unit or ''}"


def kpi_between(first: int, last: int) -> Callable[[str, str, str, float, float], ExpectedKpi]:
    """Return a maker of indicators: baselines of the first fiscal year, targets of the last."""

    def kpi(measure: str, indicator: str, unit: str, baseline: float, target: float) -> ExpectedKpi:
        return ExpectedKpi(
            measure=measure,
            indicator=indicator,
            baseline=Figure(value=baseline, unit=unit, fiscal_year=first),
            target=Figure(value=target, unit=unit, fiscal_year=last),
        )

    return kpi


def under(plan: Expected, theme: str) -> tuple[ExpectedMeasure, ...]:
    """Return a theme's measures."""
    return tuple(m for m in plan.measures if m.theme == theme)


def write_expected(plan: Expected, path: Path) -> None:
    """Write what a person reads in the plan."""
    path.write_text(tomli_w.dumps(plan.model_dump(mode="json", exclude_defaults=True)), "utf-8")
