"""Late interaction: a question is met where its tokens have something to answer to."""

from __future__ import annotations

import pytest

from index.embedders.hashing import HashingEmbedder
from index.late import Met, met
from index.passages import Passage

EMBEDDER = HashingEmbedder()


def passage(body: str) -> Passage:
    return Passage(
        id="p", municipality="akebono", document_id="d", visibility="public", kind="paragraph",
        start=0, end=len(body), headings=("施策",), body=body,
    )  # fmt: skip


def test_what_says_all_that_is_asked_meets_it_whole() -> None:
    assert met(EMBEDDER, "移動図書室", passage("移動図書室を走らせる")).mean == pytest.approx(1, abs=1e-2)


def test_the_least_met_tokens_show_what_is_asked_beyond_a_passage() -> None:
    whole = met(EMBEDDER, "移動図書室の運行", passage("移動図書室の運行"))
    part = met(EMBEDDER, "移動図書室の料金", passage("移動図書室の運行"))
    assert part.mean < whole.mean and part.least < part.mean


def test_nothing_meets_a_question_without_letters() -> None:
    assert met(EMBEDDER, "？", passage("移動図書室")) == Met()
