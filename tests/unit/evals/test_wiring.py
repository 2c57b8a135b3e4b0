"""Whom a run asks: as of the day of the question sets unless one is set, and no secret in its recipe."""

from __future__ import annotations

import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel

import evals.wiring
from assistant.settings import PREFIX
from evals.askers import InProcess
from evals.recipe import SETS_DAY


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TODAY", "LLM_BASE_URL", "LLM_API_KEY"):
        monkeypatch.delenv(PREFIX + name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_today_is_the_day_of_the_sets_unless_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert evals.wiring.settings_of().today == SETS_DAY
    monkeypatch.setenv(f"{PREFIX}TODAY", "2027-01-02")
    assert evals.wiring.settings_of().today == datetime.date(2027, 1, 2)


class Manifest(BaseModel):
    model: str = "m"
    dimension: int = 3
    built: str = "today"


def test_a_run_in_this_process_records_settings_and_index_without_secrets_or_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: Any = SimpleNamespace(manifest=Manifest())
    monkeypatch.setattr(evals.wiring, "build_service", lambda settings: made)
    monkeypatch.setenv(f"{PREFIX}LLM_API_KEY", "sk-very-secret")
    asker, mode, about = evals.wiring.asker_of(None)
    assert isinstance(asker, InProcess) and mode == "in process"
    assert about["index"] == {"model": "m", "dimension": 3}
    assert "data_dir" not in about["settings"] and "sk-very" not in str(about)
    assert about["settings"]["today"] == SETS_DAY.isoformat()


def test_a_judge_is_named_by_its_model_and_the_settings_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert evals.wiring.judge_of("j") is None
    monkeypatch.setenv(f"{PREFIX}LLM_BASE_URL", "http://model/v1")
    judge = evals.wiring.judge_of("j")
    assert judge is not None and judge.model == "j"
