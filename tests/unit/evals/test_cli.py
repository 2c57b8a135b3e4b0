"""`plan-assistant eval`: what it writes and prints, and how it ends, with a made service."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import typer

import evals.report.render
from assistant.channels.cli.output import Refused
from corpus.library import Library
from evals.cli import app
from evals.llm_judge import LlmJudge
from index.errors import IndexUnavailable
from tests.unit.evals.made import REFUSAL, Told, body

ROW: dict[str, Any] = {
    "id": "q-1",
    "municipality": "aoba",
    "audience": "resident",
    "lang": "ja",
    "kind": "kpi_value",
    "question": "目標は何人ですか",
    "answerable": True,
    "must_include": [["40人"]],
    "must_not_include": [],
    "evidence": [{"document": "aoba", "quote": "目標は40人です。"}],
}
NONE = {**ROW, "id": "n-1", "answerable": False, "must_include": [], "evidence": []}


@dataclass(frozen=True)
class Ran:
    """What a command printed, and the code that it ended with."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def told() -> Told:
    return Told({"q-1": body(), "n-1": REFUSAL})


@pytest.fixture
def wiring(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    told: Told,
    write_plan: Callable[..., Path],
    library_of: Callable[..., Library],
) -> ModuleType:
    """Stand in for the service, its index and its model; the report is another test's."""
    library = library_of(write_plan(tmp_path / "plans", "aoba", "目標は40人です。"))
    module: Any = ModuleType("evals.wiring")
    module.plans_here = lambda: library
    module.asker_of = lambda url: (told, "made", {})
    module.judge_of = lambda model: None
    monkeypatch.setitem(sys.modules, "evals.wiring", module)
    monkeypatch.setattr(evals.report.render, "render", lambda *a: "<html>")
    return module  # type: ignore[no-any-return]


@pytest.fixture
def run(
    wiring: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ran:
        try:
            code = app([*arguments], standalone_mode=False)
        except typer.Exit as end:
            code = end.exit_code
        except Refused as refused:
            captured = capsys.readouterr()
            return Ran(refused.code, captured.out, captured.err + str(refused))
        captured = capsys.readouterr()
        return Ran(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run


def written(name: str, *rows: dict[str, Any]) -> str:
    Path(name).write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return name


def test_a_run_writes_all_its_files_and_prints_its_figures(run: Run) -> None:
    ran = run("run", written("dev.jsonl", ROW, NONE), "--out", "out")
    assert ran.code == 0, ran.err
    names = {p.name for p in Path("out").iterdir()}
    assert names == {"metrics.json", "recipe.json", "report.html", "results.jsonl", "run.trec", "qrels.trec"}
    assert "2 questions" in ran.out and "correct                 1.0000" in ran.out
    recipe = json.loads(Path("out/recipe.json").read_text("utf-8"))
    assert recipe["mode"] == "made" and recipe["seconds"] >= 0 and recipe["sets"][0]["n"] == 2


def test_json_is_one_document_on_stdout_and_nothing_else(run: Run) -> None:
    ran = run("run", written("dev.jsonl", ROW), "--out", "out", "--json")
    assert json.loads(ran.out) == json.loads(Path("out/metrics.json").read_text("utf-8"))


def test_a_run_that_is_scored_again_asks_nothing(run: Run, told: Told) -> None:
    run("run", written("dev.jsonl", ROW, NONE), "--out", "out")
    before = Path("out/metrics.json").read_bytes()
    told.asked.clear()
    assert run("score", "out").code == 0
    assert Path("out/metrics.json").read_bytes() == before and told.asked == []


def test_a_run_is_held_against_its_baseline(run: Run, told: Told) -> None:
    dev = written("dev.jsonl", ROW, NONE)
    run("run", dev, "--out", "one")
    assert run("run", dev, "--out", "two", "--baseline", "one/metrics.json").code == 0
    told.answers["q-1"] = body("目標は41人です[1]。")
    ran = run("run", dev, "--out", "three", "--baseline", "one/metrics.json")
    assert ran.code == 1
    assert "悪くなった質問 q-1: 目標は何人ですか" in ran.err
    assert "基準を下回ります correct: 0.5, limit 0.996" in ran.err
    assert "基準を下回ります unsupported_figures: 1, limit 0" in ran.err


def test_a_question_of_the_baseline_that_is_not_asked_fails(run: Run) -> None:
    run("run", written("dev.jsonl", ROW, NONE), "--out", "one")
    ran = run("run", written("dev.jsonl", ROW), "--out", "two", "--baseline", "one/metrics.json")
    assert ran.code == 1 and "聞かれなかった質問: 1問（n-1 など）" in ran.err


def test_a_figure_under_its_limit_fails(run: Run, told: Told) -> None:
    dev = written("dev.jsonl", ROW, NONE)
    assert run("run", dev, "--fail-under", "correct=1", "--fail-under", "retrieval.recall@5=1").code == 0
    ran = run("score", "var/eval", "--fail-under", "retrieval.recall@1=0.5")
    assert (ran.code, "retrieval.recall@1: 0, limit 0.5" in ran.err) == (1, True)


@pytest.mark.parametrize("command", [["run", "dev.jsonl"], ["score", "out"]])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fail-under", "corect=1"], "--fail-under: there is no figure 'corect'"),
        (["--fail-under", "correct"], "--fail-under: 'correct' is not NAME=VALUE"),
        (["--baseline", "text.json"], "--baseline: text.json is not JSON"),
        (["--baseline", "gone.json"], "--baseline: gone.json: No such file"),
        (["--baseline", "other.json"], "--baseline: other.json has no outcomes"),
    ],
)
def test_a_wrong_limit_or_baseline_is_told_before_anything_is_asked(
    run: Run, told: Told, command: list[str], arguments: list[str], said: str
) -> None:
    written("dev.jsonl", ROW)
    Path("text.json").write_text("correct=1", "utf-8")
    Path("other.json").write_text("{}", "utf-8")
    ran = run(*command, *arguments)
    assert ran.code == 2 and ran.err.startswith(said) and ran.out == "" and told.asked == []


