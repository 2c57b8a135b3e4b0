"""Pair: a question and a passage, judged together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant import probe
from assistant.pair import Pair
from assistant.probe import path_of
from tests.unit.assistant.made import Bench
from tests.unit.assistant.probes import keeping

QUESTION = "河川カメラの担当は？"


def test_without_a_probe_there_is_no_opinion(rich: Bench) -> None:
    passage = rich.retrieved(QUESTION, "wakaba").evidence[0].hit.passage
    assert Pair(rich.embedder)(QUESTION, passage) == 0.0


def test_the_opinion_is_of_the_two_together(
    rich: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, second = (e.hit.passage for e in rich.retrieved(QUESTION, "wakaba").evidence[:2])
    vector = Pair(rich.embedder).vector(QUESTION, first)
    assert np.array_equal(vector[: rich.embedder.dimension], rich.embedder.embed_question(QUESTION))
    monkeypatch.setattr(probe, "PROBES", tmp_path)
    keeping(vector, 2.0).save(path_of("pair", rich.embedder.name.split(":")[0]))
    pair = Pair(rich.embedder)
    assert pair(QUESTION, first) == pytest.approx(2.0, abs=1e-2)
    assert pair(QUESTION, second) < 2.0 and pair("避難所はどこ？", first) < 2.0
