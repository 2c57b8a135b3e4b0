"""The webhook: a signature over the raw bytes before anything else, a durable queue, and 200 at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from assistant.channels.line.events import Malformed, events_of
from assistant.channels.line.keys import is_signed
from assistant.channels.problems import documented, problem
from assistant.state.errors import StateError

SIGNATURE = "x-line-signature"

log = structlog.get_logger("plan-assistant")
if TYPE_CHECKING:  # the SDK is read only where a channel is set
    from assistant.channels.line.channel import LineChannel

router = APIRouter()


@router.post("/line/webhook", responses=documented(404))
async def webhook(request: Request) -> Response:
    """Take LINE's events; they are answered by workers."""
    body = await request.body()
    channel: LineChannel | None = getattr(request.app.state, "line", None)
    if channel is None:
        missing: str | None = getattr(request.app.state, "line_missing", None)
        return problem(503, missing) if missing else problem(404, "LINE: この窓口は設定されていません")
    if not is_signed(channel.channel_secret, body, request.headers.get(SIGNATURE)):
        log.warning("line signature refused")
        return problem(400, f"{SIGNATURE}: 署名が正しくありません")
    try:
        events = events_of(body)
    except Malformed as error:
        return problem(400, f"body: LINEのWebhookとして読めません（{error}）")
    try:
        new = await run_in_threadpool(channel.desk.take, events) if events else 0
    except StateError:
        # LINE sends it again; nothing of it was kept.
        return problem(503, "ただいま受け取れません", {"Retry-After": "5"})
    if new:
        channel.workers.wake()
    return JSONResponse({})