def test_all_faults_of_all_files_are_listed_with_their_lines(run: Run, told: Told) -> None:
    first = written("first.jsonl", ROW, {**ROW, "id": "q-2", "answerable": "yes"}, NONE)
    second = written(
        "second.jsonl", ROW, {**NONE, "id": "n-2", "evidence": [{"document": "aoba", "quote": "無い"}]}
    )
    Path("third.jsonl").write_text("{\n", "utf-8")
    ran = run("run", first, second, "third.jsonl", "gone.jsonl")
    lines = ran.err.splitlines()
    assert ran.code == 2 and told.asked == [] and ran.out == ""
    assert [line.split(": ")[0] for line in lines[:-1]] == [
        "first.jsonl:2",
        "second.jsonl:1",
        "second.jsonl:2",
        "third.jsonl:1",
        "gone.jsonl",
    ]
    assert "'q-1' is used by first.jsonl:1 already" in lines[1]
    assert 'not in the text of aoba: "無い"' in lines[2]
    assert lines[-1] == "QUESTIONS: 5か所を直してください"


def test_files_of_the_same_name_or_without_a_question_are_refused(run: Run) -> None:
    Path("a").mkdir()
    one, other = written("a/dev.jsonl", ROW), written("dev.jsonl", NONE)
    ran = run("run", one, other)
    assert (ran.code, ran.err) == (2, "QUESTIONS: 同じ名前のファイルが2つあります")
    Path("empty.jsonl").write_text("\n", "utf-8")
    ran = run("run", "empty.jsonl")
    assert (ran.code, ran.err) == (2, "QUESTIONS: empty.jsonl に質問がありません")


@pytest.mark.parametrize("command", ["score", "report"])
def test_a_folder_without_a_run_is_told(run: Run, command: str) -> None:
    ran = run(command, "nowhere")
    assert ran.code == 2 and "DIR: nowhere に" in ran.err and "eval run --out nowhere" in ran.err


