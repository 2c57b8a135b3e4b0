"""Let sentence-transformers run the graph: `SentenceTransformer(folder, trust_remote_code=True)`.

The folder's modules.json names this module, which is not one of sentence-transformers' own; that is what
`trust_remote_code` asks. Everything a SentenceTransformer offers then works on the engine that serves.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from sentence_transformers.base.modules import InputModule

from index.embedders.encoder import CONFIG, GRAPH, IDS, TOKENIZER, Encoder
from index.embedders.windows import readable

# What a row is filled up with; the attention mask tells it from what was read.
FILLING = 0


class OnnxModule(InputModule):
    """Make `sentence_embedding` of texts, as the one module of a model.

    Texts longer than the window lose what is beyond it, as everywhere in sentence-transformers.
    """

    config_file_name = CONFIG

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.encoder = encoder
        self.tokenizer = encoder.tokenizer
        self.max_seq_length = encoder.limits.max_seq_length

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", *_: Any, **__: Any) -> Self:
        """Load the module from a model folder on this machine."""
        return cls(Encoder(Path(model_name_or_path) / subfolder))

    def get_embedding_dimension(self) -> int:
        """Return the length of the vectors."""
        return self.encoder.limits.embedding_dimension

    def get_config_dict(self) -> dict[str, Any]:
        """Return what the module's configuration file holds."""
        return asdict(self.encoder.limits)

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **_: Any
    ) -> dict[str, torch.Tensor]:
        """Return `input_ids` and `attention_mask`, one row a text, filled up to the longest."""
        rows = [self.encoder.first_window((prompt or "") + readable(text)) for text in inputs]
        lengths = np.array([len(ids) for ids in rows])
        mask = np.arange(lengths.max(initial=0)) < lengths[:, np.newaxis]
        ids = np.full(mask.shape, FILLING, np.int64)
        ids[mask] = [each for row in rows for each in row]
        return {IDS: torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask.astype(np.int64))}

    def forward(self, features: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """Add `sentence_embedding`; each row is run alone, without what fills it up."""
        vectors = np.empty((len(features[IDS]), self.get_embedding_dimension()), np.float32)
        for row, (ids, mask) in enumerate(zip(features[IDS], features["attention_mask"], strict=True)):
            vectors[row] = self.encoder.encode(ids[mask.bool()].tolist())
        return {**features, "sentence_embedding": torch.from_numpy(vectors)}

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Copy the graph, the tokenizer and the configuration."""
        for name in (GRAPH, TOKENIZER, CONFIG):
            shutil.copyfile(self.encoder.folder / name, Path(output_path) / name)
