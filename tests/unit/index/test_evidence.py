"""Evidence: a hit opened into sentences and cells that are the document's own characters."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.library import Library, load_library
from index.evidence import ITEM, PHASE, TEXT, Evidence, one_line, open_evidence, subject_name
from index.passages import Hit, Passage, passages_of

PLAN = """第1章 はじめに

1 計画の期間

本計画の期間は、令和8年度から令和12年度までの5年間とします。

2 将来像

- 誰もがつながるまち
- 災害につよいまち

第2章 施策

1 施策の一覧

施策\t担当部署\t主な取組内容
(1) みなとポイントの普及\t商工観光課\t買い物で使える「みなとポイント」を広める。 ✓ 加盟店の募集 ✓ 説明会の開催

2 施策の工程

施策\tR8\tR9\tR10
(1) みなとポイントの普及\t設計\t試行\t本格導入

第3章 除雪

施策\t担当部署\t主な取組内容\t工程\t\t
\t\t\tR7\tR8\tR9
(1) 雪みちカメラの設置\t建設課\t町道の積雪をカメラで見せる。\t設置場所の検討\t\t
\t\t\t試験運用\t運用\t
"""


@pytest.fixture(scope="module")
def library(
    tmp_path_factory: pytest.TempPathFactory,
    write_plan: Callable[..., Path],
    library_of: Callable[..., Library],
) -> Library:
    return library_of(write_plan(tmp_path_factory.mktemp("evidence"), "aoba", PLAN))


def opened(library: Library, passage: Passage) -> Evidence:
    return open_evidence(library, Hit(passage=passage, score=1.0, ranks={}, similarity=0.9))


def evidence(library: Library, *parts: str) -> Evidence:
    """Return the evidence of the one passage that has all the parts."""
    [found] = [p for p in passages_of(library.holdings[0]) if all(s in p.body for s in parts)]
    return opened(library, found)


def test_every_unit_of_every_passage_is_the_documents_own_text(library: Library) -> None:
    text = library.holdings[0].documents[0].text
    for passage in passages_of(library.holdings[0]):
        units = opened(library, passage).units
        assert units
        for unit in units:
            assert one_line(unit.region.of(text)) == unit.text
            assert passage.start <= unit.region.start < unit.region.end <= passage.end


def test_a_row_has_its_subject_and_a_role_for_each_cell(library: Library) -> None:
    row = evidence(library, "みなとポイントの普及", "加盟店")
    assert row.subject == "みなとポイントの普及"
    assert [u.text for u in row.of_role("department")] == ["商工観光課"]
    assert [u.text for u in row.of_role("overview")] == [
        "買い物で使える「みなとポイント」を広める。",
        "加盟店の募集",
        "説明会の開催",
    ]


def test_a_phase_of_an_exact_table_has_its_year_and_its_header(library: Library) -> None:
    row = evidence(library, "みなとポイントの普及", "本格導入")
    text = library.holdings[0].documents[0].text
    phases = [(u.year, u.header.of(text) if u.header else None, u.text) for u in row.of_role("year")]
    assert phases == [
        (2026, "R8", "設計"),
        (2027, "R9", "試行"),
        (2028, "R10", "本格導入"),
    ]


def test_a_phase_of_a_table_that_lost_its_columns_has_no_year(library: Library) -> None:
    row = evidence(library, "雪みちカメラの設置")
    assert [u.text for u in row.of_role(PHASE)] == ["設置場所の検討", "試験運用", "運用"]
    assert all(u.year is None and u.header is None for u in row.of_role(PHASE))


def test_prose_and_lists_have_the_heading_above_them_as_their_subject(library: Library) -> None:
    prose, listed = evidence(library, "5年間"), evidence(library, "誰もがつながるまち")
    assert (prose.subject, {u.role for u in prose.units}) == ("計画の期間", {TEXT})
    assert (listed.subject, {u.role for u in listed.units}) == ("将来像", {ITEM})


def test_a_hit_of_a_document_that_is_not_here_is_an_error(library: Library) -> None:
    passage = passages_of(library.holdings[0])[0].model_copy(update={"document_id": "gone"})
    with pytest.raises(KeyError, match="gone"):
        opened(library, passage)


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


def test_a_text_on_one_line_has_no_layout(library: Library) -> None:
    assert one_line(" 行\n を\t変え　る ") == "行 を 変え る"
    assert not re.search(r"\s{2}", one_line("a  \n\n b"))


def test_a_row_printed_above_the_header_has_none_of_its_columns() -> None:
    shipped = load_library()
    holding = shipped.holdings[0]
    document = holding.documents[0]
    tables = [b.table for b in document.blocks if b.table and b.table.header]
    above = [
        g
        for t in tables
        for g in t.groups
        if t.header and g.start < t.header.start and "現状" in g.of(document.text)
    ]
    assert above
    for group in above:
        passage = next(p for p in passages_of(holding) if p.start == group.start)
        assert all(u.role == "" and u.year is None for u in opened(shipped, passage).units)
