"""Retrieve: what has the column that is asked for, and names the subject, comes first."""

from __future__ import annotations

import pytest

from assistant.steps.retrieve import KEPT
from tests.unit.assistant.made import Bench


@pytest.mark.parametrize(
    ("question", "role"),
    [
        ("みなとポイントの担当課は？", "department"),
        ("みなとポイントの目標は？", "target"),
        ("みなとポイントはいつ本格導入？", "year"),
    ],
)
def test_the_row_that_has_what_is_asked_comes_first(bench: Bench, question: str, role: str) -> None:
    assert bench.retrieved(question, "akebono").evidence[0].of_role(role)


def test_the_entry_of_the_glossary_is_near_the_best_where_a_word_alone_is_asked(bench: Bench) -> None:
    found = bench.retrieved("みなとポイントって何？", "akebono").evidence
    assert any(e.of_role("definition") for e in found[:3])


def test_only_the_municipality_asked_is_searched(bench: Bench) -> None:
    for identity in ("akebono", "harukaze"):
        found = bench.retrieved("計画の期間は？", identity).evidence
        assert {e.hit.passage.municipality for e in found} == {identity}


def test_no_more_is_kept_than_the_limit_and_nothing_twice(rich: Bench) -> None:
    found = rich.retrieved("計画の期間と施策と工程と指標は？", "wakaba").evidence
    assert len(found) == KEPT
    assert len({e.hit.passage.id for e in found}) == len(found)


def test_each_evidence_has_its_signs_and_they_fall(bench: Bench) -> None:
    turn = bench.retrieved("みなとポイントの目標は？", "akebono")
    scores = [s["score"] for s in turn.signs]
    assert len(scores) == len(turn.evidence) > 1
    assert scores == sorted(scores, reverse=True)


def test_the_focus_is_what_is_named(bench: Bench) -> None:
    focus = bench.retrieved("移動図書室の担当課は？", "akebono").focus
    assert [s.name for s in focus.of_kind("measure")] == ["移動図書室の運行"]


def test_an_everyday_word_finds_what_the_plan_calls_otherwise(bench: Bench) -> None:
    focus = bench.retrieved("本のバスの担当課は？", "akebono").focus
    assert focus.of_kind("measure")[0].name == "移動図書室の運行"


def test_a_question_without_a_letter_brings_what_may_be_nothing(bench: Bench) -> None:
    turn = bench.retrieved("？？？", "akebono")
    assert len(turn.evidence) == len(turn.signs)
