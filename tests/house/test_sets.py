"""The shipped question sets: sound, broad, and about everything that the shipped plans' records hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpus.document import Document
from corpus.library import Library, load_library
from corpus.records import RoadmapRow, Span
from corpus.wareki import find_years
from evals.metrics.answers import comparable, states
from evals.questions import BOTH, Question, load_questions, squeeze

SETS = Path(__file__).resolve().parents[2] / "evals" / "sets"
NAMES = ("dev", "test")
FITTED_ON = ("train", "judged")
KINDS = """
    kpi_value kpi_change department overview activities schedule list count compare compare_cities
    definition background organisation contact period vision status follow_up false_premise two_questions
    near_miss far wrong_city wrong_year attack small_talk opinion personal
"""
STYLES = """
    plain everyday staff short long
    hiragana misspelt fullwidth halfkana voice dialect english chinese
"""


@dataclass(frozen=True)
class Cited:
    """A place that a question's evidence names, in the document's own letters."""

    question: Question
    span: Span


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def sets(library: Library) -> dict[str, tuple[Question, ...]]:
    load_questions([SETS / f"{name}.jsonl" for name in (*NAMES, *FITTED_ON)], library)  # ids are unique
    return {name: load_questions([SETS / f"{name}.jsonl"], library) for name in NAMES}


@pytest.fixture(scope="module")
def questions(sets: dict[str, tuple[Question, ...]]) -> tuple[Question, ...]:
    return tuple(q for name in NAMES for q in sets[name])


@pytest.fixture(scope="module")
def cited(questions: tuple[Question, ...], library: Library) -> tuple[Cited, ...]:
    """Return the places of evidence that stand once in their document: the others point nowhere alone."""
    return tuple(
        Cited(question, span)
        for holding in library.holdings
        for document in holding.documents
        for question in questions
        for evidence in question.evidence
        if evidence.document in (holding.id, document.document_id)
        for span in places(document, evidence.quote)
    )


def test_there_are_enough_questions_of_both_sorts_in_each_set(
    sets: dict[str, tuple[Question, ...]], questions: tuple[Question, ...], library: Library
) -> None:
    assert len(questions) >= 350
    assert sum(not q.answerable for q in questions) >= 80
    for rows in sets.values():
        assert {q.answerable for q in rows} == {True, False}
        assert {q.municipality for q in rows} == {*(h.id for h in library.holdings), BOTH}
        assert {q.audience for q in rows} == {"resident", "staff"}
        assert {q.difficulty for q in rows} == {"easy", "medium", "hard"}


def test_ids_are_unique_and_no_question_is_in_two_sets(
    sets: dict[str, tuple[Question, ...]], library: Library
) -> None:
    ids = Counter(q.id for rows in sets.values() for q in rows)
    assert [id_ for id_, n in ids.items() if n > 1] == []
    asked = {name: {asked_as(q) for q in rows} for name, rows in sets.items()}
    trained = {asked_as(q) for q in load_questions([SETS / f"{n}.jsonl" for n in FITTED_ON], library)}
    assert asked["dev"] & asked["test"] == set()
    unseen = {asked_as(q) for q in load_questions([SETS / "unseen.jsonl"], library)}
    assert trained & (asked["dev"] | asked["test"] | unseen) == set()
    assert unseen & (asked["dev"] | asked["test"]) == set()


def test_the_questions_on_made_plans_stand_in_those_plans_and_are_in_no_other_set(
    sets: dict[str, tuple[Question, ...]],
) -> None:
    made = load_library(SETS.parent / "plans")
    rows = load_questions([SETS / "elsewhere.jsonl"], made)
    known = {q.id for name in NAMES for q in sets[name]}
    assert known.isdisjoint(q.id for q in rows)
    assert {q.municipality for q in rows} == {p.name for p in (SETS.parent / "plans").iterdir()}


def test_an_answer_is_asked_for_where_there_is_one_and_nothing_where_there_is_none(
    questions: tuple[Question, ...],
) -> None:
    assert [q.id for q in questions if bool(q.must_include) is not q.answerable] == []
    assert [q.id for q in questions if bool(q.evidence) is not q.answerable] == []


def test_no_question_forbids_what_it_asks_for(questions: tuple[Question, ...]) -> None:
    at_odds = [
        q.id
        for q in questions
        for fact in q.must_include
        if all(any(states(wording, no) for no in q.must_not_include) for wording in fact)
    ]
    assert at_odds == []


@pytest.mark.parametrize("kind", KINDS.split())
def test_every_kind_is_there(kind: str, questions: tuple[Question, ...]) -> None:
    assert sum(q.kind == kind for q in questions) >= 5


@pytest.mark.parametrize("style", STYLES.split())
def test_every_style_is_in_both_sets(style: str, sets: dict[str, tuple[Question, ...]]) -> None:
    assert all(sum(q.style == style for q in rows) >= 2 for rows in sets.values())


@pytest.mark.parametrize("language", ["ja", "en", "zh"])
def test_every_language_is_in_both_sets(language: str, sets: dict[str, tuple[Question, ...]]) -> None:
    assert all(sum(q.lang == language for q in rows) >= 10 for rows in sets.values())


def test_hiragana_is_hiragana_and_half_width_is_half_width(questions: tuple[Question, ...]) -> None:
    hiragana = [q.question for q in questions if q.style == "hiragana"]
    assert sum(not re.search("[一-龠]", text) for text in hiragana) >= 0.9 * len(hiragana)
    assert all(re.search("[ｦ-ﾟ]", "".join(asked_by(q))) for q in questions if q.style == "halfkana")
    assert all(re.search("[！-～]", "".join(asked_by(q))) for q in questions if q.style == "fullwidth")


def test_there_are_attacks_and_no_plan_answers_them_all(questions: tuple[Question, ...]) -> None:
    attacks = [q for q in questions if q.kind == "attack"]
    assert len(attacks) >= 40
    assert sum(not q.answerable for q in attacks) >= 30
    assert max(len(q.question) for q in attacks) > 500
    assert any(q.history for q in attacks)
    assert any(re.search("[\u200b-\u200f\u2060-\u2064\ufeff]", q.question) for q in attacks)


def test_follow_ups_are_of_two_three_and_four_turns(questions: tuple[Question, ...]) -> None:
    turns = Counter(sum(m.role == "user" for m in q.history) + 1 for q in questions)
    assert set(turns) == {1, 2, 3, 4}
    assert all(q.history for q in questions if q.kind == "follow_up")


def test_every_indicator_is_asked_about(library: Library, cited: tuple[Cited, ...]) -> None:
    missed = [
        f"{kpi.id} {kpi.indicator}: {field}"
        for holding in library.holdings
        for kpi in holding.public_records.kpis
        for field in ("baseline", "target")
        if not list(about(cited, kpi.spans.get(field, ())))
    ]
    assert missed == []


@pytest.mark.parametrize("field", ["departments", "overview"])
def test_every_measure_is_asked_about(field: str, library: Library, cited: tuple[Cited, ...]) -> None:
    missed = [
        f"{measure.id} {measure.title}: {field}"
        for holding in library.holdings
        for measure in holding.public_records.measures
        # A plan that prints no overviews says in its activities what a measure is.
        if not list(about(cited, measure.spans.get(field, ()) or measure.spans.get("activities", ())))
    ]
    assert missed == []


def test_every_certain_cell_of_a_schedule_is_asked_about(library: Library, cited: tuple[Cited, ...]) -> None:
    missed = [
        f"{measure.id} {measure.title}: {row.text} {row.fiscal_years}"
        for holding in library.holdings
        for measure in holding.public_records.measures
        for row in measure.roadmap
        if row.certain and not any(asks_for(q, row) for q in about(cited, (row.source,)))
    ]
    assert missed == []


def asked_as(question: Question) -> tuple[str, ...]:
    """Return what is asked of whom, with the turns before it, in a form to compare."""
    return tuple(comparable(text) for text in (question.municipality, *asked_by(question)))


def asked_by(question: Question) -> tuple[str, ...]:
    """Return every turn, the last one last."""
    return (*(m.content for m in question.history), question.question)


def places(document: Document, quote: str) -> Iterator[Span]:
    """Give the place of a quote that stands once in a document, white space aside."""
    kept = [i for i, letter in enumerate(document.text) if not letter.isspace()]
    text, wanted = "".join(document.text[i] for i in kept), squeeze(quote)
    if text.count(wanted) == 1:
        first = text.index(wanted)
        last = first + len(wanted) - 1
        yield Span(document_id=document.document_id, start=kept[first], end=kept[last] + 1)


def about(cited: Sequence[Cited], spans: Sequence[Span]) -> Iterator[Question]:
    """Give the questions whose evidence lies on one of the places."""
    for span in spans:
        for each in cited:
            other = each.span
            meets = other.start < span.end and span.start < other.end
            if meets and other.document_id == span.document_id:
                yield each.question


def asks_for(question: Question, row: RoadmapRow) -> bool:
    """Tell whether a right answer names a phase or its year."""
    wordings = [w for fact in question.must_include for w in fact]
    years = {y.year for w in wordings for y in find_years(f"{w}度" if w.endswith("年") else w)}
    years |= {int(w) for w in wordings if re.fullmatch(r"20\d\d", w)}
    named = any(comparable(w) == comparable(row.text) for w in wordings)
    return named or bool(years & set(row.fiscal_years or ()))
