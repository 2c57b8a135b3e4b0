"""Indexes built, killed and rolled back while servers answer.

    python -m evals.campaigns.rebuilding killed [--builds 200]
    python -m evals.campaigns.rebuilding workers [--seconds 600] [--processes 4]

`killed`: builds are ended by SIGKILL at random moments while a server answers. After each of them what is
published must open, every file as it was built. `workers`: several server processes answer while indexes
are built and rolled back. Every build is of another edition of a made plan, and each of its sentences
names its edition: an answer from two indexes would name two.

No model is used: the vectors of `hashing` put the same load on all but the arithmetic.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import multiprocessing.context
import os
import random
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx

from corpus.library import Library, load_holding
from evals.campaigns.served import UNLIMITED, Served, served
from index.build import STAGING, build_index
from index.copies import PREFIX
from index.embedders import HASHING
from index.embedders.hashing import HashingEmbedder
from index.errors import IndexMissing
from index.snapshot import index_folder, open_published, published, rollback

EMBEDDER = HashingEmbedder()
SEED = 20261121
SENTENCES = 40
QUESTION = "避難所の整備の目標は何か所ですか？"
EDITION = re.compile(r"第(\d+)版")
CLIENTS = 4
# A snapshot is kept so long after it was replaced.
GRACE = timedelta(seconds=10)


@dataclass
class Figures:
    """Count what was asked and what went wrong; `rss` are the MiB of the processes that answer, in time."""

    asked: int = 0
    errors: list[str] = field(default_factory=list)
    mixed: int = 0
    editions: set[str] = field(default_factory=set)
    builds: int = 0
    killed: int = 0
    published: int = 0
    rollbacks: int = 0
    unsound: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)
    rss: list[float] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Tell whether nothing went wrong."""
        return self.asked > 0 and not (self.errors or self.mixed or self.unsound or self.left_over)

    def as_json(self) -> dict[str, object]:
        """Return the figures, a few of the errors with their number."""
        counts = {"error_count": len(self.errors), "editions": len(self.editions)}
        return {**asdict(self), "errors": self.errors[:5], **counts}


def library_of_edition(folder: Path, edition: int) -> Library:
    """Write the made plan in an edition, and read it."""
    home = folder / "aoba"
    home.mkdir(parents=True, exist_ok=True)
    said = [
        f"{n}番目の避難所の整備の目標は、第{edition}版では{n + edition}か所です。" for n in range(SENTENCES)
    ]
    (home / "plan.txt").write_text("第1章 避難所の整備\n\n" + "\n\n".join(said), "utf-8")
    (home / "plan.toml").write_text(
        '[municipality]\nid = "aoba"\nname = "青葉市"\n[contact]\nname = "企画課"\n'
        '[[documents]]\nid = "aoba-plan"\ntitle = "計画"\nfile = "plan.txt"\n',
        "utf-8",
    )
    return Library(holdings=(load_holding(home / "plan.toml"),))


def build_edition(folder: Path, edition: int) -> None:
    """Build an edition: what a child process does."""
    build_index(
        library_of_edition(folder / f"edition-{edition}", edition), EMBEDDER, folder / "var", grace=GRACE
    )


def whole_build(forking: multiprocessing.context.ForkServerContext, folder: Path, edition: int) -> None:
    """Build an edition in a process of its own, to its end."""
    child = forking.Process(target=build_edition, args=(folder, edition))
    child.start()
    child.join()


