"""Form: what a question asks for, whatever it asks it of."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import probe
from assistant.form import Form
from assistant.probe import path_of
from tests.unit.assistant.made import Bench
from tests.unit.assistant.probes import keeping


def test_a_model_without_a_probe_has_no_opinion(rich: Bench) -> None:
    for text in ("河川カメラの担当は？", "河川カメラの値段は？"):
        assert rich.form(rich.understood(text, "wakaba")) == 0.0


def test_the_opinion_is_of_what_is_asked(
    rich: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    turn, other = (rich.understood(t, "wakaba") for t in ("河川カメラの担当は？", "河川カメラの値段は？"))
    monkeypatch.setattr(probe, "PROBES", tmp_path)
    keeping(rich.form.vector(turn), 2.0).save(path_of("form", rich.embedder.name.split(":")[0]))
    form = Form(rich.library, rich.subjects, rich.embedder)
    assert form(turn) == pytest.approx(2.0, abs=1e-2)
    assert form(other) < form(turn)


def test_names_make_no_difference(rich: Bench) -> None:
    forms = {
        rich.form.nameless(text, "wakaba")
        for text in ("河川カメラの担当は?", "わかば市の生成AIの担当は?", "オンライン申請の担当は?")
    }
    assert {f.strip(" の") for f in forms} == {rich.form.nameless("河川カメラの担当は?", "wakaba")}


def test_what_names_nothing_stays_as_it_is(rich: Bench) -> None:
    assert rich.form.nameless("避難所はどこ?", "wakaba") == "避難所はどこ?"
