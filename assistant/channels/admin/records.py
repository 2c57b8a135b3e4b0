"""What was read from a plan: its measures, indicators and roadmaps, and the places that are doubted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from assistant.channels.admin.access import HOME, Inside, Refused, page
from assistant.channels.admin.plans import plan_names, public_ids, staff_service
from assistant.channels.plan_pages import plan_view_of
from corpus.check import report

router = APIRouter(prefix=HOME, include_in_schema=False, route_class=Inside)


@router.api_route("/records", methods=["GET", "HEAD"])
def records(request: Request, municipality: Annotated[str, Query()] = "") -> Response:
    """Show a plan's records and doubts; where none is named, the first plan's."""
    library, cities = staff_service(request).library, plan_names(request)
    holding = library.holding(municipality or next(iter(cities), ""))
    if holding is None:
        raise Refused(404, "この市町村の計画はありません。一覧から選んでください。")
    return page(
        request,
        "records.html",
        cities=cities,
        holding=holding,
        view=plan_view_of(holding.records),
        report=report(holding),
        public=public_ids(request),
    )
