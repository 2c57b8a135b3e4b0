"""桜ノ辺市: a こども計画, a PDF in two columns: 基本施策(1), 担当：, targets with arrows, starred notes."""

from __future__ import annotations

from pathlib import Path

from made_kit import FONT, NOTE, figure, heading, kpi_between, prose, under
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from evals.parsing import Expected, ExpectedContact, ExpectedMeasure, ExpectedTerm

THEMES = ("こどもが安心できる居場所をつくる", "子育てを社会全体で支える")
_kpi = kpi_between(2024, 2029)


def _measure(
    theme: int, title: str, departments: tuple[str, ...], overview: str, *activities: str
) -> ExpectedMeasure:
    return ExpectedMeasure(
        theme=THEMES[theme], title=title, departments=departments, overview=overview, activities=activities
    )


PLAN = Expected(
    document="plan.pdf",
    name="桜ノ辺市",
    themes=THEMES,
    measures=(
        _measure(
            0,
            "放課後の居場所づくり",
            ("こども政策課", "学校教育課"),
            "放課後児童クラブの定員を増やし、どの学区でも待たずに入れるようにします。",
            "空き教室の活用",
            "支援員の処遇の改善",
        ),
        _measure(
            0,
            "こども食堂への支援",
            ("福祉課",),
            "地域の団体が開くこども食堂の、開設と運営の費用を補助します。",
            "開設費の補助",
            "食材を融通し合う仕組みづくり",
        ),
        _measure(
            1,
            "産後ケアの利用の拡大",
            ("健康推進課",),
            "出産後の母親が、助産師の世話を受けて休める機会を増やします。",
            "宿泊型の実施施設の増設",
            "利用料の引下げ",
        ),
        _measure(
            1,
            "ヤングケアラーの支援",
            ("こども政策課", "福祉課"),
            "家族の世話を担うこどもを早く見つけ、家事の手伝いなどにつなぎます。",
            "学校での聞き取り",
            "ヘルパーの派遣",
        ),
    ),
    kpis=(
        _kpi("放課後の居場所づくり", "放課後児童クラブの待機児童数", "人", 18, 0),
        _kpi("こども食堂への支援", "こども食堂の数", "か所", 7, 16),
        _kpi("産後ケアの利用の拡大", "産後ケアの利用率", "％", 11.8, 30),
        _kpi("ヤングケアラーの支援", "ヘルパーを派遣した世帯数", "世帯", 3, 25),
    ),
    terms=(
        ExpectedTerm(
            term="ヤングケアラー", definition="本来大人が担う家事や家族の世話を、日常的に行っているこども。"
        ),
        ExpectedTerm(
            term="産後ケア", definition="出産後の母親と赤ちゃんが、助産師などの世話を受けられるサービス。"
        ),
    ),
    contacts=(
        ExpectedContact(
            name="桜ノ辺市こども政策課", phone=("0798-00-4321",), email="kodomo@city.sakuranobe.example.jp"
        ),
    ),
)


def write(path: Path) -> None:
    """Write the document."""
    width, height = A4
    frames = [
        Frame(x * mm, 18 * mm, 84 * mm, height - 40 * mm, leftPadding=0, rightPadding=0, id=str(x))
        for x in (18, 110)
    ]

    def page(canvas, template) -> None:  # type: ignore[no-untyped-def]
        canvas.setFont(FONT, 8)
        canvas.drawCentredString(width / 2, 8 * mm, str(template.page))

    template = BaseDocTemplate(
        str(path), pagesize=A4, pageTemplates=[PageTemplate("two", frames, onPage=page)], invariant=1
    )
    template.build(_story())


def _story() -> list[Flowable]:
    story: list[Flowable] = [
        heading("桜ノ辺市こども計画", 18),
        *prose("〈概要版〉", "令和７年度～令和11年度"),
        heading("Ⅰ　計画の目的", 13),
        *prose(
            "すべてのこどもが、生まれた環境にかかわらず健やかに育つことができるよう、市の取組をまとめた計画です。"
        ),
        heading("Ⅱ　基本理念", 13),
        *prose("こどものまんなかに、笑顔がある桜ノ辺"),
        heading("Ⅲ　基本目標と基本施策", 13),
    ]
    number = 0
    for n, theme in enumerate(THEMES):
        story.append(heading(f"基本目標{'ⅠⅡ'[n]}　{theme}", 12))
        for measure in under(PLAN, theme):
            number += 1
            story.append(heading(f"基本施策({number})　{measure.title}", 11))
            story += prose(measure.overview or "", *(f"・{text}" for text in measure.activities))
            kpi = next(k for k in PLAN.kpis if k.measure == measure.title)
            assert kpi.baseline and kpi.target
            story += prose(
                f"担当：{'・'.join(measure.departments)}",
                f"目標：{kpi.indicator}　{figure(kpi.baseline)}（Ｒ６）→{figure(kpi.target)}（Ｒ11）",
            )
    story += [
        heading("用語解説", 13),
        *prose(*(f"＊{t.term}　{t.definition}" for t in PLAN.terms), style=NOTE),
        *prose(
            "■発行・編集",
            "桜ノ辺市こども政策課",
            "電話：0798-00-4321",
            "メール：kodomo@city.sakuranobe.example.jp",
        ),
    ]
    return story
