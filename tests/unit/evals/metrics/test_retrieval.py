"""Retrieval: ranks by hand, and ir-measures' figures against the published formulas."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.retrieval import DEPTH, measures, rank_of, topic_measures


@pytest.mark.parametrize(
    ("quote", "rank"),
    [("目標は40人", 2), ("目標は\n40人", 2), ("現状", 1), ("40人です。現状", None), ("車", None)],
)
def test_the_rank_is_that_of_the_first_text_that_holds_the_quote(quote: str, rank: int | None) -> None:
    assert rank_of(quote, ["現状です。", "目標は 40人です。", "目標は40人です。"]) == rank


@given(st.one_of(st.none(), st.integers(1, 30)))
def test_the_measures_of_one_topic_are_those_of_the_formulas(rank: int | None) -> None:
    within = rank is not None and rank <= DEPTH
    expected = {f"recall@{k}": float(rank is not None and rank <= k) for k in (1, 5, 10)}
    expected["mrr@10"] = 1 / rank if rank and within else 0.0
    # One relevant document: the ideal gain is 1, its gain 1 / log2(rank + 1) (Järvelin and Kekäläinen, 2002).
    expected["ndcg@10"] = 1 / math.log2(rank + 1) if rank and within else 0.0
    assert topic_measures({"t": rank})["t"] == pytest.approx(expected)


def test_means_are_over_topics() -> None:
    found = measures({"a": 1, "b": 2, "c": None, "d": 7})
    assert found["recall@1"] == 1 / 4
    assert found["recall@5"] == 2 / 4
    assert found["recall@10"] == 3 / 4
    assert found["mrr@10"] == pytest.approx((1 + 1 / 2 + 1 / 7) / 4)


def test_no_topics_have_no_measures() -> None:
    assert topic_measures({}) == {} == measures({})
