"""Measure retrieval: this project's search, what each part of it is worth, and other pipelines.

    python -m evals.bench [--questions FILE.jsonl…] [--only NAME…] [--json] [--write [FILE]]
                          [--fail-under NAME=VALUE…] [--missed]

Each quote of an answerable question's evidence is looked for in what every pipeline finds. All of it is
built anew in this run, in a directory that is gone with it; only the model's folder is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import track

from corpus.errors import CorpusError
from corpus.library import Library, load_library
from evals.bench.machine import this_machine
from evals.bench.measure import Topic, measure, topics_of
from evals.bench.pipelines import OWN, RECIPES
from evals.bench.report import Run, SectionMissing, as_json, as_markdown, missed_lines, with_section
from evals.bench.workers import WorkerFailed
from evals.metrics.retrieval import MEASURES
from evals.questions import QuestionFault, load_questions
from index.embedders import BUNDLED

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = tuple(ROOT / "evals" / "sets" / name for name in ("dev.jsonl", "test.jsonl"))
DOCUMENT = ROOT / "docs" / "benchmarks.md"
INSTALL = "pip install --editable '.[peers]'"


class NothingToFind(Exception):
    """Say that the questions have no evidence to look for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was measured; 1 where a figure is too low, 2 for wrong input, 3 for what is missing."""
    options = _arguments().parse_args(arguments)
    try:
        document = options.write.read_text("utf-8") if options.write else ""
        if options.write:
            with_section(document, "")  # told before the work, not after it
        run = _run(options)
    except (CorpusError, QuestionFault, NothingToFind) as error:
        return _fail(str(error), 2)
    except (OSError, UnicodeDecodeError, SectionMissing) as error:
        return _fail(f"--write {options.write}: {error}", 2)
    except WorkerFailed as error:
        return _fail(str(error), 3)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    if options.write:
        options.write.write_text(with_section(document, as_markdown(run)), "utf-8")
    print(json.dumps(as_json(run), ensure_ascii=False, indent=1) if options.json else as_markdown(run))
    if options.missed:
        print("\n".join(missed_lines(run.measured)), file=sys.stderr)
    figures = run.measured.figures(OWN)
    low = [
        f"{name} is {figures[name]:.3f}, under {least}"
        for name, least in options.fail_under
        if figures[name] < least
    ]
    return _fail(f"{OWN}: {'; '.join(low)}", 1) if low else 0


def _run(options: argparse.Namespace) -> Run:
    library = load_library(options.data_dir / "plans")
    topics = _topics(options.questions, library)
    if not topics:
        raise NothingToFind("--questions: there is no answerable question with evidence and without history")
    chosen = [recipe for recipe in RECIPES if recipe.name in (OWN, *options.only)]
    absent = tuple(recipe.name for recipe in chosen if not recipe.installed)
    if absent:
        print(f"left out, as they are not installed: {', '.join(absent)}; run: {INSTALL}", file=sys.stderr)
    # Threads that wait in a loop would take the cores from the pipeline whose turn it is.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    recipes = [recipe for recipe in chosen if recipe.installed]
    measured = measure(recipes, topics, library, options.model, options.data_dir, _progress)
    return Run(measured, this_machine(), date.today(), absent)


def _topics(paths: Sequence[Path], library: Library) -> tuple[Topic, ...]:
    load_questions(paths, library)  # all files at once: every fault is told, and an id used twice is one
    return topics_of((path.stem, load_questions([path], library)) for path in paths)


def _progress(steps: Sequence[str], what: str) -> Iterable[str]:
    console = Console(stderr=True)
    return track(steps, what, console=console, transient=True, disable=not console.is_terminal)


def _least(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        least = float(value)
    except ValueError:
        least = -1.0
    if name not in MEASURES or not 0 <= least <= 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not NAME=VALUE with one of {', '.join(MEASURES)} and a value between 0 and 1"
        )
    return name, least


def _arguments() -> argparse.ArgumentParser:
    names = [recipe.name for recipe in RECIPES]
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m evals.bench", description=about)
    parser.add_argument("--questions", type=Path, nargs="+", default=QUESTIONS, metavar="FILE")
    parser.add_argument("--data-dir", type=Path, default=Path("var"), help="where the model's folder is")
    parser.add_argument("--model", default=BUNDLED, help="the embedding model of every pipeline")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=names,
        default=names,
        metavar="NAME",
        help=f"beside {OWN}: {', '.join(names[1:])}",
    )
    parser.add_argument(
        "--fail-under",
        type=_least,
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        help=f"the least figures of {OWN}",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--write",
        type=Path,
        nargs="?",
        const=DOCUMENT,
        metavar="FILE",
        help=f"write the tables into {DOCUMENT.name}",
    )
    parser.add_argument(
        "--missed",
        action="store_true",
        help=f"tell what {OWN} missed, question by question: not for a test set",
    )
    return parser


def _fail(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code
