"""A stop is known to the app before the server closes its sockets."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from assistant.channels.guard import stopping
from assistant.channels.guard.stopping import Stopping, notice_of_signals


def test_the_app_hears_of_a_stop_before_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "NOTICE_SECONDS", 0.05)
    monkeypatch.setattr(stopping, "LAST_SECONDS", 3600.0)
    heard: list[str] = []

    async def story() -> None:
        begun = Stopping()
        with notice_of_signals(begun, lambda: heard.append("app")):
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(begun.wait(), 10)
            heard.append("waiting")
            while "server" not in heard:
                await asyncio.sleep(0.01)

    before = signal.signal(signal.SIGTERM, lambda *_: heard.append("server"))
    try:
        asyncio.run(story())
        restored = signal.getsignal(signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == ["app", "waiting", "server", "server"]
    assert callable(restored)
