"""Signing in with the token, and out again. A login's form carries what a cookie of its page holds too."""

from __future__ import annotations

import secrets

import structlog
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from assistant.channels.admin.access import (
    COOKIE,
    HOME,
    LOGIN_PAGE,
    MOST_FIELDS,
    Inside,
    Page,
    Refused,
    page,
    set_cookie,
    visitor,
)
from assistant.channels.admin.console import LOGIN, LOGIN_FAILED, LOGOUT, clean_name, console_of
from assistant.channels.admin.sessions import IDLE_SECONDS, LONGEST_NAME
from assistant.channels.forms import fields_of
from assistant.channels.guard.rates import Rates

FORM_COOKIE = "plan_admin_form"
FORM_SECONDS = 600

log = structlog.get_logger("plan-assistant")
router = APIRouter(prefix=HOME, include_in_schema=False, route_class=Page)
leaving = APIRouter(prefix=HOME, include_in_schema=False, route_class=Inside)


@router.api_route("/login", methods=["GET", "HEAD"])
def form(request: Request) -> Response:
    """Show the login."""
    return _shown(request, "")


@router.post("/login")
async def login(request: Request) -> Response:
    """Take a name and the token; a wrong one is told, noted, and counted with every other try."""
    fields = await fields_of(request, MOST_FIELDS) or {}
    kept, given = request.cookies.get(FORM_COOKIE, ""), fields.get("csrf", "")
    if not kept or not secrets.compare_digest(kept.encode(), given.encode("utf-8", "replace")):
        return _shown(request, "画面を開きなおして、もう一度ログインしてください。", 403)
    await _admit(request)
    name = clean_name(fields.get("name", ""))
    if name is None:
        return _shown(request, f"お名前を{LONGEST_NAME}文字以内で書いてください。", 422)
    return await run_in_threadpool(_logged_in, request, name, fields.get("token", "").strip())


@leaving.post("/logout")
def logout(request: Request) -> Response:
    """End the session, here and wherever its cookie has got to."""
    session = visitor(request)
    console_of(request).note(session.actor, LOGOUT, session.id)
    response = RedirectResponse(LOGIN_PAGE if console_of(request).takes_token else HOME, 303)
    response.delete_cookie(COOKIE, path=HOME)
    return response


def _logged_in(request: Request, name: str, token: str) -> Response:
    console = console_of(request)
    session = console.sessions.begin(name, "token")
    if not console.is_token(token):
        log.warning("console login refused")
        host = request.client.host if request.client else None
        console.note(session.actor, LOGIN_FAILED, None, {"address": host})
        return _shown(request, "鍵が正しくありません。", 403, name)
    console.note(session.actor, LOGIN, session.id, {"way": "token"})
    response = RedirectResponse(HOME, 303)
    set_cookie(request, response, console.sessions.cookie(session), IDLE_SECONDS)
    response.delete_cookie(FORM_COOKIE, path=LOGIN_PAGE)
    return response


async def _admit(request: Request) -> None:
    rates: Rates = request.app.state.rates
    waiting = await rates.login_wait(request.client.host if request.client else "")
    if waiting is not None:
        raise Refused(429, f"ログインの回数が多すぎます。{waiting}秒ほど待ってください。")


def _shown(request: Request, fault: str, status: int = 200, name: str = "") -> Response:
    if not console_of(request).takes_token:
        raise Refused(401, "庁内の認証（シングルサインオン）を通って開いてください。")
    form_token = secrets.token_urlsafe(32)
    response = page(
        request, "login.html", status, fault=fault, name=name, form_token=form_token, longest=LONGEST_NAME
    )
    secure = request.url.scheme == "https"
    response.set_cookie(
        FORM_COOKIE,
        form_token,
        FORM_SECONDS,
        path=LOGIN_PAGE,
        secure=secure,
        httponly=True,
        samesite="strict",
    )
    return response
