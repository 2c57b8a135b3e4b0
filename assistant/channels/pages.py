"""The pages that people open: the chat, the sources, and the files the two are made of.

The pages hold no inline style or script and load nothing from elsewhere, so that they work under a policy
that allows scripts, styles, pictures and connections of their own origin only.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Annotated

import jinja2
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from assistant.channels.source_view import source_view
from corpus.document import Document
from corpus.library import DocumentFile, Holding, Library
from corpus.records import Period
from corpus.wareki import era_label

MEDIA_TYPES = {
    "style.css": "text/css; charset=utf-8",
    "chat.css": "text/css; charset=utf-8",
    "source.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "chat.js": "text/javascript; charset=utf-8",
    "chat_client.js": "text/javascript; charset=utf-8",
    "chat_view.js": "text/javascript; charset=utf-8",
    "source.js": "text/javascript; charset=utf-8",
}

EXAMPLES = ("この計画の期間は？", "問い合わせ先は？", "どんな施策がありますか？")

MOST_RADIO_BUTTONS = 5

READING = ["GET", "HEAD"]


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality whose plans residents may ask about, and those plans."""

    id: str
    name: str
    documents: tuple[DocumentFile, ...]


def pages_router(library: Library) -> APIRouter:
    """Return the routes of the pages, for the public documents of a library."""
    router = APIRouter(include_in_schema=False)
    environment = _environment()
    places = _places(library)
    public = {d.document_id for place in places for d in place.documents}
    files = {name: _web_file(name).encode() for name in MEDIA_TYPES}

    @functools.cache
    def source_page(document_id: str) -> bytes:
        found = library.document(document_id)
        return _source_page(environment, *found) if found else b""

    @router.api_route("/", methods=READING)
    def chat(request: Request, municipality: Annotated[str | None, Query()] = None) -> Response:
        """Show the chat page; a municipality that there is not is passed over."""
        page = environment.get_template("chat.html").render(
            places=places,
            chosen=next((p.id for p in places if p.id == municipality or len(places) == 1), ""),
            examples=EXAMPLES,
            as_radio_buttons=len(places) <= MOST_RADIO_BUTTONS,
        )
        return _fresh(request, page.encode(), "text/html; charset=utf-8")

    @router.api_route("/static/{name}", methods=READING)
    def static(request: Request, name: str) -> Response:
        """Send one of the files that the pages are made of."""
        if name not in files:
            raise HTTPException(404, "name: そのようなファイルはありません。")
        return _fresh(request, files[name], MEDIA_TYPES[name])

    @router.api_route("/sources/{document_id}", methods=READING)
    def source(request: Request, document_id: str) -> Response:
        """Show a source; one that only staff may see is, here, not there."""
        if document_id not in public:
            raise HTTPException(404, "document_id: この番号の資料はありません。アドレスをお確かめください。")
        return _fresh(request, source_page(document_id), "text/html; charset=utf-8")

    return router


def _fresh(request: Request, body: bytes, media_type: str) -> Response:
    """Return the body, or 304 where the browser still has it; it asks each time."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    known = request.headers.get("if-none-match", "")
    if tag in (part.strip().removeprefix("W/") for part in known.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _places(library: Library) -> tuple[Place, ...]:
    places = []
    for holding in library.holdings:
        read = {d.document_id for d in holding.documents}
        public = (d for d in holding.plan.documents if d.visibility == "public" and d.document_id in read)
        documents = tuple(public)
        if documents:
            places.append(Place(holding.id, holding.plan.municipality.name, documents))
    return tuple(places)


def _source_page(environment: jinja2.Environment, holding: Holding, document: Document) -> bytes:
    view = source_view(document)
    page = environment.get_template("source.html").render(
        info=holding.info(document.document_id), municipality=holding.plan.municipality, view=view
    )
    # A browser drops NUL and cannot be sent half of a pair: one character each keeps the offsets right.
    return page.replace("\0", "\ufffd").encode("utf-8", "replace")


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_web_file),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {"printed_date": printed_date, "printed_period": printed_period}
    environment.filters.update(filters)
    return environment


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
    first, last = (f"{era_label(year)}（{year}年度）" for year in (period.start, period.end))
    return f"{first}から{last}まで"
