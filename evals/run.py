"""Run: ask every question, a few at a time, write each result as it comes, and take up what was left off."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

from evals.askers import Asker, Asking, Retrieved
from evals.questions import Question
from evals.recipe import Recipe, same
from evals.responses import read_response
from evals.results import Result, read_results, scored, trec_qrels, trec_run, write_results
from evals.summary import Metrics, summarise

RECIPE, RESULTS, METRICS = "recipe.json", "results.jsonl", "metrics.json"
RUN, QRELS, REPORT = "run.trec", "qrels.trec", "report.html"

Progress = Callable[[int, int], None]


def ask_all(
    asker: Asker,
    sets: Mapping[str, Sequence[Question]],
    folder: Path,
    recipe: Recipe,
    workers: int,
    progress: Progress,
) -> tuple[Result, ...]:
    """Ask what a run of the same recipe left unasked in the folder; return all results in the sets' order.

    Each result is a line of results.jsonl as soon as it is there, so that a run that is cut off loses none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = {r.id: r for r in _left_off(folder, recipe, sets)}
    path = folder / RESULTS
    write_results(path, done.values())
    _write_json(folder / RECIPE, recipe)
    todo = [(name, q) for name, questions in sets.items() for q in questions if q.id not in done]
    total, writing = len(todo) + len(done), Lock()
    progress(len(done), total)
    with path.open("a", encoding="utf-8") as file, ThreadPoolExecutor(workers) as pool:

        def one(pair: tuple[str, Question]) -> None:
            result = ask(asker, *pair)
            with writing:
                file.write(result.model_dump_json() + "\n")
                file.flush()
                done[result.id] = result
                progress(len(done), total)

        for _ in pool.map(one, todo):
            pass
    return tuple(done[q.id] for questions in sets.values() for q in questions)


def ask(asker: Asker, name: str, question: Question) -> Result:
    """Return the result of one question; whatever goes wrong in asking is the result's error."""
    asked, found = _asked(asker, question), Retrieved()
    error = asked.error
    if question.answerable and question.evidence and not question.history:
        try:
            found = asker.retrieve(question)
        except Exception as fault:
            found = Retrieved(ranks=(None,) * len(question.evidence))
            error = error or f"search: {_told(fault)}"
    return Result(
        id=question.id,
        set=name,
        question=question,
        response=asked.response,
        error=error,
        latency_ms=asked.latency_ms,
        retrieved=found.passages,
        ranks=found.ranks,
        judgement=asked.judgement,
        wording=asked.wording,
    )


def _asked(asker: Asker, question: Question) -> Asking:
    """Return what came of asking; a fault of the assistant is a wrong answer, not the end of the run."""
    started = time.perf_counter()
    try:
        asked = asker.ask(question)
        if asked.response is not None:
            read_response(asked.response)
        return asked
    except Exception as fault:
        return Asking(None, _told(fault), round((time.perf_counter() - started) * 1000, 2))


def _told(fault: Exception) -> str:
    return " ".join(f"{type(fault).__name__}: {fault}".split())


def finish(folder: Path, results: Iterable[Result]) -> tuple[tuple[Result, ...], Metrics]:
    """Score the results and write results.jsonl, metrics.json and the TREC files."""
    rows = tuple(scored(r) for r in results)
    write_results(folder / RESULTS, rows)
    metrics = summarise(rows)
    _write_json(folder / METRICS, metrics)
    (folder / RUN).write_text(trec_run(rows), "utf-8")
    (folder / QRELS).write_text(trec_qrels(rows), "utf-8")
    return rows, metrics


def _left_off(folder: Path, recipe: Recipe, sets: Mapping[str, Sequence[Question]]) -> list[Result]:
    """Return the results that a run of the same recipe left; none where it had come to its end."""
    if (folder / METRICS).exists() or not (folder / RECIPE).exists() or not (folder / RESULTS).exists():
        (folder / METRICS).unlink(missing_ok=True)
        return []
    try:
        left = json.loads((folder / RECIPE).read_text("utf-8"))
    except ValueError:
        return []
    if not same(left, recipe):
        return []
    asked = {q.id for questions in sets.values() for q in questions}
    return [r for r in read_results(folder / RESULTS) if r.id in asked and r.error is None]


def _write_json(path: Path, value: Any) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")
    part.replace(path)
