"""Sentences of an answer: each with the quotes that its own markers name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evals.responses import read_response, sentences_of
from tests.unit.evals.made import body, response


@pytest.mark.parametrize(
    ("answer", "sentences"),
    [
        ("甲です[1]。乙です[2]。", [("甲です。", ("Q1",)), ("乙です。", ("Q2",))]),
        ("甲です。[1]乙です。[2]", [("甲です。", ("Q1",)), ("乙です。", ("Q2",))]),
        ("甲です。 [1] 乙です。", [("甲です。", ("Q1",)), ("乙です。", ())]),
        ("甲です[1][2]。", [("甲です。", ("Q1", "Q2"))]),
        ("甲です[2][1][2]。", [("甲です。", ("Q2", "Q1"))]),
        ("甲[1]と乙[2]です。", [("甲と乙です。", ("Q1", "Q2"))]),
        ("- 甲[1]\n- 乙[2]", [("甲", ("Q1",)), ("乙", ("Q2",))]),
        ("甲です[9]。", [("甲です。", ("",))]),
        ("「甲。乙」です[1]。", [("「甲。乙」です。", ("Q1",))]),
        ("2.5%です[1]。", [("2.5%です。", ("Q1",))]),
        ("It is 2.5 percent [1]. It grows [2].", [("It is 2.5 percent .", ("Q1",)), ("It grows .", ("Q2",))]),
        ("It is 40. [1] It grows. [2]", [("It is 40.", ("Q1",)), ("It grows.", ("Q2",))]),
        ("。\n\n[1]", []),
        ("", []),
    ],
)
def test_an_answer_is_cut_into_sentences_with_their_quotes(
    answer: str, sentences: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert [(s.text, s.quotes) for s in sentences_of(response(answer, "Q1", "Q2"))] == sentences


@given(st.text())
def test_any_answer_is_cut_without_fault_and_no_marker_is_left(answer: str) -> None:
    assert all("[1]" not in s.text for s in sentences_of(response(answer, "Q1")))


def test_fields_that_are_not_measured_are_let_be() -> None:
    read = read_response(body(cards=[{}], suggestions=["?"], message_id="m"))
    assert read.answered and read.citations[0].quote == "目標は40人です。"


@pytest.mark.parametrize("missing", ["status", "answer"])
def test_a_response_without_a_measured_field_is_none(missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        read_response({k: v for k, v in body().items() if k != missing})


@pytest.mark.parametrize("status", ["clarify", "not_in_plan", "out_of_scope", "refused", "error"])
def test_only_the_status_answered_is_an_answer(status: str) -> None:
    assert not response("甲です。", status=status).answered
