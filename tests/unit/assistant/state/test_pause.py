"""The switch that pauses the chat: seen by every process at once, shut where it cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.state.pause import FILE, LONGEST_MESSAGE, MESSAGE, Switch


def test_a_pause_is_seen_by_another_switch_over_the_same_folder(tmp_path: Path) -> None:
    ours, theirs = Switch(tmp_path / "var"), Switch(tmp_path / "var")
    assert theirs.current() is None
    ours.pause("点検のため、5時まで休みます。")
    paused = theirs.current()
    assert paused and paused.message == "点検のため、5時まで休みます。" and paused.since
    ours.pause("6時まで休みます。")
    assert (found := theirs.current()) and found.message == "6時まで休みます。"
    assert ours.resume() and not ours.resume()
    assert theirs.current() is None


def test_what_did_not_change_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    switch = Switch(tmp_path)
    switch.pause()
    read: list[Path] = []
    original = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or original(path))  # type: ignore[func-returns-value]
    for _ in range(3):
        assert switch.current()
    assert len(read) == 1


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"message": ""}', b"[]", b'{"massage": "x"}'])
def test_a_file_that_cannot_be_understood_pauses_with_the_usual_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    paused = Switch(tmp_path).current()
    assert paused and paused.message == MESSAGE


@pytest.mark.parametrize("message", ["", "  ", "長" * (LONGEST_MESSAGE + 1)])
def test_a_message_that_says_nothing_or_too_much_pauses_nothing(tmp_path: Path, message: str) -> None:
    with pytest.raises(ValueError):
        Switch(tmp_path).pause(message)
    assert Switch(tmp_path).current() is None
