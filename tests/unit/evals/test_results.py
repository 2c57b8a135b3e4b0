"""Results: how a response is scored, and files that a cut leaves readable."""

from __future__ import annotations

from pathlib import Path

import ir_measures
import pytest
from ir_measures import RR, R, nDCG

from evals.results import Result, ResultsFault, read_results, trec_qrels, trec_run, write_results
from evals.summary import summarise
from tests.unit.evals.made import REFUSAL, body, passages, question, result, unanswerable


def test_a_right_answer_has_every_score() -> None:
    scores = result(question(), body()).scores
    assert scores is not None
    assert (scores.correct, scores.refused, scores.facts, scores.evidence) == (True, False, (True,), (True,))
    assert (scores.citation_precision, scores.citation_recall) == (1.0, 1.0)
    assert (scores.forbidden, scores.unsupported_figures) == ((), ())


def test_a_refusal_has_no_facts_and_no_citation_figures() -> None:
    scores = result(question(), {**REFUSAL, "answer": "40人かもしれません。"}).scores
    assert scores is not None
    assert (scores.correct, scores.refused, scores.facts) == (False, True, (False,))
    assert scores.citation_precision is None and scores.citation_recall is None


@pytest.mark.parametrize("asked", [question(), unanswerable()])
def test_an_error_is_wrong_and_no_refusal(asked: object) -> None:
    scores = result(asked, None, error="500: fault").scores  # type: ignore[arg-type]
    assert scores is not None
    assert (scores.correct, scores.refused) == (False, False)


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    rows = (result(question(), body(), ranks=(2, None)), result(unanswerable(), dict(REFUSAL)))
    write_results(tmp_path / "results.jsonl", rows)
    assert read_results(tmp_path / "results.jsonl") == rows


@pytest.mark.parametrize("kept", [1, 25, 400, 401, 402, 403])
def test_a_last_line_that_is_cut_short_is_let_be_even_within_a_letter(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "results.jsonl"
    write_results(path, [result(question(), body())])
    path.write_bytes(path.read_bytes() + path.read_bytes()[:kept])
    assert [r.id for r in read_results(path)] == ["q-1"]


@pytest.mark.parametrize(("line", "said"), [(b"{}", "id: "), (b"nonsense", "row: "), (b"\xff", "row: ")])
def test_any_other_broken_line_is_told_with_its_number(tmp_path: Path, line: bytes, said: str) -> None:
    path = tmp_path / "results.jsonl"
    write_results(path, [result(question(), body())])
    path.write_bytes(path.read_bytes() + line + b"\n" + path.read_bytes())
    with pytest.raises(ResultsFault, match=f":2: {said}.*eval run"):
        read_results(path)


def ranked() -> list[Result]:
    found = passages(10)
    return [
        result(question("甲 1"), body(), retrieved=found, ranks=(1,)),
        result(question("q%2"), body(), retrieved=found, ranks=(3, None)),
        result(question("q-3"), body(), retrieved=found[:4], ranks=(7 - 4, 4, 2)),
        result(question("q-4"), body(), retrieved=(), ranks=(None,)),
        result(unanswerable(), dict(REFUSAL)),
    ]


def test_trec_files_give_any_reader_the_figures_of_the_metrics(tmp_path: Path) -> None:
    (tmp_path / "run.trec").write_text(trec_run(ranked()), "utf-8")
    (tmp_path / "qrels.trec").write_text(trec_qrels(ranked()), "utf-8")
    named = {
        "recall@1": R @ 1,
        "recall@5": R @ 5,
        "recall@10": R @ 10,
        "mrr@10": RR @ 10,
        "ndcg@10": nDCG @ 10,
    }
    found = ir_measures.calc_aggregate(
        list(named.values()),
        ir_measures.read_trec_qrels(str(tmp_path / "qrels.trec")),
        ir_measures.read_trec_run(str(tmp_path / "run.trec")),
    )
    metrics = summarise(ranked())["retrieval"]
    assert {n: metrics[n] for n in named} == pytest.approx({n: found[m] for n, m in named.items()}, abs=1e-6)
    assert metrics["recall@1"] == pytest.approx(1 / 7, abs=1e-6)
    assert metrics["recall@5"] == pytest.approx(5 / 7, abs=1e-6)
    assert (metrics["n"], metrics["topics"]) == (4, 7)


def test_trec_lines_have_their_columns_whatever_the_id() -> None:
    assert {len(line.split()) for line in trec_run(ranked()).splitlines()} == {6}
    assert {len(line.split()) for line in trec_qrels(ranked()).splitlines()} == {4}
    topics = [line.split()[0] for line in trec_qrels(ranked()).splitlines()]
    assert topics == ["甲%201/1", "q%252/1", "q%252/2", "q-3/1", "q-3/2", "q-3/3", "q-4/1"]
