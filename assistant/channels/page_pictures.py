"""The pages of a PDF as pictures beside its text, with the places of a passage on them.

A picture is drawn when it is first asked for and kept beside the city's plans: it goes when the plan goes.
"""

from __future__ import annotations

import contextlib
import os
import threading
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import structlog
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from assistant.channels.pages import READING, fresh, places_of
from corpus.document import Document, Page, Region
from corpus.errors import DocumentError
from corpus.library import Library, file_of
from corpus.pictures import picture_of
from corpus.pictures import places_of as places_on
from corpus.readers.picture import Picture

PICTURED = ".pdf"
KEPT = ".pages"
IN_MEMORY = 16

log = structlog.get_logger("plan-assistant")


class Pictures:
    """Draw pages, one at a time, and keep what was drawn."""

    def __init__(self, library: Library, plans: Path) -> None:
        self._library = library
        self._plans = plans
        self._drawing = threading.Lock()
        self.of = lru_cache(maxsize=IN_MEMORY)(self._of)

    def _of(self, document_id: str, page: int) -> Picture:
        """Return a page's picture; DocumentError where there is none."""
        found = self._library.document(document_id)
        file = found and file_of(found[0], document_id, self._plans)
        if not found or not file:
            raise DocumentError(f"{document_id}: the file is not there")
        kept = self._plans / found[0].id / KEPT / f"{document_id}-{page}.json"
        with self._drawing:
            with contextlib.suppress(OSError, ValidationError):
                return Picture.model_validate_json(kept.read_bytes())
            try:
                picture = picture_of(file.name, file.read_bytes(), page)
            except OSError as error:
                raise DocumentError(f"{file.name}: {error.strerror}") from error
            self._keep(kept, picture)
        return picture

    def _keep(self, path: Path, picture: Picture) -> None:
        new = path.with_suffix(f".{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(picture.model_dump_json(), "utf-8")
            os.replace(new, path)
        except OSError as error:
            new.unlink(missing_ok=True)
            log.warning("picture_not_kept", error=str(error.strerror))


def pictured(library: Library, plans: Path) -> frozenset[str]:
    """Return the public documents whose pages can be shown as pictures."""
    return frozenset(
        d.document_id
        for place in places_of(library)
        for d in place.documents
        if d.file.lower().endswith(PICTURED)
        and file_of(library.document(d.document_id)[0], d.document_id, plans)  # type: ignore[index]
    )


def pictures_router(library: Library, plans: Path) -> APIRouter:
    """Return the routes of the pictures; of a document that only staff may see there are, here, none."""
    router = APIRouter(include_in_schema=False)
    pictures = Pictures(library, plans)
    shown = pictured(library, plans)

    def page_of(document_id: str, page: int) -> tuple[Document, Page, Picture]:
        found = library.document(document_id) if document_id in shown else None
        if found is None:
            raise HTTPException(404, "document_id: この資料には紙面の画像がありません。")
        printed = next((p for p in found[1].pages if p.number == page), None)
        if printed is None:
            raise HTTPException(404, "page: このページはありません。")
        try:
            return found[1], printed, pictures.of(document_id, page)
        except DocumentError as error:
            log.warning("picture_not_drawn", document=document_id, page=page, error=str(error))
            raise HTTPException(404, "page: このページは画像にできませんでした。") from error

    @router.api_route("/sources/{document_id}/pages/{page}.png", methods=READING)
    def picture(request: Request, document_id: str, page: int) -> Response:
        """Send a page's picture."""
        return fresh(request, page_of(document_id, page)[2].png, "image/png")

    @router.api_route("/sources/{document_id}/pages/{page}/places", methods=READING)
    def places(
        document_id: str, page: int, start: Annotated[int, Query(ge=0)], end: Annotated[int, Query(ge=0)]
    ) -> JSONResponse:
        """Tell where on a page's picture a passage stands, in shares of its width and height."""
        document, printed, drawn = page_of(document_id, page)
        passage = Region(start=start - printed.start, end=end - printed.start)
        return JSONResponse({"places": places_on(printed.of(document.text), drawn.letters, passage)})

    return router
