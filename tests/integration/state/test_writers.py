"""The short form of evals/campaigns/writers.py."""

from __future__ import annotations

from pathlib import Path

from evals.campaigns.writers import run


def test_several_processes_write_and_none_is_told_locked_or_loses_a_row(tmp_path: Path) -> None:
    found = run(tmp_path, writes=150)
    assert (found.failed, found.lost) == (0, 0)
    assert found.acknowledged >= 150 * 2 + 75
