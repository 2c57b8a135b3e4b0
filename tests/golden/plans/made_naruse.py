"""鳴瀬村: a 環境基本計画 in Word: 取組３, actions with words and arrows, targets told in prose."""

from __future__ import annotations

from pathlib import Path

from docx import Document
from made_kit import figure, kpi_between, under

from evals.parsing import Expected, ExpectedContact, ExpectedMeasure, ExpectedTerm, Phase

YEARS = (2026, 2027, 2028, 2029, 2030)
THEMES = ("水と森を未来へつなぐ", "ごみを出さない暮らしを広げる")
_kpi = kpi_between(2024, 2030)


def _measure(
    theme: int, title: str, overview: str, rows: tuple[tuple[str, str, tuple[tuple[str, int, int], ...]], ...]
) -> ExpectedMeasure:
    return ExpectedMeasure(
        theme=THEMES[theme],
        title=title,
        departments=tuple(dict.fromkeys(department for _, department, _ in rows)),
        overview=overview,
        activities=tuple(text for text, _, _ in rows),
        roadmap=tuple(
            Phase(text=text, years=tuple(range(first, last + 1)))
            for _, _, phases in rows
            for text, first, last in phases
        ),
    )


ROWS = {
    "水源の森の保全": (
        ("間伐の支援", "農林課", (("対象の選定", 2026, 2026), ("間伐", 2027, 2030))),
        ("広葉樹の苗木の配布", "住民環境課", (("配布", 2026, 2030),)),
    ),
    "川の水質の見守り": (
        ("水質の調査", "住民環境課", (("年4回の調査", 2026, 2030),)),
        ("川の学校の開催", "教育課", (("準備", 2026, 2027), ("開催", 2028, 2030))),
    ),
    "生ごみの堆肥化": (
        ("コンポスト容器の貸出し", "住民環境課", (("試行", 2026, 2027), ("全戸へ案内", 2028, 2030))),
    ),
    "リユースの促進": (
        ("不用品の交換会の開催", "住民環境課", (("開催", 2026, 2030),)),
        ("リユース食器の貸出し", "産業観光課", (("検討", 2026, 2026), ("貸出し", 2027, 2030))),
    ),
}
PLAN = Expected(
    document="plan.docx",
    name="鳴瀬村",
    themes=THEMES,
    measures=(
        _measure(
            0,
            "水源の森の保全",
            "村の面積の八割を占める森を、水を育む場所として次の世代へ残します。",
            ROWS["水源の森の保全"],
        ),
        _measure(
            0,
            "川の水質の見守り",
            "子どもが泳げる川を守るため、調べた結果を毎年知らせます。",
            ROWS["川の水質の見守り"],
        ),
        _measure(
            1,
            "生ごみの堆肥化",
            "燃やすごみの四割を占める生ごみを、畑に返します。",
            ROWS["生ごみの堆肥化"],
        ),
        _measure(
            1, "リユースの促進", "まだ使える物を、必要とする人へ渡す場を設けます。", ROWS["リユースの促進"]
        ),
    ),
    kpis=(
        _kpi("水源の森の保全", "間伐した森林の面積", "ha", 32, 80),
        _kpi("川の水質の見守り", "川の学校の参加者数", "人", 0, 60),
        _kpi("生ごみの堆肥化", "1人1日当たりのごみの排出量", "グラム", 812, 700),
        _kpi("リユースの促進", "交換会で引き取られた物の数", "点", 1150, 3000),
    ),
    terms=(
        ExpectedTerm(term="間伐", definition="込み合った森で一部の木を切り、残る木の育ちをよくすること。"),
        ExpectedTerm(term="コンポスト", definition="生ごみや落ち葉を微生物の力で分解し、堆肥にすること。"),
        ExpectedTerm(term="リユース", definition="使い終わった物を捨てずに、くり返し使うこと。"),
    ),
    contacts=(
        ExpectedContact(
            name="鳴瀬村住民環境課", phone=("0265-11-2233",), address="〒395-0099 鳴瀬村鳴瀬215番地1"
        ),
    ),
)
TARGET = "【数値目標】{0}を、令和6年度の{1}から、令和12年度までに{2}に{3}。"


def write(path: Path) -> None:
    """Write the document."""
    document = Document()
    document.add_heading("第３次鳴瀬村環境基本計画", 0)
    document.add_heading("第１章　基本的事項", 1)
    document.add_heading("計画の期間", 2)
    document.add_paragraph("計画の期間は、2026年度から2030年度までの5年間です。")
    document.add_heading("目指す環境像", 2)
    document.add_paragraph("「せせらぎと暮らす　鳴瀬村」を目指します。")
    document.add_heading("第２章　環境施策の展開", 1)
    count = 0
    for n, theme in enumerate(THEMES):
        document.add_heading(f"基本方針{'１２'[n]}　{theme}", 2)
        document.add_paragraph("村民、事業者、村がそれぞれの立場で次の取組を行います。")
        for measure in under(PLAN, theme):
            document.add_heading(f"取組{'１２３４'[count]}　{measure.title}", 3)
            count += 1
            document.add_paragraph(measure.overview or "")
            _table(document, measure.title)
            kpi = next(k for k in PLAN.kpis if k.measure == measure.title)
            assert kpi.baseline and kpi.target
            more = (kpi.target.value or 0) > (kpi.baseline.value or 0)
            values = (
                kpi.indicator,
                figure(kpi.baseline),
                figure(kpi.target),
                "増やします" if more else "減らします",
            )
            document.add_paragraph(TARGET.format(*values))
    document.add_heading("資料編　用語解説", 1)
    table = document.add_table(0, 2, style="Table Grid")
    for row in (("語句", "意味"), *((t.term, t.definition) for t in PLAN.terms)):
        _fill(table.add_row().cells, row)
    document.add_heading("お問い合わせ", 1)
    for line in ("鳴瀬村住民環境課", "〒395-0099 鳴瀬村鳴瀬215番地1", "TEL：0265-11-2233"):
        document.add_paragraph(line)
    document.save(str(path))


def _table(document: Document, title: str) -> None:  # type: ignore[valid-type]
    table = document.add_table(0, 7, style="Table Grid")  # type: ignore[attr-defined]
    _fill(table.add_row().cells, ("具体的な取組", "担当", "R8", "R9", "R10", "R11", "R12"))
    for text, department, phases in ROWS[title]:
        marks = [""] * 5
        for word, first, last in phases:
            marks[first - 2026] = word
            for year in range(first + 1, last + 1):
                marks[year - 2026] = "→"
        _fill(table.add_row().cells, (text, department, *marks))


def _fill(cells, texts) -> None:  # type: ignore[no-untyped-def]
    for cell, text in zip(cells, texts, strict=True):
        cell.text = text
