"""`plan-assistant eval`: run question sets, score a run again, write its report."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.channels.cli.output import Refused, print_result, progress, say

# What measures is imported by the commands themselves: every other command starts without it.
if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.library import Library
    from evals.gate import Verdict
    from evals.llm_judge import LlmJudge
    from evals.questions import Question
    from evals.results import Result
    from evals.summary import Metrics

app = typer.Typer(help="質問集で測り、報告書を作る。", no_args_is_help=True)

OUT = Path("var/eval")
WORKERS = 2
HEADLINE = (
    "correct",
    "answerable_correct",
    "unanswerable_refused",
    "false_refusal_rate",
    "evidence_recall",
    "citation_precision",
    "citation_recall",
)
SHOWN_WORSE = 50

Folder = Annotated[Path, typer.Argument(help="eval run の出力フォルダ")]
Baseline = Annotated[Path | None, typer.Option(help="比べる metrics.json。悪くなれば終了コード1")]
FailUnder = Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="下回れば終了コード1")]
JudgeModel = Annotated[
    str | None, typer.Option(metavar="NAME", help="この言語モデルにも正誤を聞く。関門には使わない")
]
AsJson = Annotated[bool, typer.Option("--json", help="metrics.json を標準出力に出す")]


@app.command("run")
def run(
    questions: Annotated[list[Path], typer.Argument(help="質問ファイル（JSON Lines）")],
    out: Annotated[Path, typer.Option(help="結果を書くフォルダ")] = OUT,
    url: Annotated[str | None, typer.Option(help="このサーバーに聞く。なければこの場で答える")] = None,
    baseline: Baseline = None,
    fail_under: FailUnder = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="同時に聞く数")] = WORKERS,
    judge_model: JudgeModel = None,
    as_json: AsJson = False,
) -> None:
    """質問集を聞き、採点し、結果と報告書を書く。途中で止めたものは続きから聞く。"""
    from evals.recipe import recipe_of
    from evals.run import ask_all
    from evals.wiring import asker_of, plans_here

    before, limits = _asked_of(baseline, fail_under)
    judge = _judge_of(judge_model)
    sets = _load(questions, plans_here())
    asker, mode, about = asker_of(url)
    recipe = recipe_of(questions, [len(q) for q in sets.values()], mode, about)
    started = time.monotonic()
    with progress("質問") as report:
        results = ask_all(asker, sets, out, recipe, workers, report)
    recipe["seconds"] = round(time.monotonic() - started, 1)
    _write_recipe(out, recipe)
    _conclude(out, _judged(out, results, judge, workers), before, limits, as_json)


@app.command("score")
def score(
    folder: Folder,
    baseline: Baseline = None,
    fail_under: FailUnder = None,
    judge_model: JudgeModel = None,
    as_json: AsJson = False,
) -> None:
    """聞き直さずに、もう一度採点する。"""
    before, limits = _asked_of(baseline, fail_under)
    results = _judged(folder, _read(folder), _judge_of(judge_model), WORKERS)
    _conclude(folder, results, before, limits, as_json)


@app.command("report")
def report(folder: Folder, baseline: Baseline = None) -> None:
    """報告書（HTML 1ファイル）を書く。"""
    from evals.run import METRICS

    before, _ = _asked_of(baseline, None)
    try:
        metrics = json.loads((folder / METRICS).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"DIR: {folder} に {METRICS} がありません。eval run --out {folder} を先に") from error
    _write_report(folder, metrics, _read(folder), before)


def _asked_of(
    baseline: Path | None, fail_under: list[str] | None
) -> tuple[dict[str, Any] | None, dict[str, float]]:
    """Return what the run is held against: the baseline's metrics, and the lowest figures allowed."""
    from evals.gate import GateFault, read_baseline, read_limits

    try:
        return read_baseline(baseline) if baseline else None, read_limits(fail_under or [])
    except GateFault as error:
        raise Refused(str(error)) from error


def _judge_of(model: str | None) -> LlmJudge | None:
    """Return the language model that is asked for a second opinion, where one is named."""
    from evals.wiring import judge_of

    if model is None:
        return None
    judge = judge_of(model)
    if judge is None:
        raise Refused("--judge-model: PLAN_ASSISTANT_LLM_BASE_URL に言語モデルのアドレスを", 3)
    return judge


def _judged(
    folder: Path, results: tuple[Result, ...], judge: LlmJudge | None, workers: int
) -> tuple[Result, ...]:
    """Return the results with the judge's verdicts, and write who judged into the recipe."""
    from evals.llm_judge import JudgeFault, judge_all

    if judge is None:
        return results
    try:
        with progress("判定") as report:
            judged = judge_all(judge, results, workers, report)
    except JudgeFault as error:
        raise Refused(str(error)) from error
    if none := sum(r.llm_verdict is not None and r.llm_verdict.correct is None for r in judged):
        say(f"判定が得られなかった質問: {none}問")
    _write_recipe(folder, _recipe(folder) | {"judge": judge.recipe})
    return judged


