"""The acts of administrators, here and by the command, as they are noted; no page changes them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant.channels.admin.access import HOME, Inside, page
from assistant.channels.admin.console import console_of
from assistant.state.admin import latest

MOST = 200

router = APIRouter(prefix=HOME, include_in_schema=False, route_class=Inside)


@router.api_route("/acts", methods=["GET", "HEAD"])
def acts(request: Request) -> Response:
    """Show the latest acts."""
    with console_of(request).state.database.read() as session:
        found = latest(session, MOST)
    return page(request, "acts.html", acts=found, most=MOST)
