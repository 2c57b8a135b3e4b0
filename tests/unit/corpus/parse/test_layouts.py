"""However a plan's tables are laid out and called: what is read is right, or it is not claimed."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import Plan
from evals.parsing import read_made

ROWS = (
    ("通いの場の拡充", "長寿福祉課", "集まりの場を増やす。", "会場の数", ("58か所", "96か所")),
    ("移動販売の支援", "商工課", "買い物の足を守る。", "回る地区の数", ("1地区", "5地区")),
)
NAMES = {
    "measure": ("施策名", "施策", "事業名", "取組名", "取組", "対策名", "主な施策"),
    "department": ("担当課", "所管課", "主管課", "担当部署", "主担当", "実施主体", "関係課"),
    "overview": ("内容", "概要", "取組内容", "事業の概要", "事業内容", "目的", "施策の方針"),
    "indicator": ("指標", "成果指標", "ＫＰＩ", "評価指標", "指標名"),
    "baseline": ("現状値", "基準値", "現況値", "策定時", "現状", "実績値"),
    "target": ("目標値", "目標", "数値目標", "目標数値", "計画値"),
}
YEARS = {
    2024: ("（令和6年度）", "（R6）", "(2024年度)", "（Ｒ６）", "（令和６年度）"),
    2030: ("（令和12年度）", "（R12）", "(2030年度)", "（Ｒ12）", "（令和１２年度）"),
}
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def table(header: list[str], rows: list[list[str]], order: list[int]) -> str:
    said = ("<tr>" + "".join(f"<td>{row[i]}</td>" for i in order) + "</tr>" for row in (header, *rows))
    return f"<table>{''.join(said)}</table>"


@st.composite
def layouts(draw: st.DrawFn) -> str:
    """Draw a plan of two measures with a KPI each, its columns in some order under some names."""
    wide, numbered = draw(st.booleans()), draw(st.booleans())
    heading = draw(
        st.sampled_from(("基本目標１　支え合う", "政策1 支え合う", "第1節 支え合う", "施策の柱Ⅰ　支え合う"))
    )
    first = [draw(st.sampled_from(NAMES[role])) for role in ("measure", "department", "overview")]
    second = [draw(st.sampled_from(NAMES[role])) for role in ("measure", "indicator")]
    for role, year in (("baseline", 2024), ("target", 2030)):
        second.append(draw(st.sampled_from(NAMES[role])) + draw(st.sampled_from(YEARS[year])))
    measures, kpis = [], []
    for n, (title, department, overview, indicator, values) in enumerate(ROWS, 1):
        number = draw(st.sampled_from((f"{n} ", f"({n}) ", f"1-{n} ", f"施策{n} "))) if numbered else ""
        measures.append([number + title, department, overview])
        kpis.append([title, indicator, *(v.translate(WIDE) if wide else v for v in values)])
    parts = (
        f"<h1>青葉市計画</h1><h2>第2章 施策</h2><h3>{heading}</h3>",
        table(first, measures, draw(st.permutations(range(3)))),
        "<h2>第3章 指標</h2>",
        table(second, kpis, draw(st.permutations(range(4)))),
    )
    return "".join(parts)


def read(page: str) -> Plan:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.html"
        path.write_text(f"<meta charset='utf-8'>{page}", "utf-8")
        return read_made(path, "青葉市")


@settings(max_examples=50, deadline=None)
@given(layouts())
def test_what_is_read_of_any_layout_is_what_it_says(page: str) -> None:
    plan = read(page)
    truth = {title: (department, indicator, values) for title, department, _, indicator, values in ROWS}
    for measure in plan.measures:
        assert measure.title in truth
        assert set(measure.departments) <= {truth[measure.title][0]}
    titles = {m.id: m.title for m in plan.measures}
    figures = {row[3]: (int(row[4][0][:-2]), int(row[4][1][:-2])) for row in ROWS}
    for kpi in plan.kpis:
        baseline, target = figures[kpi.indicator]
        assert kpi.baseline is None or (kpi.baseline.value, kpi.baseline.fiscal_year) == (baseline, 2024)
        assert kpi.target is None or (kpi.target.value, kpi.target.fiscal_year) == (target, 2030)
        assert kpi.measure is None or truth[titles[kpi.measure]][1] == kpi.indicator
    assert len(plan.measures) == len(plan.kpis) == len(ROWS)
