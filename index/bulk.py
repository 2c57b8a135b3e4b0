"""Many plans at once: read and embedded by Ray Data on one machine or many, then built as ever.

Each plan's result is a file of its own, named by what it was made of, so that a run that was cut off goes
on where it was; a plan that cannot be read is written to the dead letters and hinders no other. The
functions are those of a build of two plans. `folder` and `results` are seen by every machine.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import CorpusError
from corpus.library import PLAN_FILE, Holding, Library, joined, load_holding
from index.build import build_index
from index.durable import replace_text
from index.embedders import Embedder, Vectors, open_embedder
from index.errors import IndexNotBuilt
from index.kept import FILE, KeptVectors, text_key
from index.passages import RULES, passages_of
from index.snapshot import Manifest, index_folder
from index.views import views_of

Progress = Callable[[int, int], None]
DEAD_LETTERS = "failed.jsonl"
INSTALL = "pip install 'plan-assistant[bulk]'"


@dataclass(frozen=True, slots=True)
class Work:
    """Say what is read, where results are kept, and by which model: a setting and its data directory."""

    folder: Path
    results: Path
    model: str
    data_dir: Path


@dataclass(frozen=True, slots=True)
class Failure:
    """A plan that could not be read, and why."""

    plan: str
    reason: str


@dataclass(frozen=True, slots=True)
class Read:
    """The results of the plans that were read, and those that failed; `fresh` were read in this run."""

    results: tuple[Path, ...]
    failed: tuple[Failure, ...]
    fresh: int
    dead_letters: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was published, and what could not be."""

    manifest: Manifest
    failed: tuple[Failure, ...]
    dead_letters: Path


class PlanReader:
    """Read and embed one plan after another: what runs in each of Ray's processes."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._embedder = open_embedder(work.model, work.data_dir)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Write the result of the plan that a row names; return the row with the reason of a failure."""
        place = self._work.folder / row["plan"]
        try:
            holding = load_holding(place / PLAN_FILE)
            write_result(Path(row["result"]), holding, self._embedder)
            return {**row, "reason": ""}
        except (CorpusError, OSError, RuntimeError, ValueError) as error:
            return {**row, "reason": " ".join(str(error).split()) or type(error).__name__}


def read_plans(
    work: Work, model_name: str, processes: int, address: str | None, progress: Progress | None = None
) -> Read:
    """Read every plan below the folder that has no result yet; `progress` is told plans done and in all."""
    plans = sorted(path.parent.name for path in work.folder.glob(f"[!.]*/{PLAN_FILE}"))
    if not plans:
        raise IndexNotBuilt(f"{work.folder}: there is no folder with a {PLAN_FILE}")
    work.results.mkdir(parents=True, exist_ok=True)
    results = {plan: _result_path(work, plan, model_name) for plan in plans}
    waiting = [{"plan": p, "result": str(path)} for p, path in results.items() if not path.is_file()]
    failed: list[Failure] = []
    for done, row in enumerate(_mapped(work, waiting, processes, address), 1):
        if row["reason"]:
            failed.append(Failure(row["plan"], row["reason"]))
        if progress:
            progress(len(plans) - len(waiting) + done, len(plans))
    lost = {f.plan for f in failed}
    read = tuple(path for plan, path in results.items() if plan not in lost)
    _forget_others(work.results, read)
    return Read(read, tuple(failed), len(waiting) - len(failed), work.results / DEAD_LETTERS)


def publish_read(
    read: Read, base: Library, embedder: Embedder, data_dir: Path, chroma_url: str | None = None
) -> Outcome:
    """Build an index of the plans read and those of a base, from the vectors that were made, and publish it.

    A plan whose documents' ids another has is a failure.
    """
    library, failed = base, list(read.failed)
    kept = KeptVectors(index_folder(data_dir) / FILE, embedder.name, embedder.dimension)
    for path in read.results:
        holding, keys, vectors = read_result(path)
        try:
            library = joined(library, (holding,))
        except CorpusError as error:
            failed.append(Failure(holding.id, str(error)))
            continue
        kept.put(keys, vectors)
    lines = (json.dumps({"plan": f.plan, "reason": f.reason}, ensure_ascii=False) + "\n" for f in failed)
    replace_text(read.dead_letters, "".join(lines))
    manifest = build_index(library, embedder, data_dir, chroma_url=chroma_url)
    return Outcome(manifest, tuple(failed), read.dead_letters)


def write_result(path: Path, holding: Holding, embedder: Embedder) -> None:
    """Write a plan as it was read, with the vectors of all that is embedded of it; whole or not at all."""
    library = Library(holdings=(holding,))
    passages = passages_of(holding)
    texts = [p.embedded for p in passages] + [v.text for p in passages for v in views_of(library, p)]
    each = {text_key(text): text for text in texts}
    vectors = embedder.embed_passages(list(each.values()))
    part = path.with_name(f".{path.stem}.{uuid.uuid4().hex}.npz")
    plan = np.frombuffer(holding.model_dump_json(by_alias=True).encode(), np.uint8)
    np.savez(part, plan=plan, keys=np.array(list(each), "S32"), vectors=vectors)
    os.replace(part, path)


def read_result(path: Path) -> tuple[Holding, Sequence[bytes], Vectors]:
    """Return what `write_result` wrote: the plan, the texts' keys and their vectors."""
    with np.load(path) as held:
        keys = [bytes(key).ljust(32, b"\0") for key in held["keys"]]  # numpy drops zeros at the end
        return Holding.model_validate_json(held["plan"].tobytes()), keys, held["vectors"]


def _mapped(work: Work, rows: list[dict[str, Any]], processes: int, address: str | None) -> Any:
    """Yield each row as a reader returns it, in the order in which they end."""
    if not rows:
        return
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise IndexNotBuilt(f"Ray is not installed: {INSTALL}") from error
    where = {"address": address} if address else {"num_cpus": processes, "include_dashboard": False}
    ray.init(**where, log_to_driver=False, logging_level=logging.ERROR)
    try:
        ray.data.DataContext.get_current().enable_progress_bars = False
        reader: Any = PlanReader
        blocks = min(len(rows), processes * 8)
        read = ray.data.from_items(rows, override_num_blocks=blocks).map(
            reader, fn_constructor_args=(work,), compute=ray.data.ActorPoolStrategy(size=processes)
        )
        yield from read.iter_rows()
    finally:
        ray.shutdown()


def _result_path(work: Work, plan: str, model_name: str) -> Path:
    """Return where a plan's result is kept: another file, model or rule of passages makes another."""
    hashed = hashlib.sha256(f"{model_name}\0{RULES}\0".encode())
    for path in sorted(p for p in (work.folder / plan).iterdir() if p.is_file()):
        hashed.update(f"{path.name}\0".encode())
        hashed.update(hashlib.sha256(path.read_bytes()).digest())
    return work.results / f"{plan}-{hashed.hexdigest()[:16]}.npz"


def _forget_others(results: Path, kept: Sequence[Path]) -> None:
    """Remove results of what is no longer there, and parts that were cut off."""
    for path in (*results.glob("*.npz"), *results.glob(".*.npz")):
        if path not in kept:
            path.unlink(missing_ok=True)
