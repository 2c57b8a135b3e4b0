"""Stopping: readiness goes off first, what was begun is ended, and the process is gone in time.

On SIGTERM or SIGINT load balancers are told for a moment; then the server closes its sockets, streams end
with their last event, and whatever still runs after that is cut off.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import structlog

NOTICE_SECONDS = 1.0
STREAM_SECONDS = 5.0
GRACE_SECONDS = 8
LAST_SECONDS = 11.0

SIGNALS = (signal.SIGTERM, signal.SIGINT)

log = structlog.get_logger("plan-assistant")


class Stopping:
    """Know whether the process is being stopped, and let others wait for it."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()

    @property
    def begun(self) -> bool:
        """Tell whether the process is being stopped."""
        return self._begun.is_set()

    def begin(self) -> None:
        """Say that the process is being stopped."""
        self._begun.set()

    async def wait(self) -> None:
        """Return once the process is being stopped."""
        await self._begun.wait()


@contextmanager
def notice_of_signals(stopping: Stopping, told: Callable[[], None]) -> Iterator[None]:
    """Hear the signals before the server does; only the main thread can, elsewhere nothing is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    servers = {number: signal.getsignal(number) for number in SIGNALS}

    def begin(number: int, frame: FrameType | None) -> None:
        server = servers[signal.Signals(number)]
        if stopping.begun:  # asked twice: at once
            if callable(server):
                server(number, frame)
            return
        stopping.begin()
        told()
        last = threading.Timer(LAST_SECONDS, _end)
        last.daemon = True
        last.start()
        if callable(server):
            loop.call_later(NOTICE_SECONDS, server, number, None)

    for number in SIGNALS:
        signal.signal(number, lambda n, f: loop.call_soon_threadsafe(begin, n, f))
    try:
        yield
    finally:
        for number, server in servers.items():
            signal.signal(number, server)


def _end() -> None:
    log.error("stopping", reason="something did not end in time")
    os._exit(0)
