"""The release gate: no worse than evals/baseline.json on dev, test and a sample of the generated set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EVALS = Path(__file__).resolve().parents[2] / "evals"
SAMPLE = "300"
WITHIN = 900


def test_the_release_is_no_worse_than_the_baseline(data_dir: Path, tmp_path: Path) -> None:
    generated = tmp_path / "generated.jsonl"
    environment = {**os.environ, "PLAN_ASSISTANT_DATA_DIR": str(data_dir), "OMP_NUM_THREADS": "1"}
    _run(environment, "-m", "evals.sets.generate", "--sample", SAMPLE, "--out", str(generated))
    sets = (EVALS / "sets" / "dev.jsonl", EVALS / "sets" / "test.jsonl", generated)
    run = ("-m", "assistant", "eval", "run", *map(str, sets), "--out", str(tmp_path / "eval"))
    _run(environment, *run, "--baseline", str(EVALS / "baseline.json"))
    assert (tmp_path / "eval" / "report.html").stat().st_size > 0


def _run(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=WITHIN
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
