"""Facts: what is asked of a plan as a whole is answered from its records, and nothing else is."""

import datetime

import pytest

from assistant.composers.facts import Facts
from assistant.messages import Question, Turn
from assistant.steps.lookup import Lookup
from assistant.steps.verify import Verify
from corpus.library import Library, load_library

TODAY = datetime.date(2026, 11, 21)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def turn_of(text: str, *municipalities: str) -> Turn:
    question = Question(question=text)
    return Turn(asked=question, today=TODAY, text=text, standalone=text, municipalities=municipalities)


def answer(library: Library, text: str, municipality: str) -> str | None:
    statements = Facts(library)(turn_of(text, municipality))
    return None if statements is None else "。".join(s.text for s in statements)


@pytest.mark.parametrize(
    ("question", "municipality", "facts"),
    [
        ("どんな施策がありますか？", "hakui", ["施策は4件で", "施策は9件で", "「地域公共交通」"]),
        ("施策を全部教えて", "nonoichi", ["行政DXの施策は4件で", "地域社会DXの施策は5件で"]),
        ("新規の施策は？", "hakui", ["「市の総合アプリの導入検討」", "新規の施策は3件で"]),
        ("企画財政課が担当する施策は？", "hakui", ["1件で、「地域公共交通」"]),
        ("テーマはいくつありますか", "hakui", ["6つ", "デジタルで備える安心なまちづくり"]),
        ("KPIは何がありますか", "hakui", ["スマートメーターの設置台数：370台 → 600台"]),
        ("問い合わせ先は？", "hakui", ["0767-22-7161", "it@city.hakui.lg.jp"]),
        ("この計画はいつからいつまで？", "hakui", ["令和8年度（2026年度）から令和12年度（2030年度）まで"]),
        ("計画期間は？", "nonoichi", ["令和8年度から令和12年度まで"]),
    ],
)
def test_the_whole_plan_is_answered_from_its_records(
    library: Library, question: str, municipality: str, facts: list[str]
) -> None:
    said = answer(library, question, municipality)
    assert said is not None
    for fact in facts:
        assert fact in said


@pytest.mark.parametrize(
    "question",
    [
        "のるまいカーの施策は？",
        "スマホ教室の電話番号は？",
        "羽咋ポイントのKPIは？",
        "除雪の取組は？",
        "データ公開の期間は？",
    ],
)
def test_a_question_about_something_in_the_plan_is_left_to_the_search(
    library: Library, question: str
) -> None:
    assert answer(library, question, "hakui") is None


@pytest.mark.parametrize("question", ["KPIは何がありますか", "問い合わせ先の電話番号は？", "新規の施策は？"])
def test_a_record_that_a_plan_does_not_have_is_said_not_to_be_there(library: Library, question: str) -> None:
    ended = Lookup(Facts(library))(turn_of(question, "nonoichi")).ending
    assert ended is not None and ended.status == "not_in_plan"


def test_without_one_municipality_nothing_is_looked_up(library: Library) -> None:
    assert Facts(library)(turn_of("どんな施策がありますか？", "hakui", "nonoichi")) is None


@pytest.mark.parametrize("municipality", ["hakui", "nonoichi"])
@pytest.mark.parametrize(
    "question", ["施策一覧", "新規の施策は？", "テーマは？", "KPI一覧", "問い合わせ先は？", "計画期間は？"]
)
def test_every_statement_from_records_holds_against_its_quotes(
    library: Library, question: str, municipality: str
) -> None:
    for statement in Facts(library)(turn_of(question, municipality)) or ():
        assert Verify(library).faults(statement) == ()


def test_a_count_that_is_not_that_of_the_names_listed_does_not_pass(library: Library) -> None:
    (statement,) = Facts(library)(turn_of("テーマは？", "hakui")) or ()
    wrong = statement.model_copy(update={"text": statement.text.replace("6つ", "7つ")})
    assert Verify(library).faults(wrong) == ("7",)
