"""A run's recipe: what was run, on what, with which questions; enough to run it again."""

from __future__ import annotations

import datetime
import hashlib
import json
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# The day on which the question sets were written: what 今年度 means in them.
SETS_DAY = datetime.date(2026, 11, 21)
# What differs between two runs of one recipe; a judge is asked after the run.
VOLATILE = ("created", "seconds", "judge")
# Whose files decide the answers: a run of changed code is another run, committed or not.
PACKAGES = ("assistant", "corpus", "evals", "index")
CODE = (".py", ".toml")
SECRET = (
    "llm_api_key",
    "secret_key",
    "admin_token",
    "line_channel_secret",
    "line_channel_access_token",
    "database_url",
    "redis_url",
)

Recipe = dict[str, Any]


def recipe_of(paths: Sequence[Path], counts: Sequence[int], mode: str, about: dict[str, Any]) -> Recipe:
    """Return the recipe of a run: `about` holds what is known of who answers (settings, index, versions)."""
    return {
        "version": version("plan-assistant"),
        "commit": _git("rev-parse", "HEAD"),
        "dirty": bool(_git("status", "--porcelain")),
        "code": _code(),
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "mode": mode,
        **about,
        "sets": [
            {"path": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "n": n}
            for path, n in zip(paths, counts, strict=True)
        ],
    }


def same(one: Recipe, other: Recipe) -> bool:
    """Tell whether two recipes are of the same run, time apart."""
    plain = [
        json.dumps({k: v for k, v in r.items() if k not in VOLATILE}, sort_keys=True) for r in (one, other)
    ]
    return plain[0] == plain[1]


def without_secrets(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings as they may be written into a report."""
    return {name: value for name, value in settings.items() if name not in SECRET}


def _code() -> str:
    """Return a hash of the packages' code and word lists."""
    hashed = hashlib.sha256()
    for path in sorted(p for name in PACKAGES for p in (ROOT / name).rglob("*") if p.suffix in CODE):
        hashed.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()


def _git(*arguments: str) -> str | None:
    """Return what git says of the checkout; None outside of one, or without git."""
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
