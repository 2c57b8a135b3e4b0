"""Embed by ONNX Runtime; neither torch nor sentence-transformers is imported."""

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from index.embedders import ModelUnavailable, Progress, Tokens, Vectors
from index.embedders.encoder import PROMPTS, Encoder, Ids
from index.embedders.windows import averaged, readable

# So many texts are handed to a worker at a time.
BATCH_SIZE = 16
MAX_WORKERS = 4


def open_onnx(folder: Path, name: str) -> "OnnxEmbedder":
    """Open a model folder that has a graph; raise ModelUnavailable if it cannot be loaded."""
    try:
        return OnnxEmbedder(folder, name)
    except Exception as error:  # the runtime's own errors have no common class of their own
        raise ModelUnavailable(
            f"{folder}: the model cannot be loaded ({type(error).__name__}: {error}): remove that folder, "
            "and it is written anew"
        ) from error


class OnnxEmbedder:
    """Embed by an encoder, each text on one thread and several texts side by side.

    Texts longer than the model's window are cut at tokens into windows, whose vectors are averaged by
    their numbers of tokens.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._encoder = Encoder(folder)
        self.dimension = self._encoder.limits.embedding_dimension
        prompts = json.loads((folder / PROMPTS).read_text("utf-8"))["prompts"]
        self._question_prompt, self._passage_prompt = prompts["query"], prompts["passage"]
        self.embed_question("最初の一回は遅い")

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one row of length 1 for each text, in their order; `progress` counts windows."""
        windows = [
            (row, ids, weight)
            for row, text in enumerate(texts)
            for ids, weight in self._encoder.windows(readable(text), self._passage_prompt)
        ]
        # The longest first: the last worker to end is then not one that has just begun a long text.
        windows.sort(key=lambda window: len(window[1]), reverse=True)
        batches = [windows[start : start + BATCH_SIZE] for start in range(0, len(windows), BATCH_SIZE)]
        weighted: list[tuple[int, int, Vectors]] = []
        with ThreadPoolExecutor(workers()) as pool:
            for encoded in pool.map(self._encode, batches):
                weighted += encoded
                if progress:
                    progress(len(weighted), len(windows))
        return averaged(len(texts), weighted, self.dimension)

    def embed_question(self, text: str) -> Vectors:
        """Return one vector of length 1."""
        windows = self._encoder.windows(readable(text), self._question_prompt)
        weighted = [(0, weight, self._encoder.encode_question(ids)) for ids, weight in windows]
        vector: Vectors = averaged(1, weighted, self.dimension)[0]
        return vector

    def embed_tokens(self, text: str, question: bool) -> Tokens:
        """Return one row of length 1 for each token that has a letter, of as much as fits the window."""
        prompt = self._question_prompt if question else self._passage_prompt
        return self._encoder.encode_tokens(readable(text), prompt)

    def _encode(self, windows: Sequence[tuple[int, Ids, int]]) -> list[tuple[int, int, Vectors]]:
        return [(row, weight, self._encoder.encode(ids)) for row, ids, weight in windows]


def workers() -> int:
    """Return how many texts may be embedded side by side: OMP_NUM_THREADS or the cores, four at the most."""
    set_to = os.environ.get("OMP_NUM_THREADS", "")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(int(set_to) if set_to.isdecimal() and int(set_to) else cores, MAX_WORKERS)
