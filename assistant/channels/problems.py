"""Errors as application/problem+json (RFC 9457): a title in Japanese, a detail that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException

from assistant.service import UnknownMunicipality
from index.errors import IndexUnavailable

log = structlog.get_logger("plan-assistant")

TITLES = {
    400: "リクエストの形式が正しくありません",
    401: "職員のキーを確かめてください",
    403: "この操作は許されていません",
    404: "見つかりません",
    405: "この操作はできません",
    408: "時間内に届きませんでした",
    413: "送られた内容が大きすぎます",
    415: "JSONで送ってください",
    422: "入力を確かめてください",
    431: "ヘッダーが大きすぎます",
    429: "しばらく待ってからもう一度お試しください",
    500: "内部で問題が起きました。しばらくしてからもう一度お試しください",
    503: "ただいまご利用いただけません",
}

# What names the field where the framework's own refusal does not.
FIELDS = {
    404: "path: {path} はありません",
    405: "method: {path} は {method} では使えません",
    413: "body: 64KiB以内で送ってください",
}


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> JSONResponse:
    """Return a problem document; `more` are its further members."""
    title = TITLES.get(status, TITLES[400 if status < 500 else 500])
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, headers=dict(headers or {}), media_type="application/problem+json")


class Problem(BaseModel):
    """A problem document as it is described to callers."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None


# What any route may answer: the guards around them all do.
COMMON = (400, 403, 413, 422, 429, 503)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the refusals of a route for its description: those given, or what any route may answer."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {s: {"description": TITLES[s], "content": content} for s in statuses or COMMON}


def add_handlers(app: FastAPI) -> None:
    """Make every error that the app gives a problem document."""

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        errors = [{"field": _field(e), "message": _message(e)} for e in error.errors()]
        if any(e["type"] == "json_invalid" for e in error.errors()):
            return problem(422, "body: JSONとして読めません", errors=errors)
        return problem(422, "; ".join(f"{e['field']}: {e['message']}" for e in errors), errors=errors)

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, StarletteHTTPException)
        own = error.detail not in (HTTPStatus(error.status_code).phrase, "Content Too Large")
        detail = str(error.detail) if own else FIELDS.get(error.status_code, "{method} {path}")
        known = {"method": request.method, "path": request.url.path}
        return problem(error.status_code, detail if own else detail.format(**known), error.headers)

    async def unknown_municipality(_: Request, error: Exception) -> JSONResponse:
        return problem(422, str(error), errors=[{"field": "municipality", "message": str(error)}])

    async def no_index(request: Request, error: Exception) -> JSONResponse:
        log.error("index", path=request.url.path, problem=str(error))
        return problem(503, "索引を開けません", {"Retry-After": "10"})

    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(StarletteHTTPException, http)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(UnknownMunicipality, unknown_municipality)
    app.add_exception_handler(IndexUnavailable, no_index)


def _field(error: Mapping[str, Any]) -> str:
    return ".".join(str(part) for part in error["loc"] if part != "body") or "body"


def _message(error: Mapping[str, Any]) -> str:
    """Return what is wrong with a field, without what was sent."""
    messages = {
        "missing": "必要です",
        "json_invalid": "JSONとして読めません",
        "string_type": "文字列で送ってください",
        "model_attributes_type": "JSONのオブジェクトで送ってください",
        "extra_forbidden": "知らない項目です",
    }
    context = error.get("ctx") or {}
    if "error" in context:
        return str(context["error"])
    return messages.get(error["type"], str(error["msg"]))
