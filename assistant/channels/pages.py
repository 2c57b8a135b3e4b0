"""The pages that people open: the front page with the widget, the sources, and what pages are made of.

The pages hold no inline style or script and load nothing from elsewhere, so that they work under a policy
that allows scripts, styles, pictures and connections of their own origin only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib import resources
from typing import Annotated

import jinja2
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from assistant.channels.bundle import widget_script
from assistant.channels.card_pages import telephone
from assistant.channels.chat import service_of
from assistant.channels.colours import page_colours
from assistant.channels.plan_pages import place, records_at
from assistant.channels.source_view import source_view
from assistant.channels.staff_access import member_of
from corpus.document import Document
from corpus.library import DocumentFile, Holding, Library
from corpus.records import Period
from corpus.wareki import era_label

MEDIA_TYPES = {
    "palette.css": "text/css; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
    "plan.css": "text/css; charset=utf-8",
    "source.css": "text/css; charset=utf-8",
    "admin.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "source.js": "text/javascript; charset=utf-8",
    "sheet.js": "text/javascript; charset=utf-8",
    "search.js": "text/javascript; charset=utf-8",
}

HTML = "text/html; charset=utf-8"
READING = ["GET", "HEAD"]


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality whose plans residents may ask about, and those plans."""

    id: str
    name: str
    documents: tuple[DocumentFile, ...]


def files_router() -> APIRouter:
    """Return the routes of what pages are made of, which are there even while no plan can be shown."""
    router = APIRouter(include_in_schema=False)
    files = {name: _web_file(name).encode() for name in MEDIA_TYPES}
    files["palette.css"] = page_colours().encode()

    @router.api_route("/widget.js", methods=READING)
    def widget(request: Request) -> Response:
        """Send the widget."""
        return fresh(request, widget_script(), "text/javascript; charset=utf-8")

    @router.api_route("/static/{name}", methods=READING)
    def static(request: Request, name: str) -> Response:
        """Send one of the files that the pages are made of."""
        if name not in files:
            raise HTTPException(404, "name: そのようなファイルはありません。")
        return fresh(request, files[name], MEDIA_TYPES[name])

    return router


def pages_router(
    library: Library, environment: jinja2.Environment, pictured: Collection[str] = ()
) -> APIRouter:
    """Return the routes of the pages, for a library's public documents; `pictured` have pictures of pages."""
    router = APIRouter(include_in_schema=False)
    places = places_of(library)
    public = library.seen_by("public")
    sources: dict[tuple[bool, str], bytes] = {}

    def source_page(request: Request, document_id: str) -> bytes | None:
        """Return a source's page, made once for residents and once for staff; None where there is none."""
        for_staff = member_of(request) is not None
        found = (service_of(request).library if for_staff else public).document(document_id)
        if found is None:
            return None
        seen = (for_staff, document_id)
        if seen not in sources:
            sources[seen] = _source_page(environment, *found, document_id in pictured)
        return sources[seen]

    @router.api_route("/", methods=READING)
    def front(request: Request, municipality: Annotated[str | None, Query()] = None) -> Response:
        """Show the front page with the widget of one municipality, or of all; an unknown one is all."""
        chosen = next((p for p in places if p.id == municipality or len(places) == 1), None)
        page = environment.get_template("home.html").render(places=places, chosen=chosen)
        return fresh(request, page.encode())

    @router.api_route("/sources/{document_id}", methods=READING)
    def source(request: Request, document_id: str) -> Response:
        """Show a source; for residents, one that only staff may see is not there."""
        page = source_page(request, document_id)
        if page is None:
            raise HTTPException(404, "document_id: この番号の資料はありません。アドレスをお確かめください。")
        return fresh(request, page)

    return router


def fresh(request: Request, body: bytes, media_type: str = HTML) -> Response:
    """Return the body, or 304 where the browser still has it; it asks each time."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    known = request.headers.get("if-none-match", "")
    if tag in (part.strip().removeprefix("W/") for part in known.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def places_of(library: Library) -> tuple[Place, ...]:
    """Return the municipalities that have public documents."""
    places = []
    for holding in library.holdings:
        read = {d.document_id for d in holding.documents}
        public = (d for d in holding.plan.documents if d.visibility == "public" and d.document_id in read)
        documents = tuple(public)
        if documents:
            places.append(Place(holding.id, holding.plan.municipality.name, documents))
    return tuple(places)


def _source_page(
    environment: jinja2.Environment, holding: Holding, document: Document, pictured: bool
) -> bytes:
    view = source_view(document)
    page = environment.get_template("source.html").render(
        info=holding.info(document.document_id),
        municipality=holding.plan.municipality,
        view=view,
        pictured=pictured,
        records=records_at(holding, document.document_id),
    )
    # A browser drops NUL and cannot be sent half of a pair: one character each keeps the offsets right.
    return page.replace("\0", "\ufffd").encode("utf-8", "replace")


def environment() -> jinja2.Environment:
    """Return what the pages are made with; whatever is put into a page is text, never markup."""
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(_web_file),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {
        "printed_date": printed_date,
        "printed_period": printed_period,
        "printed_year": printed_year,
        "place": place,
        "telephone": telephone,
    }
    made.filters.update(filters)
    return made


def _web_file(name: str) -> str:
    return resources.files("assistant.channels").joinpath("web", name).read_text("utf-8")


def printed_date(published: str) -> str:
    """Return a date such as 2026-04 as 令和8年（2026年）4月; one that is written otherwise as it is."""
    parts = published.split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        return published
    rest = "".join(f"{int(part)}{unit}" for part, unit in zip(parts[1:], "月日", strict=False))
    return f"{era_label(int(parts[0]), '年')}（{parts[0]}年）{rest}"


def printed_period(period: Period) -> str:
    """Return a plan's period with its years in both calendars."""
    return f"{printed_year(period.start)}から{printed_year(period.end)}まで"


def printed_year(year: int) -> str:
    """Return a fiscal year in both calendars."""
    return f"{era_label(year)}（{year}年度）"
