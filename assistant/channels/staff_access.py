"""Staff over HTTP: `Authorization: Bearer KEY` makes a request staff's; a key that is not valid is refused.

Only then do documents that only staff may see exist for it. Nothing of such a response is kept by a cache.
"""

from __future__ import annotations

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.channels.problems import problem
from assistant.service import Service
from assistant.state.errors import StateError
from assistant.state.staff import KEY_PREFIX, Member, Staff

# Where a bearer token is another's business, or where clients send one whatever it is.
OTHERS = ("/admin", "/line/", "/metrics")
ANY_TOKEN = ("/v1/",)


class StaffAccess:
    """Find out who asks before a route does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its member of staff, or refuse its key."""
        if scope["type"] != "http" or scope["path"].startswith(OTHERS):
            await self._app(scope, receive, send)
            return
        scheme, _, key = Headers(scope=scope).get("authorization", "").partition(" ")
        key = key.strip()
        own = scheme.lower() == "bearer" and (
            key.startswith(KEY_PREFIX) or not scope["path"].startswith(ANY_TOKEN)
        )
        if not own:
            await self._app(scope, receive, send)
            return
        staff: Staff = scope["app"].state.state.staff
        try:
            member = await run_in_threadpool(staff.by_key, key)
        except StateError:
            await problem(503, "職員のキーをいま確かめられません", {"Retry-After": "10"})(
                scope, receive, send
            )
            return
        if member is None:
            refused = problem(401, "authorization: キーが正しくないか、取り消されています", CHALLENGE)
            await refused(scope, receive, send)
            return
        scope.setdefault("state", {})["staff"] = member
        await self._app(scope, receive, _unkept(send))


CHALLENGE = {"WWW-Authenticate": 'Bearer realm="plan-assistant"'}


def member_of(request: Request) -> Member | None:
    """Return the member of staff who asks, or None for a resident."""
    return getattr(request.state, "staff", None)


def staff_id(request: Request) -> int | None:
    """Return the id of the member of staff who asks, or None for a resident."""
    member = member_of(request)
    return member.id if member else None


def seen_by(request: Request, service: Service) -> Service:
    """Return the service as who asks may use it."""
    return service.for_staff if member_of(request) else service


def _unkept(send: Send) -> Send:
    async def changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Cache-Control"] = "private, no-store"
            headers.add_vary_header("Authorization")
            if "etag" in headers:
                del headers["etag"]
        await send(message)

    return changed
