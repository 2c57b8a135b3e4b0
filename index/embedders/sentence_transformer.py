"""Embed with any sentence-transformers model that is on this machine; never with one from the network."""

import hashlib
import logging
import threading
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embedders import ModelUnavailable, Progress, Tokens, Vectors
from index.embedders.windows import averaged, cut, of_length_1, readable, telling

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_SIZE = 16
MAX_WORKERS = 8
# Of a file larger than twice this, only the two ends go into a model's identity.
FINGERPRINT_BYTES = 1 << 20


def open_sentence_transformer(source: str, name: str | None = None) -> "SentenceTransformerEmbedder":
    """Open a model by its folder, or by a name that is in the local cache; else raise ModelUnavailable.

    `name` is the embedder's identity; without it, one is made from the model's own files.
    """
    try:
        with _quiet():
            from sentence_transformers import SentenceTransformer

            model = SentenceTransformer(source, device="cpu", local_files_only=True)
        return SentenceTransformerEmbedder(model, name or _identity(source, model))
    except ImportError as error:
        raise ModelUnavailable(
            f"the package sentence-transformers cannot be used ({error}): pip install sentence-transformers"
        ) from error
    except Exception as error:  # a foreign folder can fail in any way that torch and transformers know
        raise ModelUnavailable(_advice(source, error)) from error


class SentenceTransformerEmbedder:
    """Embed by a loaded model, each batch on one thread and several batches side by side.

    Texts longer than the model's window are cut at tokens into windows, whose vectors are averaged by
    their numbers of tokens. The lock is for the tokenizer, which is not made for several threads.
    """

    def __init__(self, model: "SentenceTransformer", name: str) -> None:
        self.name = name
        self._model = model.eval()
        self._lock = threading.Lock()
        self._workers = _one_thread_each()
        self._question_prompt = model.prompts.get("query") or ""
        self._passage_prompt = model.prompts.get("document") or model.prompts.get("passage") or ""
        self.dimension = len(self.embed_question("最初の一回は遅い"))

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one row of length 1 for each text, in their order; `progress` counts windows."""
        windows = [
            (row, window, weight)
            for row, text in enumerate(texts)
            for window, weight in self._windows(text, self._passage_prompt)
        ]
        windows.sort(key=lambda each: len(each[1]), reverse=True)
        batches = [windows[start : start + BATCH_SIZE] for start in range(0, len(windows), BATCH_SIZE)]
        weighted: list[tuple[int, int, Vectors]] = []
        with ThreadPoolExecutor(self._workers) as pool:
            for batch, encoded in zip(batches, pool.map(self._encode_passages, batches), strict=True):
                weighted += [(row, w, vector) for (row, _, w), vector in zip(batch, encoded, strict=True)]
                if progress:
                    progress(len(weighted), len(windows))
        return averaged(len(texts), weighted, self.dimension)

    def embed_question(self, text: str) -> Vectors:
        """Return one vector of length 1."""
        windows = self._windows(text, self._question_prompt)
        encoded = self._encode([window for window, _ in windows], self._question_prompt)
        weighted = [(0, weight, vector) for (_, weight), vector in zip(windows, encoded, strict=True)]
        vector: Vectors = averaged(1, weighted, encoded.shape[1])[0]
        return vector

    def embed_tokens(self, text: str, question: bool) -> Tokens:
        """Return one row of length 1 for each token that has a letter, of as much as fits the window."""
        import torch

        tokenizer = self._model.tokenizer
        prompt = self._question_prompt if question else self._passage_prompt
        whole = prompt + readable(text)
        with self._lock:
            features = self._model.preprocess([readable(text)], prompt=prompt)
            told = (
                telling(whole, _token_offsets(tokenizer, whole, special=True), len(prompt))
                if getattr(tokenizer, "is_fast", False)
                else []
            )
        with torch.inference_mode():
            vectors = self._model(features)["token_embeddings"][0].float().numpy()
        kept = [place for place in told if place < len(vectors) - 1]
        return of_length_1(vectors[kept]).astype(np.float16)

    def _encode_passages(self, batch: list[tuple[int, str, int]]) -> Vectors:
        return self._encode([window for _, window, _ in batch], self._passage_prompt)

    def _encode(self, texts: list[str], prompt: str) -> Vectors:
        import torch

        with self._lock:
            features = self._model.preprocess(texts, prompt=prompt)
        with torch.inference_mode():
            vectors = self._model(features)["sentence_embedding"]
        return of_length_1(vectors.float().numpy())

    def _windows(self, text: str, prompt: str) -> list[tuple[str, int]]:
        """Cut a text into windows the model can read whole, each with its number of tokens."""
        text = readable(text)
        limit, tokenizer = self._model.max_seq_length, self._model.tokenizer
        if limit is None or len(text) <= limit // 2 or not getattr(tokenizer, "is_fast", False):
            return [(text, 1)]
        with self._lock:
            offsets = _token_offsets(tokenizer, text)
            taken = len(_token_offsets(tokenizer, prompt)) + tokenizer.num_special_tokens_to_add()
        return [(text, 1)] if len(offsets) <= limit - taken else cut(text, offsets, limit - taken)


@cache
def _one_thread_each() -> int:
    """Take torch's own threads away, and return how many batches may run side by side instead.

    Threads that share one small multiplication wait for each other in a loop. A second one saves a
    question nothing; beside two busy processes on two cores it made 2 seconds of 0.1. How many there
    were is what OMP_NUM_THREADS says, or the number of cores.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    return min(threads, MAX_WORKERS)


def _token_offsets(tokenizer: Any, text: str, special: bool = False) -> list[tuple[int, int]]:
    encoding = tokenizer(
        text, add_special_tokens=special, truncation=False, return_offsets_mapping=True, verbose=False
    )
    return list(encoding["offset_mapping"])


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep bars, load reports and warnings of the libraries off stderr while a model loads."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers.utils import logging as transformers_logging

        chatter: Any = transformers_logging  # parts of it have no types
        loggers = [logging.getLogger(name) for name in ("transformers", "sentence_transformers")]
        levels = [logger.level for logger in loggers]
        bars = chatter.is_progress_bar_enabled()
        chatter.disable_progress_bar()
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
            if bars:
                chatter.enable_progress_bar()


def _identity(source: str, model: "SentenceTransformer") -> str:
    """Name a model by what it is: the commit of a cached one, the contents of a folder's files."""
    folder = Path(source)
    if folder.is_dir():
        return f"sentence-transformers:{folder.resolve().name}:{_fingerprint(folder)}"
    commit = getattr(model[0].config, "_commit_hash", None) if hasattr(model[0], "config") else None
    return f"sentence-transformers:{source}:{(commit or 'unknown')[:12]}"


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode())
        with path.open("rb") as file:
            digest.update(file.read(FINGERPRINT_BYTES))
            file.seek(max(file.tell(), size - FINGERPRINT_BYTES))
            digest.update(file.read())
    return digest.hexdigest()[:12]


def _advice(source: str, error: Exception) -> str:
    other = "set PLAN_ASSISTANT_EMBEDDING_MODEL to bundled, or to the path of a model's folder"
    if Path(source).is_dir() or not isinstance(error, OSError):
        reason = f"{type(error).__name__}: {error}"
        return f"the embedding model {source!r} cannot be loaded ({reason}): {other}"
    if Path(source).exists() or source.startswith((".", "/", "~")):
        return f"the embedding model {source!r} is not a folder: {other}"
    return f"the embedding model {source!r} is not on this machine: hf download {source}, or {other}"
