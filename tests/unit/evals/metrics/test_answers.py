"""Facts: a wording stands in an answer after NFKC, without white space and commas, never inside a number."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.answers import comparable, facts_held, forbidden_in, is_correct, states
from tests.unit.evals.made import REFUSAL, question, response, unanswerable


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("目標は2,800人です", "2800人"),
        ("目標は2800人です", "2,800人"),
        ("目標は２，８００人です", "2,800人"),
        ("目標は2,800 人です", "2,800人"),
        ("目標は 2,800\n人です", "目標は2,800人"),
        ("ﾎﾟｲﾝﾄを配る", "ポイント"),
        ("Ｗｉ－Ｆｉを整備", "wi-fi"),
        ("令和12年度", "R12年度".replace("R", "令和")),
        ("30，000アクセス", "30000アクセス"),
        ("1,234,567円", "1234567円"),
        ("増えます.40人", "40人"),
        ("対象は40", "40"),
        ("対象は40。", "40"),
        ("全11施設、12課", "12課"),
        ("used AIs", "AI"),
        ("AIを使う", "AI"),
        ("preparation", "prepar"),
        ("行政DX", "DX"),
    ],
)
def test_a_wording_stands_in_a_text_however_it_is_written(text: str, wording: str) -> None:
    assert states(text, wording)


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("1,140人", "40人"),
        ("１，１４０人", "40人"),
        ("40人", "0人"),
        ("第12回", "第1"),
        ("2.5%", "5%"),
        ("2.5%", "2"),
        ("令和12年度", "2年度"),
        ("R12", "R1"),
        ("400人", "40"),
        ("He said so", "AI"),
        ("the aim", "AI"),
        ("2024,2025", "20242025"),
        ("何も書いていない", "40人"),
        ("anything", " "),
    ],
)
def test_a_wording_is_not_found_inside_another_number_or_word(text: str, wording: str) -> None:
    assert not states(text, wording)


@pytest.mark.parametrize("text", ["令和7年度 1,100人", "R12 1,100人", "1 1,100人", "2030\n1,100人"])
def test_white_space_keeps_two_numbers_of_a_table_apart(text: str) -> None:
    assert states(text, "1,100人")


@given(st.text(max_size=30), st.text(max_size=8), st.text(max_size=30))
def test_a_wording_of_letters_alone_is_found_wherever_it_stands(before: str, word: str, after: str) -> None:
    kana = "".join(chr(0x3041 + ord(c) % 80) for c in word)
    assert states(f"{before}{kana}{after}", kana) is bool(kana)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_number_states_itself_alone(one: int, other: int) -> None:
    assert states(f"計{one:,}人です", f"{other}人") is (one == other)


@given(st.text())
def test_the_comparable_form_is_a_fixed_point(text: str) -> None:
    once = comparable(text)
    assert not any(c.isspace() for c in once)
    assert comparable(unicodedata.normalize("NFKC", once)) == comparable(once)


def test_each_fact_is_held_by_any_one_of_its_wordings() -> None:
    facts = [["2,800人", "2800 people"], ["令和12年度", "2030年度"], ["総務課"]]
    assert facts_held("2030年度に2800人です。", facts) == (True, True, False)


def test_forbidden_wordings_that_stand_in_an_answer_are_returned() -> None:
    assert forbidden_in("1,100人になります", ["100人", "1100人になります", "有料"]) == ("1100人になります",)


@pytest.mark.parametrize(
    ("answer", "fields", "right"),
    [
        ("目標は40人です[1]。", {}, True),
        ("目標は140人です[1]。", {}, False),
        ("目標は40人です[1]。", {"status": "clarify"}, False),
        ("目標は40人です[1]。", {"status": "not_in_plan"}, False),
        ("目標は40人で、有料です[1]。", {}, False),
        ("", {}, False),
    ],
)
def test_an_answerable_question_is_right_where_it_is_answered_with_every_fact_and_nothing_forbidden(
    answer: str, fields: dict[str, str], right: bool
) -> None:
    asked = question(must_not_include=("有料",))
    assert is_correct(asked, response(answer, **fields)) is right


@pytest.mark.parametrize("status", ["clarify", "not_in_plan", "out_of_scope", "refused"])
def test_an_unanswerable_question_is_right_where_it_is_not_answered_and_nothing_forbidden_is_said(
    status: str,
) -> None:
    asked = unanswerable(must_not_include=("500円",))
    assert is_correct(asked, response(**{**REFUSAL, "status": status}))  # type: ignore[arg-type]
    assert not is_correct(asked, response("500円です。", status=status))
    assert not is_correct(asked, response("分かりません。", status="answered"))
