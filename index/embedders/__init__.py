"""Turn texts into vectors: one protocol, and the function that opens what the settings name."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Vectors = NDArray[np.float32]
Tokens = NDArray[np.float16]
Progress = Callable[[int, int], None]

BUNDLED = "bundled"
HASHING = "hashing"


class ModelUnavailable(Exception):
    """Say in one line which model cannot be had and what to do about it."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class Embedder(Protocol):
    """Embed passages and questions into one space, where a dot product is the cosine.

    `name` changes whenever the vectors would: an index built under one name is never searched under
    another. Its methods may be called from several threads at once.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one row of length 1 for each text, in their order."""
        ...

    def embed_question(self, text: str) -> Vectors:
        """Return one vector of length 1."""
        ...

    def embed_tokens(self, text: str, question: bool) -> Tokens:
        """Return one row of length 1 for each token of a question, or of a passage, that has a letter.

        What is longer than the model's window is left out. A model that tells nothing of its tokens has
        no rows.
        """
        ...


def model_of(embedder: Embedder) -> str:
    """Return the model's name without its version: what words fitted to it are kept under."""
    return embedder.name.split(":")[0]


def open_embedder(setting: str, data_dir: Path, progress: Progress | None = None) -> Embedder:
    """Open the embedder that the setting EMBEDDING_MODEL names; raise ModelUnavailable if it cannot be had.

    `bundled` writes its model folder under `data_dir` the first time, which `progress` follows;
    `bundled-float32`, `bundled-int8` and `bundled-torch` are the same model on another engine; `hashing`
    is for tests; anything else is a sentence-transformers name or path, taken from this machine only.
    """
    # What is multiplied here is small: threads that share it wait for each other more than they save.
    threadpool_limits(1, user_api="blas")
    try:
        return _open(setting, data_dir, progress)
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        raise ModelUnavailable(
            f"a package that the embedding model needs cannot be used ({error}): pip install {package}"
        ) from error


def _open(setting: str, data_dir: Path, progress: Progress | None) -> Embedder:
    """Open an embedder; of the libraries, only what it needs is imported."""
    from index.embedders.questions import KeepingQuestions

    if setting == HASHING:
        from index.embedders.hashing import HashingEmbedder

        return KeepingQuestions(HashingEmbedder())
    from index.embedders.bundled import CARRIER, DEFAULT, Variant, ensure_bundled_model

    variants = {BUNDLED: DEFAULT} | {f"{BUNDLED}-{each}": each for each in Variant}
    source, name = setting, None
    if variant := variants.get(setting):
        source, name = str(ensure_bundled_model(data_dir, variant, progress)), CARRIER.embedder_name(variant)
        if variant is not Variant.TORCH:
            return _bundled(Path(source), name)
    from index.embedders.sentence_transformer import open_sentence_transformer

    return KeepingQuestions(open_sentence_transformer(source, name))


@functools.lru_cache(maxsize=2)
def _bundled(folder: Path, name: str) -> Embedder:
    """Open the bundled model once for the whole process: it is half a gigabyte and never changes."""
    from index.embedders.onnx_embedder import open_onnx
    from index.embedders.questions import KeepingQuestions

    return KeepingQuestions(open_onnx(folder, name))
