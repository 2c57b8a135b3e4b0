"""朝霧市: a PDF スポーツ推進計画: a box a measure under a banner row, 短期 to 長期, values in one cell."""

from __future__ import annotations

from pathlib import Path

from made_kit import build, figure, heading, kpi_between, prose, ruled, under
from reportlab.platypus import Flowable

from evals.parsing import Expected, ExpectedContact, ExpectedMeasure, ExpectedTerm, Phase

STAGES = ((2026, 2027), (2028, 2029), (2030, 2031, 2032, 2033))
THEMES = ("だれもが体を動かすまち", "競技の力を伸ばすまち")
_kpi = kpi_between(2025, 2033)


def _measure(
    theme: int,
    title: str,
    departments: tuple[str, ...],
    overview: str,
    activities: tuple[str, ...],
    phases: tuple[str, str, str],
) -> ExpectedMeasure:
    return ExpectedMeasure(
        theme=THEMES[theme],
        title=title,
        departments=departments,
        overview=overview,
        activities=activities,
        roadmap=tuple(Phase(text=t, years=y) for t, y in zip(phases, STAGES, strict=True)),
    )


PLAN = Expected(
    document="plan.pdf",
    name="朝霧市",
    themes=THEMES,
    measures=(
        _measure(
            0,
            "朝の体操の普及",
            ("スポーツ振興課",),
            "公園や広場で、だれでも加われる朝の体操を開きます。",
            ("指導者の派遣", "体操の動画の配信"),
            ("三会場で開始", "十会場に拡大", "全ての地区で開催"),
        ),
        _measure(
            0,
            "障害者スポーツの推進",
            ("スポーツ振興課", "障害福祉課"),
            "障害の有無にかかわらず楽しめる種目の体験の場を設けます。",
            ("ボッチャの体験会", "用具の貸出し"),
            ("体験会の開催", "教室の開催", "大会の開催"),
        ),
        _measure(
            1,
            "部活動の地域への移行",
            ("学校教育課", "スポーツ振興課"),
            "休日の部活動を、地域のクラブが受け持てるようにします。",
            ("指導員の確保", "送迎の仕組みづくり"),
            ("三つの種目で試行", "全種目へ拡大", "平日への拡大の検討"),
        ),
        _measure(
            1,
            "体育館の改修",
            ("施設管理課",),
            "市民体育館の床と照明を改め、県大会を開ける会場にします。",
            ("床の張替え", "照明の交換"),
            ("設計", "改修工事", "運用"),
        ),
    ),
    kpis=(
        _kpi("朝の体操の普及", "週1回以上運動する成人の割合", "％", 48.6, 65),
        _kpi("障害者スポーツの推進", "体験会の参加者数", "人", 140, 500),
        _kpi("部活動の地域への移行", "地域クラブの数", "団体", 2, 14),
        _kpi("体育館の改修", "体育館の年間利用者数", "人", 52000, 80000),
    ),
    terms=(
        ExpectedTerm(
            term="ボッチャ", definition="目標の白い球に、自分の球をどれだけ近づけられるかを競う種目。"
        ),
        ExpectedTerm(term="地域クラブ", definition="学校の外で、地域の指導者が子どもたちを教える団体。"),
    ),
    contacts=(
        ExpectedContact(
            name="朝霧市教育部スポーツ振興課", phone=("0980-55-6600",), email="sports@city.asagiri.example.jp"
        ),
    ),
)


def write(path: Path) -> None:
    """Write the document."""
    story: list[Flowable] = [
        heading("朝霧市スポーツ推進計画", 20),
        *prose("2026-2033"),
        heading("第１章　はじめに", 15),
        *prose(
            "本計画の期間は、令和８年度から令和15年度までの８年間です。",
            "令和7年度の調査では、週に一度も運動しない市民が31.2％いました。",
        ),
        heading("第２章　取組", 15),
    ]
    for n, theme in enumerate(THEMES, 1):
        story.append(heading(f"基本方針{n}　{theme}", 13))
        story += [_box(f"施策{n}-{m}", measure) for m, measure in enumerate(under(PLAN, theme), 1)]
    story += [
        heading("用語集", 13),
        *(p for t in PLAN.terms for p in prose(f"●{t.term}：{t.definition}")),
        heading("発行", 11),
        *prose("朝霧市教育部スポーツ振興課", "電話 0980-55-6600　メール sports@city.asagiri.example.jp"),
    ]
    build(path, story, "朝霧市スポーツ推進計画")


def _box(number: str, measure: ExpectedMeasure) -> Flowable:
    kpi = next(k for k in PLAN.kpis if k.measure == measure.title)
    assert kpi.baseline and kpi.target
    rows = [
        (f"{number} {measure.title}", "", "", ""),
        ("概要", measure.overview or "", "", ""),
        ("具体的な取組", "\n".join(f"○{a}" for a in measure.activities), "", ""),
        ("指標", kpi.indicator, f"令和７年度 {figure(kpi.baseline)}", f"令和15年度 {figure(kpi.target)}"),
        ("実施時期", "短期（R8～R9）", "中期（R10～R11）", "長期（R12～R15）"),
        ("", *(p.text for p in measure.roadmap)),
        ("担当課", "、".join(measure.departments), "", ""),
    ]
    spans = [((0, 0), (3, 0)), ((1, 1), (3, 1)), ((1, 2), (3, 2)), ((0, 4), (0, 5)), ((1, 6), (3, 6))]
    return ruled(rows, (26, 48, 48, 48), spans)
