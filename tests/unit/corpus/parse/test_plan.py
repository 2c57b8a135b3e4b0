"""The records of whole plans: the shipped ones as golden files, and what holds for every record.

The golden files were compared with the plans' texts line by line; `pytest --update-golden` writes them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from corpus.check import KINDS
from corpus.document import Document
from corpus.library import Holding, load_library
from corpus.parse.blocks import parse_blocks
from corpus.parse.plan import read_plan
from corpus.readers import read
from corpus.records import Contact, DocumentInfo, Plan, Quantity, Span, Spans
from evals.parsing import made_plans

HOLDINGS = {holding.id: holding for holding in load_library().holdings}
# Spans whose field is of another record: the row of a schedule, and the cells of a KPI's measure and unit.
NOT_FIELDS = ("schedule", "measure", "unit")
COVERED = 0.98

GOLDEN_PLANS = Path(__file__).resolve().parents[3] / "golden" / "plans"
LINES = [
    "第2章 施策の展開",
    "基本目標1 窓口を変える",
    "施策1-1 書かない窓口（新規）",
    "1-2 申請の拡充",
    "(1) 窓口の拡充",
    "■ 主な取組",
    "担当課：市民課、総務課",
    "【概　要】　手間を 減らします。",
    "【取組内容】",
    "・調査",
    "① 導入",
    "【工程】",
    "令和8年度　調査",
    "令和９～１０年度　導入",
    "8年度：調査",
    "できるだけ早く導入",
    "成果指標：件数　現状値：1万2千件（R6）　目標値：二三・九％",
    "成果指標：件数 20分→5分",
    "目標値（R12）：5分",
    "施策\t担当課\tR8\tR9",
    "(1) 窓口\t市民課\t調査\t",
    "\t\t\t導入",
    "施策\t指標\t現状値\t目標値",
    "(1) 窓口\t件数\t未導入\t全館（11館）",
    "施策名\t(1) 窓口の整備",
    "所管課\t市民課",
    "主な取組\t・調査 ・導入",
    "用語の解説",
    "・電子申請：役所の手続を家から行うこと。",
    "お問い合わせ",
    "青葉市 企画課",
    "〒999-0101 青葉市本町1番地電話 0999-12-3456",
    "手間を減らすため、窓口を変えます。",
    "12",
    "",
    "",
]
SOUP = st.lists(st.sampled_from(LINES), max_size=24).map("\n".join)

every_plan = pytest.mark.parametrize("holding", HOLDINGS.values(), ids=HOLDINGS.keys())


def records_of(plan: Plan) -> Iterator[BaseModel]:
    for kind in KINDS:
        yield from getattr(plan, kind)


def printed(value: object) -> list[str]:
    """Return what a field says as the texts that its spans must give."""
    if value is None:
        return []
    if isinstance(value, tuple):
        return list(value)
    return [value.text if isinstance(value, Quantity) else str(value)]


def spans_in(value: object) -> Iterator[Span]:
    if isinstance(value, Span):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from spans_in(getattr(value, name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from spans_in(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from spans_in(inner)


def _spans(record: BaseModel) -> Spans:
    spans: Spans = record.__dict__["spans"]
    return spans


def documents_of(holding: Holding) -> dict[str, Document]:
    return {document.document_id: document for document in holding.documents}


def assert_fields_are_printed(plan: Plan, texts: dict[str, str]) -> None:
    for record in records_of(plan):
        for field, spans in _spans(record).items():
            if field not in NOT_FIELDS:
                said = [texts[s.document_id][s.start : s.end] for s in spans]
                assert said == printed(getattr(record, field)), (record, field)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Plan, str]]:
    """Return the made plans of other layouts, each with its document's text."""
    found = {}
    for folder in made_plans(GOLDEN_PLANS, tmp_path_factory.mktemp("made")):
        (path,) = folder.glob("plan.*")
        document = parse_blocks(read(path, "plan"))
        info = DocumentInfo(document_id="plan", title=folder.name)
        plan = read_plan("made", folder.name, Contact(name="企画課"), ((info, document),), {})
        found[folder.name] = (plan, document.text)
    return found


