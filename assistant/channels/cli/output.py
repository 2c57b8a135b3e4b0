"""What the commands print: results on stdout, messages and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Report = Callable[[int, int], None]
AsJson = Annotated[bool, typer.Option("--json", help="JSONで出力する")]


class Refused(Exception):
    """Report a wrong argument in one line; `code` is the exit code."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


def fail(message: str, code: int) -> NoReturn:
    """Print one line on stderr and end with the code."""
    print("plan-assistant: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(code)


def print_result(value: Any, lines: Iterable[str], as_json: bool) -> None:
    """Print a result as one JSON document where that is asked for, else line by line."""
    if as_json:
        lines = [json.dumps(value, ensure_ascii=False, indent=2)]
    for line in lines:
        print(line)


def say(message: str) -> None:
    """Tell the person what is being done, on stderr."""
    print(message, file=sys.stderr, flush=True)


@contextmanager
def working(label: str) -> Iterator[None]:
    """Show a terminal that something is being done, and for how long."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console
    ) as bar:
        bar.add_task(label, total=None)
        yield


@contextmanager
def progress(label: str) -> Iterator[Report]:
    """Show a bar on stderr that the yielded function moves; plain lines where there is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain(label)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        TextColumn("残り"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _plain(label: str) -> Report:
    shown = -1

    def report(done: int, total: int) -> None:
        nonlocal shown
        tenth = done * 10 // total if total else 10
        if tenth != shown:
            shown = tenth
            say(f"{label} {done}/{total}")

    return report
