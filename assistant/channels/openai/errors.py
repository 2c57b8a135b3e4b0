"""Problem documents below /v1 in OpenAI's form: {"error": {message, type, param, code}}."""

from __future__ import annotations

import json
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.channels.problems import TITLES

PREFIX = "/v1/"
# A request that is not as it should be is 400 with OpenAI; its clients take 422 for something else.
STATUSES = {422: 400}
TYPES = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
}
CODES = {
    400: "invalid_value",
    401: "invalid_api_key",
    404: "not_found",
    405: "not_found",
    413: "request_too_large",
    422: "invalid_value",
    429: "rate_limit_exceeded",
    503: "service_unavailable",
}


class Error(BaseModel):
    """What was wrong, as OpenAI's clients read it."""

    message: str
    type: str
    param: str | None
    code: str | None


class Refusal(BaseModel):
    """An error document in OpenAI's form."""

    error: Error


def documented() -> dict[int | str, dict[str, Any]]:
    """Return the refusals of the routes below /v1 for their description."""
    return {
        status: {"description": TITLES[status], "model": Refusal}
        for status in CODES
        if status not in STATUSES
    }


def error_of(problem: dict[str, Any]) -> dict[str, Any]:
    """Return a problem document's members as OpenAI's error object."""
    status = int(problem["status"])
    errors = problem.get("errors") or [{}]
    detail = str(problem["detail"])
    field, said, _ = detail.partition(": ")
    param = errors[0].get("field") or (field if said and field.isidentifier() else None)
    code = "model_not_found" if param == "model" and status == 404 else CODES.get(status)
    return {
        "error": {
            "message": f"{problem['title']}: {detail}",
            "type": TYPES.get(status, "invalid_request_error" if status < 500 else "server_error"),
            "param": param,
            "code": code,
        }
    }


class OpenAIErrors:
    """Give every problem document that is sent below /v1 in OpenAI's form."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a problem's start is held back until its body is there."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        held: Message | None = None
        body = b""

        async def changed(message: Message) -> None:
            nonlocal held, body
            starts = message["type"] == "http.response.start"
            if starts and "problem+json" in MutableHeaders(scope=message).get("content-type", ""):
                held = message
                return
            if held is None:
                await send(message)
                return
            body += message.get("body", b"")
            if not message.get("more_body", False):
                await _response(held, json.loads(body))(scope, receive, send)

        await self._app(scope, receive, changed)


def _response(start: Message, problem: dict[str, Any]) -> JSONResponse:
    """Return the response in the place of a problem, with its other headers."""
    status: int = start["status"]
    own = ("content-type", "content-length")
    headers = {k: v for k, v in MutableHeaders(scope=start).items() if k not in own}
    return JSONResponse(error_of(problem), STATUSES.get(status, status), headers=headers)
