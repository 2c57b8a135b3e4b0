"""Probe: an opinion on a vector, kept for the model whose vectors it was fitted to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant import probe
from assistant.probe import STRONGEST, Probe, path_of, probe_of
from tests.unit.assistant.made import Bench
from tests.unit.assistant.probes import keeping


def test_a_probe_is_read_as_it_was_saved(tmp_path: Path) -> None:
    made = Probe(*(np.array(a, np.float32) for a in ([1, 2], [1, 4], [[0.5, 1], [2, 3]], [1, -1])), 0.25, 0.5)
    made.save(tmp_path / "a.npz")
    read = Probe.of(tmp_path / "a.npz")
    assert read is not None and read([1.5, 3.0]) == pytest.approx(made([1.5, 3.0]))
    assert Probe.of(tmp_path / "b.npz") is None


def test_an_opinion_is_surest_of_what_was_kept_and_stays_within_bounds() -> None:
    assert keeping([0.5, 1.0], 2.0, 0.5)([0.5, 1.0]) == pytest.approx(2.5)
    assert 0.5 < keeping([0.5, 1.0], 2.0, 0.5)([0.5, 0.0]) < 2.5
    assert keeping([0.5, 1.0], 99.0)([0.5, 1.0]) == STRONGEST
    assert keeping([0.5, 1.0], -99.0)([0.5, 1.0]) == -STRONGEST


def test_a_probe_is_of_one_kind_one_model_and_one_dimension(
    rich: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(probe, "PROBES", tmp_path)
    assert probe_of("form", rich.embedder, 2) is None
    keeping([0.5, 1.0], 2.0).save(path_of("form", rich.embedder.name.split(":")[0]))
    assert probe_of("form", rich.embedder, 2) is not None
    assert probe_of("form", rich.embedder, 3) is None
    assert probe_of("pair", rich.embedder, 2) is None