def test_results_that_are_broken_or_none_are_told(run: Run) -> None:
    run("run", written("dev.jsonl", ROW), "--out", "out")
    Path("out/results.jsonl").write_text("nonsense\n\n", "utf-8")
    ran = run("score", "out")
    assert ran.code == 2 and "out/results.jsonl:1: row:" in ran.err
    Path("out/results.jsonl").write_text("", "utf-8")
    ran = run("score", "out")
    assert ran.code == 2 and "out/results.jsonl に結果がありません" in ran.err


def test_a_broken_recipe_does_not_keep_a_run_from_being_scored(run: Run) -> None:
    run("run", written("dev.jsonl", ROW), "--out", "out")
    Path("out/recipe.json").write_text("{", "utf-8")
    assert run("score", "out").code == 0


def test_a_report_is_written_again(run: Run) -> None:
    run("run", written("dev.jsonl", ROW), "--out", "out")
    Path("out/report.html").unlink()
    assert run("report", "out").code == 0
    assert Path("out/report.html").read_text("utf-8") == "<html>"


def test_a_server_that_does_not_answer_is_told(run: Run, wiring: Any) -> None:
    def asker_of(url: str) -> None:
        raise IndexUnavailable(f"--url: {url} does not answer")

    wiring.asker_of = asker_of
    with pytest.raises(IndexUnavailable, match="--url: http://x does not answer"):
        run("run", written("dev.jsonl", ROW), "--url", "http://x")


def test_a_judge_without_an_address_is_told_before_anything_is_asked(run: Run, told: Told) -> None:
    ran = run("run", written("dev.jsonl", ROW), "--judge-model", "j")
    assert ran.code == 3 and "PLAN_ASSISTANT_LLM_BASE_URL" in ran.err and told.asked == []


def judging(content: str) -> LlmJudge:
    reply = {"choices": [{"message": {"content": content}}]}
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=reply))
    return LlmJudge("judge-1", "http://model", client=httpx.Client(transport=transport))


def test_a_judges_verdicts_are_in_the_figures_the_results_and_the_recipe(run: Run, wiring: Any) -> None:
    wiring.judge_of = lambda model: judging('{"correct": false, "reason": "no"}')
    ran = run("run", written("dev.jsonl", ROW, NONE), "--out", "out", "--judge-model", "judge-1")
    metrics = json.loads(Path("out/metrics.json").read_text("utf-8"))
    assert ran.code == 0 and "llm_judge.agreement     0" in ran.out
    assert metrics["llm_judge"] == {"n": 2, "no_verdict": 0, "correct": 0.0, "agreement": 0.0}
    assert metrics["correct"] == 1.0
    assert json.loads(Path("out/recipe.json").read_text("utf-8"))["judge"]["model"] == "judge-1"
    assert '"reason":"no"' in Path("out/results.jsonl").read_text("utf-8")


def test_a_run_is_judged_afterwards_and_missing_verdicts_are_counted(run: Run, wiring: Any) -> None:
    run("run", written("dev.jsonl", ROW, NONE), "--out", "out")
    wiring.judge_of = lambda model: judging("I think so")
    ran = run("score", "out", "--judge-model", "judge-1", "--json")
    assert ran.code == 0 and "判定が得られなかった質問: 2問" in ran.err
    assert json.loads(ran.out)["llm_judge"] == {"n": 2, "no_verdict": 2, "correct": None, "agreement": None}


def test_no_judge_is_asked_unless_one_is_named(run: Run, wiring: Any) -> None:
    def judge_of(model: str) -> None:
        raise AssertionError("asked")

    wiring.judge_of = judge_of
    assert run("run", written("dev.jsonl", ROW), "--out", "out").code == 0
    assert "llm_judge" not in json.loads(Path("out/metrics.json").read_text("utf-8"))


def test_a_model_that_wrote_the_answers_is_refused_as_their_judge(run: Run, wiring: Any, told: Told) -> None:
    told.answers["q-1"] = body(engine="llm:judge-1")
    wiring.judge_of = lambda model: judging("{}")
    ran = run("run", written("dev.jsonl", ROW), "--out", "out", "--judge-model", "judge-1")
    assert ran.code == 2 and ran.err.splitlines()[-1].startswith("--judge-model: judge-1")
