"""The login of LINE's account link: staff show their key, and go back to LINE with a nonce that is theirs.

The nonce is random, kept as a hash, good once and for ten minutes, and of the member whose key it was. The
form carries a token that a cookie of this page holds as well, so that no other page can send it.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from assistant.channels.forms import fields_of
from assistant.channels.line.linking import PAGE
from assistant.channels.pages import HTML, environment
from assistant.channels.problems import problem
from assistant.state.errors import StateError
from assistant.state.staff import Staff

DIALOG = "https://access.line.me/dialog/bot/accountLink"
COOKIE = "line_link"
TOKEN = re.compile(r"[\w.~-]{8,512}", re.ASCII)
MOST_FIELDS = 4
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self' https://access.line.me"
)

log = structlog.get_logger("plan-assistant")
router = APIRouter(include_in_schema=False)


@router.get(PAGE)
async def form(request: Request) -> Response:
    """Show the login to whoever comes from LINE with a link token."""
    if getattr(request.app.state, "line", None) is None:
        return problem(404, f"path: {PAGE} はありません")
    return _shown(request, request.query_params.get("linkToken", ""), "")


@router.post(PAGE)
async def login(request: Request) -> Response:
    """Take a key, and lead back to LINE; a wrong one is told."""
    if getattr(request.app.state, "line", None) is None:
        return problem(404, f"path: {PAGE} はありません")
    fields = await fields_of(request, MOST_FIELDS) or {}
    kept, sent = request.cookies.get(COOKIE, ""), fields.get("csrf", "")
    link_token = fields.get("linkToken", "")
    if not kept or not secrets.compare_digest(kept.encode(), sent.encode("utf-8", "replace")):
        return _shown(request, link_token, "画面を開きなおして、もう一度ログインしてください。", 403)
    if not TOKEN.fullmatch(link_token):
        return _shown(request, "", "LINEで「職員登録」と送り、届いたボタンから開いてください。", 422)
    staff: Staff = request.app.state.state.staff
    try:
        nonce = await run_in_threadpool(_nonce, staff, fields.get("key", "").strip())
    except StateError:
        return _shown(request, link_token, "いま確かめられません。しばらくしてからお試しください。", 503)
    if nonce is None:
        log.warning("line link refused")
        return _shown(request, link_token, "キーが正しくないか、取り消されています。", 403)
    back = RedirectResponse(f"{DIALOG}?{urlencode({'linkToken': link_token, 'nonce': nonce})}", 303)
    back.delete_cookie(COOKIE, path=PAGE)
    back.headers["Content-Security-Policy"] = POLICY
    return back


def _nonce(staff: Staff, key: str) -> str | None:
    member = staff.by_key(key)
    return staff.new_nonce(member.id) if member else None


def _shown(request: Request, link_token: str, fault: str, status: int = 200) -> Response:
    csrf = secrets.token_urlsafe(32)
    valid = bool(TOKEN.fullmatch(link_token))
    page = (
        environment()
        .get_template("line_link.html")
        .render(link_token=link_token if valid else "", csrf=csrf, fault=fault)
    )
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    response = Response(page.encode("utf-8", "replace"), status, headers, media_type=HTML)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, csrf, 600, path=PAGE, secure=secure, httponly=True, samesite="strict")
    return response
