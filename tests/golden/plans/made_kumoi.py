"""雲井市: a Word 障害福祉計画: tables of 事業名 and 担当, amounts planned a year each, targets as a list."""

from __future__ import annotations

from pathlib import Path

from docx import Document
from made_kit import figure, kpi_between, under

from evals.parsing import Expected, ExpectedContact, ExpectedMeasure, ExpectedTerm, Figure

THEMES = ("地域で暮らし続ける", "働くことを支える")
_kpi = kpi_between(2025, 2028)


def _measure(
    theme: int, title: str, departments: tuple[str, ...], overview: str, is_new: bool = False
) -> ExpectedMeasure:
    return ExpectedMeasure(
        theme=THEMES[theme], title=title, is_new=is_new, departments=departments, overview=overview
    )


PLAN = Expected(
    document="plan.docx",
    name="雲井市",
    themes=THEMES,
    measures=(
        _measure(
            0,
            "グループホームの整備の促進",
            ("障害福祉課",),
            "グループホームを開く法人に、建物の改修費を補助します。",
        ),
        _measure(
            0,
            "地域生活支援拠点の運営",
            ("障害福祉課", "基幹相談支援センター"),
            "夜間や休日でも、家族の急病のときに受け入れる体制を整えます。",
            True,
        ),
        _measure(
            1, "就労の定着の支援", ("障害福祉課",), "就職した後も、支援員が職場を訪ねて相談に応じます。"
        ),
        _measure(
            1,
            "農福連携の推進",
            ("農業振興課", "障害福祉課"),
            "農家と障害者の働く事業所を結び、農作業を請け負えるようにします。",
            True,
        ),
    ),
    kpis=(
        _kpi("グループホームの整備の促進", "グループホームの利用者数", "人", 96, 130),
        _kpi("地域生活支援拠点の運営", "緊急の受入れができる床の数", "床", 2, 6),
        _kpi("就労の定着の支援", "一年後も働き続けている人の割合", "％", 71.4, 85),
        _kpi("農福連携の推進", "農作業を請け負った事業所の数", "事業所", 3, 11),
    ),
    terms=(
        ExpectedTerm(
            term="グループホーム", definition="障害のある人が、世話人の手助けを受けながら共同で暮らす住まい。"
        ),
        ExpectedTerm(
            term="農福連携",
            definition="農業と福祉が力を合わせ、障害のある人が農業で活躍できるようにすること。",
        ),
    ),
    contacts=(
        ExpectedContact(
            name="雲井市障害福祉課", phone=("0957-00-8080",), address="〒859-0077 雲井市本町10-1"
        ),
    ),
)


def write(path: Path) -> None:
    """Write the document."""
    document = Document()
    document.add_heading("第８期雲井市障害福祉計画", 0)
    document.add_paragraph("令和８年度〜令和10年度")
    document.add_heading("第１編　総論", 1)
    document.add_paragraph("障害者手帳を持つ市民は、令和7年4月に3,214人となり、五年間で6.3％増えました。")
    document.add_heading("第２編　各論", 1)
    for n, theme in enumerate(THEMES, 1):
        document.add_heading(f"重点目標{n}：{theme}", 2)
        _table(document, [("事業名", "事業の内容", "担当"), *(_row(m) for m in under(PLAN, theme))])
        document.add_paragraph("【数値目標】")
        rows: list[tuple[str, ...]] = [
            ("事業名", "項目", "R7年度（見込み）", "R8年度", "R9年度", "R10年度（目標）")
        ]
        for kpi in (k for m in under(PLAN, theme) for k in PLAN.kpis if k.measure == m.title):
            assert kpi.baseline and kpi.target
            low, high = kpi.baseline.value or 0, kpi.target.value or 0
            steps = (Figure(value=round(low + (high - low) * s / 3), unit=kpi.target.unit) for s in (1, 2))
            values = (kpi.baseline, *steps, kpi.target)
            rows.append((kpi.measure or "", kpi.indicator, *(figure(v) for v in values)))
        _table(document, rows)
    document.add_heading("資料　用語の意味", 1)
    for term in PLAN.terms:
        document.add_paragraph(f"{term.term} … {term.definition}")
    document.add_paragraph(
        "【担当】雲井市障害福祉課　〒859-0077 雲井市本町10-1　TEL 0957-00-8080 FAX 0957-00-8081"
    )
    document.save(str(path))


def _row(measure: ExpectedMeasure) -> tuple[str, ...]:
    title = f"（新規）{measure.title}" if measure.is_new else measure.title
    return (title, measure.overview or "", "\n".join(measure.departments))


def _table(document, rows) -> None:  # type: ignore[no-untyped-def]
    table = document.add_table(0, len(rows[0]), style="Table Grid")
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