def killed_builds(folder: Path, builds: int, figures: Figures) -> None:
    """End builds by SIGKILL at random moments while a server answers."""
    chance = random.Random(SEED)
    forking = clean_forks()
    for _ in range(2):  # the second time as every time: all is imported
        started = time.monotonic()
        whole_build(forking, folder, 0)
        usual = time.monotonic() - started
    with serving(folder, 1) as server, asking(server.url, figures, 1):
        for n in range(1, builds + 1):
            before = published(folder / "var").name
            child = forking.Process(target=build_edition, args=(folder, n))
            child.start()
            child.join(chance.uniform(0.0, 1.3) * usual)
            if child.is_alive():
                os.kill(child.pid or 0, signal.SIGKILL)
                figures.killed += 1
            child.join()
            figures.builds += 1
            figures.published += published(folder / "var").name != before
            check_published(folder / "var", figures)
    whole_build(forking, folder, builds + 1)
    check_published(folder / "var", figures)
    figures.left_over = [p.name for p in index_folder(folder / "var").glob(f"{STAGING}*")]
    figures.left_over += [p.name for p in Path(os.environ["TMPDIR"]).glob(f"{PREFIX}*")]


def worked(folder: Path, seconds: float, processes: int, figures: Figures) -> None:
    """Build and roll back while several server processes answer."""
    build_edition(folder, 0)
    forking = clean_forks()
    with serving(folder, processes) as server, asking(server.url, figures, CLIENTS):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            figures.builds += 1
            whole_build(forking, folder, figures.builds)
            time.sleep(2)
            if figures.builds % 3 == 0:
                with contextlib.suppress(IndexMissing):
                    rollback(folder / "var")
                    figures.rollbacks += 1
                time.sleep(2)
            check_published(folder / "var", figures)
            figures.rss.append(round(server.weight()[0] / 2**20, 1))


def serving(folder: Path, processes: int) -> contextlib.AbstractContextManager[Served]:
    """Serve what is built below the folder."""
    return served(folder / "var", processes, embedding_model=HASHING, **UNLIMITED)


def clean_forks() -> multiprocessing.context.ForkServerContext:
    """Return a way to start children that have imported what they need and opened nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["index.build", "index.embedders.hashing"])
    return context


def check_published(data_dir: Path, figures: Figures) -> None:
    """Note what is published where it cannot be opened whole."""
    try:
        open_published(data_dir, EMBEDDER.name).vectors.close()
    except Exception as error:
        figures.unsound.append(f"{type(error).__name__}: {error}")


@contextlib.contextmanager
def asking(url: str, figures: Figures, clients: int) -> Iterator[None]:
    """Ask without a pause from so many clients as long as the context lasts."""
    stop = threading.Event()
    threads = [threading.Thread(target=_ask, args=(url, figures, stop)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)


def _ask(url: str, figures: Figures, stop: threading.Event) -> None:
    with httpx.Client(timeout=60) as client:
        while not stop.is_set():
            try:
                reply = client.post(f"{url}/api/chat", json={"question": QUESTION, "municipality": "aoba"})
                figures.asked += 1
                note_answer(reply, figures)
            except httpx.HTTPError as error:
                figures.errors.append(f"{type(error).__name__}: {error}")


def note_answer(reply: httpx.Response, figures: Figures) -> None:
    """Note an answer: an error, or one edition, or several at once."""
    if reply.status_code != 200 or reply.json()["status"] != "answered":
        figures.errors.append(f"{reply.status_code} {reply.text[:200]}")
        return
    named = set(EDITION.findall(json.dumps(reply.json(), ensure_ascii=False)))
    figures.mixed += len(named) > 1
    figures.editions |= named


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the two and print its figures; 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m evals.campaigns.rebuilding", description=__doc__)
    parser.add_argument("what", choices=("killed", "workers"))
    parser.add_argument("--builds", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--processes", type=int, default=4)
    options = parser.parse_args(arguments)
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="plan-assistant-campaign-") as name:
        folder = Path(name)
        (folder / "tmp").mkdir()
        os.environ["TMPDIR"] = str(folder / "tmp")
        with contextlib.suppress(KeyboardInterrupt):  # what was found until then is told
            if options.what == "killed":
                killed_builds(folder, options.builds, figures)
            else:
                worked(folder, options.seconds, options.processes, figures)
    print(json.dumps(figures.as_json(), ensure_ascii=False, indent=1))
    return 0 if figures.sound else 1


if __name__ == "__main__":
    sys.exit(main())
