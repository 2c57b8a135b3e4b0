"""Room for so many requests at once, and so long for each: what finds neither is told when to come back.

A request takes a place until its answer begins: whoever is slow to read it, or never does, takes none. A
thread cannot be stopped, so the place of a request that was given up stays taken until its thread is done.
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.channels.problems import problem
from assistant.watching import metrics

PLACES = 64
SECONDS = 30.0
RETRY_SECONDS = 5
# Whoever watches is answered also when there is no room; LINE's messages are put into a queue of their own.
ALWAYS = frozenset({"/healthz", "/readyz", "/metrics", "/version", "/line/webhook"})


class Room:
    """Let so many requests in; 503 with Retry-After for the others and for those that take too long."""

    def __init__(self, app: ASGIApp, places: int = PLACES, seconds: float = SECONDS) -> None:
        self._app = app
        self._places = places
        self._seconds = seconds
        self.taken = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on while there is room."""
        if scope["type"] != "http" or scope["path"] in ALWAYS:
            await self._app(scope, receive, send)
            return
        if self.taken >= self._places:
            metrics.turned_away.labels("room").inc()
            await _later("ただいま混み合っています")(scope, receive, send)
            return
        visit = _Visit(self, scope, receive, send)
        timer = asyncio.get_running_loop().call_later(self._seconds, visit.give_up)
        self.taken += 1
        try:
            await self._app(scope, visit.receive, visit.send)
        except Exception:
            if not visit.late:
                raise
        finally:
            timer.cancel()
            visit.leave()


class _Visit:
    """One request on its way through the app; once it is too late nothing more of it is sent."""

    def __init__(self, room: Room, scope: Scope, receive: Receive, send: Send) -> None:
        self._room = room
        self._scope, self._receive, self._send = scope, receive, send
        self._inside = True
        self._began = False
        self._apology: asyncio.Task[None] | None = None
        self.late = False

    def leave(self) -> None:
        """Give the place back, once."""
        if self._inside:
            self._inside = False
            self._room.taken -= 1

    def give_up(self) -> None:
        """Answer in the app's stead where it has not begun to."""
        if not self._began:
            self.late = True
            metrics.turned_away.labels("time").inc()
            apology = _later("時間内に答えられませんでした", {"Connection": "close"})
            self._apology = asyncio.ensure_future(apology(self._scope, self._receive, self._send))

    async def receive(self) -> Message:
        """Hand on what the caller sends."""
        if self.late:
            return {"type": "http.disconnect"}
        return await self._receive()

    async def send(self, message: Message) -> None:
        """Hand on what the app sends, unless it is too late."""
        if self.late:
            return
        if message["type"] == "http.response.start":
            self._began = True
            self.leave()
        await self._send(message)


def _later(why: str, headers: dict[str, str] | None = None) -> ASGIApp:
    return problem(503, f"requests: {why}", {"Retry-After": str(RETRY_SECONDS), **(headers or {})})
