"""Evidence: a hit opened into sentences and cells that are the document's own characters."""

from __future__ import annotations

import re

import pytest

from assistant.evidence import ITEM, PHASE, TEXT, one_line, open_evidence, subject_name
from corpus.library import load_library
from index.passages import Hit, passages_of
from tests.unit.assistant.made import Bench


def test_every_unit_of_every_passage_is_the_documents_own_text(bench: Bench) -> None:
    for passage in bench.passages:
        evidence = open_evidence(bench.library, Hit(passage=passage, score=1, ranks={}, similarity=1))
        text = bench.text(passage.document_id)
        assert evidence.units
        for unit in evidence.units:
            assert one_line(unit.region.of(text)) == unit.text
            assert passage.start <= unit.region.start < unit.region.end <= passage.end


def test_a_row_has_its_subject_and_a_role_for_each_cell(bench: Bench) -> None:
    evidence = bench.evidence("みなとポイントの普及", "加盟店")
    assert evidence.subject == "みなとポイントの普及"
    assert [u.text for u in evidence.of_role("department")] == ["商工観光課"]
    assert [u.text for u in evidence.of_role("overview")] == [
        "買い物で使える「みなとポイント」を広める。",
        "加盟店の募集",
        "説明会の開催",
    ]


def test_a_phase_of_an_exact_table_has_its_year_and_its_header(bench: Bench) -> None:
    evidence = bench.evidence("みなとポイントの普及", "本格導入")
    text = bench.text("akebono-dx")
    phases = [(u.year, u.header.of(text) if u.header else None, u.text) for u in evidence.of_role("year")]
    assert phases == [
        (2026, "R8", "設計"),
        (2027, "R9", "試行"),
        (2028, "R10", "本格導入"),
        (2029, "R11", "拡充"),
        (2030, "R12", "定着"),
    ]


def test_a_phase_of_a_table_that_lost_its_columns_has_no_year(bench: Bench) -> None:
    evidence = bench.evidence("雪みちカメラの設置")
    assert [u.text for u in evidence.of_role(PHASE)] == ["設置場所の検討", "試験運用", "運用"]
    assert all(u.year is None and u.header is None for u in evidence.of_role(PHASE))


def test_prose_and_lists_have_the_heading_above_them_as_their_subject(bench: Bench) -> None:
    prose, listed = bench.evidence("5年間"), bench.evidence("誰もがつながるまち")
    assert (prose.subject, {u.role for u in prose.units}) == ("計画の期間", {TEXT})
    assert (listed.subject, {u.role for u in listed.units}) == ("将来像", {ITEM})


def test_a_hit_of_a_document_that_is_not_here_is_an_error(bench: Bench) -> None:
    passage = bench.passages[0].model_copy(update={"document_id": "gone"})
    with pytest.raises(KeyError, match="gone"):
        open_evidence(bench.library, Hit(passage=passage, score=1, ranks={}, similarity=1))


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("(1) みなとポイントの普及", "みなとポイントの普及"),
        ("（１２）みなと　ポイント", "みなと ポイント"),
        ("3. 移動図書室", "移動図書室"),
        ("移動図書室の運行 新規", "移動図書室の運行"),
        ("新規 移動図書室", "移動図書室"),
        ("新規就農者に対する支援", "新規就農者に対する支援"),
        ("【重点】(2) 雪みち", "雪みち"),
        ("5G の整備", "5G の整備"),
    ],
)
def test_a_measures_name_is_told_without_its_number_and_mark(cell: str, name: str) -> None:
    assert subject_name(cell) == name


def test_a_text_on_one_line_has_no_layout(bench: Bench) -> None:
    assert one_line(" 行\n を\t変え　る ") == "行 を 変え る"
    assert not re.search(r"\s{2}", one_line("a  \n\n b"))


def test_a_row_printed_above_the_header_has_none_of_its_columns() -> None:
    library = load_library()
    document = library.holdings[0].documents[0]
    tables = [b.table for b in document.blocks if b.table and b.table.header]
    above = [
        g
        for t in tables
        for g in t.groups
        if t.header and g.start < t.header.start and "現状" in g.of(document.text)
    ]
    assert above
    for group in above:
        passage = next(p for p in passages_of(library.holdings[0]) if p.start == group.start)
        evidence = open_evidence(library, Hit(passage=passage, score=1.0, ranks={}, similarity=0.9))
        assert all(u.role == "" and u.year is None for u in evidence.units)
