"""A city that is not in the repository: its PDF is added, indexed and asked; no code or words change.

What a right answer holds is computed from what the maker of the plan knows, not from what was read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from assistant.messages import Answer, Question
from assistant.service import Service
from assistant.settings import Settings
from assistant.wiring import build, build_service, library_of, plans_folder
from corpus.add import add_documents, remove_plan
from corpus.normalize import compact
from corpus.wareki import era_label
from evals.metrics.answers import facts_held
from evals.metrics.figures import unsupported_figures
from evals.parsing import ExpectedMeasure, Figure
from evals.responses import read_response

sys.path.insert(0, str(Path(__file__).parents[1] / "golden" / "plans"))

import made_kit
import made_shiomi

PLAN = made_shiomi.PLAN
ID = "shiomi"
FIRST, LAST = made_shiomi.FIRST[0], made_shiomi.SECOND[-1]


class Asked(NamedTuple):
    """A question, the wordings of each fact, what the quotes hold, and what was asked before."""

    question: str
    facts: tuple[tuple[str, ...], ...]
    quoted: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


def measure(title: str) -> ExpectedMeasure:
    return next(m for m in PLAN.measures if m.title == title)


def figures(indicator: str) -> tuple[str, str]:
    kpi = next(k for k in PLAN.kpis if k.indicator == indicator)
    assert kpi.baseline and kpi.target
    return made_kit.figure(kpi.baseline), made_kit.figure(kpi.target)


def change(indicator: str) -> str:
    kpi = next(k for k in PLAN.kpis if k.indicator == indicator)
    assert kpi.baseline and kpi.target and kpi.baseline.value is not None and kpi.target.value is not None
    return made_kit.figure(Figure(value=kpi.target.value - kpi.baseline.value))


def year(of: int) -> tuple[str, ...]:
    return (era_label(of), f"{of}年度", f"R{of - 2018}")


def said(*texts: str) -> tuple[tuple[str, ...], ...]:
    return tuple((text,) for text in texts)


def titles(theme: int) -> tuple[str, ...]:
    return tuple(m.title for m in PLAN.measures if m.theme == made_shiomi.THEMES[theme])


def target(question: str, indicator: str, *before: str) -> Asked:
    return Asked(question, said(figures(indicator)[1]), said(figures(indicator)[1])[0], before)


def departments(question: str, title: str, *before: str) -> Asked:
    names = measure(title).departments
    return Asked(question, said(*names), names, before)


def phase(question: str, title: str, number: int, *before: str) -> Asked:
    text = measure(title).roadmap[number].text
    return Asked(question, said(text), (text,), before)


def term(question: str, name: str) -> Asked:
    definition = next(t.definition for t in PLAN.terms if t.term == name)
    return Asked(question, said(definition[:12]), (definition[:12],))


def busiest() -> str:
    names = [d for m in PLAN.measures for d in m.departments]
    return max(dict.fromkeys(names), key=names.count)


PARTICIPANTS, SENT = "通いの場の参加者数", "質問票の回収率"
ANSWERED = [
    target(f"{PARTICIPANTS}の目標は？", PARTICIPANTS),
    target("認知症サポーターは何人まで増やすんですか", "認知症サポーターの数（累計）"),
    Asked("見守り協定の事業者数は現状でいくつ？", said(figures("見守り協定の事業者数")[0])),
    Asked("紹介により就労した人数の現状は？", said(figures("紹介により就労した人数")[0])),
    Asked(f"{SENT}はどれだけ増える計画ですか", (*said(*figures(SENT)), (change(SENT),))),
    Asked("通いの場の数の目標は何年度までのもの？", (year(LAST),)),
    phase("移動販売車の運行の支援は令和9年度に何をする？", "移動販売車の運行の支援", 0),
    phase("2030年度の見守りネットワークの強化の予定は？", "見守りネットワークの強化", 1),
    Asked("シニアの就労の支援で、窓口の本格運用はいつから？", (year(made_shiomi.SECOND[0]),)),
    departments("フレイルの早期発見の担当課は？", "フレイルの早期発見"),
    departments("在宅医療と介護の連携はどこの課がやっているの？", "在宅医療と介護の連携"),
    Asked("見守りネットワークの強化ってどんな取組？", said("新聞店や郵便局"), ("新聞店や郵便局",)),
    Asked("介護の仕事の魅力の発信の目的を教えてください", said("働く人の声を伝え"), ("働く人の声を伝え",)),
    Asked(
        "認知症サポーターの養成では具体的に何をするの？",
        said(*measure("認知症サポーターの養成").activities),
        measure("認知症サポーターの養成").activities,
    ),
    Asked("基本目標２の施策を全部教えて", said(*titles(1)), titles(1)),
    Asked("この計画に施策はいくつありますか", ((str(len(PLAN.measures)),),)),
    Asked("新規の施策はどれですか", said(*(m.title for m in PLAN.measures if m.is_new))),
    Asked("施策が一番多い課は？", said(busiest())),
    Asked(
        "シニアの就労の支援と介護の仕事の魅力の発信では、担当課はどう違いますか",
        said("商工労政課", "介護保険課"),
    ),
    term("フレイルって何？", "フレイル"),
    term("チームオレンジとは何ですか", "チームオレンジ"),
    Asked("なぜこの計画をつくったのですか", (("36.8％", "4,120世帯", "支え手にも回る地域"),)),
    Asked("計画の基本理念は？", said(made_shiomi.VISION), (made_shiomi.VISION,)),
    Asked("計画期間は何年から何年まで？", ((*year(FIRST), str(FIRST)), (*year(LAST), str(LAST)))),
    Asked("問い合わせ先の電話番号を教えてください", said(*PLAN.contacts[0].phone), PLAN.contacts[0].phone),
    Asked("計画の進み具合は誰が確かめるのですか", said("汐見市長寿社会推進協議会")),
    target(f"{PARTICIPANTS}の目標は3,000人ですよね？", PARTICIPANTS),
    departments("介護の仕事の魅力の発信は商工労政課の担当ですよね？", "介護の仕事の魅力の発信"),
    target("じゃあ、参加者数の目標は？", PARTICIPANTS, "通いの場の拡充の担当課は？"),
    phase("令和12年度は？", "移動販売車の運行の支援", 1, "移動販売車の運行の支援は令和8年度に何をする？"),
    departments("その担当課は？", "認知症サポーターの養成", "認知症サポーターの養成とは？"),
    Asked("買い物に困っている高齢者のために何をしてくれるの？", said("移動販売車")),
    Asked(
        "お年寄りの就職の支援はある？",
        (("シニアの就労の支援", "仕事の紹介窓口", "人手の足りない"),),
    ),
    # Two indicators are about 通いの場, and the question names neither.
    Asked("かよいのばのもくひょうは？", ((figures(PARTICIPANTS)[1], figures("通いの場の数")[1]),)),
    target("かよいのばのさんかしゃすうのもくひょうは？", PARTICIPANTS),
    departments("ふれいるのそうきはっけんのたんとうかは？", "フレイルの早期発見"),
    target("通いの場の参加者数の目標わ？", PARTICIPANTS),
    departments("見守りネットワークの協化の担当課は？", "見守りネットワークの強化"),
    departments("Which department is in charge of フレイルの早期発見?", "フレイルの早期発見"),
    target("What is the target of 質問票の回収率?", SENT),
    target("认知症サポーター的目标是多少？", "認知症サポーターの数（累計）"),
]
NOT_ANSWERED = [
    "市営プールの料金は？",
    "ごみの収集日は？",
    "市長の名前は？",
    "介護保険料は月いくらですか",
    "移動販売車は何時に来ますか",
    "見守り電球は1個いくらですか",
    "特別養護老人ホームの待機者は何人ですか",
    "保育園の申込みの締切はいつ？",
    "令和20年度の通いの場の数の目標は？",
    "フレイルの質問票の予算額は？",
]


@pytest.fixture(scope="module")
def service(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("other-city")
    (folder / "models").symlink_to(data_dir / "models", target_is_directory=True)
    settings = Settings(_env_file=None, data_dir=folder)
    made_shiomi.write(folder / PLAN.document)
    add_documents(plans_folder(settings), ID, [folder / PLAN.document], PLAN.name, "汐見市高齢者福祉計画")
    build(settings)
    yield build_service(settings)
    remove_plan(plans_folder(settings), ID)
    assert library_of(settings).holding(ID) is None


def ask(service: Service, question: str, before: tuple[str, ...] = ()) -> Answer:
    conversation = None
    for earlier in before:
        answer = service.answer(Question(question=earlier, municipality=ID, conversation_id=conversation))
        conversation = answer.conversation_id
    return service.answer(Question(question=question, municipality=ID, conversation_id=conversation))


@pytest.mark.parametrize("asked", ANSWERED, ids=[asked.question for asked in ANSWERED])
def test_its_plan_is_answered_rightly_with_its_evidence(service: Service, asked: Asked) -> None:
    answer = ask(service, asked.question, asked.before)
    assert answer.status == "answered"
    assert all(facts_held(answer.answer, asked.facts)), answer.answer
    for citation in answer.citations:
        found = service.library.document(citation.document_id)
        assert found is not None and found[1].text[citation.start : citation.end] == citation.quote
        assert citation.municipality == ID
    quotes = [compact(citation.quote) for citation in answer.citations]
    assert all(any(compact(text) in quote for quote in quotes) for text in asked.quoted)


@pytest.mark.parametrize("question", NOT_ANSWERED)
def test_what_its_plan_does_not_say_is_not_answered(service: Service, question: str) -> None:
    answer = ask(service, question)
    assert answer.status != "answered", answer.answer


def test_no_answer_states_a_figure_that_its_quotes_do_not_hold(service: Service) -> None:
    for asked in ANSWERED:
        if "一番多い" in asked.question:  # counted over the rows that are cited, which no quote shows
            continue
        answer = ask(service, asked.question, asked.before)
        response = read_response(answer.model_dump(mode="json"))
        assert not unsupported_figures(response), (asked.question, answer.answer)


def test_the_period_is_read_from_its_text(service: Service) -> None:
    holding = service.library.holding(ID)
    assert holding is not None
    period = holding.records.documents[0].period
    assert period is not None and (period.start, period.end) == (FIRST, LAST)
