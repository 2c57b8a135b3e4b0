"""Who may see a page of the console, and what every answer of it has in common.

A page is shown to a session alone; what changes something is a form of that session. Whatever goes wrong is
told as a page, in a plain sentence. Nothing is kept by a cache, shown in a frame, or runs a script.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute

from assistant.channels.admin.console import LOGIN, Console, console_of
from assistant.channels.admin.sessions import IDLE_SECONDS, Session
from assistant.channels.forms import fields_of, is_form
from assistant.channels.pages import HTML
from assistant.service import UnknownMunicipality
from assistant.state.errors import StateConflict, StateError
from index.errors import IndexUnavailable

HOME, LOGIN_PAGE = "/admin", "/admin/login"
COOKIE = "plan_admin"
MOST_FIELDS = 16
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}

Handler = Callable[[Request], Awaitable[Response]]


class Refused(Exception):
    """Report what a person cannot be shown or let do: the status, and what is said."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


class Page(APIRoute):
    """A page of the console that anyone may see: the login."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with what goes wrong told as a page."""
        handler = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                response = await self.let_in(request, handler)
            except Exception as error:
                refused = refusal_of(error)
                if refused is None:
                    raise
                response = page(request, "fault.html", refused.status, said=refused.said)
            response.headers.update(HEADERS)
            return response

        return shown

    async def let_in(self, request: Request, handler: Handler) -> Response:
        """Let the request through."""
        return await handler(request)


class Inside(Page):
    """A page for those who have signed in."""

    async def let_in(self, request: Request, handler: Handler) -> Response:
        """Let a session through, and go on with it; what is sent must be a form of that session."""
        console = console_of(request)
        session = await run_in_threadpool(session_of, request, console)
        if session is None:
            if console.takes_token and request.method in ("GET", "HEAD"):
                return RedirectResponse(LOGIN_PAGE, 303)
            raise Refused(401, "時間がたったか、まだログインしていません。ログインし直してください。")
        request.state.session = session
        if request.method == "POST":
            await _check_form(request, console, session)
        response = await handler(request)
        if f"{COOKIE}=" not in response.headers.get("set-cookie", ""):
            set_cookie(request, response, console.sessions.cookie(session), IDLE_SECONDS)
        return response


def session_of(request: Request, console: Console) -> Session | None:
    """Return the session of a request; someone signed in at the city's own begins one, which is noted."""
    user = console.signed_in(request)
    session = console.sessions.read(request.cookies.get(COOKIE, ""))
    if session is not None and (session.way == "token" or session.name == user):
        return None if console.has_ended(session) else session
    if user is None:
        return None
    begun = console.sessions.begin(user, "sso")
    console.note(begun.actor, LOGIN, begun.id, {"way": "sso"})
    return begun


async def _check_form(request: Request, console: Console, session: Session) -> None:
    if not is_form(request):
        raise Refused(415, "画面のフォームから送ってください。")
    fields = await fields_of(request, MOST_FIELDS)
    if fields is None:
        raise Refused(422, f"項目は{MOST_FIELDS}個までです。")
    if not console.sessions.is_form_token(session, fields.get("csrf", "")):
        raise Refused(403, "画面が古くなっています。画面を開きなおして、もう一度お試しください。")
    request.state.fields = fields


def visitor(request: Request) -> Session:
    """Return the session of who asks."""
    session: Session = request.state.session
    return session


def sent(request: Request, name: str) -> str:
    """Return a field of the form that was sent, with plain line ends; empty where it is missing."""
    fields: dict[str, str] = request.state.fields
    return fields.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()


def set_cookie(request: Request, response: Response, value: str, seconds: int) -> None:
    """Give the session's cookie to the browser, for so long; it is sent to the console's pages alone."""
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, value, seconds, path=HOME, secure=secure, httponly=True, samesite="strict")


def page(request: Request, template: str, status: int = 200, **known: Any) -> Response:
    """Return a page of the console."""
    console = console_of(request)
    session: Session | None = getattr(request.state, "session", None)
    shown = console.templates.get_template(f"admin/{template}").render(
        width="wide",
        session=session,
        csrf=console.sessions.form_token(session) if session else "",
        path=request.url.path,
        **known,
    )
    # A browser cannot be sent half of a pair.
    return Response(shown.encode("utf-8", "replace"), status, media_type=HTML)


def refusal_of(error: Exception) -> Refused | None:
    """Return what is told of something that went wrong; None for a fault of our own."""
    match error:
        case Refused():
            return error
        case HTTPException():
            return Refused(error.status_code, str(error.detail))
        case StateConflict() | UnknownMunicipality():
            return Refused(422, str(error))
        case StateError():
            return Refused(503, "いま記録を読み書きできません。しばらくしてからお試しください。")
        case IndexUnavailable():
            return Refused(503, "索引を開けません。しばらくしてからお試しください。")
    return None
