"""The plans as those who run the service see them: with what only staff may see."""

from __future__ import annotations

from fastapi import Request

from assistant.channels.serving import current_of, service_now
from assistant.service import Service
from corpus.library import Library


def staff_service(request: Request) -> Service:
    """Return the service as staff may use it; IndexUnavailable while there is none."""
    return service_now(request.app).for_staff


def plan_names(request: Request) -> dict[str, str]:
    """Return the names of the cities by their ids; none while nothing is served."""
    service = current_of(request.app)
    library = service.for_staff.library if service else Library(holdings=())
    return {h.id: h.plan.municipality.name for h in library.holdings}


def public_ids(request: Request) -> set[str]:
    """Return the ids of the documents whose page anyone may open; none while nothing is served."""
    service = current_of(request.app)
    holdings = service.for_staff.library.holdings if service else ()
    return {d.document_id for h in holdings for d in h.plan.documents if d.visibility == "public"}
