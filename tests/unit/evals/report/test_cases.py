"""Failed questions: what was wrong with each, and how they fared against the baseline."""

import copy
from typing import Any

import pytest

from evals.report.cases import cases_of, compare, correct_by_question, faults_of, filters_of
from evals.report.names import names
from evals.report.rows import Result, parse_results

ROW: dict[str, Any] = {
    "id": "q-1",
    "set": "dev",
    "question": {
        "question": "いくつですか",
        "kind": "list",
        "answerable": True,
        "must_include": [["40町会", "40 町会"], ["18町会"]],
        "must_not_include": ["50町会"],
        "evidence": [{"document": "akebono", "quote": "18町会\t40町会"}],
        "note": "style: dialect; 能登",
    },
    "response": {"status": "answered", "answer": "40町会です[1]。"},
    "scores": {
        "correct": False,
        "facts": [True, False],
        "forbidden": [],
        "evidence": [True],
        "refused": False,
    },
}


def made(**changes: Any) -> Result:
    """Return the result above with other scores, status, or other fields of the question."""
    row = copy.deepcopy(ROW)
    for name, value in changes.items():
        part = next((row[p] for p in ("question", "response", "scores") if name in row[p]), row)
        part[name] = value
    return parse_results([row])[0]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, ("fact",)),
        ({"evidence": [{"quote": "x"}], "facts": [True, True]}, ("unknown",)),
        ({"status": "not_in_plan", "refused": True}, ("refused",)),
        ({"status": "clarify", "refused": None}, ("refused",)),
        ({"answerable": False, "facts": []}, ("answered",)),
        ({"facts": [True, True], "forbidden": ["50町会"]}, ("forbidden",)),
        ({"error": "TimeoutError"}, ("error",)),
        ({"answerable": False, "refused": True, "forbidden": ["50町会"]}, ("forbidden",)),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], faults: tuple[str, ...]) -> None:
    assert faults_of(made(**changes)) == faults


def test_every_fault_and_comparison_has_a_name() -> None:
    called = names().value
    faults = {"error", "answered", "refused", "fact", "forbidden", "evidence", "figure", "unknown"}
    assert set(called["fault"]) == faults
    assert set(called["change"]) == {"worse", "same", "new"}


def test_a_right_answer_is_listed_only_for_a_figure_without_a_source() -> None:
    right = {**ROW, "id": "q-2", "scores": {"correct": True}}
    doubted = {**ROW, "id": "q-3", "scores": {"correct": True, "unsupported_figures": ["2800"]}}
    unscored = {**ROW, "id": "q-4", "scores": None}
    cases = cases_of(parse_results([ROW, right, doubted, unscored]), None)
    assert [case.result.id for case in cases] == ["q-1", "q-3"]


def test_each_fact_and_each_wording_is_told_apart() -> None:
    (case,) = cases_of([made(forbidden=["50町会"])], None)
    assert case.facts == (("40町会 ／ 40 町会", True), ("18町会", False))
    assert case.forbidden == (("50町会", True),)


def test_what_was_not_scored_is_not_guessed() -> None:
    (case,) = cases_of([made(facts=[True], evidence=[])], None)
    assert [is_ for _, is_ in case.facts] == [True, None]


def test_the_place_of_evidence_in_the_search_is_told() -> None:
    two = [{"quote": "a"}, {"quote": "b"}, {"quote": "c"}]
    row = {**ROW, "question": {**ROW["question"], "evidence": two}, "ranks": [3, None]}
    (case,) = cases_of(parse_results([row]), None)
    assert [place for _, _, place in case.evidence] == ["検索では3位", "検索の上位にない", ""]


def test_questions_are_compared_by_their_ids() -> None:
    now = {"a": False, "b": True, "c": False, "new": False}
    before = {"a": True, "b": False, "c": False, "gone": True}
    comparison = compare(now, before, ())
    assert [r.id for r in comparison.worse] == ["a"]
    assert (comparison.improved, comparison.added, comparison.missing) == (1, 1, 1)


def test_a_case_tells_whether_the_baseline_had_it_right() -> None:
    results = parse_results([{**ROW, "id": q} for q in ("a", "b", "c")])
    cases = cases_of(results, {"a": True, "b": False})
    assert [case.fields["change"] for case in cases] == [("worse",), ("same",), ("new",)]
    assert [case.regressed for case in cases] == [True, False, False]


def test_filters_offer_what_there_is_the_most_frequent_first() -> None:
    kinds = ["list", "count", "count"]
    rows = [{**ROW, "id": k, "question": {**ROW["question"], "kind": kind}} for k, kind in enumerate(kinds)]
    cases = cases_of(parse_results({**row, "id": str(row["id"])} for row in rows), None)
    found = {f.field: f.options for f in filters_of(cases, names())}
    assert found == {"kind": (("count", "件数", 2), ("list", "一覧", 1))}


def test_the_way_of_writing_is_the_first_word_of_the_note() -> None:
    assert made().style == "dialect"
    assert made(note="料金の記載なし").style == "plain"


def test_nulls_are_as_good_as_absent() -> None:
    row = dict.fromkeys(("question", "response", "error", "judgement", "scores", "retrieved"))
    assert parse_results([{"id": "q", **row}]) == parse_results([{"id": "q"}])


def test_a_row_of_another_shape_is_refused_by_the_name_of_its_field() -> None:
    with pytest.raises(ValueError, match=r"scores\.facts"):
        parse_results([{"id": "q", "scores": {"facts": "yes"}}])


def test_what_was_not_scored_counts_neither_way() -> None:
    rows = [ROW, {"id": "unscored"}, {"id": "right", "scores": {"correct": True}}]
    assert correct_by_question(parse_results(rows)) == {"q-1": False, "right": True}
