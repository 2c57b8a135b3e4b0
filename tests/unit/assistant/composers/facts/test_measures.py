"""Facts of measures: departments, overview, activities, phases, in every language."""

from __future__ import annotations

import re

import pytest

from assistant.messages import Statement
from assistant.steps.verify import quoted_in, years_in
from tests.unit.assistant.made import LANGUAGES, Bench

in_every_language = pytest.mark.parametrize("language", LANGUAGES)
CAMERA = "河川カメラの設置"
ONLINE = "オンライン申請の拡充"


def told(bench: Bench, text: str, *aspects: str, municipality: str = "wakaba", **known: object) -> list[str]:
    return [s.text for s in statements(bench, text, *aspects, municipality=municipality, **known)]


def statements(
    bench: Bench, text: str, *aspects: str, municipality: str = "wakaba", **known: object
) -> tuple[Statement, ...]:
    return bench.told(bench.asking(text, municipality, *aspects, **known))  # type: ignore[arg-type]


@in_every_language
def test_a_department_is_told_with_the_measures_title_and_the_cell(rich: Bench, language: str) -> None:
    [statement] = statements(rich, CAMERA, "department", language=language)
    assert CAMERA in statement.text and "建設課" in statement.text
    assert rich.quotes(statement) == [f"{CAMERA} 新規\t建設課"]


@in_every_language
def test_several_departments_are_all_told(rich: Bench, language: str) -> None:
    [text] = told(rich, "スマホ教室の開催", "department", language=language)
    assert "生涯学習課" in text and "市民課" in text


def test_each_measure_that_is_named_has_its_own_department(rich: Bench) -> None:
    texts = told(rich, f"{CAMERA}、生成AIの活用の担当課は？", "department")
    assert len(texts) == 2
    assert any(CAMERA in t and "建設課" in t for t in texts)
    assert any("生成AIの活用" in t and "総務課" in t for t in texts)


@in_every_language
def test_where_no_measure_has_a_department_the_sentence_on_who_leads_is_quoted(
    rich: Bench, language: str
) -> None:
    [statement] = statements(rich, "防災無線の更新", "department", municipality="sazanami", language=language)
    assert "企画課が中心となって進めます" in statement.text
    assert rich.quotes(statement) == ["本計画は、企画課が中心となって進めます。"]


@in_every_language
def test_an_overview_is_told_as_it_is_printed(rich: Bench, language: str) -> None:
    [statement] = statements(rich, CAMERA, "overview", language=language)
    assert "川の水位をカメラで見せる" in statement.text
    assert "川の水位をカメラで見せる。" in rich.quotes(statement)


@in_every_language
def test_activities_are_all_told(rich: Bench, language: str) -> None:
    *_, statement = statements(rich, ONLINE, "activities", language=language)
    assert quoted_in(statement.text) == [ONLINE, "様式の見直し", "説明会の開催"]


def test_a_measure_without_activities_is_told_by_its_overview(rich: Bench) -> None:
    assert told(rich, CAMERA, "activities") == ["川の水位をカメラで見せる"]


@in_every_language
def test_a_new_measure_is_told_as_new(rich: Bench, language: str) -> None:
    [statement] = statements(rich, CAMERA, "is_new", language=language)
    assert CAMERA in statement.text
    assert f"(1) {CAMERA} 新規" in rich.quotes(statement)[0]


def test_a_measure_that_is_not_marked_is_not_told_as_new(rich: Bench) -> None:
    assert told(rich, ONLINE, "is_new") == []


@in_every_language
@pytest.mark.parametrize(("year", "phase"), [(2026, "設計"), (2027, "設置"), (2028, "運用")])
def test_the_phase_of_a_year_is_told_with_the_head_of_its_column(
    rich: Bench, year: int, phase: str, language: str
) -> None:
    [statement] = statements(rich, "河川カメラは？", "in_year", language=language, years=(year,))
    assert f"「{phase}」" in statement.text and years_in(statement.text) == {year}
    assert quoted_in(statement.text) == [CAMERA, phase]
    assert rich.quotes(statement)[-1] == f"R{year - 2018}"


@in_every_language
def test_the_year_of_a_phase_is_told_by_the_phases_name(rich: Bench, language: str) -> None:
    [statement] = statements(rich, f"{ONLINE}はいつ本格運用？", "begins", language=language)
    assert sorted(quoted_in(statement.text)) == sorted([ONLINE, "本格運用"])
    assert years_in(statement.text) == {2028}


def test_a_schedule_as_a_whole_is_every_phase_with_its_year_in_order(rich: Bench) -> None:
    [statement] = statements(rich, ONLINE, "schedule")
    assert re.findall(r"(令和\d+年度)「([^」]+)」", statement.text) == [
        ("令和8年度", "設計"),
        ("令和9年度", "試行"),
        ("令和10年度", "本格運用"),
    ]
    assert rich.quotes(statement)[-1] == "R8\tR9\tR10"


@in_every_language
@pytest.mark.parametrize("years", [(), (2026,)])
def test_a_roadmap_that_lost_its_columns_is_told_in_order_without_any_year(
    bench: Bench, years: tuple[int, ...], language: str
) -> None:
    [text] = told(
        bench, "雪みちカメラの設置", "schedule", municipality="harukaze", language=language, years=years
    )
    assert quoted_in(text) == ["雪みちカメラの設置", "設置場所の検討", "試験運用", "運用"]
    assert not years_in(text) and not re.search(r"\d", text)


def test_only_an_uncertain_roadmap_sends_the_reader_to_the_printed_table(bench: Bench) -> None:
    [uncertain] = told(bench, "雪みちカメラの設置", "schedule", municipality="harukaze")
    [certain] = told(bench, "みなとポイントの普及", "schedule", municipality="akebono")
    assert "原文" in uncertain and "原文" not in certain


def test_a_measure_without_a_roadmap_has_no_schedule_to_tell(rich: Bench) -> None:
    assert told(rich, "防災無線の更新", "schedule", municipality="sazanami") == []


def test_a_schedule_printed_under_the_same_name_elsewhere_is_cited_there(bench: Bench) -> None:
    [statement] = statements(bench, "みなとポイントの普及", "in_year", municipality="akebono", years=(2028,))
    assert "本格導入" in statement.text
    assert any("本格導入" in q and "みなとポイントの普及" in q for q in bench.quotes(statement))


def test_who_asks_how_far_a_measure_has_come_is_told_its_phases_too(rich: Bench) -> None:
    assert len(told(rich, f"{CAMERA}は何をする？", "status")) == 1
    texts = told(rich, f"{CAMERA}はもう決まったの？", "status")
    assert len(texts) == 2 and "設計" in texts[1] and "設置" in texts[1]
