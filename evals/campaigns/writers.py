"""Several processes write to one SQLite state, and one is killed: none is "locked", no row is lost.

    python -m evals.campaigns.writers --writes 5000

A row counts as lost where its writer was told that it is kept and the database does not have it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from assistant.state.database import Database
from assistant.state.errors import StateError
from assistant.state.feedback import Rating, append
from assistant.state.people import rows_of
from assistant.state.stored import utc_now

PROCESSES = 3


@dataclass(frozen=True, slots=True)
class Written:
    """What the writers acknowledged, what failed, and what the database then has."""

    acknowledged: int
    failed: int
    lost: int
    seconds: float


def write(url: str, name: str, count: int, noted: str) -> None:
    """Write so many ratings, one a transaction, and note each that was kept, or that failed."""
    database = Database(url)
    with open(noted, "a", buffering=1, encoding="utf-8") as file:
        for n in range(count):
            key = f"{name}-{n}"
            try:
                with database.write() as session:
                    append(session, [Rating(message_id="message", rating="up", at=utc_now(), key=key)])
            except StateError as error:
                file.write(f"failed {error}\n")
            else:
                file.write(f"{key}\n")
    database.close()


def run(folder: Path, writes: int, processes: int = PROCESSES, kill: bool = True) -> Written:
    """Let processes write to a new database in a folder; the last is killed halfway where `kill` says so."""
    url = f"sqlite:///{folder}/state.db"
    Database(url).start()
    context = multiprocessing.get_context("spawn")
    notes = [folder / f"noted-{n}" for n in range(processes)]
    started = time.monotonic()
    writers = [
        context.Process(target=write, args=(url, str(n), writes, str(note))) for n, note in enumerate(notes)
    ]
    for writer in writers:
        writer.start()
    if kill:
        while not notes[-1].exists() or notes[-1].read_text("utf-8").count("\n") < writes // 2:
            time.sleep(0.01)
        os.kill(writers[-1].pid or 0, signal.SIGKILL)
    for writer in writers:
        writer.join()
    lines = [line for note in notes for line in note.read_text("utf-8").splitlines(keepends=True)]
    said = [line.strip() for line in lines if line.endswith("\n")]
    kept = {line for line in said if not line.startswith("failed")}
    database = Database(url)
    with database.read() as session:
        held = {str(row["key"]) for row in rows_of(session, "feedback")[1]}
    database.close()
    return Written(len(kept), len(said) - len(kept), len(kept - held), time.monotonic() - started)


def main() -> int:
    """Run the campaign and print its figures; 1 where a write failed or was lost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--writes", type=int, default=5000, help="writes a process")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), arguments.writes)
    print(
        f"{PROCESSES} processes, {found.acknowledged:,} writes acknowledged in {found.seconds:.1f} s, "
        f"{found.failed} failed, {found.lost} lost after one was killed"
    )
    return 1 if found.failed or found.lost else 0


if __name__ == "__main__":
    sys.exit(main())
