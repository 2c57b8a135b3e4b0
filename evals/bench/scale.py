"""What more plans cost: an index of so many passages, built and searched.

    python -m evals.bench.scale [--passages 1000 10000 100000] [--write DIR]

Made-up cities have the shipped plans' own blocks, so that texts repeat and each is embedded once, with the
model that serves; the rest is done anew for every city, as it would be for a real one. Each size is built
and searched in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from corpus.library import Holding, Library, load_library
from evals.bench.report import table
from evals.bench.workers import peak_mib
from evals.questions import load_questions
from index.build import build_index
from index.embedders import BUNDLED, open_embedder
from index.passages import passages_of
from index.search import Search
from index.snapshot import index_folder, open_published

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "evals" / "sets" / "dev.jsonl"
ASKED = 200
SIZES = (1_000, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class Cost:
    """What an index of so many passages cost: seconds, milliseconds, MiB."""

    passages: int
    views: int
    cities: int
    build_s: float
    rebuild_s: float
    open_s: float
    search_p50_ms: float
    search_p95_ms: float
    build_mib: float
    serve_mib: float
    disk_mib: float


def made_library(least: int) -> Library:
    """Return a library of made-up cities with at least so many passages."""
    shipped = load_library().holdings
    made: list[Holding] = []
    held = 0
    for n in range(least):
        made.append(_renamed(shipped[n % len(shipped)], n))
        held += len(passages_of(made[-1]))
        if held >= least:
            break
    return Library(holdings=tuple(sorted(made, key=lambda holding: holding.id)))


def _renamed(holding: Holding, n: int) -> Holding:
    """Return a holding under another city's name; every id in it is that city's own."""
    city, name = f"made-{n:05}", f"第{n}架空市"
    municipality = holding.plan.municipality.model_copy(
        update={"id": city, "name": name, "reading": None, "aliases": ()}
    )
    ids = {d.document_id: f"{city}-{k}" for k, d in enumerate(holding.documents)}
    entries = tuple(
        d.model_copy(update={"document_id": ids[d.document_id]})
        for d in holding.plan.documents
        if d.document_id in ids
    )
    plan = holding.plan.model_copy(update={"municipality": municipality, "documents": entries})
    documents = tuple(d.model_copy(update={"document_id": ids[d.document_id]}) for d in holding.documents)
    return Holding(plan=plan, documents=documents)


def measured(passages: int, data_dir: Path) -> Iterator[dict[str, float]]:
    """Yield what building costs; then, in another process, what opening and searching does."""
    embedder = open_embedder(BUNDLED, data_dir)
    library = made_library(passages)
    with tempfile.TemporaryDirectory(prefix="plan-assistant-scale-") as name:
        place = Path(name)
        seconds = []
        for _ in range(2):
            started = time.perf_counter()
            manifest = build_index(library, embedder, place)
            seconds.append(time.perf_counter() - started)
        folder = index_folder(place) / manifest.name
        disk = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 2**20
        yield {
            "passages": sum(manifest.counts.values()),
            "views": sum(manifest.views.values()),
            "cities": len(manifest.counts),
            "build_s": seconds[0],
            "rebuild_s": seconds[1],
            "build_mib": peak_mib() or 0.0,
            "disk_mib": disk,
        }
        yield _in_another_process("--search", name, "--data-dir", str(data_dir))


def searched(place: Path, data_dir: Path) -> dict[str, float]:
    """Return what opening an index and searching it costs; each question is asked of another city."""
    embedder = open_embedder(BUNDLED, data_dir)
    started = time.perf_counter()
    snapshot = open_published(place, embedder.name)
    search = Search(snapshot, embedder, snapshot.library)
    opened = time.perf_counter() - started
    cities = [holding.id for holding in snapshot.library.holdings]
    questions = [q.question for q in load_questions([QUESTIONS], load_library())][:ASKED]
    for question in questions:
        embedder.embed_question(question)  # the model's time is the same at every size
    for n, question in enumerate(questions):
        search.search(question, [cities[n % len(cities)]])
    times = []
    for n, question in enumerate(questions):
        started = time.perf_counter()
        search.search(question, [cities[n % len(cities)]])
        times.append((time.perf_counter() - started) * 1000)
    p50, p95 = np.percentile(times, (50, 95))
    return {
        "open_s": opened,
        "search_p50_ms": float(p50),
        "search_p95_ms": float(p95),
        "serve_mib": peak_mib() or 0.0,
    }


def plot(costs: Sequence[Cost]) -> str:
    """Return build time and memory over the number of passages as an SVG, both axes logarithmic."""
    lines = (("build_s", "構築（秒）", "#1f5fa8"), ("serve_mib", "検索中のメモリ（MiB）", "#a8471f"))
    width, height, edge = 640, 360, 56
    values = [v for name, _, _ in lines for c in costs if (v := getattr(c, name)) > 0]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    left, right = math.log10(costs[0].passages), max(math.log10(costs[-1].passages), 1)

    def x(passages: float) -> float:
        return edge + (math.log10(passages) - left) / ((right - left) or 1) * (width - 2 * edge)

    def y(value: float) -> float:
        return height - edge - (math.log10(value) - low) / ((high - low) or 1) * (height - 2 * edge)

    drawn = [
        f'<text x="8" y="{y(10**k):.0f}">{10**k:,}</text><path d="M{edge} {y(10**k):.0f}H{width - edge}" '
        'stroke="#ccc"/>'
        for k in range(low, high + 1)
    ]
    drawn += [f'<text x="{x(c.passages) - 20:.0f}" y="{height - 30}">{c.passages:,}</text>' for c in costs]
    for n, (name, label, colour) in enumerate(lines):
        points = " ".join(f"{x(c.passages):.0f},{y(getattr(c, name)):.0f}" for c in costs)
        drawn.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn.append(f'<text x="{edge + 8}" y="{edge + 18 * n}" fill="{colour}">{label}</text>')
    drawn.append(f'<text x="{width - 140}" y="{height - 10}">文の数（パッセージ）</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="12">{"".join(drawn)}</svg>\n'
    )


def as_table(costs: Sequence[Cost]) -> str:
    """Return the costs as a Markdown table."""
    head = ["passages", "views", "cities", "build s", "again s", "open s", "p50 ms", "p95 ms"]
    head += ["build MiB", "serve MiB", "disk MiB"]
    rows = [
        [f"{c.passages:,}", f"{c.views:,}", str(c.cities)]
        + [f"{v:.1f}" for v in (c.build_s, c.rebuild_s, c.open_s, c.search_p50_ms, c.search_p95_ms)]
        + [f"{v:,.0f}" for v in (c.build_mib, c.serve_mib, c.disk_mib)]
        for c in costs
    ]
    return table(head, rows)


def _in_another_process(*arguments: str) -> dict[str, float]:
    run = subprocess.run(
        [sys.executable, "-m", "evals.bench.scale", *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each size and print a table."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.scale", description=__doc__)
    parser.add_argument("--passages", type=int, nargs="+", default=SIZES)
    parser.add_argument("--data-dir", type=Path, default=Path("var"), help="where the model's folder is")
    parser.add_argument("--write", type=Path, metavar="DIR", help="write scale.json and scale.svg there")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--search", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.search:
        print(json.dumps(searched(options.search, options.data_dir)))
        return 0
    if options.one:
        built, found = measured(options.one, options.data_dir)
        print(json.dumps(built | found))
        return 0
    costs = []
    for size in sorted(options.passages):
        values = _in_another_process("--one", str(size), "--data-dir", str(options.data_dir))
        costs.append(Cost(**values))  # type: ignore[arg-type]
        print(as_table(costs[-1:]), flush=True)
    if options.write:
        options.write.mkdir(parents=True, exist_ok=True)
        (options.write / "scale.svg").write_text(plot(costs), "utf-8")
        rows = json.dumps([asdict(cost) for cost in costs], indent=1)
        (options.write / "scale.json").write_text(rows + "\n", "utf-8")
    print(as_table(costs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
