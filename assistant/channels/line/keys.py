"""LINE's signature; and what is kept of an event sealed, until it is answered and sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from assistant.state.secret import Secret

_SEALED = "sealed"
CHANNEL = "line"


class Unreadable(Exception):
    """Report what was sealed with another secret."""


def signature_of(channel_secret: str, body: bytes) -> str:
    """Return LINE's signature of a body."""
    return base64.b64encode(hmac.new(channel_secret.encode(), body, hashlib.sha256).digest()).decode()


def is_signed(channel_secret: str, body: bytes, signature: str | None) -> bool:
    """Tell, in constant time, whether the header is the signature of exactly these bytes."""
    given = (signature or "").encode("utf-8", "surrogatepass")
    return hmac.compare_digest(signature_of(channel_secret, body).encode(), given)


class Keys:
    """Hash the ids of people and places, and seal payloads, with the installation's secret."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret
        key = hmac.new(secret.value, b"line payload", hashlib.sha256).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def person(self, user_id: str) -> str:
        """Return the keyed hash of a LINE user's id."""
        return self._secret.person(CHANNEL, user_id)

    def chat(self, *parts: str | None) -> str:
        """Return the keyed hash of a conversation: who asks where, and as what."""
        return self._secret.person(f"{CHANNEL} chat", json.dumps(parts))

    def seal(self, value: Any) -> dict[str, Any]:
        """Return a value as it may be stored: only the installation's secret opens it."""
        return {_SEALED: self._fernet.encrypt(json.dumps(value).encode()).decode()}

    def open(self, sealed: dict[str, Any] | None) -> Any:
        """Return what was sealed; Unreadable where it cannot be opened."""
        try:
            return json.loads(self._fernet.decrypt(str((sealed or {}).get(_SEALED, "")).encode()))
        except (InvalidToken, ValueError) as error:
            raise Unreadable("sealed with another PLAN_ASSISTANT_SECRET_KEY") from error
