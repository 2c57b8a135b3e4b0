"""Corrections: those in force, with those whose source changed marked; added, looked at again, taken out."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from assistant.channels.admin.access import HOME, Inside, Refused, page, sent, visitor
from assistant.channels.admin.console import console_of
from assistant.channels.admin.plans import plan_names, staff_service
from assistant.correcting import LONGEST, Checked, Unfit, draft_of, reviewed
from assistant.service import UnknownMunicipality
from assistant.state.corrections import Corrections

PAGE = f"{HOME}/corrections"
QUOTES = ("quote1", "quote2", "quote3")
PARTS = ("municipality", "words", "answer", "means", "reason", *QUOTES)
LARGEST_ID = 2**31 - 1

router = APIRouter(prefix=HOME, include_in_schema=False, route_class=Inside)


@router.api_route("/corrections", methods=["GET", "HEAD"])
def corrections(request: Request) -> Response:
    """Show every correction, and the forms to add one."""
    return _shown(request)


@router.post("/corrections")
def add(request: Request) -> Response:
    """Add an answer to a question, or a way of saying; what is wrong is told beside its field."""
    kind = "synonym" if sent(request, "kind") == "synonym" else "override"
    typed = {part: sent(request, part) for part in PARTS}
    override = kind == "override"
    try:
        draft = draft_of(
            staff_service(request).library,
            typed["municipality"],
            typed["words"],
            visitor(request).actor,
            typed["reason"],
            typed["answer"] if override else None,
            _quotes(request) if override else (),
            None if override else typed["means"],
        )
    except Unfit as error:
        return _shown(request, kind, typed, {error.part: error.said}, 422)
    except UnknownMunicipality:
        return _shown(request, kind, typed, {"municipality": "一覧から選んでください"}, 422)
    _kept(request).add(draft)
    return RedirectResponse(PAGE, 303)


@router.post("/corrections/{identity}/remove")
def remove(request: Request, identity: str) -> Response:
    """Take a correction out of force."""
    _kept(request).remove(_number(identity), visitor(request).actor)
    return RedirectResponse(PAGE, 303)


@router.post("/corrections/{identity}/review")
def review(request: Request, identity: str) -> Response:
    """Use a correction again, with its sources as they stand now or new ones."""
    library, number = staff_service(request).library, _number(identity)
    try:
        reviewed(library, _kept(request), number, visitor(request).actor, _quotes(request))
    except Unfit as error:
        return _shown(request, "", {}, {str(number): error.said}, 422)
    return RedirectResponse(PAGE, 303)


def _kept(request: Request) -> Corrections:
    return console_of(request).state.corrections


def _quotes(request: Request) -> tuple[str, ...]:
    return tuple(filter(None, (sent(request, name) for name in QUOTES)))


def _number(identity: str) -> int:
    if not (identity.isascii() and identity.isdigit() and len(identity) < 11 and int(identity) <= LARGEST_ID):
        raise Refused(404, "この番号の訂正はありません。")
    return int(identity)


def _shown(
    request: Request,
    kind: str = "",
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    library = staff_service(request).library
    return page(
        request,
        "corrections.html",
        status,
        checked=Checked.all(library, _kept(request)),
        cities=plan_names(request),
        kind=kind,
        typed=typed or dict.fromkeys(PARTS, ""),
        faults=faults or {},
        quotes=QUOTES,
        longest=LONGEST,
    )
