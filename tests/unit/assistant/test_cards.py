from __future__ import annotations

import json
from typing import Any

import pytest

from assistant.cards import MOST_CARDS, cards_of, cited_by
from assistant.composers.wording import statement
from assistant.messages import Question, Source, Turn
from corpus.records import Kpi, Measure, Span
from tests.unit.assistant.made import TODAY, Bench, make_bench


@pytest.fixture(scope="module")
def wakaba(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("wakaba"), "wakaba")


def cards(bench: Bench, text: str, *aspects: str) -> tuple[dict[str, Any], ...]:
    """Return the cards of what the records say of the aspects."""
    turn = bench.asking(text, "wakaba", *aspects)
    return cards_of(turn.knowing(statements=bench.told(turn)), bench.library)


def listed(bench: Bench, text: str, *aspects: str) -> tuple[dict[str, Any], ...]:
    """Return the cards of what the records say of the plan as a whole."""
    turn = bench.asking(text, "wakaba", *aspects)
    statements = bench.listed(turn)
    assert statements
    return cards_of(turn.knowing(statements=statements), bench.library)


def resting_on(*sources: Source, aspects: tuple[str, ...] = ()) -> Turn:
    """Return a turn of one statement on these sources."""
    asked = Question(question="？")
    return Turn(asked=asked, today=TODAY, aspects=aspects, statements=(statement("文", *sources),))


def source_of(record: Measure | Kpi) -> Source:
    return Source(**record.source.model_dump())


def test_an_answer_about_a_kpi_shows_its_values_and_its_measure(wakaba: Bench) -> None:
    [card] = cards(wakaba, "スマホ教室の参加者数の目標は？", "target")
    kpi = next(k for k in wakaba.subjects.plans["wakaba"].kpis if "参加者数" in k.indicator)
    assert card == {
        "type": "kpi",
        "id": kpi.id,
        "measure": "スマホ教室の開催",
        "indicator": "スマホ教室の参加者数",
        "baseline": {"text": "120人", "value": 120.0, "unit": "人", "fiscal_year": 2025, "note": None},
        "target": {"text": "480人", "value": 480.0, "unit": "人", "fiscal_year": 2028, "note": None},
        "source": kpi.source.model_dump(),
    }


def test_an_answer_about_a_department_shows_the_measure(wakaba: Bench) -> None:
    [card] = cards(wakaba, "オンライン申請の拡充の担当課は？", "department")
    measure = wakaba.subjects.plans["wakaba"].measures[0]
    assert card == {
        "type": "measure",
        "id": measure.id,
        "title": "オンライン申請の拡充",
        "number": "(1)",
        "theme": measure.theme,
        "departments": ["市民課"],
        "is_new": False,
        "overview": measure.overview,
        "activities": ["様式の見直し", "説明会の開催"],
        "source": measure.source.model_dump(),
    }


def test_an_answer_about_phases_shows_the_roadmap_with_its_years(wakaba: Bench) -> None:
    [card] = cards(wakaba, "電子決裁の導入の工程は？", "schedule")
    assert (card["type"], card["measure"]) == ("roadmap", "電子決裁の導入")
    assert card["rows"] == [
        {"text": "設計", "fiscal_years": [2026], "certain": True},
        {"text": "試行", "fiscal_years": [2027], "certain": True},
        {"text": "本格運用", "fiscal_years": [2028], "certain": True},
    ]


def test_each_of_two_things_asked_of_a_measure_has_its_card(wakaba: Bench) -> None:
    found = cards(wakaba, "電子決裁の導入の担当課と工程は？", "department", "schedule")
    assert {c["type"] for c in found} == {"measure", "roadmap"}


def test_a_definition_shows_the_term(wakaba: Bench) -> None:
    [card] = cards(wakaba, "RPAとは？", "definition")
    assert (card["type"], card["term"]) == ("term", "RPA")
    assert card["definition"] == "決まった作業を自動で行うしくみ。"


