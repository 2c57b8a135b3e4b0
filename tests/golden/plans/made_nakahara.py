"""中原区: a 地域防災計画 in HTML: 第1節, 前期 and 後期, two targets an indicator, terms in a list."""

from __future__ import annotations

from pathlib import Path

from made_kit import figure, kpi_between, under

from evals.parsing import Expected, ExpectedContact, ExpectedMeasure, ExpectedTerm, Phase

FIRST, SECOND = (2026, 2027, 2028), (2029, 2030, 2031)
THEMES = ("命を守る備え", "避難生活を支える備え")
_kpi = kpi_between(2024, 2031)


def _measure(
    theme: int,
    title: str,
    departments: tuple[str, ...],
    overview: str,
    first: str | None,
    second: str | None,
    both: str | None = None,
) -> ExpectedMeasure:
    phases = (
        (Phase(text=both, years=FIRST + SECOND),)
        if both
        else (
            *((Phase(text=first, years=FIRST),) if first else ()),
            *((Phase(text=second, years=SECOND),) if second else ()),
        )
    )
    return ExpectedMeasure(
        theme=THEMES[theme], title=title, departments=departments, overview=overview, roadmap=phases
    )


PLAN = Expected(
    document="plan.html",
    name="中原区",
    themes=THEMES,
    measures=(
        _measure(
            0,
            "家具の転倒防止の助成",
            ("危機管理課",),
            "高齢者のみの世帯に、家具を留める器具と取付けの費用を助成する。",
            "対象世帯の拡大",
            "全世帯へ拡大",
        ),
        _measure(
            0,
            "木造住宅の耐震改修",
            ("建築指導課",),
            "昭和56年以前に建てられた木造住宅の耐震診断と改修の費用を助成する。",
            None,
            None,
            "診断と改修の助成",
        ),
        _measure(
            0,
            "感震ブレーカーの設置",
            ("危機管理課", "建築指導課"),
            "木造住宅の密集する地域に、揺れで電気を止める器具を配る。",
            "重点地域への配付",
            "区内全域への配付",
        ),
        _measure(
            1,
            "避難所の環境の改善",
            ("危機管理課", "学校施設課"),
            "体育館に空調と洋式の便器を備える。",
            "空調の整備",
            "便器の改修",
        ),
        _measure(
            1,
            "個別避難計画の作成",
            ("福祉課",),
            "一人では避難できない人について、誰がどこへ連れて行くかを決めておく。",
            "作成の開始",
            "毎年の見直し",
        ),
    ),
    kpis=(
        _kpi("家具の転倒防止の助成", "家具を留めている世帯の割合", "％", 47.2, 80),
        kpi_between(2023, 2031)("木造住宅の耐震改修", "住宅の耐震化率", "％", 88.9, 97),
        _kpi("感震ブレーカーの設置", "感震ブレーカーの配付数", "個", 2400, 15000),
        _kpi("避難所の環境の改善", "空調のある避難所の数", "か所", 6, 28),
        _kpi("個別避難計画の作成", "個別避難計画を作成した人数", "人", 130, 1900),
    ),
    terms=(
        ExpectedTerm(
            term="感震ブレーカー", definition="強い揺れを感じると自動で電気を止め、火事を防ぐ器具。"
        ),
        ExpectedTerm(
            term="個別避難計画", definition="災害のときに一人では避難できない人ごとに作る避難の計画。"
        ),
    ),
    contacts=(
        ExpectedContact(
            name="中原区危機管理課", phone=("03-0000-5151",), address="〒140-0099 中原区本町一丁目2番3号"
        ),
    ),
)
HALVES = {
    "家具を留めている世帯の割合": "65％",
    "住宅の耐震化率": "93％",
    "感震ブレーカーの配付数": "9,000個",
    "空調のある避難所の数": "15か所",
    "個別避難計画を作成した人数": "900人",
}


def write(path: Path) -> None:
    """Write the document."""
    parts = [
        "<h1>中原区地域防災計画の概要</h1>",
        "<p>計画期間：令和８年度～令和13年度</p>",
        "<h2>第１章　計画のねらい</h2>",
        "<p>都心の南で震度6強の地震が起きた場合、区内では1,830棟が全壊すると見込まれています。"
        "この計画は、被害を半分に減らすために区が行うことを定めます。</p>",
        "<h2>第２章　対策の内容</h2>",
    ]
    number = 0
    for n, theme in enumerate(THEMES, 1):
        parts.append(f"<h3>第{n}節　{theme}</h3><p>次の対策に取り組みます。</p><table>")
        parts.append(
            "<tr><th rowspan='2'>番号</th><th rowspan='2'>対策名</th><th rowspan='2'>対策の内容</th>"
            "<th colspan='2'>実施時期</th><th rowspan='2'>所管課</th></tr>"
            "<tr><th>前期<br>令和8～10年度</th><th>後期<br>令和11～13年度</th></tr>"
        )
        for measure in under(PLAN, theme):
            number += 1
            parts.append(_row(number, measure))
        parts.append("</table>")
    parts.append("<h2>第３章　数値目標</h2><table>")
    parts.append(
        "<tr><th rowspan='2'>対策名</th><th rowspan='2'>指標</th><th rowspan='2'>現状（令和6年度）</th>"
        "<th colspan='2'>目標</th></tr><tr><th>令和10年度</th><th>令和13年度</th></tr>"
    )
    for kpi in PLAN.kpis:
        assert kpi.baseline and kpi.target
        own = "（令和5年度）" if kpi.baseline.fiscal_year == 2023 else ""
        cells = (
            kpi.measure or "",
            kpi.indicator,
            figure(kpi.baseline) + own,
            HALVES[kpi.indicator],
            figure(kpi.target),
        )
        parts.append("<tr>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>")
    parts.append("</table><h2>用語の説明</h2><dl>")
    parts += [f"<dt>{t.term}</dt><dd>{t.definition}</dd>" for t in PLAN.terms]
    parts.append(
        "</dl><h2>お問い合わせ先</h2><p>中原区危機管理課<br>〒140-0099 中原区本町一丁目2番3号<br>"
        "電話　03-0000-5151（直通）</p>"
    )
    path.write_text(
        "<!doctype html><html lang='ja'><meta charset='utf-8'><title>中原区</title><body>" + "\n".join(parts),
        "utf-8",
    )


def _row(number: int, measure: ExpectedMeasure) -> str:
    phases = "".join(f"<td colspan='{len(p.years) // 3}'>{p.text}</td>" for p in measure.roadmap)
    return (
        f"<tr><td>{number}</td><td>{measure.title}</td><td>{measure.overview}</td>{phases}"
        f"<td>{'<br>'.join(measure.departments)}</td></tr>"
    )
