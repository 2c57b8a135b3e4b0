"""`POST /api/chat/stream`: an answer as server-sent events.

`start`, `delta`…, `citation`…, `done`; or `error` in the place of what is left. Every stream ends with
exactly one of the last two, and the texts of its deltas joined are the answer of `done`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import structlog
from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from assistant.channels.chat import ChatRequest, service_of
from assistant.channels.guard.rates import admit
from assistant.channels.guard.room import SECONDS
from assistant.channels.guard.stopping import STREAM_SECONDS, Stopping
from assistant.channels.paused import check_open
from assistant.channels.problems import TITLES
from assistant.channels.staff_access import staff_id
from assistant.messages import Answer, Question, Started
from assistant.service import Service, UnknownMunicipality
from assistant.stopping import Stop
from index.errors import IndexUnavailable

MOST_STREAMS = 64
RETRY_SECONDS = 5
HEARTBEAT_SECONDS = 10.0

# A marker is never cut in two.
_PIECE = re.compile(r"\[\d{1,3}\]|.[^\[]{0,15}", re.DOTALL)

# What is told of an answer, in order; an exception stands in the place of what is left.
Part = Started | str | Answer

log = structlog.get_logger("plan-assistant")
router = APIRouter(prefix="/api")


class Slots:
    """Count the streams under way; there is room for so many."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        self._most = most
        self.taken = 0

    def take(self) -> None:
        """Take a slot; 503 where none is free."""
        if self.taken >= self._most:
            raise HTTPException(503, "ただいま混み合っています", headers={"Retry-After": str(RETRY_SECONDS)})
        self.taken += 1

    def free(self) -> None:
        """Give a slot back."""
        self.taken -= 1


class SlottedStream(StreamingResponse):
    """Hold a slot until the response is over, also where the caller has gone or the stream broke off.

    The slot is held here and not in the generator: a generator that is left waiting is closed late. So is
    what stops the work when nobody waits for it any more.
    """

    def __init__(self, events: AsyncIterator[bytes], slots: Slots, stop: Stop | None = None) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(events, media_type="text/event-stream", headers=headers)
        self._slots = slots
        self._stop = Stop() if stop is None else stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream, then stop what is left of the work and free the slot."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._stop.set()
            self._slots.free()


@router.post("/chat/stream", response_class=StreamingResponse)
async def chat_stream(body: ChatRequest, request: Request) -> StreamingResponse:
    """Answer a question as server-sent events."""
    service = service_of(request)
    check_open(request, service.library, body.municipality)
    await admit(request, body.conversation_id)
    question = Question(**body.model_dump(), staff=staff_id(request))
    if question.municipality is not None and service.library.holding(question.municipality) is None:
        raise UnknownMunicipality(f"municipality: '{question.municipality}' の計画はありません")
    slots: Slots = request.app.state.slots
    slots.take()
    stopping: Stopping | None = getattr(request.app.state, "stopping", None)
    stop = Stop()
    return SlottedStream(answer_events(service, question, stopping, stop), slots, stop)


async def answer_events(
    service: Service,
    question: Question,
    stopping: Stopping | None = None,
    stop: Stop | None = None,
    heartbeat: float = HEARTBEAT_SECONDS,
    seconds: float = SECONDS,
) -> AsyncIterator[bytes]:
    """Yield the events of one answer; while it is being made, a comment keeps the connection open.

    A caller that goes away ends the wait; so do the deadline and the end of the process. A language model is
    then stopped; of the rest, whose thread cannot be stopped, nothing comes.
    """
    yield b": asked\n\n"
    stop = Stop() if stop is None else stop
    parts: asyncio.Queue[Part | Exception] = asyncio.Queue()
    making = asyncio.ensure_future(run_in_threadpool(_make, service, question, stop, _putting(parts)))
    wait = _Wait(parts, stopping, seconds)
    try:
        part: Part | None = None
        while not isinstance(part, Answer):
            part = await wait.next(heartbeat)
            for name, data in told(part) if part is not None else ():
                yield event(name, data)
            if part is None:
                yield b": waiting\n\n"
    except _Over as over:
        yield event("error", {"code": over.fault, "message": TITLES[503]})
    except IndexUnavailable as error:
        log.error("index", path="/api/chat/stream", problem=str(error))
        yield event("error", {"code": "unavailable", "message": TITLES[503]})
    except Exception as error:
        log.error("unexpected", route="/api/chat/stream", error=type(error).__name__, exc_info=error)
        yield event("error", {"code": "internal", "message": TITLES[500]})
    finally:
        wait.close()
        stop.set()
        making.cancel()


def _make(service: Service, question: Question, stop: Stop, put: Callable[[Part | Exception], None]) -> None:
    """Put the parts of an answer as they come, and at the end the answer, or why there is none."""
    try:
        writing = service.stream(question, stop)
        while True:
            put(next(writing))
    except StopIteration as done:
        put(done.value[0])
    except Exception as error:  # it is told where the parts are waited for
        put(error)


def _putting(parts: asyncio.Queue[Part | Exception]) -> Callable[[Part | Exception], None]:
    """Return what puts a part from another thread; one whose caller has gone, with its loop, is let go."""
    loop = asyncio.get_running_loop()

    def put(part: Part | Exception) -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(parts.put_nowait, part)

    return put


class _Over(Exception):
    """Report that an answer is not waited for any longer; `fault` is the code of the event that says so."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class _Wait:
    """Wait for parts, but not past the deadline, which comes sooner once the process is being stopped."""

    def __init__(
        self, parts: asyncio.Queue[Part | Exception], stopping: Stopping | None, seconds: float
    ) -> None:
        self._parts = parts
        self._next = asyncio.ensure_future(parts.get())
        self._ends = asyncio.get_running_loop().time() + seconds
        self._stop = asyncio.ensure_future(stopping.wait()) if stopping else None
        self._fault = "timeout"

    async def next(self, heartbeat: float) -> Part | None:
        """Return the next part, None at the next heartbeat; raises an exception that was put, or _Over."""
        left = self._ends - asyncio.get_running_loop().time()
        awaited: set[asyncio.Future[Any]] = {self._next, *([self._stop] if self._stop else [])}
        done, _ = await asyncio.wait(
            awaited, timeout=max(0.0, min(heartbeat, left)), return_when=asyncio.FIRST_COMPLETED
        )
        now = asyncio.get_running_loop().time()
        if self._stop in done:
            self._stop, self._fault = None, "stopping"
            self._ends = min(self._ends, now + STREAM_SECONDS)
        if self._next.done():
            part = self._next.result()
            self._next = asyncio.ensure_future(self._parts.get())
            if isinstance(part, Exception):
                raise part
            return part
        if now >= self._ends:
            raise _Over(self._fault)
        return None

    def close(self) -> None:
        """Wait no longer."""
        self._next.cancel()
        if self._stop:
            self._stop.cancel()


def told(part: Part) -> Iterator[tuple[str, Any]]:
    """Yield a part as events: the ids, a text in pieces that cut no marker in two, or the answer's end."""
    if isinstance(part, Started):
        yield "start", part.model_dump()
        return
    if isinstance(part, Answer):
        for citation in part.citations:
            yield "citation", citation.model_dump(mode="json")
        yield "done", part.model_dump(mode="json")
        return
    for piece in _PIECE.findall(part):
        yield "delta", {"text": piece}


def event(name: str, data: Any) -> bytes:
    """Return one event as it is sent; JSON keeps the data on one line."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
