"""Views: the sentences and cells of a passage, found by vectors of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Region
from corpus.library import Library
from index.evidence import one_line
from index.passages import Passage, passages_of
from index.views import SHORTEST, View, read_id, views_of

PLAN = """第1章 はじめに

避難所にWi-Fiを整備します。災害のときも電話がつながるようにします。

第2章 施策

施策\t担当部署\t主な取組内容
(1) 避難所の通信環境\t危機管理課\t避難所に基地局を置く。 ✓ 場所の調査
"""


@pytest.fixture(scope="module")
def library(
    tmp_path_factory: pytest.TempPathFactory,
    write_plan: Callable[..., Path],
    library_of: Callable[..., Library],
) -> Library:
    return library_of(write_plan(tmp_path_factory.mktemp("views"), "aoba", PLAN))


def passage(library: Library, part: str) -> Passage:
    [found] = [p for p in passages_of(library.holdings[0]) if part in p.body]
    return found


@given(
    st.text("0123456789abcdef", min_size=1), st.integers(0, 10**6), st.integers(0, 10**6), st.text(max_size=9)
)
def test_an_id_can_be_read_back(identity: str, start: int, length: int, text: str) -> None:
    region = Region(start=start, end=start + length)
    assert read_id(View(passage=identity, region=region, text=text).id) == (identity, region)


def test_every_view_is_the_documents_own_text_inside_its_passage(library: Library) -> None:
    text = library.holdings[0].documents[0].text
    for each in passages_of(library.holdings[0]):
        for view in views_of(library, each):
            assert view.passage == each.id
            assert each.start <= view.region.start < view.region.end <= each.end
            assert view.text.endswith(one_line(view.region.of(text)))


def test_each_sentence_of_a_paragraph_is_a_view_in_the_order_of_the_text(library: Library) -> None:
    views = views_of(library, passage(library, "Wi-Fi"))
    assert [v.region.of(library.holdings[0].documents[0].text) for v in views] == [
        "避難所にWi-Fiを整備します。",
        "災害のときも電話がつながるようにします。",
    ]


def test_a_short_cell_is_embedded_with_what_its_row_is_about(library: Library) -> None:
    texts = [v.text for v in views_of(library, passage(library, "基地局"))]
    assert "避難所の通信環境 危機管理課" in texts
    assert "避難所の通信環境 場所の調査" in texts


def test_the_name_of_the_row_and_scraps_are_no_views_of_their_own(library: Library) -> None:
    for each in passages_of(library.holdings[0]):
        views = views_of(library, each)
        assert all(len(v.text) >= SHORTEST for v in views)
        assert "避難所の通信環境" not in [v.text for v in views]


def test_no_two_views_of_a_library_have_one_id(library: Library) -> None:
    ids = [v.id for p in passages_of(library.holdings[0]) for v in views_of(library, p)]
    assert len(ids) == len(set(ids)) > 0
