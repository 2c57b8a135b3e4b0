"""`channel`: pausing and resuming, and what each says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("PLAN_ASSISTANT_DATA_DIR", str(tmp_path))
    return tmp_path


def test_it_is_paused_told_and_resumed(run: Run) -> None:
    assert run("channel", "status").out == "受付中\n"
    assert run("channel", "pause", "--message", "5時まで休みます。").code == 0
    assert run("channel", "status").out == "休止中: 5時まで休みます。\n"
    told = json.loads(run("channel", "status", "--json").out)
    assert told["paused"] is True and told["message"] == "5時まで休みます。" and told["since"]
    assert "再開しました" in run("channel", "resume").err
    assert json.loads(run("channel", "status", "--json").out) == {"paused": False}
    assert "休みではありません" in run("channel", "resume").err


@pytest.mark.parametrize("message", ["", "長" * 201])
def test_a_message_that_cannot_be_shown_is_refused(run: Run, message: str) -> None:
    run("channel", "pause", "--message", message).assert_refused(2, "--message")
