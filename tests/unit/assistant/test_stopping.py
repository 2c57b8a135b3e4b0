"""Stopping tells all who work, also those who come late."""

from __future__ import annotations

from assistant.stopping import Stop


def test_what_is_registered_is_called_once_and_what_comes_late_at_once() -> None:
    stop, called = Stop(), []
    with stop.calling(lambda: called.append("left")):
        pass
    with stop.calling(lambda: called.append("early")):
        assert not stop.is_set
        stop.set()
        with stop.calling(lambda: called.append("late")):
            assert stop.is_set
    assert called == ["early", "late"]
