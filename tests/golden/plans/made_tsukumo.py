"""津久茂村: a 国土強靱化計画 in Markdown: labels without colons, KPI lines, years in lists, とは."""

from __future__ import annotations

from pathlib import Path

from made_kit import figure, kpi_between, under

from evals.parsing import Expected, ExpectedContact, ExpectedMeasure, ExpectedTerm, Phase

THEMES = ("孤立させない備え", "暮らしの基盤を強くする")
_kpi = kpi_between(2024, 2030)


def _measure(
    theme: int,
    title: str,
    departments: tuple[str, ...],
    overview: str,
    activities: tuple[str, ...],
    phases: tuple[tuple[str, int, int], ...],
) -> ExpectedMeasure:
    return ExpectedMeasure(
        theme=THEMES[theme],
        title=title,
        departments=departments,
        overview=overview,
        activities=activities,
        roadmap=tuple(Phase(text=t, years=tuple(range(a, b + 1))) for t, a, b in phases),
    )


PLAN = Expected(
    document="plan.md",
    name="津久茂村",
    themes=THEMES,
    measures=(
        _measure(
            0,
            "ヘリポートの整備",
            ("総務課",),
            "道路が断たれた集落から人を運び出せる場所を確保する。",
            ("候補地の測量", "離着陸場の舗装"),
            (("測量", 2026, 2026), ("舗装", 2027, 2028)),
        ),
        _measure(
            0,
            "衛星電話の配備",
            ("総務課", "消防団"),
            "携帯電話がつながらないときも役場と連絡できるようにする。",
            ("全集落への配備", "通話訓練の実施"),
            (("配備", 2026, 2027), ("年2回の訓練", 2028, 2030)),
        ),
        _measure(
            1,
            "簡易水道の耐震化",
            ("環境水道課",),
            "地震の後も水が出るように、古い配水管を取り替える。",
            ("配水管の更新", "応急給水栓の設置"),
            (("更新", 2026, 2030),),
        ),
        _measure(
            1,
            "林道の土砂の除去",
            ("産業建設課",),
            "大雨で流れ出た土砂を早く取り除き、迂回路として使えるようにする。",
            ("業者との協定", "重機の借上げ"),
            (("協定の締結", 2026, 2026), ("除去", 2027, 2030)),
        ),
    ),
    kpis=(
        _kpi("ヘリポートの整備", "離着陸場の数", "か所", 1, 4),
        _kpi("衛星電話の配備", "衛星電話のある集落の割合", "％", 22.5, 100),
        _kpi("簡易水道の耐震化", "配水管の耐震化率", "％", 18, 45),
        _kpi("林道の土砂の除去", "通行できる林道の延長", "km", 31.4, 52),
    ),
    terms=(
        ExpectedTerm(
            term="応急給水栓", definition="断水のときに、配水池の水を直接くむことができる蛇口のこと。"
        ),
        ExpectedTerm(term="迂回路", definition="いつもの道が通れないときに、代わりに使う道のこと。"),
    ),
    contacts=(ExpectedContact(name="津久茂村総務課", phone=("0997-00-3003",)),),
)


def write(path: Path) -> None:
    """Write the document."""
    lines = [
        "# 津久茂村国土強靱化地域計画",
        "",
        "計画期間は令和8年度から令和12年度までとする。",
        "",
        "## 1. 策定の背景",
        "",
        "令和5年7月の豪雨では、村内の12集落のうち5集落が三日間にわたり孤立した。",
        "",
        "## 2. 取組",
        "",
    ]
    for n, theme in enumerate(THEMES, 1):
        lines += [f"### 取組の柱{n} {theme}", ""]
        for m, measure in enumerate(under(PLAN, theme), 1):
            lines += _measure_lines(f"{n}-({m})", measure)
    lines += ["## 3. 用語", ""]
    for term in PLAN.terms:
        lines += [f"{term.term}とは、{term.definition}", ""]
    lines += ["## 4. 連絡先", "", "津久茂村総務課", "", "TEL 0997-00-3003　FAX 0997-00-3004", ""]
    path.write_text("\n".join(lines), "utf-8")


def _measure_lines(number: str, measure: ExpectedMeasure) -> list[str]:
    kpi = next(k for k in PLAN.kpis if k.measure == measure.title)
    assert kpi.baseline and kpi.target
    return [
        f"#### {number} {measure.title}",
        "",
        measure.overview or "",
        "",
        f"**担当**　{'、'.join(measure.departments)}",
        "",
        "**実施内容**",
        "",
        *(f"* {text}" for text in measure.activities),
        "",
        f"**KPI**　{kpi.indicator}　R6：{figure(kpi.baseline)}　→　R12：{figure(kpi.target)}",
        "",
        "**工程**",
        "",
        *(f"* {_years(phase)}　{phase.text}" for phase in measure.roadmap),
        "",
    ]


def _years(phase: Phase) -> str:
    first, last = (f"令和{year - 2018}年度" for year in (phase.years[0], phase.years[-1]))
    return first if first == last else f"{first}～{last}"
