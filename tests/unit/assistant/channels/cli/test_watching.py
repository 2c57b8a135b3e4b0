"""Watching: a change below the folder is told once its files have stopped changing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assistant.channels.cli import watching
from assistant.channels.cli.watching import watch_plans


def test_several_changes_at_once_are_one_and_what_is_being_added_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "QUIET", 100)
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "0")
    stop, changed, begun = threading.Event(), threading.Event(), threading.Event()
    calls: list[int] = []

    def note() -> None:
        calls.append(1)
        changed.set()

    def watch() -> None:
        begun.set()
        watch_plans(tmp_path / "plans", note, lambda _: None, stop)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        assert begun.wait(10)
        adding = tmp_path / "plans" / ".adding-1"
        for n in range(200):  # until the watching has begun
            adding.mkdir(parents=True, exist_ok=True)
            (adding / "plan.txt").write_text(str(n), "utf-8")
            (tmp_path / "plans" / "aoba").mkdir(exist_ok=True)
            (tmp_path / "plans" / "aoba" / "plan.txt").write_text(str(n), "utf-8")
            if changed.wait(0.1):
                break
        assert changed.is_set()
        threading.Event().wait(0.5)  # what was written before has been told
        told = len(calls)
        (adding / "plan.txt").write_text("still being added", "utf-8")
        threading.Event().wait(0.6)
        assert len(calls) == told
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
