"""The reading report: what was recognised, doubted with its place, and left over."""

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.check import KINDS, Report, place, report
from corpus.document import Document, Page
from corpus.library import load_holding, load_library
from corpus.records import Span

WritePlan = Callable[..., Path]
TEXT = """第1章 はじめに

これまでの歩みをふりかえります。

施策\t担当課\tR8\tR9
(1) 窓口\t市民課\t調査\t
\t\t\t導入
"""


@pytest.fixture
def found(write_plan: WritePlan, tmp_path: Path) -> Report:
    return report(load_holding(write_plan(tmp_path, "aoba", TEXT)))


def test_every_kind_of_record_is_counted_with_its_first_examples(found: Report) -> None:
    assert [r.kind for r in found.recognised] == list(KINDS)
    measures = next(r for r in found.recognised if r.kind == "measures")
    assert (measures.count, measures.examples) == (1, ("窓口",))


def test_a_doubt_has_its_line_and_how_the_text_there_begins(found: Report) -> None:
    (doubt,) = found.doubts
    assert (doubt.kind, doubt.place.line, doubt.place.page) == ("roadmap_columns", 6, None)
    assert doubt.place.text.startswith("(1) 窓口 市民課")


def test_what_no_record_holds_is_left_over(found: Report) -> None:
    assert [(p.line, p.text) for p in found.left_over] == [(3, "これまでの歩みをふりかえります。")]
    printed = sum(not c.isspace() for c in TEXT)
    assert found.covered == round(1 - len("これまでの歩みをふりかえります。") / printed, 4)


def test_a_place_has_its_page_where_the_format_has_pages() -> None:
    document = Document(
        document_id="aoba",
        text="一\n二\n三",
        pages=(Page(number=4, start=0, end=2), Page(number=5, start=2, end=5)),
    )
    assert place(document, Span(document_id="aoba", start=2, end=5)).page == 5


def test_the_shipped_plans_are_recognised() -> None:
    counts = {h.id: {r.kind: r.count for r in report(h).recognised} for h in load_library().holdings}
    assert counts["hakui"]["measures"] == 33 and counts["hakui"]["kpis"] == 14
    assert counts["nonoichi"]["measures"] == 12 and counts["nonoichi"]["reviews"] == 4
