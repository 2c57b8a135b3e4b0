"""LINE's API over HTTP: a real server on this machine, for the SDK to talk to."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from assistant.channels.line.simulator.standin import Said, StandIn

HANG_SECONDS = 30
RETRY_KEY = "x-line-retry-key"


def create_app(line: StandIn) -> FastAPI:
    """Return LINE's API over what a stand-in remembers."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    async def taken(request: Request, take: Callable[[dict[str, Any]], Said]) -> Response:
        said = await _answer(line, request, take)
        line.calls.append((request.url.path, said.status))
        if said.status == 0:
            return _Cut()
        headers = {"x-line-request-id": str(uuid.uuid4()), **said.headers}
        return JSONResponse(said.body, said.status, headers)

    def route(method: str, path: str, take: Callable[[Request, dict[str, Any]], Said]) -> None:
        async def handle(request: Request) -> Response:
            return await taken(request, lambda body: take(request, body))

        app.add_api_route(path, _named(handle), methods=[method])

    route("POST", "/v2/bot/message/reply", lambda r, b: line.reply(b, r.headers.get(RETRY_KEY)))
    route("POST", "/v2/bot/message/push", lambda r, b: line.push(b, r.headers.get(RETRY_KEY)))
    route("POST", "/v2/bot/chat/loading/start", lambda _, b: line.show_loading(b))
    route("POST", "/v2/bot/user/{user}/linkToken", lambda r, _: line.issue_link_token(r.path_params["user"]))
    route("POST", "/v2/bot/{kind}/{place}/leave", lambda r, _: _left(line, r.path_params["place"]))
    route("POST", "/v2/bot/user/{user}/richmenu/{menu}", lambda r, _: _menu(line, **r.path_params))
    route("DELETE", "/v2/bot/user/{user}/richmenu", lambda r, _: _menu(line, **r.path_params))
    route("GET", "/v2/bot/info", lambda *_: Said(200, _INFO))
    return app


@contextmanager
def serving(app: Any, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve an app in a thread and give its address; port 0 takes a free one."""
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise OSError(f"{host}:{port} cannot be listened on")
        thread.join(0.01)
    taken = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://{host}:{taken}"
    finally:
        server.should_exit = True
        thread.join(10)


async def _answer(line: StandIn, request: Request, take: Callable[[dict[str, Any]], Said]) -> Said:
    """Answer a request as the mode has it: what the caller cannot see may still have been taken."""
    if line.mode == "down":
        return Said(0)
    if line.mode == "hang":
        await asyncio.sleep(HANG_SECONDS)
        return Said(0)
    if line.mode == "error":
        return Said(500, {"message": "Internal Server Error"})
    if line.mode == "busy" or line.is_over_limit():
        return Said(429, {"message": "You have reached your monthly limit or the API rate limit"})
    given = request.headers.get("authorization", "")
    if not secrets.compare_digest(given, f"Bearer {line.access_token}"):
        return Said(401, {"message": "Authentication failed"})
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        return Said(400, {"message": "The request body could not be parsed as JSON"})
    said = take(body if isinstance(body, dict) else {})
    return Said(500, {"message": "lost"}) if line.mode == "lost" and said.status == 200 else said


class _Cut(Response):
    """No answer: the connection ends."""

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        raise ConnectionAbortedError("cut")


_INFO = {
    "userId": "Ubot",
    "basicId": "@standin",
    "displayName": "見本",
    "chatMode": "bot",
    "markAsReadMode": "auto",
}


def _left(line: StandIn, place: str) -> Said:
    line.left.append(place)
    return Said(200)


def _menu(line: StandIn, user: str, menu: str | None = None) -> Said:
    line.menus.pop(user, None)
    if menu:
        line.menus[user] = menu
    return Said(200)


def _named(handle: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Return the handler with its annotations as classes, which routes are read from."""
    handle.__annotations__ = {"request": Request, "return": Response}
    return handle
