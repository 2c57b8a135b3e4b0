"""風越町: a 総合計画, a PDF: 施策1-2, marks below the years, terms as notes below the text."""

from __future__ import annotations

from pathlib import Path

from made_kit import NOTE, build, heading, kpi_between, prose, ruled, under
from reportlab.platypus import Flowable, PageBreak

from evals.parsing import Expected, ExpectedContact, ExpectedMeasure, ExpectedTerm, Phase

YEARS = (2026, 2027, 2028, 2029, 2030)
THEMES = ("人が育ち、つながるまち", "安心して住み続けられるまち")
_kpi = kpi_between(2024, 2030)


PLAN = Expected(
    document="plan.pdf",
    name="風越町",
    themes=THEMES,
    measures=(
        ExpectedMeasure(
            theme=THEMES[0],
            title="子育て支援の充実",
            departments=("こども課", "健康福祉課"),
            overview="妊娠期から就学前まで、同じ職員が相談に応じられる体制を整えます。",
            activities=("ファミリー・サポート・センター※1の利用促進", "一時預かりの実施日の拡大"),
            roadmap=(
                Phase(text="ファミリー・サポート・センター※1の利用促進", years=YEARS),
                Phase(text="一時預かりの実施日の拡大", years=(2027, 2028)),
            ),
        ),
        ExpectedMeasure(
            theme=THEMES[0],
            title="公民館活動の活性化",
            departments=("教育委員会事務局",),
            overview="公民館を、世代をこえて学び合う場として使いやすくします。",
            activities=("夜間講座の開設", "コミュニティ・スクール※2との連携"),
            roadmap=(
                Phase(text="夜間講座の開設", years=(2026,)),
                Phase(text="コミュニティ・スクール※2との連携", years=(2028, 2029, 2030)),
            ),
        ),
        ExpectedMeasure(
            theme=THEMES[1],
            title="生活道路の補修",
            departments=("建設課",),
            overview="傷みの度合いを点数にして、危険な箇所から順に補修します。",
            activities=("路面の点検", "橋の長寿命化の工事"),
            roadmap=(
                Phase(text="路面の点検", years=(2026, 2028, 2030)),
                Phase(text="橋の長寿命化の工事", years=(2027, 2028, 2029, 2030)),
            ),
        ),
        ExpectedMeasure(
            theme=THEMES[1],
            title="空き家の利活用",
            departments=("企画振興課", "建設課"),
            overview="持ち主の意向を確かめ、使える空き家を移住者に引き継ぎます。",
            activities=("空き家バンク※3の登録の呼びかけ", "改修費の補助"),
            roadmap=(
                Phase(text="空き家バンク※3の登録の呼びかけ", years=YEARS),
                Phase(text="改修費の補助", years=(2026, 2027, 2028)),
            ),
        ),
    ),
    kpis=(
        _kpi("子育て支援の充実", "ファミリー・サポート・センターの会員数", "人", 64, 120),
        _kpi("子育て支援の充実", "子育てしやすいと感じる保護者の割合", "％", 58.3, 75),
        _kpi("公民館活動の活性化", "公民館講座の年間参加者数", "人", 1820, 2500),
        _kpi("生活道路の補修", "補修が必要な区間の延長", "km", 14.6, 6),
        _kpi("空き家の利活用", "空き家バンクの成約件数（累計）", "件", 9, 40),
        _kpi("空き家の利活用", "利活用されていない空き家の数", "戸", 312, 250),
    ),
    terms=(
        ExpectedTerm(
            term="ファミリー・サポート・センター",
            definition="子どもの送り迎えなどを手伝う人と、手伝ってほしい人が会員となって助け合う仕組み。",
        ),
        ExpectedTerm(
            term="コミュニティ・スクール", definition="地域の人が学校の運営に加わる協議会を置いた学校。"
        ),
        ExpectedTerm(term="空き家バンク", definition="売りたい、貸したい空き家を町が紹介する制度。"),
    ),
    contacts=(
        ExpectedContact(
            name="風越町企画振興課",
            phone=("0261-00-1212",),
            email="kikaku@town.kazakoshi.example.jp",
            address="〒399-0001 風越町大字風越100番地",
        ),
    ),
)
ISSUES = {
    "子育て支援の充実": "身近に頼れる人がいない家庭が増えています。",
    "公民館活動の活性化": "講座の参加者の固定化と高齢化が進み、働く世代の参加は１割に満ちません。",
    "生活道路の補修": "町道の総延長は186kmに及び、その多くが整備から40年を過ぎました。",
    "空き家の利活用": "令和5年度の調査では、町内の住宅の14.2％が空き家でした。",
}
NOTES = {"子育て支援の充実": (1,), "公民館活動の活性化": (2,), "空き家の利活用": (3,)}


