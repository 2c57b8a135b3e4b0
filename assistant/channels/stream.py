"""`POST /api/chat/stream`: an answer as server-sent events.

`start`, `delta`…, `citation`…, `done`; or `error` in the place of what is left. Every stream ends with
exactly one of the last two, and the texts of its deltas joined are the answer of `done`.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import structlog
from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from assistant.channels.chat import ChatRequest, service_of
from assistant.channels.problems import TITLES
from assistant.messages import Answer, Question
from assistant.service import Service, UnknownMunicipality

MOST_STREAMS = 64
RETRY_SECONDS = 5
HEARTBEAT_SECONDS = 10.0

# A marker is never cut in two.
_PIECE = re.compile(r"\[\d{1,3}\]|.[^\[]{0,15}", re.DOTALL)

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

    The slot is held here and not in the generator: a generator that is left waiting is closed late.
    """

    def __init__(self, events: AsyncIterator[bytes], slots: Slots) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(events, media_type="text/event-stream", headers=headers)
        self._slots = slots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream, then free the slot."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._slots.free()


@router.post("/chat/stream", response_class=StreamingResponse)
async def chat_stream(body: ChatRequest, request: Request) -> StreamingResponse:
    """Answer a question as server-sent events."""
    service = service_of(request)
    question = Question(**body.model_dump())
    if question.municipality is not None and service.library.holding(question.municipality) is None:
        raise UnknownMunicipality(f"municipality: '{question.municipality}' の計画はありません")
    slots: Slots = request.app.state.slots
    slots.take()
    return SlottedStream(answer_events(service, question), slots)


async def answer_events(
    service: Service, question: Question, heartbeat: float = HEARTBEAT_SECONDS
) -> AsyncIterator[bytes]:
    """Yield the events of one answer; while it is being made, a comment keeps the connection open.

    A caller that goes away ends the wait; the answer, whose thread cannot be stopped, is then dropped.
    """
    yield b": asked\n\n"
    making = asyncio.ensure_future(run_in_threadpool(service.answer, question))
    try:
        while not (await asyncio.wait({making}, timeout=heartbeat))[0]:
            yield b": waiting\n\n"
        answer = making.result()
    except Exception as error:
        log.error("unexpected", path="/api/chat/stream", error=type(error).__name__, exc_info=error)
        yield event("error", {"code": "internal", "message": TITLES[500]})
        return
    finally:
        making.cancel()
    for name, data in told(answer):
        yield event(name, data)


def told(answer: Answer) -> Iterator[tuple[str, Any]]:
    """Yield an answer's events in order: their names and data."""
    yield "start", {"conversation_id": answer.conversation_id, "message_id": answer.message_id}
    for piece in _PIECE.findall(answer.answer):
        yield "delta", {"text": piece}
    for citation in answer.citations:
        yield "citation", citation.model_dump(mode="json")
    yield "done", answer.model_dump(mode="json")


def event(name: str, data: Any) -> bytes:
    """Return one event as it is sent; JSON keeps the data on one line."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
