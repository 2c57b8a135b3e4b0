"""The search tester: what a question finds, how it is scored and judged, and the answer it would get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant.channels.admin.access import HOME, Inside, page, sent
from assistant.channels.admin.console import console_of
from assistant.channels.admin.plans import plan_names, public_ids
from assistant.channels.chat import clean_question
from assistant.channels.serving import service_now
from assistant.messages import Answer, Citation, Question, Source, Turn
from assistant.service import Service

HITS = 10

router = APIRouter(prefix=HOME, include_in_schema=False, route_class=Inside)


@dataclass(frozen=True, slots=True)
class Found:
    """A passage found: its place, its score, and what the score is made of."""

    citation: Citation
    score: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a question comes to; `judged` is whether the hits are those that were judged."""

    answer: Answer
    turn: Turn
    hits: tuple[Found, ...]
    judged: bool


@router.api_route("/search", methods=["GET", "HEAD"])
def form(request: Request) -> Response:
    """Show the form."""
    return _shown(request, "", "", False)


@router.post("/search")
def tried(request: Request) -> Response:
    """Try a question out; nothing of it is kept, and no language model is asked."""
    question, municipality = sent(request, "question"), sent(request, "municipality")
    as_staff = bool(sent(request, "staff"))
    chosen = municipality if municipality in plan_names(request) else ""
    service = service_now(request.app)
    try:
        text = clean_question(question)
    except ValueError as error:
        return _shown(request, question, chosen, as_staff, fault=str(error))
    seen = service.for_staff if as_staff else service
    known = {h.id for h in seen.library.holdings}
    return _shown(request, text, chosen, as_staff, trial_of(seen, text, chosen if chosen in known else None))


def trial_of(service: Service, question: str, municipality: str | None) -> Trial:
    """Return what a question comes to."""
    answer, turn = service.try_out(Question(question=question, municipality=municipality))
    if turn.evidence:
        hits = [e.hit for e in turn.evidence]
        parts = [dict(signs) for signs in turn.signs] or [{} for _ in hits]
        scores = [signs.pop("score", 0.0) for signs in parts]
    else:  # records answered, or nothing was asked of the plan: shown is what a search alone would find
        hits = [hit for hit, _ in service.search(question, municipality, HITS)]
        parts, scores = [dict(hit.scores) for hit in hits], [hit.score for hit in hits]
    cited = service.cite([Source.of(hit.passage) for hit in hits])
    found = tuple(Found(c, s, p) for c, s, p in zip(cited, scores, parts, strict=True))
    return Trial(answer, turn, found, bool(turn.evidence))


def _shown(
    request: Request,
    question: str,
    chosen: str,
    as_staff: bool,
    trial: Trial | None = None,
    fault: str = "",
) -> Response:
    service = service_now(request.app)
    return page(
        request,
        "search.html",
        422 if fault else 200,
        question=question,
        chosen=chosen,
        as_staff=as_staff,
        has_staff=service.for_staff.library.has_staff_documents,
        cities=plan_names(request),
        public=public_ids(request),
        trial=trial,
        fault=fault,
        by_model=console_of(request).by_model,
    )
