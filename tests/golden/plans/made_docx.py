"""星野市: a Word document with chapters, sections and one table a measure, its KPIs and bars inside."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from docx import Document
from docx.table import Table

YEARS = ("R8", "R9", "R10", "R11", "R12")
Bar = tuple[int, int, str]


class Measure(NamedTuple):
    """One measure's table."""

    title: str
    departments: str
    overview: str
    activities: tuple[str, ...]
    kpis: tuple[tuple[str, str, str], ...]
    bars: tuple[tuple[Bar, ...], ...]


THEMES: tuple[tuple[str, tuple[Measure, ...]], ...] = (
    (
        "第1節 戦略1 稼ぐ農業をつくる",
        (
            Measure(
                "(1) 農産物の販路拡大",
                "農政課、商工観光課",
                "市内の農産物を市外へ売る道を広げ、農家の所得を増やします。",
                ("直売所の通信販売の開始", "首都圏での商談会への出展"),
                (
                    ("直売所の年間販売額", "4.2億円", "6億円"),
                    ("商談会の成約件数", "8件", "25件"),
                ),
                (((0, 1, "準備"), (2, 4, "通信販売の運営")), ((0, 4, "商談会への出展"),)),
            ),
            Measure(
                "(2) 【新規】 スマート農業の普及",
                "農政課",
                "担い手が減っても田畑を守れるよう、機械による省力化を進めます。",
                ("自動運転の農機の共同利用",),
                (("自動運転の農機を使う経営体の数", "0経営体", "30経営体"),),
                (((0, 0, "試験"), (1, 2, "一部地区で実施"), (3, 4, "全地区で実施")),),
            ),
        ),
    ),
    (
        "第2節 戦略2 人を呼びこむ観光をつくる",
        (
            Measure(
                "(1) 星空観光の推進",
                "商工観光課",
                "夜の滞在を増やすため、星空を生かした催しを開きます。",
                ("観測会の開催", "案内人の養成"),
                (("市内の宿泊者数", "15万4千人", "20万人"),),
                (((0, 0, "計画"), (1, 4, "観測会の開催")),),
            ),
        ),
    ),
)
TERMS = (
    ("スマート農業", "ロボットや情報通信の技術を使い、手間を減らして質を高める農業。"),
    ("担い手", "地域の農業を将来にわたって続けていく人や法人。"),
)
IMPRINT = (
    "星野市農業・観光振興計画",
    "令和8年3月発行",
    "編集　星野市産業部農政課",
    "〒999-0404　星野市星川2丁目3番4号",
    "TEL　0996-33-2211（代表）",
    "E-mail　nosei@city.hoshino.example.jp",
)


def write(path: Path) -> None:
    """Write the document."""
    document = Document()
    document.add_heading("星野市農業・観光振興計画", 0)
    document.add_paragraph("計画期間　令和8年度～令和12年度")
    document.add_heading("第1章 計画の考え方", 1)
    document.add_paragraph(
        "星野市は、農業と観光で暮らしを立ててきたまちです。この計画は、その二つを次の世代へつなぐために定めます。"
    )
    document.add_heading("第2章 施策の展開", 1)
    for heading, measures in THEMES:
        document.add_heading(heading, 2)
        document.add_paragraph("この節では、戦略の目標を実現するための施策を示します。")
        for measure in measures:
            _measure(document.add_table(0, 6, style="Table Grid"), measure)
            document.add_paragraph()
    document.add_heading("資料 用語の解説", 1)
    table = document.add_table(0, 2, style="Table Grid")
    for row in (("用語", "解説"), *TERMS):
        _fill(table, row, ((0, 0), (1, 1)))
    document.add_paragraph()
    for line in IMPRINT:
        document.add_paragraph(line)
    document.save(str(path))


def _measure(table: Table, measure: Measure) -> None:
    whole = ((0, 0), (1, 5))
    _fill(table, ("施策名", measure.title), whole)
    _fill(table, ("所管課", measure.departments), whole)
    _fill(table, ("施策の概要", measure.overview), whole)
    _fill(table, ("主な取組", "\n".join(f"・{a}" for a in measure.activities)), whole)
    kpis = ((0, 0), (1, 3), (4, 4), (5, 5))
    first = len(table.rows)
    _fill(table, ("成果指標", "指標", "策定時（R6年度）", "目標（R12年度）"), kpis)
    for indicator, baseline, target in measure.kpis:
        _fill(table, ("", indicator, baseline, target), kpis)
    table.cell(first, 0).merge(table.cell(len(table.rows) - 1, 0))
    first = len(table.rows)
    _fill(table, ("スケジュール", *YEARS), tuple((i, i) for i in range(6)))
    for bars in measure.bars:
        places = tuple((a + 1, b + 1) for a, b, _ in bars)
        _fill(table, ("", *(text for _, _, text in bars)), ((0, 0), *places))
    table.cell(first, 0).merge(table.cell(len(table.rows) - 1, 0))


def _fill(table: Table, texts: tuple[str, ...], places: tuple[tuple[int, int], ...]) -> None:
    """Append a row whose cells are merged as the places say."""
    cells = table.add_row().cells
    for text, (first, last) in zip(texts, places, strict=True):
        cell = cells[first].merge(cells[last]) if last > first else cells[first]
        if text:
            cell.text = text
