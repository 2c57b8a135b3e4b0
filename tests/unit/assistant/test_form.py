"""Form: what a question asks for, whatever it asks it of."""

from __future__ import annotations

import numpy as np
import pytest

from assistant import words
from assistant.form import STRONGEST, Form
from tests.unit.assistant.made import Bench


def probed(rich: Bench, monkeypatch: pytest.MonkeyPatch, probe: dict[str, object]) -> Form:
    """Return the form with such a probe for the made model."""
    load = words.load
    name = rich.embedder.name.split(":")[0]
    monkeypatch.setattr(words, "load", lambda file: {name: probe} if file == "form" else load(file))
    return Form(rich.library, rich.subjects, rich.embedder)


def test_a_model_without_a_probe_has_no_opinion(rich: Bench) -> None:
    for text in ("河川カメラの担当は？", "河川カメラの値段は？"):
        assert rich.form(rich.understood(text, "wakaba")) == 0.0


def test_a_probe_of_another_dimension_has_no_opinion(rich: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    form = probed(rich, monkeypatch, {"bias": 2.0, "weights": [1.0] * (rich.embedder.dimension + 1)})
    assert form(rich.understood("河川カメラの担当は？", "wakaba")) == 0.0


def test_an_opinion_is_the_probes_log_odds_within_bounds(
    rich: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = rich.understood("河川カメラの担当は？", "wakaba")
    vector = np.array(rich.form.vector(turn))
    form = probed(rich, monkeypatch, {"bias": 0.5, "weights": list(vector)})
    assert form(turn) == pytest.approx(float(vector @ vector) + 0.5)
    assert probed(rich, monkeypatch, {"bias": 0.0, "weights": list(99 * vector)})(turn) == STRONGEST
    assert probed(rich, monkeypatch, {"bias": 0.0, "weights": list(-99 * vector)})(turn) == -STRONGEST


def test_names_make_no_difference(rich: Bench) -> None:
    forms = {
        rich.form.nameless(text, "wakaba")
        for text in ("河川カメラの担当は?", "わかば市の生成AIの担当は?", "オンライン申請の担当は?")
    }
    assert {f.strip(" の") for f in forms} == {rich.form.nameless("河川カメラの担当は?", "wakaba")}


def test_what_names_nothing_stays_as_it_is(rich: Bench) -> None:
    assert rich.form.nameless("避難所はどこ?", "wakaba") == "避難所はどこ?"
