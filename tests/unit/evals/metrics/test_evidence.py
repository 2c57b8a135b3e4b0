"""Evidence is hit by a citation of its document whose quote holds it, white space aside."""

from __future__ import annotations

import pytest

from evals.metrics.evidence import evidence_hit
from evals.questions import Evidence
from tests.unit.evals.made import question, response


@pytest.mark.parametrize(
    ("document", "quote", "hit"),
    [
        ("aoba", "目標は\n40 人", True),
        ("aoba-plan", "目標は40人", True),
        ("minato", "目標は40人", False),
        ("aoba", "目標は４０人", False),
        ("aoba", "目標は40人です。現状は", False),
    ],
)
def test_a_citation_that_holds_the_quote_hits_it(document: str, quote: str, hit: bool) -> None:
    asked = question(evidence=(Evidence(document=document, quote=quote),))
    assert evidence_hit(asked, response("目標は40人です[1]。", "目標は 40人です。")) == (hit,)


def test_each_place_is_looked_for_in_every_citation_and_never_across_two() -> None:
    places = tuple(Evidence(document="aoba", quote=q) for q in ("現状", "目標", "現状目標"))
    assert evidence_hit(question(evidence=places), response("", "目標", "現状")) == (True, True, False)


def test_a_question_without_evidence_has_nothing_to_hit() -> None:
    assert evidence_hit(question(evidence=()), response("")) == ()
