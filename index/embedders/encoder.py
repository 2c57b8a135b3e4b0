"""Run an ONNX graph on texts: the tokenizer, the runtime's session, and texts longer than the window."""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from index.embedders import Tokens, Vectors
from index.embedders.windows import cut, of_length_1, telling

GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
PROMPTS = "config_sentence_transformers.json"
CONFIG = "onnx_config.json"
IDS = "input_ids"
VECTORS = "sentence_embedding"
TOKENS = "token_embeddings"
# onnxruntime's number for errors alone: what it warns of concerns those who write graphs.
ERRORS = 3
# So many texts are kept with the vectors of their tokens: as many as are asked at once.
KEPT = 8

Ids = Sequence[int]


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold what the graph cannot tell: how many tokens it reads at most, and the length of its vectors."""

    max_seq_length: int
    embedding_dimension: int


class Encoder:
    """Turn texts into ids, and ids into vectors; may be used by several threads at once.

    One text is worked on by one thread, and alone. Threads that share multiplications this small wait for
    each other more than they save, and on a busy machine much more; texts that share a batch share the
    range that int8 is rounded in, so that a vector would depend on what stands beside it, for a twentieth
    less time. Who has many texts runs several side by side.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.limits = Limits(**json.loads((folder / CONFIG).read_text("utf-8")))
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._session = onnxruntime.InferenceSession(
            str(folder / GRAPH), _options(), providers=["CPUExecutionProvider"]
        )
        self._whole = functools.lru_cache(maxsize=KEPT)(self._run)

    def windows(self, text: str, prompt: str) -> list[tuple[Ids, int]]:
        """Return the ids of a text after its prompt, in windows that fit, each with its weight."""
        limit = self.limits.max_seq_length
        ids = self._ids(prompt + text)
        if len(ids) <= limit:
            return [(ids, 1)]
        offsets = self.tokenizer.encode(text, add_special_tokens=False).offsets
        parts = cut(text, offsets, limit - len(self._ids(prompt)))
        # A part begins as a text does, which may make one token more of it than it had where it stood.
        return [(self.first_window(prompt + part), weight) for part, weight in parts]

    def first_window(self, text: str) -> Ids:
        """Return the ids of as much of a text as fits."""
        limit, ids = self.limits.max_seq_length, self._ids(text)
        return ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]

    def encode(self, ids: Ids) -> Vectors:
        """Return the vector, of length 1, of a text's ids."""
        found: Vectors = self._session.run([VECTORS], {IDS: np.array([ids], np.int64)})[0][0]
        return found

    def encode_question(self, ids: Ids) -> Vectors:
        """Return what `encode` does; the vectors of the tokens are asked for next, and are kept for that."""
        return self._whole(tuple(ids))[0]

    def encode_tokens(self, text: str, prompt: str) -> Tokens:
        """Return the vectors, of length 1, of a text's tokens that have a letter; as much of it as fits."""
        encoding = self.tokenizer.encode(prompt + text)
        told = telling(prompt + text, encoding.offsets, len(prompt))
        told = [place for place in told if place < self.limits.max_seq_length - 1]
        tokens = self._whole(tuple(self.first_window(prompt + text)))[1]
        return of_length_1(tokens[told]).astype(np.float16)

    def _run(self, ids: tuple[int, ...]) -> tuple[Vectors, Vectors]:
        vectors, tokens = self._session.run([VECTORS, TOKENS], {IDS: np.array([ids], np.int64)})
        return vectors[0], tokens[0]

    def _ids(self, text: str) -> Ids:
        ids: list[int] = self.tokenizer.encode(text).ids
        return ids


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # What the further level makes of a sum and its normalisation is slower by half than the two.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = ERRORS
    return options
