"""The LINE channel within the service: opened where the settings name an account, and closed with it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

from assistant.service import Service
from assistant.settings import PREFIX, Settings
from assistant.state.pause import Pause
from assistant.state.state import State
from assistant.wiring import secret_of

if TYPE_CHECKING:
    from assistant.channels.line.channel import Account

# Workers compute in the process that takes webhooks: these wait for the interpreter so much less.
SWITCH_SECONDS = 0.001
NEEDED = ("line_channel_secret", "line_channel_access_token")

log = structlog.get_logger("plan-assistant")


@contextmanager
def line_at_work(
    place: Any,
    settings: Settings,
    service_now: Callable[[], Service],
    state: State,
    paused: Callable[[], Pause | None],
) -> Iterator[None]:
    """Keep the channel as `place.line` with its workers running; None, and why, where it is not set."""
    place.line, place.line_missing = None, missing_of(settings)
    account = account_of(settings)
    if account is None:
        if place.line_missing:
            log.warning("line off", reason=place.line_missing)
        yield
        return
    from assistant.channels.line.channel import open_channel

    place.line = open_channel(account, service_now, state, secret_of(settings), paused)
    place.line.workers.start()
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
        place.line.workers.stop()


def missing_of(settings: Settings) -> str | None:
    """Return which setting is missing beside those that are there; None where all are, or none."""
    given = [name for name in NEEDED if getattr(settings, name)]
    missing = [PREFIX + name.upper() for name in NEEDED if name not in given]
    return f"LINE: {'、'.join(missing)} も設定してください" if given and missing else None


def account_of(settings: Settings) -> Account | None:
    """Return the official account that the settings name, or None."""
    secret, token = settings.line_channel_secret, settings.line_channel_access_token
    if secret is None or token is None:
        return None
    from assistant.channels.line.channel import Account

    return Account(
        channel_secret=secret.get_secret_value(),
        access_token=token.get_secret_value(),
        api_url=settings.line_api_url,
        address=settings.public_url,
        staff_menu=settings.line_staff_menu,
        workers=settings.line_workers,
    )
