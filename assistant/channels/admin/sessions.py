"""Sessions of administrators: who has signed in is in a signed cookie, which no one else can write.

A session ends half an hour after it was last used, eight hours after it began, and when its owner signs out.
The key is of the installation's secret and of the token: another token ends every session.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import Literal

from pydantic import ValidationError

from assistant.state.secret import Secret
from corpus.document import Frozen

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 8 * 60 * 60
LONGEST_NAME = 60
LONGEST_COOKIE = 2048

Way = Literal["token", "sso"]


class Session(Frozen):
    """Who has signed in, how, when, and when the session was last used (seconds since 1970)."""

    id: str
    name: str
    way: Way
    begun: int
    used: int

    @property
    def actor(self) -> str:
        """Return the name that acts are noted under: a typed one cannot be taken for one of the SSO's."""
        return self.name if self.way == "sso" else f"{self.name}（鍵）"


class Sessions:
    """Begin sessions, write them as cookies, and read those again."""

    def __init__(self, secret: Secret, token: str = "", clock: Callable[[], float] = time.time) -> None:
        self._key = hmac.new(secret.value, f"admin session\0{token}".encode(), hashlib.sha256).digest()
        self._clock = clock

    def begin(self, name: str, way: Way) -> Session:
        """Return a new session."""
        now = int(self._clock())
        return Session(id=secrets.token_urlsafe(16), name=name, way=way, begun=now, used=now)

    def cookie(self, session: Session) -> str:
        """Return a session, used now, as its cookie's value."""
        used = session.model_copy(update={"used": int(self._clock())})
        said = base64.urlsafe_b64encode(used.model_dump_json().encode()).decode()
        return f"{said}.{self._sign('cookie', said)}"

    def read(self, cookie: str) -> Session | None:
        """Return the session of a cookie; None for one that is not ours, or has ended by its age."""
        said, _, sign = cookie[:LONGEST_COOKIE].partition(".")
        if not _same(sign, self._sign("cookie", said)):
            return None
        try:
            session = Session.model_validate_json(base64.urlsafe_b64decode(said))
        except (ValidationError, ValueError):
            return None
        now = self._clock()
        alive = now - session.used < IDLE_SECONDS and now - session.begun < LONGEST_SECONDS
        return session if alive else None

    def form_token(self, session: Session) -> str:
        """Return what every form of a session carries."""
        return self._sign("form", session.id)

    def is_form_token(self, session: Session, sent: str) -> bool:
        """Tell, in constant time, whether a form is one of this session's."""
        return _same(sent, self.form_token(session))

    def _sign(self, what: str, text: str) -> str:
        signed = f"{what}\0{text}".encode("utf-8", "replace")
        return hmac.new(self._key, signed, hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
