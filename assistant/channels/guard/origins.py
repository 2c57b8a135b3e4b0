"""A page of another site makes a browser send nothing that changes something here."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.channels.problems import problem

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PORTS = {"http": 80, "https": 443}


class OwnOrigins:
    """Refuse what would change something where a browser says that a foreign page sends it."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._origins = frozenset(origin.lower() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] == "http" and scope["method"] not in SAFE and not self._ours(scope):
            refusal = problem(403, "origin: このサイトからは送れません")
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _ours(self, scope: Scope) -> bool:
        """Tell whether a request comes from our own pages, an allowed site, or no browser at all."""
        headers = Headers(scope=scope)
        origins = headers.getlist("origin")
        if not origins:
            return headers.get("sec-fetch-site", "none") != "cross-site"
        if len(origins) > 1:
            return False
        return origins[0].lower() in self._origins or _same(origins[0], headers)


def _same(origin: str, headers: Headers) -> bool:
    """Tell whether an origin is that of the page's own address; browsers say it, proxies may hide it."""
    if headers.get("sec-fetch-site") == "same-origin":
        return True
    try:
        said, host = urlsplit(origin), urlsplit(f"//{headers.get('host', '')}")
        own = (host.hostname, host.port or PORTS.get(said.scheme))
        return bool(said.hostname) and (said.hostname, said.port or PORTS.get(said.scheme)) == own
    except ValueError:
        return False
