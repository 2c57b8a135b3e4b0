"""One answer: what was asked and said, on what evidence, why, how long it took, and by what versions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from assistant.channels.admin.access import HOME, Inside, Refused, page
from assistant.channels.admin.console import console_of
from assistant.channels.admin.plans import plan_names, public_ids
from assistant.channels.explained import replayed
from assistant.channels.serving import current_of, service_now
from assistant.messages import Citation, Source
from assistant.service import Service
from assistant.state.audit import AnswerRecord, find, record_of

LONGEST_ID = 64

router = APIRouter(prefix=HOME, include_in_schema=False, route_class=Inside)


@router.api_route("/answers", methods=["GET", "HEAD"])
def look_up(request: Request, message_id: Annotated[str, Query()] = "") -> Response:
    """Ask for an answer's id, and lead to it."""
    wanted = message_id.strip()
    if not wanted:
        return page(request, "answers.html", wanted="", fault="")
    if not is_id(wanted) or not _is_kept(request, wanted):
        return page(request, "answers.html", 404, wanted=wanted[:LONGEST_ID], fault=MISSING)
    return RedirectResponse(f"{HOME}/answers/{wanted}", 303)


MISSING = "このIDの回答の記録はありません。保存の期間を過ぎたか、IDがちがいます。"


@router.api_route("/answers/{message_id}", methods=["GET", "HEAD"])
def answer(request: Request, message_id: str, replay: Annotated[str, Query()] = "") -> Response:
    """Show an answer, and beside it what is answered now where that is asked for."""
    with console_of(request).state.database.read() as session:
        row = find(session, message_id) if is_id(message_id) else None
        if row is None:
            raise Refused(404, MISSING)
        record, erased = record_of(row), row.erased
    service = current_of(request.app)
    again = replayed(record, service_now(request.app))["replay"] if replay and not erased else None
    return page(
        request,
        "answer.html",
        record=record,
        erased=erased,
        citations=cited(record, service.for_staff) if service else (),
        same_index=service is not None and service.manifest.name == record.snapshot,
        again=again,
        cities=plan_names(request),
        public=public_ids(request),
    )


def cited(record: AnswerRecord, service: Service) -> tuple[Citation, ...]:
    """Return the places that an answer cites, as their documents read now; without those that are gone."""
    sources = [Source.model_validate(c) for c in record.citations or ()]
    return service.cite(sources)


def is_id(text: str) -> bool:
    """Tell whether a text can be an answer's id."""
    return 0 < len(text) <= LONGEST_ID and text.isascii() and text.replace("-", "").replace("_", "").isalnum()


def _is_kept(request: Request, message_id: str) -> bool:
    with console_of(request).state.database.read() as session:
        return find(session, message_id) is not None
