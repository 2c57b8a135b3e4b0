"""The commands in this process, over an index of the shipped plans by the hashing embedder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.channels.cli.main import main
from assistant.settings import PREFIX
from corpus.library import load_library
from index.build import build_index
from index.embedders.hashing import HashingEmbedder


@dataclass(frozen=True)
class Ran:
    """What a command printed and the code it ended with."""

    code: int
    out: str
    err: str

    def assert_refused(self, code: int, *names: str) -> None:
        """Assert one line on stderr that has the names, nothing on stdout, and the exit code."""
        assert self.code == code, (self.out, self.err)
        assert self.out == ""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert all(name in lines[0] for name in names), lines[0]
        assert "Traceback" not in lines[0]


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("cli")
    build_index(load_library(), HashingEmbedder(), data_dir)
    return data_dir


@pytest.fixture
def data_dir(built: Path, tmp_path: Path) -> Path:
    """Return a data directory of the test's own, with an index."""
    return Path(shutil.copytree(built, tmp_path / "var"))


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no variable and no .env file in."""
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setenv(PREFIX + "EMBEDDING_MODEL", "hashing")
    monkeypatch.setenv(PREFIX + "DATA_DIR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        code = ended.value.code
        captured = capfd.readouterr()
        return Ran(code if isinstance(code, int) else 0, captured.out, captured.err)

    return command