def _recipe(folder: Path) -> dict[str, Any]:
    from evals.run import RECIPE

    try:
        return dict(json.loads((folder / RECIPE).read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def _write_recipe(folder: Path, recipe: dict[str, Any]) -> None:
    from evals.run import RECIPE

    (folder / RECIPE).write_text(json.dumps(recipe, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _load(paths: Sequence[Path], library: Library) -> dict[str, tuple[Question, ...]]:
    """Return each file's questions by its name; prints every fault of every file and raises Refused."""
    from evals.questions import QuestionFault, load_questions

    try:
        load_questions(paths, library)
        sets = {path.stem: load_questions([path], library) for path in paths}
    except QuestionFault as error:
        for fault in error.faults:
            say(fault)
        raise Refused(f"QUESTIONS: {len(error.faults)}か所を直してください") from error
    if not any(sets.values()):
        raise Refused(f"QUESTIONS: {paths[0]} に質問がありません")
    if len(sets) < len(paths):
        raise Refused("QUESTIONS: 同じ名前のファイルが2つあります")
    return sets


def _read(folder: Path) -> tuple[Result, ...]:
    from evals.results import ResultsFault, read_results
    from evals.run import RESULTS

    try:
        results = read_results(folder / RESULTS)
    except ResultsFault as error:
        raise Refused(str(error)) from error
    except OSError as error:
        raise Refused(f"DIR: {folder} に {RESULTS} がありません。eval run --out {folder} を先に") from error
    if not results:
        raise Refused(f"DIR: {folder / RESULTS} に結果がありません。eval run --out {folder} を先に")
    return results


def _conclude(
    folder: Path,
    results: Sequence[Result],
    before: dict[str, Any] | None,
    limits: dict[str, float],
    as_json: bool,
) -> None:
    from evals.gate import GateFault, Verdict, against, under
    from evals.run import finish

    rows, metrics = finish(folder, results)
    _write_report(folder, metrics, rows, before)
    try:
        missed = under(metrics, limits)
    except GateFault as error:
        raise Refused(str(error)) from error
    verdict = against(metrics, before) if before else Verdict(())
    print_result(metrics, _lines(metrics), as_json)
    for line in _verdict_lines(verdict, rows):
        say(line)
    for each in missed:
        say(f"下限に届きません {each}")
    if missed or not verdict.passed:
        raise typer.Exit(1)


def _write_report(
    folder: Path, metrics: Metrics, rows: Sequence[Result], before: dict[str, Any] | None
) -> None:
    from evals.report.render import render
    from evals.run import REPORT

    page = render(metrics, [r.model_dump(mode="json") for r in rows], _recipe(folder), before)
    (folder / REPORT).write_text(page, "utf-8")
    say(f"報告書: {folder / REPORT}")


def _lines(metrics: Metrics) -> list[str]:
    lines = [f"{metrics['n']} questions"]
    for name in HEADLINE:
        low, high = metrics["intervals"].get(name, (None, None))
        value = metrics[name]
        lines.append(f"{name:24}" + ("-" if value is None else f"{value:.4f}  [{low:.3f}, {high:.3f}]"))
    lines.append(f"{'unsupported_figures':24}{metrics['unsupported_figures']}")
    lines.append(f"{'forbidden_strings':24}{metrics['forbidden_strings']}")
    for name, value in metrics["retrieval"].items():
        if name not in ("n", "topics") and value is not None:
            lines.append(f"{'retrieval.' + name:24}{value:.4f}")
    times = metrics["latency_ms"]
    lines.append(f"{'latency_ms':24}p50 {times['p50']}  p95 {times['p95']}")
    for name, value in metrics.get("llm_judge", {}).items():
        lines.append(f"{'llm_judge.' + name:24}" + ("-" if value is None else f"{value:g}"))
    for name, value in metrics.get("llm", {}).items():
        lines.append(f"{'llm.' + name:24}{'-' if value is None else value}")
    sets = metrics["by_set"]
    if len(sets) > 1:
        lines += [
            f"{'correct: ' + name:24}{part['correct']:.4f} of {part['n']}" for name, part in sets.items()
        ]
    return lines


def _verdict_lines(verdict: Verdict, rows: Sequence[Result]) -> list[str]:
    asked = {r.id: r.question.question for r in rows}
    lines = [f"悪くなった質問 {id_}: {asked[id_]}" for id_ in verdict.worse[:SHOWN_WORSE]]
    if len(verdict.worse) > SHOWN_WORSE:
        lines.append(f"…ほか{len(verdict.worse) - SHOWN_WORSE}問")
    if verdict.better:
        lines.append(f"良くなった質問: {len(verdict.better)}問")
    if verdict.left_out:
        lines.append(
            f"基準にあって聞かれなかった質問: {len(verdict.left_out)}問（{verdict.left_out[0]} など）"
        )
    return lines + [f"基準を下回ります {each}" for each in verdict.missed]
