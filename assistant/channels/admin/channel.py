"""The switch that pauses the chat for residents: paused with what they are told, and let go on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from assistant.channels.admin.access import HOME, Inside, Refused, page, sent, visitor
from assistant.channels.admin.console import console_of
from assistant.state.pause import LONGEST_MESSAGE, MESSAGE, Switch

PAGE = f"{HOME}/channel"
PAUSED, RESUMED = "channel pause", "channel resume"
UNWRITTEN = "窓口を切り替えられませんでした。サーバーの空き容量と権限を確かめてください。"

router = APIRouter(prefix=HOME, include_in_schema=False, route_class=Inside)


@router.api_route("/channel", methods=["GET", "HEAD"])
def channel(request: Request) -> Response:
    """Show whether the chat is paused."""
    return _shown(request, MESSAGE)


@router.post("/channel/pause")
def pause(request: Request) -> Response:
    """Pause the chat of every process at once."""
    message = sent(request, "message")
    if not 0 < len(message) <= LONGEST_MESSAGE:
        return _shown(request, message[:LONGEST_MESSAGE], f"1〜{LONGEST_MESSAGE}文字で書いてください", 422)
    console_of(request).note(visitor(request).actor, PAUSED, None, {"message": message})
    try:
        _switch(request).pause(message)
    except OSError as error:
        raise Refused(503, UNWRITTEN) from error
    return RedirectResponse(PAGE, 303)


@router.post("/channel/resume")
def resume(request: Request) -> Response:
    """Let the chat go on."""
    console_of(request).note(visitor(request).actor, RESUMED)
    try:
        _switch(request).resume()
    except OSError as error:
        raise Refused(503, UNWRITTEN) from error
    return RedirectResponse(PAGE, 303)


def _switch(request: Request) -> Switch:
    switch: Switch = request.app.state.switch
    return switch


def _shown(request: Request, message: str, fault: str = "", status: int = 200) -> Response:
    return page(
        request,
        "channel.html",
        status,
        pause=_switch(request).current(),
        message=message,
        fault=fault,
        longest=LONGEST_MESSAGE,
    )
