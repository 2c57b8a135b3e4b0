"""Extract: what an answer says of a row, a roadmap, a list and a definition, and what it never says."""

from __future__ import annotations

import re

import pytest

from assistant.composers.extract import Extract
from assistant.evidence import Evidence
from assistant.messages import Statement, Turn
from assistant.steps.verify import Verify, years_in
from tests.unit.assistant.made import Bench


def composed(bench: Bench, question: str, *evidence: Evidence) -> tuple[Statement, ...]:
    """Return the statements for a question over this evidence, every one of which must pass verify."""
    turn: Turn = bench.understood(question).knowing(evidence=evidence)
    statements = Extract(bench.vocabulary)(turn)
    assert not [fault for s in statements for fault in Verify(bench.library).faults(s)]
    return statements


def said(bench: Bench, question: str, *evidence: Evidence) -> str:
    return "。".join(s.text for s in composed(bench, question, *evidence))


def quotes(bench: Bench, statement: Statement) -> list[str]:
    return [bench.text(s.document_id)[s.start : s.end] for s in statement.sources]


@pytest.fixture
def measure(bench: Bench) -> Evidence:
    return bench.evidence("みなとポイントの普及", "加盟店")


@pytest.fixture
def roadmap(bench: Bench) -> Evidence:
    return bench.evidence("みなとポイントの普及", "本格導入")


@pytest.fixture
def kpi(bench: Bench) -> Evidence:
    return bench.evidence("みなとポイント登録者数")


@pytest.fixture
def lost(bench: Bench) -> Evidence:
    return bench.evidence("雪みちカメラの設置")


def test_without_evidence_nothing_is_said(bench: Bench) -> None:
    assert composed(bench, "みなとポイントの担当課は？") == ()


def test_the_department_is_told_with_its_row(bench: Bench, measure: Evidence) -> None:
    [statement] = composed(bench, "みなとポイントの担当課は？", measure)
    assert statement.text == "「みなとポイントの普及」の担当部署は、商工観光課です"
    assert quotes(bench, statement) == ["(1) みなとポイントの普及\t商工観光課"]


def test_several_departments_are_all_told_and_the_mark_of_a_new_measure_is_not(bench: Bench) -> None:
    row = bench.evidence("移動図書室の運行", "走らせる")
    assert (
        said(bench, "移動図書室はどの課？", row) == "「移動図書室の運行」の担当部署は、生涯学習課、図書館です"
    )


def test_a_kpi_is_told_with_both_values_and_the_years_of_their_columns(bench: Bench, kpi: Evidence) -> None:
    [statement] = composed(bench, "みなとポイント登録者数の目標は？", kpi)
    assert statement.text == (
        "「みなとポイントの普及」のみなとポイント登録者数は、"
        "令和7年度の基準値が1,100人、令和12年度の目標値が2,800人です"
    )
    assert quotes(bench, statement)[1] == "R7基準値\tR12目標値"


def test_a_phase_asked_by_name_is_told_with_its_year(bench: Bench, roadmap: Evidence) -> None:
    [statement] = composed(bench, "みなとポイントはいつ本格導入？", roadmap)
    assert statement.text == "「みなとポイントの普及」は、令和10年度が「本格導入」です"
    assert quotes(bench, statement)[1] == "R10"


@pytest.mark.parametrize("year", ["令和9年度", "R9", "2027年度", "来年度"])
def test_a_year_asked_is_told_with_its_phase(bench: Bench, roadmap: Evidence, year: str) -> None:
    text = said(bench, f"みなとポイントは{year}に何を予定していますか", roadmap)
    assert text == "「みなとポイントの普及」は、令和9年度が「試行」です"


def test_a_schedule_asked_as_a_whole_is_told_in_order(bench: Bench, roadmap: Evidence) -> None:
    text = said(bench, "みなとポイントの工程は？", roadmap)
    phases = re.findall(r"(令和\d+年度)「([^」]+)」", text)
    assert phases == [
        ("令和8年度", "設計"),
        ("令和9年度", "試行"),
        ("令和10年度", "本格導入"),
        ("令和11年度", "拡充"),
        ("令和12年度", "定着"),
    ]


@pytest.mark.parametrize(
    "question", ["雪みちカメラはいつ設置？", "雪みちカメラの工程", "雪みちカメラは令和8年度に何をする予定？"]
)
def test_a_roadmap_that_lost_its_columns_is_told_without_any_year(
    bench: Bench, lost: Evidence, question: str
) -> None:
    text = said(bench, question, lost)
    assert re.findall(r"「([^」]+)」", text) == ["雪みちカメラの設置", "設置場所の検討", "試験運用", "運用"]
    assert not years_in(text) and not re.search(r"\d", text)
    assert "原文" in text


def test_a_definition_is_told_from_its_row(bench: Bench) -> None:
    assert said(bench, "EBPMとは？", bench.evidence("EBPM")) == "EBPMは、証拠に基づいて政策を立てることです"


def test_a_list_whose_heading_is_asked_for_is_told_whole(bench: Bench) -> None:
    [statement] = composed(bench, "あけぼの市の将来像は？", bench.evidence("将来像"))
    assert (
        statement.text == "「誰もがつながるまち」「学びつづけるまち」「災害につよいまち」が挙げられています"
    )
    assert quotes(bench, statement) == ["誰もがつながるまち", "学びつづけるまち", "災害につよいまち"]


def test_a_sentence_is_told_as_it_is_printed(bench: Bench) -> None:
    text = said(bench, "あけぼの市の計画の期間は？", bench.evidence("5年間"))
    assert text == "本計画の期間は、令和8年度から令和12年度までの5年間とします"


def test_a_question_for_what_and_who_has_both_in_its_answer(bench: Bench, measure: Evidence) -> None:
    text = said(bench, "みなとポイントって何？どの課が担当？", measure)
    assert "買い物で使える" in text and text.endswith("商工観光課です")


def test_an_aspect_that_the_best_row_does_not_have_is_served_by_another_row_of_the_subject(
    bench: Bench, measure: Evidence, roadmap: Evidence, kpi: Evidence
) -> None:
    assert "商工観光課" in said(bench, "みなとポイントの普及の担当課は？", roadmap, measure)
    assert "2,800人" in said(bench, "みなとポイントの普及の目標は？", measure, kpi)
    text = said(bench, "みなとポイントの普及はいつから、目標はいくつ？", measure, roadmap, kpi)
    assert "令和8年度「設計」" in text and "2,800人" in text


def test_what_a_question_asks_is_not_served_by_another_subject(bench: Bench, measure: Evidence) -> None:
    other = bench.evidence("雪みちカメラの設置")
    assert "検討" not in said(bench, "みなとポイントの普及の担当課と工程は？", measure, other)


def test_nothing_is_said_twice(bench: Bench, measure: Evidence, kpi: Evidence) -> None:
    statements = composed(bench, "みなとポイントの普及の目標と基準値は何人？", kpi, measure)
    assert len(statements) == len(set(statements)) == 1
