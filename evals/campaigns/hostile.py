"""Feed the readers hostile files and count how each ends: read, or refused with one line.

    python -m evals.campaigns.hostile --files 3000

Every file is read in a forked child with the ceilings that `corpus.readers.limits` sets. The run fails on
a crash, a hang, an exception that is not a DocumentError, or a document that breaks the readers' contract.
"""

from __future__ import annotations

import argparse
import importlib
import os
import select
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.readers.child import confine, reply
from corpus.readers.limits import SECONDS, Budget, Reader, understand
from evals.campaigns.hostile_files import Hostile, hostile_files

MODULES = {
    ".txt": "text",
    ".md": "markdown",
    ".html": "html",
    ".docx": "docx",
    ".xlsx": "xlsx",
    ".pdf": "pdf",
}
FAILURES = frozenset(("crash", "hang", "other exception", "broken contract"))
# Formats that the product reads in its own process: nothing there ends a reading that takes too long.
IN_PROCESS = frozenset((".txt", ".md"))
SLOW = 10.0
SHOWN = 5


@dataclass(frozen=True)
class Ending:
    """How the reading of one file ended."""

    name: str
    outcome: str
    seconds: float
    megabytes: float
    said: str = ""


def main() -> None:
    """Run the campaign as the arguments say; exit with 1 where it failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=3000, help="how many files (default 3000)")
    parser.add_argument("--seed", type=int, default=1, help="which files (default 1)")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="the deadline of one file")
    arguments = parser.parse_args()
    for module in MODULES.values():
        importlib.import_module(f"corpus.readers.{module}")
    started = time.monotonic()
    budget = Budget(seconds=arguments.seconds)
    endings = [attempt(file, budget) for file in hostile_files(arguments.files, arguments.seed)]
    print(report(endings, time.monotonic() - started))
    sys.exit(any(e.outcome in FAILURES for e in endings))


def attempt(file: Hostile, budget: Budget) -> Ending:
    """Read one file in a forked child and say how that ended."""
    suffix = PurePath(file.name).suffix
    reader: Reader = importlib.import_module(f"corpus.readers.{MODULES[suffix]}").read
    receive, send = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(receive)
        _read_here(send, reader, file, budget)
    os.close(send)
    answer = _answer(receive, started + budget.seconds)
    if answer is None:
        os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    seconds, megabytes = time.monotonic() - started, usage.ru_maxrss / 1024
    outcome, said = "refused: time", ""
    if answer is not None:
        outcome, said = judge(file.name, answer, os.waitstatus_to_exitcode(status))
    elif suffix in IN_PROCESS:
        outcome = "hang"
    return Ending(file.name, outcome, seconds, megabytes, said)


def _read_here(send: int, reader: Reader, file: Hostile, budget: Budget) -> None:
    """Be the child: confine this process, answer, and end without coming back."""
    code = 0
    try:
        confine(budget.memory, budget.seconds)
        reply(send, reader, "hostile", file.name, file.data)
    except BaseException as error:
        os.write(send, f"X{type(error).__name__}: {error}".encode("utf-8", "replace")[:1000])
        code = 3
    finally:
        os._exit(code)


def _answer(receive: int, deadline: float) -> bytes | None:
    """Return all that the child writes, or None where it is not done by the deadline."""
    pieces: list[bytes] = []
    with open(receive, "rb", buffering=0) as pipe:
        while (left := deadline - time.monotonic()) > 0:
            if select.select([pipe], [], [], left)[0]:
                piece = pipe.read(1 << 20)
                if not piece:
                    return b"".join(pieces)
                pieces.append(piece)
    return None


def judge(name: str, answer: bytes, code: int) -> tuple[str, str]:
    """Return how a child's answer is counted, and what there is to say about it."""
    if answer[:1] == b"X" or code == 3:
        return "other exception", answer[1:].decode("utf-8", "replace")
    if code != 0:
        return "crash", f"ended with {code}"
    try:
        document = Document.model_validate_json(understand(name, answer, code))
    except DocumentError as error:
        said = str(error)
        whole = said.startswith(name) and "\n" not in said and "; " in said
        if not whole:
            return "broken contract", said
        kind = (
            "refused: memory"
            if "MB of memory" in said
            else "refused: damaged"
            if "damaged" in said
            else "refused"
        )
        return kind, said
    fault = broken(document)
    return ("broken contract", fault) if fault else ("read", "; ".join(document.notes))


def broken(document: Document) -> str:
    """Return what in a document breaks the readers' contract, or nothing."""
    text = document.text
    for grid in document.grids:
        for cell in grid.cells:
            said = cell.of(text)
            if not grid.contains(cell) or said != said.strip() or "\t" in said or "\n" in said:
                return f"cell {cell.row}, {cell.column} at {cell.start}"
    for mark in document.heading_marks:
        if mark.of(text) != mark.of(text).strip() or "\n" in mark.of(text) or mark.start == mark.end:
            return f"heading at {mark.start}"
    edges = [(p.start, p.end) for p in document.pages]
    if edges and (edges[0][0] != 0 or edges[-1][1] != len(text)):
        return "pages do not cover the text"
    if any(a[1] != b[0] for a, b in pairwise(edges)):
        return "pages do not follow each other"
    return ""


def report(endings: Iterable[Ending], seconds: float) -> str:
    """Return the counts by outcome and by format, the slowest file, the largest, and every failure."""
    endings = list(endings)
    lines = [f"{len(endings)} files in {seconds:.0f} s"]
    for outcome, count in Counter(e.outcome for e in endings).most_common():
        lines.append(f"  {outcome:20} {count}")
    for suffix, count in sorted(Counter(PurePath(e.name).suffix for e in endings).items()):
        lines.append(f"  {suffix:20} {count}")
    slowest = max(endings, key=lambda e: e.seconds)
    largest = max(endings, key=lambda e: e.megabytes)
    slow = sum(e.seconds > SLOW for e in endings)
    lines.append(f"slowest {slowest.name}: {slowest.seconds:.1f} s ({slow} took more than {SLOW:g} s)")
    lines.append(f"largest {largest.name}: {largest.megabytes:.0f} MB")
    slowest_first = sorted(endings, key=lambda e: -e.seconds)[:SHOWN]
    for e in endings:
        if e.outcome in FAILURES or e.seconds > SLOW or e in slowest_first:
            lines.append(f"{e.outcome}: {e.name} ({e.seconds:.1f} s, {e.megabytes:.0f} MB): {e.said[:300]}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
