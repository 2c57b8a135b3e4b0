"""Retrieve: what has the column that is asked for, and names the subject, comes first."""

from __future__ import annotations

import pytest

from assistant.messages import Turn
from assistant.steps.retrieve import LIMIT, Retrieve
from tests.unit.assistant.made import Bench


def retrieved(bench: Bench, question: str, municipality: str | None = None) -> Turn:
    return Retrieve(bench.library, bench.search, bench.vocabulary)(bench.understood(question, municipality))


@pytest.mark.parametrize(
    ("question", "role"),
    [
        ("みなとポイントの担当課は？", "department"),
        ("みなとポイントの目標は？", "target"),
        ("みなとポイントはいつ本格導入？", "year"),
        ("みなとポイントって何？", "definition"),
    ],
)
def test_the_row_that_has_what_is_asked_comes_first(bench: Bench, question: str, role: str) -> None:
    assert retrieved(bench, question).evidence[0].of_role(role)


def test_only_the_municipality_asked_is_searched(bench: Bench) -> None:
    for identity in ("akebono", "harukaze"):
        found = retrieved(bench, "計画の期間は？", identity).evidence
        assert {e.hit.passage.municipality for e in found} == {identity}


def test_no_more_is_brought_than_the_limit(bench: Bench) -> None:
    found = retrieved(bench, "計画の期間と施策と工程と指標は？").evidence
    assert 0 < len(found) <= LIMIT
    assert len({e.hit.passage.id for e in found}) == len(found)


def test_a_question_without_a_letter_brings_what_may_be_nothing(bench: Bench) -> None:
    assert isinstance(retrieved(bench, "？？？").evidence, tuple)
