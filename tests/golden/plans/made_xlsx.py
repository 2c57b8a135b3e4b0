"""みなと市: a workbook with a list of the measures and a sheet of KPIs, units in a column of their own."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

GOALS = ("基本目標1 しごとをつくる", None, "基本目標2 ひとの流れをつくる", None)
MEASURES = (
    ("創業の支援", "市内で事業を始める人に、相談と資金の両面で手を貸す。", "商工課", "継続"),
    ("港の倉庫の活用", "使われていない倉庫を、事務所や店として貸し出す。", "港湾課、商工課", "新規"),
    ("移住の相談", "市外から移り住む人の住まいと仕事の相談を受ける。", "企画課", "継続"),
    ("お試し住宅の運営", "移住を考える人が一か月まで暮らせる家を用意する。", "企画課、建築課", "新規"),
)
# Each measure's bars: first year, last year, what is done.
BARS = (
    ((2026, 2028, "相談会の開催"),),
    ((2026, 2026, "調査"), (2027, 2028, "貸出し")),
    ((2026, 2026, "窓口の開設"), (2027, 2027, "出張相談"), (2028, 2028, "評価")),
    ((2026, 2027, "改修"), (2028, 2028, "運営")),
)
KPIS: tuple[tuple[str | None, str, str, float | str, float | str], ...] = (
    ("創業の支援", "創業の件数", "件", 45, 80),
    (None, "創業した人の3年後の事業継続率", "％", 0.625, 0.75),
    ("港の倉庫の活用", "貸し出した倉庫の数", "棟", "未実施", 6),
    ("移住の相談", "相談を受けた件数", "件", 1250, 2000),
    ("お試し住宅の運営", "お試し住宅の利用世帯数", "世帯", 12, 40),
)


def write(path: Path) -> None:
    """Write the workbook."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    _measures(sheet)
    _kpis(book.create_sheet("KPI一覧"))
    _notes(book.create_sheet("お問い合わせ"))
    book.save(path)


def _measures(sheet: Worksheet) -> None:
    sheet.title = "施策一覧"
    sheet.append(["みなと市総合戦略　施策一覧"])
    sheet.merge_cells("A1:I1")
    sheet.append([])
    sheet.append(
        ["No.", "基本目標", "施策名", "施策の概要", "担当課", "区分", "2026年度", "2027年度", "2028年度"]
    )
    for n, (goal, row, bars) in enumerate(zip(GOALS, MEASURES, BARS, strict=True), 1):
        phases: list[str | None] = [None, None, None]
        for first, _, text in bars:
            phases[first - 2026] = text
        sheet.append([str(n), goal, *row, *phases])
        for first, last, _ in bars:
            if last > first:
                sheet.merge_cells(
                    start_row=sheet.max_row,
                    end_row=sheet.max_row,
                    start_column=first - 2019,
                    end_column=last - 2019,
                )
    sheet.merge_cells("B4:B5")
    sheet.merge_cells("B6:B7")


def _kpis(sheet: Worksheet) -> None:
    sheet.append(["施策名", "ＫＰＩ", "単位", "現状値(R6)", "目標値(R12)"])
    for name, indicator, unit, baseline, target in KPIS:
        sheet.append([name, indicator, unit, baseline, target])
        for column in "DE":
            sheet[f"{column}{sheet.max_row}"].number_format = "0.0%" if unit == "％" else "#,##0"
    sheet.merge_cells("A2:A3")


def _notes(sheet: Worksheet) -> None:
    for line in (
        "お問い合わせ先　みなと市企画課",
        "電話　0995-44-1234",
        "メール　kikaku@city.minato-ex.example.jp",
    ):
        sheet.append([line])