def write(path: Path) -> None:
    """Write the document."""
    story: list[Flowable] = [
        heading("第６次風越町総合計画", 22),
        heading("前期基本計画", 16),
        *prose("令和８（2026）年度　～　令和12（2030）年度", "令和８年３月　風越町"),
        PageBreak(),
        heading("第１章　総合計画とは", 16),
        heading("１．計画策定の趣旨", 13),
        *prose(
            "風越町の人口は、昭和30年の13,420人を頂点に減り続け、令和7年には6,105人となりました。"
            "限られた人と財源で暮らしを守るため、町が進むべき道を町民とともに定めるのが本計画です。"
        ),
        heading("２．計画の期間", 13),
        *prose("前期基本計画の期間は、令和８年度から令和12年度までの５年間とします。"),
        heading("第２章　まちの将来像", 16),
        *prose("町の将来像を「風のわたる丘で、ともに育ち、ともに暮らす」とします。"),
        heading("第３章　分野別の施策", 16),
    ]
    for n, theme in enumerate(THEMES, 1):
        story.append(heading(f"政策{'１２'[n - 1]}　{theme}", 14))
        for m, measure in enumerate(under(PLAN, theme), 1):
            story += _measure(f"施策{n}-{m}", measure)
    story += [
        heading("第６次風越町総合計画　前期基本計画", 10),
        *prose(
            "発行　令和８年３月",
            "編集　風越町企画振興課",
            "〒399-0001 風越町大字風越100番地",
            "電話　0261-00-1212　FAX　0261-00-1213",
            "Ｅメール　kikaku@town.kazakoshi.example.jp",
        ),
    ]
    build(path, story, "第６次風越町総合計画　前期基本計画")


def _measure(number: str, measure: ExpectedMeasure) -> list[Flowable]:
    first, *others = measure.departments
    related = f"　［関係課］{'、'.join(others)}" if others else ""
    return [
        heading(f"{number}　{measure.title}", 12),
        *prose(f"［主管課］{first}{related}"),
        *prose("◆ 現状と課題", ISSUES[measure.title]),
        *prose("◆ 施策の方針", measure.overview or ""),
        *prose("◆ 主な取組", *(f"○ {text}" for text in measure.activities)),
        *prose("◆ 成果指標"),
        _kpis(measure.title),
        *prose("◆ 年次計画"),
        _years(measure),
        *(p for n in NOTES.get(measure.title, ()) for p in prose(_note(n), style=NOTE)),
    ]


def _note(n: int) -> str:
    term = PLAN.terms[n - 1]
    return f"※{n} {term.term}：{term.definition}"


def _kpis(title: str) -> Flowable:
    rows = [("指標名", "単位", "現状値（Ｒ６）", "中間値（Ｒ９）", "目標値（Ｒ12）")]
    for kpi in PLAN.kpis:
        if kpi.measure == title and kpi.baseline and kpi.target:
            low, high = kpi.baseline.value or 0, kpi.target.value or 0
            values = (f"{low:,g}", f"{round((low + high) / 2, 1):,g}", f"{high:,g}")
            rows.append((kpi.indicator, kpi.target.unit or "", *values))
    return ruled(rows, (66, 16, 28, 28, 28), repeat=1)


def _years(measure: ExpectedMeasure) -> Flowable:
    rows = [("取組項目", "Ｒ８", "Ｒ９", "Ｒ10", "Ｒ11", "Ｒ12")]
    for phase in measure.roadmap:
        run = len(phase.years) > 1 and phase.years[-1] - phase.years[0] == len(phase.years) - 1
        marks = (("○" if y == phase.years[0] or not run else "→") if y in phase.years else "" for y in YEARS)
        rows.append((phase.text, *marks))
    return ruled(rows, (76, 18, 18, 18, 18, 18), repeat=1)
