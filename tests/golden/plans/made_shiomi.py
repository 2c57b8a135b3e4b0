"""汐見市: a 高齢者福祉計画, a PDF: a sheet a measure, labels down its side, values below their labels."""

from __future__ import annotations

from pathlib import Path

from made_kit import build, figure, heading, kpi_between, prose, ruled, under
from reportlab.platypus import Flowable, PageBreak

from evals.parsing import Expected, ExpectedContact, ExpectedKpi, ExpectedMeasure, ExpectedTerm, Figure, Phase

FIRST, SECOND = (2026, 2027, 2028), (2029, 2030, 2031)
THEMES = ("いきいきと年を重ねる", "支え合って暮らす", "安心して介護を受けられる")
_kpi = kpi_between(2024, 2031)
VISION = "住み慣れた浜で、支え合い、笑って年を重ねるまち"
BACKGROUND = (
    "汐見市の高齢化率は、令和7年10月に36.8％となり、市民の三人に一人が65歳以上です。"
    "一人暮らしの高齢者は4,120世帯あり、この10年で1.4倍に増えました。"
    "介護を担う人の不足が続くなか、元気な高齢者が支え手にも回る地域をつくる必要があります。"
)


def _measure(
    theme: int,
    title: str,
    departments: tuple[str, ...],
    overview: str,
    activities: tuple[str, ...],
    phases: tuple[str, str],
    is_new: bool = False,
) -> ExpectedMeasure:
    return ExpectedMeasure(
        theme=THEMES[theme],
        title=title,
        is_new=is_new,
        departments=departments,
        overview=overview,
        activities=activities,
        roadmap=(Phase(text=phases[0], years=FIRST), Phase(text=phases[1], years=SECOND)),
    )


PLAN = Expected(
    document="plan.pdf",
    name="汐見市",
    themes=THEMES,
    measures=(
        _measure(
            0,
            "通いの場の拡充",
            ("長寿福祉課", "健康づくり課"),
            "歩いて行ける所に、体操や会食を楽しめる集まりを増やし、閉じこもりを防ぎます。",
            ("体操の指導者の養成", "集会所の使用料の助成"),
            ("会場の増設", "全ての町内で開催"),
        ),
        _measure(
            0,
            "シニアの就労の支援",
            ("商工労政課",),
            "経験を生かして働きたい人と、人手の足りない事業所を結びます。",
            ("仕事の紹介窓口の開設", "就労前の研修"),
            ("窓口の試行", "窓口の本格運用"),
            is_new=True,
        ),
        _measure(
            0,
            "フレイルの早期発見",
            ("健康づくり課",),
            "75歳の節目に心と体の衰えを確かめ、早めに教室へつなぎます。",
            ("質問票の送付", "保健師の訪問"),
            ("75歳全員への質問票の送付", "80歳への対象の拡大"),
        ),
        _measure(
            1,
            "見守りネットワークの強化",
            ("長寿福祉課", "危機管理課"),
            "新聞店や郵便局などの事業者と協定を結び、異変にいち早く気付けるようにします。",
            ("協定事業者の募集", "見守り電球の貸与"),
            ("協定の拡大", "情報の共有システムの運用"),
        ),
        _measure(
            1,
            "移動販売車の運行の支援",
            ("商工労政課", "長寿福祉課"),
            "買い物に困る地区を回る移動販売車の、車両の購入費と燃料費を補助します。",
            ("車両の購入費の補助", "停車場所の調整"),
            ("二地区での運行", "五地区での運行"),
            is_new=True,
        ),
        _measure(
            1,
            "認知症サポーターの養成",
            ("長寿福祉課",),
            "認知症を正しく知り、さりげなく手を貸せる市民を増やします。",
            ("小中学校での講座", "チームオレンジの立上げ"),
            ("講座の開催", "チームオレンジの活動"),
        ),
        _measure(
            2,
            "介護の仕事の魅力の発信",
            ("介護保険課",),
            "働く人の声を伝え、若い世代に介護の仕事を選んでもらえるようにします。",
            ("高校生の職場体験", "家賃の補助"),
            ("職場体験の受入れ", "就職者への家賃の補助"),
        ),
        _measure(
            2,
            "在宅医療と介護の連携",
            ("介護保険課", "健康づくり課"),
            "自宅で最期まで過ごしたいという願いに応えるため、医師と介護職が情報を共有します。",
            ("連携の手引の作成", "退院時の相談の支援"),
            ("手引の作成", "夜間の相談体制の整備"),
        ),
    ),
    kpis=(
        _kpi("通いの場の拡充", "通いの場の参加者数", "人", 1240, 2000),
        _kpi("通いの場の拡充", "通いの場の数", "か所", 58, 96),
        ExpectedKpi(
            measure="シニアの就労の支援",
            indicator="紹介により就労した人数",
            baseline=Figure(text="未実施", fiscal_year=2024),
            target=Figure(value=150, unit="人", fiscal_year=2031),
        ),
        _kpi("フレイルの早期発見", "質問票の回収率", "％", 41.5, 70),
        _kpi("見守りネットワークの強化", "見守り協定の事業者数", "事業者", 37, 80),
        _kpi("移動販売車の運行の支援", "移動販売車が回る地区の数", "地区", 0, 5),
        _kpi("認知症サポーターの養成", "認知症サポーターの数（累計）", "人", 3860, 6000),
        _kpi("介護の仕事の魅力の発信", "職場体験に参加した高校生の数", "人", 12, 60),
        _kpi("在宅医療と介護の連携", "自宅で最期を迎えた人の割合", "％", 14.2, 20),
    ),
    terms=(
        ExpectedTerm(
            term="フレイル", definition="年をとって心と体の働きが弱くなり、介護が必要になる手前の状態。"
        ),
        ExpectedTerm(term="通いの場", definition="高齢者が自ら集まり、体操や会食などを続ける集まり。"),
        ExpectedTerm(
            term="チームオレンジ", definition="認知症サポーターが、認知症の人と家族を地域で手助けする集まり。"
        ),
        ExpectedTerm(term="見守り電球", definition="点灯の様子から異変を知らせる、通信機能の付いた電球。"),
    ),
    contacts=(
        ExpectedContact(
            name="汐見市福祉部長寿福祉課",
            phone=("0599-77-8800",),
            email="choju@city.shiomi.example.jp",
            address="〒517-0999 汐見市浜町3丁目1番1号",
        ),
    ),
)
WIDTHS = (26, 50, 24, 35, 35)