@pytest.mark.parametrize("municipality", HOLDINGS)
def test_the_records_of_a_shipped_plan_are_the_golden_ones(
    municipality: str, golden: Callable[[str, str], None]
) -> None:
    plan = HOLDINGS[municipality].records
    data = plan.model_dump(mode="json", exclude={"sections"})
    for record in (r for kind in KINDS for r in data[kind]):
        del record["spans"]
    golden(f"records/{municipality}.json", json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def test_hakuis_plan_has_its_themes_measures_kpis_terms_and_contact() -> None:
    plan = HOLDINGS["hakui"].records
    counts = [sum(m.theme == theme.number for m in plan.measures) for theme in plan.themes]
    assert counts == [4, 9, 4, 4, 8, 4]
    assert [m.id.removeprefix("hakui-dx-2.") for m in plan.measures if m.is_new] == [
        "3-4",
        "4-1",
        "4-3",
        "4-4",
        "5-2",
        "5-6",
    ]
    assert (len(plan.kpis), len(plan.terms), len(plan.contacts)) == (14, 47, 1)
    assert all(m.departments and m.activities and m.overview for m in plan.measures)
    assert {k.measure for k in plan.kpis} <= {m.id for m in plan.measures}


def test_nonoichis_plan_has_its_pillars_measures_schedule_and_review() -> None:
    plan = HOLDINGS["nonoichi"].records
    assert [(t.number, t.title) for t in plan.themes] == [
        ("5.1", "行政DX"),
        ("5.2", "住民視点DX"),
        ("5.3", "地域社会DX"),
    ]
    assert [sum(m.theme == t.number for m in plan.measures) for t in plan.themes] == [4, 3, 5]
    years = [tuple(row.fiscal_years for row in m.roadmap) for m in plan.measures]
    assert years == [((2026,), (2027,), (2028,), (2029,), (2030,))] * 12
    assert all(row.certain for m in plan.measures for row in m.roadmap)
    assert len(plan.reviews) == 4
    assert all(r.achievements and r.results and r.issues and r.carried_over for r in plan.reviews)
    assert plan.kpis == ()


@every_plan
def test_every_field_is_the_text_at_its_place(holding: Holding) -> None:
    assert_fields_are_printed(holding.records, {d.document_id: d.text for d in holding.documents})


def test_every_field_of_the_made_plans_is_the_text_at_its_place(made: dict[str, tuple[Plan, str]]) -> None:
    assert len(made) >= 6
    for plan, text in made.values():
        assert_fields_are_printed(plan, {"plan": text})


@given(SOUP)
def test_every_field_of_any_text_is_the_text_at_its_place(plan_of: Callable[[str], Plan], text: str) -> None:
    plan = plan_of(text)
    assert_fields_are_printed(plan, {"aoba": text})
    for row in (row for m in plan.measures for row in m.roadmap):
        assert row.certain is bool(row.fiscal_years)
        assert text[row.source.start : row.source.end] == row.text
    ids = [m.id for m in plan.measures]
    assert len(ids) == len(set(ids))
    assert {k.measure for k in plan.kpis} <= {*ids, None}
    uncertain = {m.source.start for m in plan.measures if any(not row.certain for row in m.roadmap)}
    assert uncertain <= {d.source.start for d in plan.doubts if d.kind.startswith("roadmap")}


@every_plan
def test_every_printed_field_has_its_place(holding: Holding) -> None:
    fields = ("title", "departments", "overview", "activities", "indicator", "baseline", "target", "term")
    for record in records_of(holding.records):
        spans = _spans(record)
        missing = [f for f in fields if getattr(record, f, None) and not spans.get(f)]
        assert not missing or record in holding.records.contacts


@every_plan
def test_every_phase_of_a_roadmap_is_the_text_at_its_place(holding: Holding) -> None:
    texts = {d.document_id: d.text for d in holding.documents}
    for row in (row for m in holding.records.measures for row in m.roadmap):
        assert texts[row.source.document_id][row.source.start : row.source.end] == row.text


@every_plan
def test_the_records_and_sections_hold_nearly_every_printed_character(holding: Holding) -> None:
    taken = [*spans_in(holding.records)]
    for document in holding.documents:
        held = set[int]()
        for span in (s for s in taken if s.document_id == document.document_id):
            held.update(range(span.start, span.end))
        inked = {i for i, character in enumerate(document.text) if not character.isspace()}
        assert len(held & inked) >= COVERED * len(inked)


@every_plan
def test_a_phase_has_years_exactly_where_it_is_certain(holding: Holding) -> None:
    for row in (row for m in holding.records.measures for row in m.roadmap):
        assert row.certain is bool(row.fiscal_years)


@every_plan
def test_every_uncertain_phase_has_a_doubt(holding: Holding) -> None:
    doubts = [d.source for d in holding.records.doubts if d.kind.startswith("roadmap")]
    for row in (row for m in holding.records.measures for row in m.roadmap if not row.certain):
        assert any(d.start <= row.source.start and row.source.end <= d.end for d in doubts)


@every_plan
def test_every_measure_and_kpi_has_an_id_of_its_own(holding: Holding) -> None:
    for kind in ("themes", "measures", "kpis"):
        ids = [record.id for record in getattr(holding.records, kind)]
        assert len(ids) == len(set(ids))


@every_plan
def test_every_span_lies_in_its_document(holding: Holding) -> None:
    lengths = {key: len(document.text) for key, document in documents_of(holding).items()}
    for span in spans_in(holding.records):
        assert 0 <= span.start <= span.end <= lengths[span.document_id]
