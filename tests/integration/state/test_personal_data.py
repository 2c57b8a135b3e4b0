"""What people type of themselves reaches neither the database nor the spool nor a log."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from assistant.masking import mask
from assistant.messages import Question
from assistant.state.feedback import Rating
from assistant.state.state import State
from corpus.normalize import narrow
from tests.integration.state.conftest import Clock, served
from tests.unit.assistant.made import Bench

WIDE = str.maketrans("0123456789-@.() ", "０１２３４５６７８９－＠．（）　")
GAPS = ("", "-", " ", "－", "ー", "　", "\n", " - ")


def typed(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    """Return a number or an address of a person as someone may type it, and the parts it must not leave."""
    four = [f"{rng.randrange(10_000):04}" for _ in range(4)]
    kind = rng.randrange(4)
    if kind == 0:
        parts: tuple[str, ...] = (rng.choice(("090", "080", "0767")), *four[:2])
        parts = ("0767", four[0][:2], four[1]) if parts[0] == "0767" else parts
    elif kind == 1:
        parts = tuple(four)
    elif kind == 2:
        parts = tuple(four[:3])
    else:
        name = "".join(rng.choices("abcdefghijk", k=10))
        text = f"{name}@example.jp"
        return (text.translate(WIDE) if rng.random() < 0.5 else text), (name,)
    text = rng.choice(GAPS).join(parts)
    return (text.translate(WIDE) if rng.random() < 0.5 else text), ("".join(parts),)


def digits(text: str) -> str:
    """Return a text narrow and without what may stand between digits."""
    return "".join(c for c in narrow(text) if c.isalnum())


def test_nothing_that_was_typed_is_in_any_file(
    bench: Bench, state: State, clock: Clock, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rng, service = random.Random(7), served(bench, state)
    secret: list[str] = []
    for n in range(100):
        text, parts = typed(rng)
        secret += parts
        question = (
            f"私は{text}です。みなとポイントの目標は？"
            if n % 2
            else f"みなとポイントの担当課は？連絡は{text}へ"
        )
        answer = service.answer(Question(question=question, municipality="akebono"))
        if n % 10 == 0:
            comment = mask(f"{text}に電話してください")
            state.keeper.add(Rating(message_id=answer.message_id, rating="down", comment=comment, at=clock()))
    state.keeper.flush()
    state.database.close()
    said = "".join(capfd.readouterr())
    kept = [said, *(p.read_bytes().decode("utf-8", "replace") for p in tmp_path.rglob("*") if p.is_file())]
    read = [digits(text) for text in kept]
    assert [s for s in secret if any(s in text for text in read)] == []
