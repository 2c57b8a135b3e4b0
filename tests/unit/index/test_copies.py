"""Copies: one lasts as long as its process, and what a killed process left is removed by the next."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from index.copies import PREFIX, Copy

LEAVE = (
    "import os, signal, sys; from pathlib import Path; from index.copies import Copy; "
    "Copy(Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)"
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    (tmp_path / "tmp").mkdir()
    (tmp_path / "vectors").mkdir()
    (tmp_path / "vectors" / "file").write_text("x")
    return tmp_path


def copies(place: Path) -> list[Path]:
    return sorted((place / "tmp").glob(f"{PREFIX}*"))


def test_a_copy_is_gone_with_its_lock_when_it_is_removed(place: Path) -> None:
    copy = Copy(place / "vectors")
    assert (copy.folder / "file").read_text() == "x"
    copy.remove()
    assert copies(place) == []


def test_a_copy_in_use_is_left_alone(place: Path) -> None:
    first = Copy(place / "vectors")
    second = Copy(place / "vectors")
    assert first.folder.is_dir()
    first.remove()
    second.remove()


def test_what_a_killed_process_left_is_removed_by_the_next(place: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", LEAVE, str(place / "vectors")], timeout=60)
    assert ended.returncode == -9
    assert [path for path in copies(place) if path.is_dir()]
    Copy(place / "vectors").remove()
    assert copies(place) == []
