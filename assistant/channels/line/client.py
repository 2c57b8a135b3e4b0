"""LINE's Messaging API through its SDK: the one door to it. Each call ends within seconds, and says how."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import structlog
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    Message,
    MessagingApi,
    PushMessageRequest,
    ReplyMessageRequest,
    ShowLoadingAnimationRequest,
)
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
)

TIMEOUT = (2, 5)
"""Seconds to connect and to read; the SDK has no limit of its own."""
LOADING_STEP, LONGEST_LOADING = 5, 60

log = structlog.get_logger("plan-assistant")


class Outcome(Enum):
    """How a call ended."""

    ACCEPTED = "accepted"
    """LINE has it; whether the person sees it is not told."""
    USED = "used"
    """The reply token was used, has expired, or never was one."""
    REJECTED = "rejected"
    """LINE will never take it as it is."""
    BUSY = "busy"
    """LINE did not take it; later it may (429)."""
    UNSENT = "unsent"
    """It never reached LINE."""
    UNKNOWN = "unknown"
    """LINE may have it or not (5xx, a cut connection, no answer in time)."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a call ended, with what LINE said of it."""

    outcome: Outcome
    status: int | None = None
    request_id: str | None = None
    message: str | None = None


class LineClient:
    """Send to LINE; safe to use from several threads."""

    def __init__(self, access_token: str, host: str | None = None) -> None:
        configuration = Configuration(access_token=access_token, **({"host": host} if host else {}))
        # No retries inside a call: a reply must not be sent twice, and a call must end in time.
        configuration.retries = False
        self._client = ApiClient(configuration)
        self._api = MessagingApi(self._client)

    def reply(self, token: str, messages: Sequence[dict[str, Any]]) -> Result:
        """Reply with a token, which works once."""
        request = ReplyMessageRequest(replyToken=token, messages=_models(messages))
        return self._call("reply", lambda: self._api.reply_message_with_http_info(request, **_limits()))

    def push(self, to: str, messages: Sequence[dict[str, Any]], retry_key: str) -> Result:
        """Push; the same retry key at every try lets LINE take it once."""
        request = PushMessageRequest(to=to, messages=_models(messages))
        return self._call(
            "push", lambda: self._api.push_message_with_http_info(request, retry_key, **_limits())
        )

    def show_loading(self, user_id: str, seconds: int) -> Result:
        """Show that an answer is being made, in a chat of one person, for 5 to 60 seconds."""
        steps = -(-min(max(seconds, LOADING_STEP), LONGEST_LOADING) // LOADING_STEP)
        request = ShowLoadingAnimationRequest(chatId=user_id, loadingSeconds=steps * LOADING_STEP)
        return self._call(
            "loading", lambda: self._api.show_loading_animation_with_http_info(request, **_limits())
        )

    def issue_link_token(self, user_id: str) -> str | None:
        """Return a token for account linking, or None where LINE gives none."""
        found: list[str] = []
        self._call(
            "linkToken", lambda: found.append(self._api.issue_link_token(user_id, **_limits()).link_token)
        )
        return found[0] if found else None

    def leave(self, kind: str, place: str) -> Result:
        """Leave a group or a room."""
        leave = {
            "group": self._api.leave_group_with_http_info,
            "room": self._api.leave_room_with_http_info,
        }[kind]
        return self._call("leave", lambda: leave(place, **_limits()))

    def link_menu(self, user_id: str, menu_id: str) -> Result:
        """Show a person a rich menu of their own."""
        return self._call(
            "richmenu",
            lambda: self._api.link_rich_menu_id_to_user_with_http_info(user_id, menu_id, **_limits()),
        )

    def unlink_menu(self, user_id: str) -> Result:
        """Show a person the account's rich menu again."""
        return self._call(
            "richmenu", lambda: self._api.unlink_rich_menu_id_from_user_with_http_info(user_id, **_limits())
        )

    def ask_who(self) -> Result:
        """Ask LINE who the account is: whether the access token works."""
        return self._call("info", lambda: self._api.get_bot_info_with_http_info(**_limits()))

    def _call(self, endpoint: str, send: Callable[[], Any]) -> Result:
        try:
            response = send()
            headers = getattr(response, "headers", None)
            result = Result(Outcome.ACCEPTED, 200, _request_id(headers), None)
        except ApiException as error:
            result = _refused(error)
        except (NewConnectionError, ConnectTimeoutError, NameResolutionError) as error:
            result = Result(Outcome.UNSENT, message=type(error).__name__)
        except HTTPError as error:
            result = Result(Outcome.UNKNOWN, message=type(error).__name__)
        level = log.info if result.outcome is Outcome.ACCEPTED else log.warning
        level(
            "line call",
            endpoint=endpoint,
            outcome=result.outcome.value,
            status=result.status,
            line_request_id=result.request_id,
            reason=result.message,
        )
        return result


def _refused(error: ApiException) -> Result:
    """Return what a refusal means; 409 is the acceptance of an earlier try with the same retry key."""
    status = int(error.status or 0)
    message = _message(error.body)
    return Result(_meaning(status, message), status, _request_id(error.headers), message)


def _meaning(status: int, message: str | None) -> Outcome:
    if status == 409:
        return Outcome.ACCEPTED
    if status == 429:
        return Outcome.BUSY
    if status >= 500 or status < 400:
        return Outcome.UNKNOWN
    return Outcome.USED if "reply token" in (message or "").lower() else Outcome.REJECTED


def _message(body: Any) -> str | None:
    """Return LINE's own sentence of an error, and the first of its details; never what was sent."""
    try:
        said = json.loads(body)
        details = said.get("details") or [{}]
        parts = (said.get("message"), details[0].get("property"), details[0].get("message"))
        return ": ".join(str(part) for part in parts if part)[:200]
    except (TypeError, ValueError, AttributeError, LookupError):
        return None


def _request_id(headers: Any) -> str | None:
    found = {str(k).lower(): v for k, v in dict(headers or {}).items()}.get("x-line-request-id")
    return str(found)[:64] if found else None


def _limits() -> dict[str, Any]:
    return {"_request_timeout": TIMEOUT}


def _models(messages: Sequence[dict[str, Any]]) -> list[Any]:
    return [Message.from_dict(message) for message in messages]
