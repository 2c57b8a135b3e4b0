"""Which records a question asks for as a whole, and what it narrows them to."""

from __future__ import annotations

import pytest

from assistant.composers.facts.whole import Whole, department_in, whole_of
from corpus.normalize import compact
from tests.unit.assistant.made import Bench


def whole(rich: Bench, text: str, municipality: str = "wakaba", listing: bool = True) -> Whole | None:
    mentions = rich.subjects.mentions(text, municipality)
    return whole_of(text, rich.subjects.plans[municipality], mentions, listing)


def kept(rich: Bench, text: str) -> list[str]:
    """Return the titles that a question's filters keep."""
    found = whole(rich, text)
    assert found and found.record == "measures", found
    return [m.title for m in rich.subjects.plans["wakaba"].measures if found.filters.keep(m)]


LIFE = ["オンライン申請の拡充", "スマホ教室の開催", "郷土資料アーカイブの公開"]
OFFICE = ["生成AIの活用", "電子決裁の導入"]


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("施策一覧", "measures"),
        ("どんな取組がありますか？", "measures"),
        ("List all measures", "measures"),
        ("有哪些措施？", "measures"),
        ("KPI一覧", "kpis"),
        ("テーマは何がありますか？", "themes"),
        ("テーマ一覧", "themes"),
        ("令和8年度の施策一覧", "measures"),
        ("用語集を見せて", "terms"),
        ("担当課の一覧", "departments"),
        ("計画期間は？", "period"),
        ("問い合わせ先は？", "contact"),
    ],
)
def test_a_question_for_a_kind_of_record_alone_asks_for_the_whole(
    rich: Bench, text: str, record: str
) -> None:
    found = whole(rich, text)
    assert found and found.record == record and not found.filters


@pytest.mark.parametrize(
    "text",
    [
        "スマートメーターの施策は？",
        "避難所の取組は？",
        "雪かきのKPIは？",
        "広報誌の電話番号は？",
        "ドローンの対象期間は？",
        "今日の天気は？",
        "",
    ],
)
def test_a_question_about_something_is_not_for_the_whole(rich: Bench, text: str) -> None:
    assert whole(rich, text) is None


@pytest.mark.parametrize(
    "text", ["テーマ1の施策は？", "テーマ１の施策は？", "テーマ一の施策", "つながる暮らしの施策は？"]
)
def test_a_theme_is_named_by_its_number_or_its_title(rich: Bench, text: str) -> None:
    assert kept(rich, text) == LIFE


def test_a_pillar_is_all_of_its_themes(rich: Bench) -> None:
    assert kept(rich, "くらしDXの施策は？") == [*LIFE, "河川カメラの設置"]
    assert kept(rich, "市役所DXの施策は？") == OFFICE


def test_a_department_is_that_of_every_measure_it_shares(rich: Bench) -> None:
    assert kept(rich, "市民課が担当する施策は？") == LIFE[:2]


@pytest.mark.parametrize("text", ["新規の施策は？", "新しい施策は？", "Which measures are new?"])
def test_new_ones_are_those_that_the_plan_marks(rich: Bench, text: str) -> None:
    assert kept(rich, text) == ["スマホ教室の開催", "河川カメラの設置"]


def test_filters_narrow_together(rich: Bench) -> None:
    assert kept(rich, "テーマ1の新規の施策は？") == ["スマホ教室の開催"]
    assert kept(rich, "総務課の新規の施策は？") == []


def test_the_plans_own_ordinal_is_this_plan_and_another_is_not(rich: Bench) -> None:
    assert len(kept(rich, "第2次計画の施策は何件ですか")) == 6
    assert len(kept(rich, "第二次計画の施策は何件ですか")) == 6
    for other in ("第1次計画の施策は何件ですか", "第三次計画の施策は何件ですか"):
        assert whole(rich, other) is None


def test_the_longest_department_that_is_named_is_the_one(rich: Bench) -> None:
    plan = rich.subjects.plans["wakaba"]
    measure = plan.measures[0].model_copy(update={"departments": ("課", "学習課", "生涯学習課")})
    made = plan.model_copy(update={"measures": (measure,)})
    assert department_in(compact("生涯学習課の施策"), made) == "生涯学習課"
    assert department_in(compact("学習課の施策"), made) == "学習課"
    assert department_in(compact("企画室の施策"), made) is None
