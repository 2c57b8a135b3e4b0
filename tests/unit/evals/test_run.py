"""A run: each result is kept as it comes, what was left off is taken up, and no fault ends it."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from evals.askers import Asking, Retrieved
from evals.questions import Question
from evals.results import Result, read_results
from evals.run import METRICS, QRELS, RECIPE, RESULTS, RUN, ask, ask_all, finish
from tests.unit.evals.made import REFUSAL, Told, body, question, unanswerable

RECIPE_A = {"commit": "a"}
ANSWERS: dict[str, Any] = {"q-1": body(), "q-2": body("目標は30人です[1]。"), "n-1": REFUSAL}
SETS = {"dev": (question("q-1"), unanswerable("n-1")), "test": (question("q-2"),)}


def run(
    folder: Path, asker: Any = None, recipe: dict[str, Any] = RECIPE_A, workers: int = 2
) -> tuple[Result, ...]:
    return ask_all(asker or Told(ANSWERS), SETS, folder, recipe, workers, lambda done, total: None)


def test_every_question_is_asked_and_the_results_are_in_the_sets_order(tmp_path: Path) -> None:
    results = run(tmp_path)
    assert [(r.id, r.set) for r in results] == [("q-1", "dev"), ("n-1", "dev"), ("q-2", "test")]
    assert {r.id for r in read_results(tmp_path / RESULTS)} == {"q-1", "n-1", "q-2"}
    assert json.loads((tmp_path / RECIPE).read_text("utf-8")) == RECIPE_A


def test_progress_is_told_from_nothing_to_all(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    ask_all(Told(ANSWERS), SETS, tmp_path, RECIPE_A, 1, lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_questions_are_asked_at_the_same_time(tmp_path: Path) -> None:
    meeting = threading.Barrier(2, timeout=5)

    class Meets(Told):
        def ask(self, question: Question) -> Asking:
            if question.id != "q-2":
                meeting.wait()
            return super().ask(question)

    assert all(r.error is None for r in run(tmp_path, Meets(ANSWERS)))


def test_what_was_cut_off_is_taken_up_after_the_last_whole_line(tmp_path: Path) -> None:
    class Cut(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done == 2:
            raise Cut

    with pytest.raises(Cut):
        ask_all(Told(ANSWERS), SETS, tmp_path, RECIPE_A, 1, stop)
    whole = (tmp_path / RESULTS).read_bytes()
    assert len(read_results(tmp_path / RESULTS)) >= 2
    first, second = whole.splitlines(keepends=True)[:2]
    (tmp_path / RESULTS).write_bytes(first + second[: second.index("計画".encode()) + 1])
    asker = Told(ANSWERS)
    assert len(run(tmp_path, asker)) == 3
    assert asker.asked == ["n-1", "q-2"]
    assert len(read_results(tmp_path / RESULTS)) == 3


def test_an_error_is_asked_again_when_a_run_is_taken_up(tmp_path: Path) -> None:
    run(tmp_path, Told({**ANSWERS, "q-2": ValueError("fault")}))
    asker = Told(ANSWERS)
    assert [r.error for r in run(tmp_path, asker)] == [None, None, None]
    assert asker.asked == ["q-2"]


@pytest.mark.parametrize("change", ["recipe", "finished", "broken recipe", "no recipe"])
def test_another_or_a_finished_run_is_asked_anew(tmp_path: Path, change: str) -> None:
    results = run(tmp_path)
    if change == "finished":
        finish(tmp_path, results)
    if change == "broken recipe":
        (tmp_path / RECIPE).write_text("{", "utf-8")
    if change == "no recipe":
        (tmp_path / RECIPE).unlink()
    asker = Told(ANSWERS)
    run(tmp_path, asker, {"commit": "b"} if change == "recipe" else RECIPE_A)
    assert sorted(asker.asked) == ["n-1", "q-1", "q-2"]
    assert not (tmp_path / METRICS).exists()


def test_results_of_questions_that_are_no_longer_asked_are_left(tmp_path: Path) -> None:
    run(tmp_path)
    results = ask_all(Told({}), {"dev": SETS["dev"]}, tmp_path, RECIPE_A, 1, lambda done, total: None)
    assert [r.id for r in results] == ["q-1", "n-1"] == [r.id for r in read_results(tmp_path / RESULTS)]


@pytest.mark.parametrize(
    "said", [ValueError("fault\nin two lines"), {"answer": "no status"}, ["a", "list"], "text"]
)
def test_a_fault_or_another_shape_is_the_results_error(said: Any) -> None:
    came = ask(Told({"q-1": said}), "dev", question())
    assert came.response is None and came.error and "\n" not in came.error


def test_a_search_that_fails_is_told_and_finds_nothing() -> None:
    came = ask(Told({"q-1": body(), "search": ValueError("gone")}), "dev", question())
    assert came.response and came.error == "search: ValueError: gone" and came.ranks == (None,)


@pytest.mark.parametrize(
    ("asked", "sought"),
    [
        (question(), True),
        (question(evidence=()), False),
        (unanswerable("q-1"), False),
        (question(history=({"role": "user", "content": "前"},)), False),
    ],
)
def test_retrieval_is_measured_where_the_words_alone_say_what_is_sought(
    asked: Question, sought: bool
) -> None:
    assert bool(ask(Told({"q-1": body()}), "dev", asked).ranks) is sought


def test_two_runs_of_one_recipe_give_the_same_figures_time_apart(tmp_path: Path) -> None:
    outputs = []
    for name in ("one", "two"):
        finish(tmp_path / name, run(tmp_path / name))
        metrics = json.loads((tmp_path / name / METRICS).read_text("utf-8"))
        trec = [(tmp_path / name / file).read_text("utf-8") for file in (RUN, QRELS)]
        outputs.append((untimed(metrics), trec))
    assert outputs[0] == outputs[1]


def test_a_run_can_be_scored_again_without_asking(tmp_path: Path) -> None:
    rows, metrics = finish(tmp_path, run(tmp_path))
    again = finish(tmp_path, read_results(tmp_path / RESULTS))
    assert again == (rows, metrics)


class Failing:
    """Fail at everything."""

    def ask(self, question: Question) -> Asking:
        """Fail."""
        raise RuntimeError("down")

    def retrieve(self, question: Question) -> Retrieved:
        """Fail."""
        raise RuntimeError("down")


def test_an_assistant_that_fails_at_everything_gets_nothing_right(tmp_path: Path) -> None:
    _, metrics = finish(tmp_path, run(tmp_path, Failing()))
    assert (metrics["correct"], metrics["errors"], metrics["unanswerable_refused"]) == (0, 3, 0)
    assert metrics["retrieval"]["recall@10"] == 0


def untimed(value: Any) -> Any:
    """Return metrics without what is measured in time."""
    if not isinstance(value, dict):
        return value
    return {k: untimed(v) for k, v in value.items() if not k.startswith("latency_ms")}
