"""Verify: what does not stand in the cited quotes is never sent."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.messages import Question, Source, Statement, Turn
from assistant.steps.verify import Verify, unsupported
from corpus.wareki import era_label
from tests.unit.assistant.made import TODAY, Bench

QUOTE = "(1) みなとポイントの普及\t商工観光課\tみなとポイント登録者数\t1,100人\t2,800人\tR7基準値\tR12目標値"
HELD = {"1", "1100", "2800", "7", "12", "2025", "2030"}
figures = st.integers(0, 9_999_999)
letters = st.text(st.characters(categories=["Lo"]), min_size=1, max_size=20)
kanji = st.text(st.sampled_from("総務企画財政観光農林水産健康福祉教育"), min_size=2, max_size=6)


@given(figures, st.sampled_from(("{:,}人", "{}人", "約{:,}件", "目標は{}です")), st.booleans())
def test_a_figure_that_the_quotes_do_not_have_never_passes(value: int, form: str, wide: bool) -> None:
    assume(str(value) not in HELD)
    text = form.format(value)
    if wide:
        text = text.translate(str.maketrans("0123456789,", "０１２３４５６７８９，"))
    assert unsupported(text, QUOTE)


@given(st.integers(1990, 2099), st.sampled_from(("{era}", "{year}年度", "{year}年", "R{n}")))
def test_a_year_that_the_quotes_do_not_have_never_passes(year: int, form: str) -> None:
    assume(year not in (2025, 2030) and (year >= 2019 or "{n}" not in form))
    text = form.format(era=era_label(year), year=year, n=year - 2018)
    assert unsupported(f"{text}に始まります", QUOTE)


@given(letters, st.sampled_from(("「{}」", "『{}』")))
def test_a_quoted_phrase_that_the_quotes_do_not_have_never_passes(phrase: str, marks: str) -> None:
    assume(phrase not in QUOTE)
    text = marks.format(f"存在{phrase}")
    assert unsupported(f"{text}が挙げられています", QUOTE)


@pytest.mark.parametrize(
    "text",
    [
        "「存在しない「みなとポイント」の廃止」",
        "『「みなとポイント」はない』",
        "「「みなとポイント」と「商工観光課」」",
    ],
)
def test_a_quotation_around_a_true_one_is_checked_too(text: str) -> None:
    assert unsupported(text, QUOTE)


@given(kanji, st.sampled_from(("課", "室", "局", "係")))
def test_a_department_that_the_quotes_do_not_have_never_passes(name: str, ending: str) -> None:
    department = name + ending
    assume(department not in QUOTE)
    assert unsupported(f"担当部署は、{department}です", QUOTE)


@given(st.integers(2019, 2060))
def test_a_year_of_an_era_is_the_western_year(year: int) -> None:
    assert unsupported(f"{era_label(year)}に", f"{year}年度") == ()
    assert unsupported(f"{year}年度に", f"{era_label(year)}の計画") == ()
    assert unsupported(f"{era_label(year)}に", f"R{year - 2018}") == ()
    assert unsupported(f"{era_label(year + 1)}に", f"{year}年度")


@pytest.mark.parametrize(
    "text",
    [
        "「みなとポイントの普及」の担当部署は、商工観光課です",
        "令和7年度の基準値が1,100人、令和12年度の目標値が2,800人です",
        "2030年度に2800人です",
        "２，８００人です",
        "「みなと ポイント」の登録者数",
    ],
)
def test_what_the_quotes_say_in_another_form_passes(text: str) -> None:
    assert unsupported(text, QUOTE) == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2,801人です", "2801"),
        ("28人です", "28"),
        ("0.5人です", "0.5"),
        ("担当は商工課です", "商工課"),
        ("「みなとポイントの廃止」です", "みなとポイントの廃止"),
        ("令和11年度です", "2029"),
    ],
)
def test_the_fault_is_named(text: str, fault: str) -> None:
    assert fault in unsupported(text, QUOTE)


@given(st.text(), st.text())
def test_any_text_can_be_checked(text: str, quotes: str) -> None:
    unsupported(text, quotes)


def source(bench: Bench, quote: str) -> Source:
    start = bench.text("akebono-dx").index(quote)
    return Source(document_id="akebono-dx", start=start, end=start + len(quote))


def test_a_statement_without_a_source_does_not_pass(bench: Bench) -> None:
    assert Verify(bench.library).faults(Statement(text="はい", sources=()))


@pytest.mark.parametrize(
    ("document", "start", "end"),
    [
        ("no-such", 0, 5),
        ("akebono-dx", 0, 999_999),
        ("akebono-dx", -5, 3),
        ("akebono-dx", 9, 9),
        ("akebono-dx", 9, 4),
    ],
)
def test_a_source_that_is_not_in_its_document_does_not_pass(
    bench: Bench, document: str, start: int, end: int
) -> None:
    place = Source(document_id=document, start=start, end=end)
    assert Verify(bench.library).faults(Statement(text="はい", sources=(place,)))


def test_a_source_of_blanks_does_not_pass(bench: Bench) -> None:
    blank = source(bench, "\n\n")
    assert Verify(bench.library).faults(Statement(text="はい", sources=(blank,)))


def turn_of(*statements: Statement) -> Turn:
    return Turn(asked=Question(question="？"), today=TODAY, statements=statements)


def test_only_the_statements_that_hold_are_kept(bench: Bench) -> None:
    good = Statement(text="5年間とします", sources=(source(bench, "5年間とします"),))
    bad = Statement(text="6年間とします", sources=(source(bench, "5年間とします"),))
    turn = Verify(bench.library)(turn_of(bad, good))
    assert turn.statements == (good,) and turn.ending is None


def test_a_turn_without_a_statement_that_holds_is_not_answered(bench: Bench) -> None:
    bad = Statement(text="6年間とします", sources=(source(bench, "5年間とします"),))
    ending = Verify(bench.library)(turn_of(bad)).ending
    assert ending and ending.status == "not_in_plan"


def test_a_figure_that_was_worked_out_passes_where_the_statement_tells_it(bench: Bench) -> None:
    told = Statement(text="1,700人増やします", sources=(source(bench, "1,100人\t2,800人"),))
    assert Verify(bench.library).faults(told) == ("1700",)
    assert Verify(bench.library).faults(told.computing("1700")) == ()


def test_a_figure_that_was_worked_out_excuses_no_other(bench: Bench) -> None:
    told = Statement(text="1,700人、「みなと銀行」で1,701人", sources=(source(bench, "1,100人"),))
    assert Verify(bench.library).faults(told.computing("1700")) == ("1701", "みなと銀行")


@given(figures, figures)
def test_only_the_very_figure_that_was_worked_out_is_excused(bench: Bench, told: int, computed: int) -> None:
    assume(str(told) not in HELD)
    statement = Statement(text=f"{told:,}人です", sources=(source(bench, "1,100人\t2,800人"),))
    assert bool(Verify(bench.library).faults(statement.computing(str(computed)))) == (told != computed)


def test_a_columns_label_names_no_department() -> None:
    assert unsupported("担当課は図書館です", "図書館") == ()
    assert unsupported("担当は福祉課です", "図書館") == ("福祉課",)
