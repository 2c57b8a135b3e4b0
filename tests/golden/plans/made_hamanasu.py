"""浜茄子町: a landscape PDF: one list over pages, ● below bare years, values a row each, ■ terms."""

from __future__ import annotations

from pathlib import Path

from made_kit import build, figure, heading, kpi_between, prose, ruled, under
from reportlab.lib.pagesizes import A4, landscape
from reportlab.platypus import Flowable, PageBreak

from evals.parsing import Expected, ExpectedContact, ExpectedMeasure, ExpectedTerm, Phase

YEARS = (2026, 2027, 2028, 2029, 2030)
THEMES = ("移り住む人を迎える", "働く場を育てる", "医療と福祉を守る")
_kpi = kpi_between(2024, 2030)


def _measure(
    theme: int, title: str, departments: tuple[str, ...], overview: str, years: tuple[int, ...]
) -> ExpectedMeasure:
    return ExpectedMeasure(
        theme=THEMES[theme],
        title=title,
        departments=departments,
        overview=overview,
        roadmap=(Phase(text=title, years=years),),
    )


PLAN = Expected(
    document="plan.pdf",
    name="浜茄子町",
    themes=THEMES,
    measures=(
        _measure(
            0,
            "移住体験住宅の整備",
            ("まちづくり課",),
            "空いている教職員住宅を改修し、一週間から三か月まで暮らせる体験住宅として貸し出す。",
            (2026, 2027),
        ),
        _measure(
            0,
            "移住コンシェルジュの配置",
            ("まちづくり課",),
            "先に移り住んだ町民を相談役として置き、住まいと仕事の相談に応じる。",
            YEARS,
        ),
        _measure(
            0,
            "空き家の改修の補助",
            ("建設水道課", "まちづくり課"),
            "空き家を買って住む人に、改修の費用の半分を補助する。",
            YEARS,
        ),
        _measure(
            0,
            "奨学金の返還の支援",
            ("教育委員会",),
            "町内に住んで働く若者の、奨学金の返還額の一部を町が負担する。",
            (2028, 2029, 2030),
        ),
        _measure(
            1,
            "ホタテの加工場の共同化",
            ("水産林務課",),
            "小さな加工場が共同で使う冷凍と包装の設備を整える。",
            (2026, 2027, 2028),
        ),
        _measure(1, "新規就農者の受入れ", ("農政課",), "二年間の研修と農地の紹介を一体で行う。", YEARS),
        _measure(
            1,
            "サテライトオフィスの誘致",
            ("商工観光課", "まちづくり課"),
            "旧小学校の教室を、都市の会社が使う事務所に改める。",
            (2027, 2028, 2029, 2030),
        ),
        _measure(
            1,
            "特定地域づくり事業協同組合の設立",
            ("商工観光課",),
            "季節ごとの仕事を組み合わせ、一年を通して雇われる働き方をつくる。",
            (2026, 2027),
        ),
        _measure(
            2,
            "オンライン診療の導入",
            ("保健福祉課",),
            "町立診療所に、専門の医師の診療を画面越しに受けられる部屋を設ける。",
            (2027, 2028, 2029, 2030),
        ),
        _measure(
            2,
            "訪問看護の維持",
            ("保健福祉課",),
            "看護師の住まいの費用を補助し、町内の訪問看護を続ける。",
            YEARS,
        ),
        _measure(
            2,
            "高齢者の外出の支援",
            ("保健福祉課", "まちづくり課"),
            "通院と買い物に使える乗合タクシーの回数券を配る。",
            YEARS,
        ),
    ),
    kpis=(
        _kpi("移住コンシェルジュの配置", "移住の相談件数", "件", 86, 200),
        _kpi("新規就農者の受入れ", "新たに農業を始めた人の数", "人", 3, 12),
        _kpi("サテライトオフィスの誘致", "事務所を開いた会社の数", "社", 0, 4),
        _kpi("オンライン診療の導入", "オンライン診療の利用者数", "人", 0, 150),
    ),
    terms=(
        ExpectedTerm(
            term="サテライトオフィス", definition="会社の本拠から離れた場所に置かれる小さな事務所のことです。"
        ),
        ExpectedTerm(
            term="オンライン診療",
            definition="画面と音声を通じて、離れた場所にいる医師の診察を受けることです。",
        ),
    ),
    contacts=(
        ExpectedContact(
            name="浜茄子町まちづくり課企画係",
            phone=("01632-5-1111",),
            address="〒098-0099 浜茄子町字港町7番地",
        ),
    ),
)


def write(path: Path) -> None:
    """Write the document."""
    story: list[Flowable] = [
        heading("浜茄子町持続的発展計画", 22),
        *prose("計画年度　令和８年度 ～ 令和12年度"),
        PageBreak(),
        heading("１　計画の基本的な考え方", 15),
        *prose(
            "浜茄子町では、この20年で人口が38.5％減り、65歳以上の人が全体の47.1％を占めるようになりました。"
            "町は、移住、産業、医療の三つに力を集め、人口の減り方を緩やかにします。"
        ),
        heading("２　施策一覧", 15),
        _list(),
        heading("３　達成を確かめる指標", 15),
        _kpis(),
        heading("４　用語の解説", 15),
    ]
    for term in PLAN.terms:
        story += prose(f"■ {term.term}", term.definition)
    story += [
        heading("【問合せ先】", 11),
        *prose(
            "浜茄子町まちづくり課企画係",
            "〒098-0099 浜茄子町字港町7番地",
            "電話 01632-5-1111 / FAX 01632-5-1112",
        ),
    ]
    build(path, story, "浜茄子町持続的発展計画", landscape(A4))


def _list() -> Flowable:
    rows: list[tuple[str, ...]] = [
        (
            "基本目標",
            "No.",
            "取組名",
            "取組の内容",
            "主担当",
            "協力課",
            "2026",
            "2027",
            "2028",
            "2029",
            "2030",
        )
    ]
    spans = []
    number = 0
    for theme in THEMES:
        first = len(rows)
        for measure in under(PLAN, theme):
            number += 1
            main, *others = measure.departments
            marks = ("●" if y in measure.roadmap[0].years else "" for y in YEARS)
            name = theme if len(rows) == first else ""
            rows.append(
                (name, str(number), measure.title, measure.overview or "", main, "、".join(others), *marks)
            )
    return ruled(rows, (28, 10, 48, 72, 24, 24, 12, 12, 12, 12, 12), spans, repeat=1)


def _kpis() -> Flowable:
    rows: list[tuple[str, ...]] = [("取組名", "指標", "区分", "値")]
    spans = []
    for kpi in PLAN.kpis:
        assert kpi.baseline and kpi.target
        first = len(rows)
        rows.append((kpi.measure or "", kpi.indicator, "現状値（R6）", figure(kpi.baseline)))
        rows.append(("", "", "目標値（R12）", figure(kpi.target)))
        spans += [((0, first), (0, first + 1)), ((1, first), (1, first + 1))]
    return ruled(rows, (60, 60, 40, 30), spans)
