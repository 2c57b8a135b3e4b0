"""The console put together: how it is opened, and what its pages are made with."""

from __future__ import annotations

import datetime
import functools
import hashlib
import hmac
import tomllib
from importlib import resources
from typing import Any

import jinja2
from fastapi import Request

from assistant.channels.admin.sessions import LONGEST_NAME, Session, Sessions
from assistant.channels.asking import as_read
from assistant.channels.guard.addresses import came_by_proxy
from assistant.channels.pages import environment, printed_date
from assistant.service import JAPAN
from assistant.settings import Settings
from assistant.state.admin import Act, acted
from assistant.state.errors import StateDown, StateError
from assistant.state.state import State
from assistant.state.stored import utc_now
from assistant.wiring import secret_of

LOGIN, LOGIN_FAILED, LOGOUT = "console login", "console login failed", "console logout"


class Console:
    """What every page of the console shares."""

    def __init__(self, settings: Settings, state: State) -> None:
        token = settings.admin_token.get_secret_value() if settings.admin_token else ""
        self.state = state
        self.sessions = Sessions(secret_of(settings), token)
        self.templates = templates()
        self.by_model = settings.llm_model is not None
        self._token = hashlib.sha256(token.encode()).digest() if token else None
        self._header = settings.admin_sso_header

    @property
    def takes_token(self) -> bool:
        """Say whether a token opens the console."""
        return self._token is not None

    def is_token(self, given: str) -> bool:
        """Tell, in constant time, whether this is the token."""
        sent = hashlib.sha256(given.encode("utf-8", "replace")).digest()
        return self._token is not None and hmac.compare_digest(sent, self._token)

    def signed_in(self, request: Request) -> str | None:
        """Return who has signed in at the city's own, as a trusted proxy says; nobody else is believed."""
        if self._header is None or not came_by_proxy(request.scope):
            return None
        said = request.headers.getlist(self._header)
        return clean_name(said[0].encode("latin-1").decode("utf-8", "replace")) if len(said) == 1 else None

    def note(
        self, actor: str, action: str, target: str | None = None, details: dict[str, Any] | None = None
    ) -> None:
        """Note an act, also while the database is away; StateDown where it cannot be noted at all."""
        act = Act(at=utc_now(), actor=actor, action=action, target=target, details=details)
        try:
            self.state.keeper.acted(act)
        except OSError as error:
            raise StateDown(f"the act cannot be noted: {error}") from error

    def has_ended(self, session: Session) -> bool:
        """Tell whether a session's owner has signed out; while the database is away, its age alone counts."""
        begun = datetime.datetime.fromtimestamp(session.begun, datetime.UTC)
        try:
            with self.state.database.read() as reading:
                return acted(reading, LOGOUT, session.id, begun)
        except StateError:
            return False


def console_of(request: Request) -> Console:
    """Return the app's console."""
    console: Console = request.app.state.console
    return console


def clean_name(text: str) -> str | None:
    """Return a name as it may be noted, or None for one that is empty, too long or not to be read."""
    name = " ".join(text.split())
    return name if 0 < len(name) <= LONGEST_NAME and name.isprintable() and "\ufffd" not in name else None


@functools.cache
def names() -> dict[str, dict[str, str]]:
    """Return what the console calls statuses, channels, signs and acts."""
    text = resources.files("assistant.channels").joinpath("web", "admin", "names.toml").read_text("utf-8")
    return tomllib.loads(text)


def named(key: str | None, kind: str) -> str:
    """Return what the console calls something; what has no name there stands for itself."""
    return names()[kind].get(key or "", key or "―")


def moment(at: datetime.datetime) -> str:
    """Return a moment as a clock in Japan shows it."""
    here = at.astimezone(JAPAN)
    return f"{printed_date(here.date().isoformat())} {here:%H:%M}"


def templates() -> jinja2.Environment:
    """Return what the console's pages are made with."""
    made = environment()
    made.filters.update(named=named, moment=moment, as_read=as_read)
    return made
