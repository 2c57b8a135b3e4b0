"""While the chat is paused: 503 with what residents are told and whom to call.

Staff are answered as ever, and sources and plans stay up.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import JSONResponse

from assistant.channels.problems import problem
from assistant.channels.staff_access import member_of
from assistant.state.pause import Pause, Switch
from corpus.library import Library
from corpus.records import Contact

RETRY_SECONDS = 600


class Paused(Exception):
    """Report that the chat is paused: what is said, and the contacts that fit the question."""

    def __init__(self, pause: Pause, contacts: Sequence[Contact]) -> None:
        super().__init__(pause.message)
        self.pause = pause
        self.contacts = tuple(contacts)


def check_open(request: Request, library: Library, municipality: str | None) -> None:
    """Raise Paused for a resident while the chat is paused; every route that answers questions asks this."""
    pause = pause_of(request)
    if pause:
        raise Paused(pause, contacts_of(library, municipality))


def pause_of(request: Request) -> Pause | None:
    """Return the pause that holds for who asks, or None; none holds for staff."""
    switch: Switch = request.app.state.switch
    return switch.current() if member_of(request) is None else None


def contacts_of(library: Library, municipality: str | None) -> list[Contact]:
    """Return a municipality's contact; where none or an unknown one was named, that of every public plan."""
    public = [h for h in library.holdings if h.public_records.documents]
    named = [h for h in public if h.id == municipality]
    return [h.plan.contact for h in named or public]


async def say_paused(_: Request, error: Exception) -> JSONResponse:
    """Answer Paused with a problem document."""
    assert isinstance(error, Paused)
    contacts = [c.model_dump(mode="json") for c in error.contacts]
    return problem(
        503,
        error.pause.message,
        {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"},
        contact=contacts[0] if contacts else None,
        contacts=contacts,
    )
