"""The last things that happen to a response: security headers, and errors as problem documents."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.channels.problems import FIELDS, problem

log = structlog.get_logger("plan-assistant")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def security_headers(origins: Sequence[str] = ()) -> dict[str, str]:
    """Return the headers of every response; pages of these origins may show ours in a frame."""
    return {"Content-Security-Policy": POLICY.format(ancestors=" ".join(origins) or "'none'"), **HEADERS}


class SecurityHeaders:
    """Add the security headers to every response that has none of its own, whoever made it."""

    def __init__(self, app: ASGIApp, origins: Sequence[str] = ()) -> None:
        self._app = app
        self._headers = security_headers(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; only the headers that are sent back are changed."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["method"] not in ("GET", "HEAD") or message["status"] >= 400:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class Errors:
    """Answer a fault of our own, and the body limit's refusal, with a problem document."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a fault is logged without what was asked."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = replaced = False

        async def watched(message: Message) -> None:
            nonlocal began, replaced
            if message["type"] == "http.response.start":
                began = True
                kind = MutableHeaders(scope=message).get("content-type", "")
                if message["status"] == 413 and "problem" not in kind:
                    replaced = True
                    await problem(413, FIELDS[413])(scope, receive, send)
            if not replaced:
                await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            route = getattr(scope.get("route"), "path", None)
            log.error("unexpected", route=route, error=type(error).__name__, exc_info=error)
            if began:
                raise  # what was sent is not whole: the connection is to be cut
            await problem(500, "記録を担当者が確認します")(scope, receive, send)