def test_a_contact_that_the_plan_prints_is_shown(wakaba: Bench) -> None:
    [card] = listed(wakaba, "問い合わせ先は？", "contact")
    assert (card["type"], card["phone"], card["email"]) == (
        "contact",
        ["0999-12-3456"],
        "dx@wakaba.example.jp",
    )


@pytest.mark.parametrize(
    ("text", "aspects"),
    [("施策の一覧", ("list",)), ("成果指標の一覧", ("list",)), ("テーマの数は？", ("count",))],
)
def test_a_list_has_no_cards(wakaba: Bench, text: str, aspects: tuple[str, ...]) -> None:
    assert listed(wakaba, text, *aspects) == ()


def test_a_short_list_shows_what_it_lists(wakaba: Bench) -> None:
    found = listed(wakaba, "総務課が担当する施策は？", "list")
    assert [c["title"] for c in found] == ["生成AIの活用", "電子決裁の導入"]


def test_prose_has_no_cards(wakaba: Bench) -> None:
    evidence = wakaba.evidence("本計画の期間は").hit.passage
    source = Source(document_id=evidence.document_id, start=evidence.start, end=evidence.end)
    assert cards_of(resting_on(source), wakaba.library) == ()


def test_what_is_cited_most_is_shown_first_and_no_more_than_there_is_room_for(wakaba: Bench) -> None:
    kpis = wakaba.subjects.plans["wakaba"].kpis
    one_by_one = [statement("文", source_of(k)) for k in (*kpis[:5], kpis[3])]
    turn = resting_on().knowing(statements=tuple(one_by_one))
    found = [c["id"] for c in cards_of(turn, wakaba.library)]
    assert len(found) == MOST_CARDS
    assert found == [kpis[n].id for n in (3, 0, 1)]


def test_a_whole_row_is_a_measure_unless_its_phases_are_asked_for(wakaba: Bench) -> None:
    source = source_of(wakaba.subjects.plans["wakaba"].measures[0])
    [measure] = cards_of(resting_on(source, aspects=("overview",)), wakaba.library)
    [roadmap] = cards_of(resting_on(source, aspects=("begins",)), wakaba.library)
    assert (measure["type"], roadmap["type"]) == ("measure", "roadmap")


def test_a_source_inside_a_record_that_lies_in_another_is_the_inner_ones(wakaba: Bench) -> None:
    [holding] = wakaba.library.holdings
    plan = holding.public_records
    kpi, measure = plan.kpis[0], plan.measures[0]
    around = Span(document_id=kpi.source.document_id, start=kpi.source.start - 20, end=kpi.source.end + 20)
    nested = plan.model_copy(
        update={"measures": (measure.model_copy(update={"source": around, "spans": {}}),), "kpis": (kpi,)}
    )
    held = holding.model_copy(update={"documents": ()})
    held.__dict__["public_records"] = nested
    library = wakaba.library.model_copy(update={"holdings": (held,)})
    over = Source(**around.model_dump())
    assert [r for _, r in cited_by([source_of(kpi)], library)] == [kpi]
    assert [r for _, r in cited_by([over], library)] == [nested.measures[0]]


def test_cards_are_json(wakaba: Bench) -> None:
    found = cards(wakaba, "電子決裁の導入の担当課と工程は？", "department", "schedule")
    assert found and tuple(json.loads(json.dumps(found))) == found


def test_a_document_for_staff_has_no_cards(wakaba: Bench) -> None:
    elsewhere = Source(document_id="staff-only", start=0, end=10)
    assert cited_by([elsewhere], wakaba.library) == ()


def test_the_service_sends_the_cards(wakaba: Bench) -> None:
    answer = wakaba.service().answer(Question(question="電子決裁の導入の担当課は？", municipality="wakaba"))
    assert [c["title"] for c in answer.cards] == ["電子決裁の導入"]
