"""The overview: what was asked in a period, how much of it was answered, and what needs someone's look."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from assistant.channels.admin.access import HOME, Inside, page
from assistant.channels.admin.chart import Chart, chart_of
from assistant.channels.admin.console import console_of
from assistant.channels.admin.plans import plan_names
from assistant.service import JAPAN
from assistant.state import reports
from assistant.state.reports import Counts, Disliked, Often, Part, Scope

PERIODS = (7, 30, 90)
DEFAULT_PERIOD = 30
MOST = 20

router = APIRouter(prefix=HOME, include_in_schema=False, route_class=Inside)


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows."""

    total: Counts
    chart: Chart
    parts: tuple[Part, ...]
    often: tuple[Often, ...]
    unanswered: tuple[Often, ...]
    disliked: tuple[Disliked, ...]
    channels: tuple[str, ...]


@router.api_route("", methods=["GET", "HEAD"])
def overview(
    request: Request,
    days: Annotated[str, Query()] = "",
    municipality: Annotated[str, Query()] = "",
    channel: Annotated[str, Query()] = "",
) -> Response:
    """Show the figures of a period, of all or of one city and channel; what is not known is all."""
    period = next((p for p in PERIODS if str(p) == days), DEFAULT_PERIOD)
    cities = plan_names(request)
    chosen = municipality if municipality in cities else None
    with console_of(request).state.database.read() as session:
        known = reports.channels(session)
        scope = Scope(
            since=first_moment(period), municipality=chosen, channel=channel if channel in known else None
        )
        counted = reports.by_day(session, scope)
        shown = Overview(
            total=reports.total(counted.values()),
            chart=chart_of(days_of(scope.since, period), counted),
            parts=reports.by_part(session, scope),
            often=reports.most_asked(session, scope, MOST),
            unanswered=reports.unanswered(session, scope, MOST),
            disliked=reports.worst_rated(session, scope, MOST),
            channels=known,
        )
    return page(
        request, "overview.html", shown=shown, scope=scope, period=period, periods=PERIODS, cities=cities
    )


def first_moment(days: int) -> datetime.datetime:
    """Return when the first of so many days began in Japan; today is the last of them."""
    today = datetime.datetime.now(JAPAN).date()
    first = today - datetime.timedelta(days=days - 1)
    return datetime.datetime.combine(first, datetime.time.min, JAPAN)


def days_of(since: datetime.datetime, days: int) -> tuple[datetime.date, ...]:
    """Return so many days from a moment on."""
    first = since.astimezone(JAPAN).date()
    return tuple(first + datetime.timedelta(days=n) for n in range(days))
