"""/mcp: the tools over streamable HTTP, an answer a request and no sessions: any process serves it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from assistant.channels.mcp.server import PlanServer
from assistant.service import Service
from assistant.state.pause import Pause

PATH = "/mcp"


@asynccontextmanager
async def tools_at_mcp(
    app: FastAPI, service_now: Callable[[], Service], paused: Callable[[], Pause | None]
) -> AsyncIterator[None]:
    """Serve the tools at /mcp as long as the block runs."""
    server = PlanServer(service_now, paused)
    server.streamable_http_app(stateless_http=True, json_response=True, host="")
    app.router.routes.append(Route(PATH, Door(server), methods=["POST"]))
    async with server.session_manager.run():
        yield


class Door:
    """Pass requests on to the server."""

    def __init__(self, server: PlanServer) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self._server.session_manager.handle_request(scope, receive, send)
