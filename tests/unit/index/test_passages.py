"""Passages: nothing is lost, nothing is cut in two, and each says where it stands."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.document import BlockKind, Document, Region
from corpus.library import DocumentFile, Holding, Library, Municipality, PlanFile, load_library
from corpus.parse.blocks import parse_blocks
from corpus.records import Contact
from corpus.sentences import sentences
from index.passages import LONGEST, Passage, passages_of

SHIPPED = [holding for holding in load_library().holdings]
PIECES = [
    "第1章 概要",
    "(1) 窓口",
    "本計画（以下、計画という。）は、五年間の計画とします。",
    "窓口を広げます。" * 30,
    "読点だけで続き、" * 60 + "終わります。",
    "- 申請書を見直す。",
    "- 項目",
    "短い行",
    "地域社会DX",
    "施策\t担当課\tR8\tR9",
    "窓口\t総務課\t調査\t",
    "\t\t\t導入",
    '<ul style="x"> ● 一つ\t二つ',
    "12",
    "",
    "",
]
SOUP = st.lists(st.sampled_from(PIECES), max_size=14).map("\n".join)


def holding_of(text: str, visibility: str = "public") -> Holding:
    entry = DocumentFile.model_validate(
        {"id": "doc", "title": "計画", "file": "plan.txt", "visibility": visibility}
    )
    plan = PlanFile(
        municipality=Municipality(id="aoba", name="青葉市"),
        contact=Contact(name="企画課"),
        documents=(entry,),
    )
    return Holding(plan=plan, documents=(parse_blocks(Document(document_id="doc", text=text)),))


def prose_and_rows(document: Document) -> tuple[list[Region], list[Region]]:
    """Return the sentences and the table rows that are to be found, by the document's own blocks."""
    found: list[Region] = []
    rows: list[Region] = []
    for block in document.blocks:
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            found += sentences(document.text, block.start, block.end)
        elif block.table:
            rows += [Region(start=g.start, end=g.end) for g in block.table.groups if g.end > g.start]
    return found, rows


def assert_nothing_is_lost_or_cut(holding: Holding) -> None:
    for document in holding.documents:
        passages = [p for p in passages_of(holding) if p.document_id == document.document_id]
        places = [Region(start=p.start, end=p.end) for p in passages]
        assert all(a.end <= b.start for a, b in pairwise(places))
        prose, rows = prose_and_rows(document)
        for sentence in prose:
            assert sum(place.contains(sentence) for place in places) == 1
        assert [place for p, place in zip(passages, places, strict=True) if p.kind == "row"] == rows


def assert_no_longer_than_needed(passage: Passage, text: str) -> None:
    if passage.kind != "row" and passage.end - passage.start > LONGEST:
        assert len(sentences(text, passage.start, passage.end)) == 1


@given(SOUP)
@example("窓口を広げます。" * 80)
def test_a_passage_is_never_cut_inside_a_sentence_or_a_row_and_none_is_lost(text: str) -> None:
    holding = holding_of(text)
    assert_nothing_is_lost_or_cut(holding)
    for passage in passages_of(holding):
        assert_no_longer_than_needed(passage, text)


@pytest.mark.parametrize("holding", SHIPPED, ids=lambda holding: holding.id)
def test_the_shipped_plans_are_cut_between_sentences_and_rows(holding: Holding) -> None:
    assert_nothing_is_lost_or_cut(holding)
    texts = {document.document_id: document.text for document in holding.documents}
    for passage in passages_of(holding):
        assert_no_longer_than_needed(passage, texts[passage.document_id])


@given(SOUP)
def test_passages_have_ids_of_their_own_that_stay_the_same(text: str) -> None:
    holding = holding_of(text)
    ids = [passage.id for passage in passages_of(holding)]
    assert len(set(ids)) == len(ids)
    assert ids == [passage.id for passage in passages_of(holding)]


@given(SOUP)
def test_a_passages_body_is_what_is_printed_there_without_markup(text: str) -> None:
    for passage in passages_of(holding_of(text)):
        printed = text[passage.start : passage.end]
        assert printed.strip()
        assert "<ul" not in passage.body
        if passage.kind != "row":
            assert passage.body.split() == printed.replace('<ul style="x">', " ").split()


def test_a_row_is_told_with_the_labels_of_its_columns() -> None:
    text = "施策\t成果指標\tR7基準値\tR12目標値\n(1) 窓口\t設置数\t1施設\t11施設"
    (passage,) = passages_of(holding_of(text))
    assert (passage.kind, passage.body) == (
        "row",
        "施策: (1) 窓口\n成果指標: 設置数\nR7基準値: 1施設\nR12目標値: 11施設",
    )
    assert text[passage.start : passage.end] == "(1) 窓口\t設置数\t1施設\t11施設"


def test_the_items_of_a_list_are_found_together_with_the_line_above_them() -> None:
    text = "次の取組を行う。\n- 一つ目\n- 二つ目\n\n別の段落であり、" + "長く続く。" * 20
    first, second = passages_of(holding_of(text))
    assert (first.body, second.body[:4]) == ("次の取組を行う。\n- 一つ目\n- 二つ目", "別の段落")


def test_a_passage_is_embedded_and_indexed_with_the_headings_above_it() -> None:
    (passage,) = passages_of(holding_of("第1章 概要\n\n1 背景\n\n(1) 窓口\n\n窓口を広げます。"))
    assert passage.headings == ("第1章 概要", "1 背景", "(1) 窓口")
    assert passage.embedded == "1 背景\n(1) 窓口\n窓口を広げます。"
    assert passage.indexed == "(1) 窓口\n窓口を広げます。"


def test_what_only_staff_may_see_is_in_a_collection_of_its_own() -> None:
    (passage,) = passages_of(holding_of("窓口を広げます。", visibility="staff"))
    assert (passage.visibility, passage.collection) == ("staff", "aoba.staff")


def test_an_address_in_angle_brackets_is_kept() -> None:
    hakui = next(holding for holding in SHIPPED if holding.id == "hakui")
    text = hakui.documents[0].text
    imprint = next(p for p in passages_of(hakui) if "TEL" in p.body)
    assert text[imprint.start : imprint.end].endswith("<http://www.city.hakui.lg.jp>")
    assert "http://www.city.hakui.lg.jp" in imprint.body


def test_a_plan_without_prose_has_no_passages(
    write_plan: Callable[..., Path], library_of: Callable[..., Library], tmp_path: Path
) -> None:
    (holding,) = library_of(write_plan(tmp_path, "aoba", "第1章 概要\n\n12\n")).holdings
    assert passages_of(holding) == ()
