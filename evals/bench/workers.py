"""Pipelines in processes of their own, so that the memory, the threads and the caches of each are its own."""

from __future__ import annotations

import multiprocessing
import re
import signal
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from evals.bench.pipelines import BY_NAME, Bench
from index.embedders import open_embedder
from index.embedders.hashing import HashingEmbedder

_STATUS = Path("/proc/self/status")
_STOP_SECONDS = 10


class WorkerFailed(Exception):
    """Say in one line which pipeline could not go on, and why."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for a question's texts."""

    question: str
    municipalities: tuple[str, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class Found:
    """Answer with the texts, the best first, and the milliseconds that finding them took."""

    texts: tuple[str, ...]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Opened:
    """Tell that the pipeline is open, with its embedder's name and how long it took.

    The seconds are those of building and opening; loading the model is not in them.
    """

    model: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Peak:
    """Tell the most memory that the process ever held, in MiB; None where the system does not say."""

    mib: float | None


@dataclass(frozen=True, slots=True)
class Failed:
    """Tell why the pipeline cannot go on."""

    reason: str


Reply = TypeVar("Reply", Found, Opened, Peak)


class Worker(AbstractContextManager["Worker"]):
    """A pipeline in a process of its own, open until the context ends."""

    def __init__(self, name: str, bench: Bench, model: str, data_dir: Path) -> None:
        self.name = name
        spawning = multiprocessing.get_context("spawn")
        self._connection, other = spawning.Pipe()
        self.process = spawning.Process(
            target=_serve, args=(other, name, bench, model, data_dir), daemon=True
        )
        self.process.start()
        other.close()
        try:
            self.opened = self._receive(Opened)
        except WorkerFailed:
            self._stop()
            raise

    def find(self, question: str, municipalities: Sequence[str], limit: int) -> Found:
        """Return what the pipeline finds; raises WorkerFailed."""
        self._connection.send(Ask(question, tuple(municipalities), limit))
        return self._receive(Found)

    def peak(self) -> float | None:
        """Return the most memory that the process held so far, in MiB."""
        self._connection.send(None)
        return self._receive(Peak).mib

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        self._connection.close()
        self.process.join(_STOP_SECONDS)
        if self.process.is_alive():
            self.process.kill()

    def _receive(self, kind: type[Reply]) -> Reply:
        try:
            reply: object = self._connection.recv()
        except (EOFError, OSError) as error:
            self.process.join(_STOP_SECONDS)
            raise WorkerFailed(f"{self.name}: its process ended ({self.process.exitcode})") from error
        if not isinstance(reply, kind):
            raise WorkerFailed(f"{self.name}: {reply.reason if isinstance(reply, Failed) else reply}")
        return reply


def _serve(connection: Connection, name: str, bench: Bench, model: str, data_dir: Path) -> None:
    """Open the pipeline and answer until the other side closes: the whole life of a process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt ends the other side, which closes
    try:
        recipe = BY_NAME[name]
        # One that embeds nothing needs no model; the smallest embedder stands in and is never asked.
        embedder = open_embedder(model, data_dir) if recipe.model else HashingEmbedder()
        started = time.perf_counter()
        pipeline = recipe.open(bench, embedder)
        connection.send(Opened(embedder.name, time.perf_counter() - started))
        while True:
            asked: Ask | None = connection.recv()
            if asked is None:
                connection.send(Peak(peak_mib()))
                continue
            started = time.perf_counter()
            texts = pipeline.find(asked.question, asked.municipalities, asked.limit)
            connection.send(Found(tuple(texts), (time.perf_counter() - started) * 1000))
    except EOFError:
        return
    except Exception as error:  # whatever a pipeline meets is told by the other side, in one line
        with suppress(OSError):
            connection.send(Failed(" ".join(f"{type(error).__name__}: {error}".split())))


def peak_mib() -> float | None:
    """Return VmHWM of proc(5); getrusage would count the parent's memory at the fork too."""
    try:
        found = re.search(r"^VmHWM:\s*(\d+) kB$", _STATUS.read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None
