"""Each request's trace, which its answer carries, and its figures."""

from __future__ import annotations

import time
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.channels.guard.addresses import Network, address_of, trusts
from assistant.watching import metrics
from assistant.watching.tracing import parent_of, trace

TRACE_HEADER = "X-Trace-Id"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Watch:
    """Trace and count every request; only a trusted proxy may say to which trace one belongs."""

    def __init__(self, app: ASGIApp, proxies: Sequence[Network]) -> None:
        self._app = app
        self._proxies = tuple(proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[TRACE_HEADER] = number
                metrics.request_seconds.labels(_route(scope)).observe(time.perf_counter() - started)
            await send(message)

        with trace("request", self._parent(scope)) as number:
            try:
                await self._app(scope, receive, counted)
            finally:
                method = scope["method"] if scope["method"] in METHODS else "other"
                metrics.requests.labels(_route(scope), method, str(status)).inc()

    def _parent(self, scope: Scope) -> str | None:
        peer = scope.get("peer") or scope.get("client")
        if not peer or not trusts(self._proxies, address_of(peer[0])):
            return None
        return parent_of(Headers(scope=scope).get("traceparent", ""))


def _route(scope: Scope) -> str:
    """Return the route's template: what a caller wrote into the path is in no label."""
    return str(getattr(scope.get("route"), "path", "other"))
