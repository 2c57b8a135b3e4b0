"""What LINE's platform remembers: reply tokens, retry keys, what it accepted; how it fails."""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.channels.line.simulator.rules import faults_of

TOKEN_SECONDS = 60.0
LINK_SECONDS = 600.0

Mode = Literal["up", "down", "busy", "hang", "error", "lost", "blocked"]
"""up; connections cut; 429; no answer in time; 500; accepted and then 500; 400 to every push."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What LINE accepted."""

    route: Literal["reply", "push"]
    to: str
    messages: tuple[dict[str, Any], ...]
    event: str | None
    """The event that a reply's token came with."""
    retry_key: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """How LINE answers a request."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Token:
    to: str
    event: str | None
    issued: float
    used: bool = False


class StandIn:
    """LINE as the service meets it; safe to use from several threads."""

    def __init__(
        self,
        access_token: str = "access-token",
        clock: Callable[[], float] = time.monotonic,
        a_second: int = 2_000,
    ) -> None:
        self.access_token = access_token
        self.mode: Mode = "up"
        self.sent: list[Sent] = []
        self.calls: list[tuple[str, int]] = []
        """Every request, by its route, with the status it got."""
        self.menus: dict[str, str] = {}
        self.left: list[str] = []
        self.loading: list[tuple[str, int]] = []
        self.link_tokens: dict[str, tuple[str, float]] = {}
        self._clock = clock
        self._a_second = a_second
        self._recent: deque[float] = deque()
        self._tokens: dict[str, _Token] = {}
        self._keys: dict[str, str] = {}
        self._lock = threading.Lock()
        self.arrived = threading.Condition(self._lock)
        """Told whenever something was accepted."""

    def token_for(self, to: str, event: str | None = None) -> str:
        """Give a reply token for a chat, as a webhook carries it."""
        token = secrets.token_hex(16)
        with self._lock:
            self._tokens[token] = _Token(to, event, self._clock())
        return token

    def sent_to(self, to: str) -> list[Sent]:
        """Return what was sent to a person or a group."""
        with self._lock:
            return [s for s in self.sent if s.to == to]

    def wait_for(self, count: int, seconds: float) -> bool:
        """Wait until so many messages were accepted."""
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.sent) >= count, seconds)

    def reply(self, body: dict[str, Any], retry_key: str | None) -> Said:
        """Take a reply, or say what is wrong with it."""
        if retry_key is not None:
            return _bad("The retry key can't be used with this API")
        if faults := faults_of(body.get("messages")):
            return _bad_request(faults)
        with self.arrived:
            token = self._tokens.get(str(body.get("replyToken")))
            if token is None or token.used or self._clock() - token.issued > TOKEN_SECONDS:
                return _bad("Invalid reply token")
            token.used = True
            self._keep(Sent("reply", token.to, tuple(body["messages"]), token.event))
            return Said(200, {"sentMessages": self._ids(body)})

    def push(self, body: dict[str, Any], retry_key: str | None) -> Said:
        """Take a push, once for each retry key."""
        if retry_key is not None and not _is_uuid(retry_key):
            return _bad("Invalid retry key")
        if faults := faults_of(body.get("messages")):
            return _bad_request(faults)
        if not isinstance(body.get("to"), str) or not body["to"]:
            return _bad_request([("to", "May not be empty")])
        if self.mode == "blocked":
            return _bad("Failed to send messages")
        with self.arrived:
            if retry_key in self._keys:
                accepted = {"X-Line-Accepted-Request-Id": self._keys[retry_key]}
                return Said(409, {"message": "The retry key is already accepted"}, accepted)
            if retry_key is not None:
                self._keys[retry_key] = str(uuid.uuid4())
            self._keep(Sent("push", body["to"], tuple(body["messages"]), None, retry_key))
            return Said(200, {"sentMessages": self._ids(body)})

    def show_loading(self, body: dict[str, Any]) -> Said:
        """Take a loading animation: 5 to 60 seconds in steps of 5, in a chat of one person."""
        seconds = body.get("loadingSeconds", 20)
        if not isinstance(seconds, int) or seconds % 5 or not 5 <= seconds <= 60:
            return _bad_request([("loadingSeconds", "5 to 60 in steps of 5")])
        if not str(body.get("chatId", "")).startswith("U"):
            return _bad_request([("chatId", "one-to-one chats only")])
        self.loading.append((body["chatId"], seconds))
        return Said(202)

    def issue_link_token(self, user_id: str) -> Said:
        """Give a token for account linking."""
        token = secrets.token_urlsafe(24)
        self.link_tokens[token] = (user_id, self._clock() + LINK_SECONDS)
        return Said(200, {"linkToken": token})

    def linked(self, link_token: str) -> str | None:
        """Return who a link token is for, once, while it lives: what the account link dialog finds out."""
        user_id, until = self.link_tokens.pop(link_token, ("", 0.0))
        return user_id if self._clock() <= until else None

    def is_over_limit(self) -> bool:
        """Say whether there were too many requests in the last second, and count this one."""
        moment = self._clock()
        with self._lock:
            while self._recent and self._recent[0] <= moment - 1:
                self._recent.popleft()
            self._recent.append(moment)
            return len(self._recent) > self._a_second

    def _keep(self, sent: Sent) -> None:
        self.sent.append(sent)
        self.arrived.notify_all()

    def _ids(self, body: dict[str, Any]) -> list[dict[str, str]]:
        return [
            {"id": str(secrets.randbelow(10**18)), "quoteToken": secrets.token_hex(8)}
            for _ in body["messages"]
        ]


def _bad(message: str) -> Said:
    return Said(400, {"message": message})


def _bad_request(faults: Sequence[tuple[str, str]]) -> Said:
    details = [{"property": at, "message": wrong} for at, wrong in faults]
    return Said(400, {"message": "The request body has errors", "details": details})


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
