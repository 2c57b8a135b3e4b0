"""Room for so many requests, and so long for each: 503 with Retry-After, never a hang."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from assistant.channels.guard.room import Room

SCOPE = {"type": "http", "method": "POST", "path": "/api/chat", "headers": []}


class Slow:
    """An app that answers when it is let."""

    def __init__(self, kind: bytes = b"application/json") -> None:
        self.go = asyncio.Event()
        self.kind = kind
        self.inside = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside += 1
        start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", self.kind)]}
        if self.kind == b"text/event-stream":
            await send(start)
        await self.go.wait()
        if self.kind != b"text/event-stream":
            await send(start)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class Caller:
    """What one caller is sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    async def receive(self) -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int | None:
        return next((m["status"] for m in self.sent if m["type"] == "http.response.start"), None)

    @property
    def headers(self) -> dict[bytes, bytes]:
        return {k.lower(): v for k, v in self.sent[0]["headers"]}


async def calls(room: Room, *callers: Caller, path: str = "/api/chat") -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(room(SCOPE | {"path": path}, c.receive, c.send)) for c in callers]
    await asyncio.sleep(0.01)
    return tasks


def test_a_full_room_says_when_to_come_back_and_lets_those_in_who_come_later() -> None:
    async def story() -> None:
        app = Slow()
        room = Room(app, places=2)
        inside, outside, late = [Caller(), Caller()], Caller(), Caller()
        tasks = await calls(room, *inside)
        await calls(room, outside)
        assert outside.status == 503 and outside.headers[b"retry-after"]
        assert b"problem+json" in outside.headers[b"content-type"]
        watcher = Caller()
        watching = await calls(room, watcher, path="/readyz")
        assert app.inside == 3
        app.go.set()
        await asyncio.gather(*tasks, *watching)
        await asyncio.gather(*await calls(room, late))
        assert [c.status for c in (*inside, late)] == [200] * 3
        assert room.taken == 0

    asyncio.run(story())


def test_what_takes_too_long_is_told_so_once_and_keeps_its_place_until_it_ends() -> None:
    async def story() -> None:
        app = Slow()
        room = Room(app, places=1, seconds=0.02)
        slow, other = Caller(), Caller()
        tasks = await calls(room, slow)
        await asyncio.sleep(0.1)
        assert slow.status == 503 and slow.headers[b"connection"] == b"close"
        await calls(room, other)
        assert other.status == 503 and room.taken == 1
        app.go.set()
        await asyncio.gather(*tasks)
        assert [m["type"] for m in slow.sent].count("http.response.start") == 1
        assert room.taken == 0

    asyncio.run(story())


def test_a_stream_that_nobody_reads_takes_no_place() -> None:
    async def story() -> None:
        app = Slow(b"text/event-stream")
        room = Room(app, places=1, seconds=0.02)
        callers = [Caller() for _ in range(20)]
        tasks = await calls(room, *callers)
        await asyncio.sleep(0.05)
        assert room.taken == 0 and {c.status for c in callers} == {200}
        app.go.set()
        await asyncio.gather(*tasks)
        assert room.taken == 0

    asyncio.run(story())


def test_a_fault_gives_the_place_back() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError

    room = Room(broken)
    with pytest.raises(RuntimeError):
        asyncio.run(room(dict(SCOPE), Caller().receive, Caller().send))
    assert room.taken == 0
