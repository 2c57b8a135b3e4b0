"""LINE's webhooks: events as LINE makes them, signed and sent to the service."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from typing import Any

import httpx

from assistant.channels.line.keys import signature_of
from assistant.channels.line.simulator.standin import StandIn

PATH = "/line/webhook"
WAIT_SECONDS = 10.0


class Platform:
    """Make events of people and send them to a service."""

    def __init__(self, line: StandIn, url: str, channel_secret: str) -> None:
        self.line = line
        self._url = url.rstrip("/") + PATH
        self._secret = channel_secret
        self._client = httpx.Client(timeout=WAIT_SECONDS)

    def text(self, user: str, text: str, **more: Any) -> dict[str, Any]:
        """Return the event of a text message."""
        message = {"id": _number(), "type": "text", "quoteToken": secrets.token_hex(8), "text": text}
        return self.event("message", user, message=message, **more)

    def event(self, kind: str, user: str | None, reply: bool = True, **more: Any) -> dict[str, Any]:
        """Return an event of a type, with a reply token that works once."""
        identity = _ulid()
        source = more.pop("source", None) or {"type": "user", "userId": user}
        place = source.get("groupId") or source.get("roomId") or source.get("userId")
        made = {
            "type": kind,
            "webhookEventId": identity,
            "deliveryContext": {"isRedelivery": False},
            "timestamp": int(time.time() * 1000),
            "mode": "active",
            "source": source,
        }
        if reply and place:
            made["replyToken"] = self.line.token_for(place, identity)
        return {**made, **more}

    def send(self, events: Sequence[dict[str, Any]], headers: dict[str, str] | None = None) -> httpx.Response:
        """Send a signed webhook; raises httpx.HTTPError where the service cannot be reached."""
        body, signed = self.signed(events)
        return self._client.post(self._url, content=body, headers={**signed, **(headers or {})})

    def signed(self, events: Sequence[dict[str, Any]]) -> tuple[bytes, dict[str, str]]:
        """Return a webhook's body and its headers."""
        body = json.dumps({"destination": "Ubot", "events": list(events)}, ensure_ascii=False).encode()
        signature = signature_of(self._secret, body)
        return body, {"content-type": "application/json; charset=utf-8", "x-line-signature": signature}


def user_id() -> str:
    """Return an id such as LINE gives to a person."""
    return "U" + secrets.token_hex(16)


def _number() -> str:
    return str(secrets.randbelow(9 * 10**17) + 10**17)


def _ulid() -> str:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    moment, chance = int(time.time() * 1000), secrets.randbits(80)
    value = (moment << 80) | chance
    return "".join(alphabet[(value >> (5 * n)) & 31] for n in reversed(range(26)))