def write(path: Path) -> None:
    """Write the document."""
    story: list[Flowable] = [
        heading("汐見市高齢者福祉計画", 22),
        *prose("（2026年度～2031年度）", "汐見市"),
        PageBreak(),
        heading("第１章　計画の策定に当たって", 16),
        heading("第１節　計画策定の背景", 13),
        *prose(BACKGROUND),
        heading("第２節　計画の期間", 13),
        *prose(
            "計画期間は、2026年度から2031年度までの6年間とし、2028年度までを前期、2029年度からを後期とします。"
        ),
        heading("第３節　基本理念", 13),
        *prose(f"基本理念を「{VISION}」と定めます。"),
        PageBreak(),
        heading("第２章　施策の展開", 16),
    ]
    for n, theme in enumerate(THEMES, 1):
        story.append(heading(f"基本目標{'１２３'[n - 1]}　{theme}", 14))
        for m, measure in enumerate(under(PLAN, theme), 1):
            story.append(_sheet(f"{n}-{m}", measure))
    story += [
        heading("第３章　計画の推進", 16),
        heading("第１節　推進体制", 13),
        *prose(
            "医療、介護、福祉の関係者と公募の市民でつくる「汐見市長寿社会推進協議会」が、毎年度、進み具合を確かめます。"
        ),
        PageBreak(),
        heading("資料　用語集", 16),
        ruled((("語句", "説明"), *((t.term, t.definition) for t in PLAN.terms)), (40, 130)),
        *prose(
            "汐見市高齢者福祉計画",
            "発行年月　令和8年3月",
            "発行　汐見市",
            "編集　汐見市福祉部長寿福祉課",
            "〒517-0999 汐見市浜町3丁目1番1号",
            "電話　0599-77-8800",
            "電子メール　choju@city.shiomi.example.jp",
        ),
    ]
    build(path, story, "汐見市高齢者福祉計画")


def _sheet(number: str, measure: ExpectedMeasure) -> Flowable:
    first, *others = measure.departments
    title = f"{measure.title}【新規】" if measure.is_new else measure.title
    kpis = [k for k in PLAN.kpis if k.measure == measure.title]
    rows = [
        ("施策番号", number, "施策名", title, ""),
        ("主管課", first, "関係課", "、".join(others) or "―", ""),
        ("施策の目的", measure.overview or "", "", "", ""),
        ("事業の内容", "\n".join(f"・{text}" for text in measure.activities), "", "", ""),
        *(_kpi_row(kpi, n) for n, kpi in enumerate(kpis)),
        ("スケジュール", "前期（2026～2028年度）", "", "後期（2029～2031年度）", ""),
        ("", measure.roadmap[0].text, "", measure.roadmap[1].text, ""),
    ]
    last = len(rows) - 1
    spans = [
        *(((3, r), (4, r)) for r in (0, 1)),
        *(((1, r), (4, r)) for r in (2, 3)),
        *(((1, r), (2, r)) for r in range(4, last + 1)),
        *(((3, r), (4, r)) for r in (last - 1, last)),
        ((0, 4), (0, last - 2)),
        ((0, last - 1), (0, last)),
    ]
    return ruled(rows, WIDTHS, spans)


def _kpi_row(kpi: ExpectedKpi, n: int) -> tuple[str, ...]:
    assert kpi.baseline and kpi.target
    return (
        "成果指標" if n == 0 else "",
        kpi.indicator,
        "",
        f"現状値（令和6年度）\n{figure(kpi.baseline)}",
        f"目標値（令和13年度）\n{figure(kpi.target)}",
    )
