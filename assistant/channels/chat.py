"""The chat's routes: ask, search, and the plans and texts that citations point into."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.channels.guard.rates import admit
from assistant.channels.paused import check_open
from assistant.channels.problems import documented
from assistant.channels.serving import current_of
from assistant.channels.staff_access import seen_by, staff_id
from assistant.channels.views import plan_line, plan_view
from assistant.messages import LONGEST_QUESTION, Answer, Citation, Language, Question
from assistant.service import Service

_REJECTED = {"Cc", "Cs", "Co"}
_ALLOWED = "\n\r\t"
# Invisible characters that reorder text or hide it: bidirectional controls, tags, zero-width ones.
_INVISIBLE = {
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    0x061C,
    0x180E,
    0xFEFF,
    *range(0xE0000, 0xE0080),
}


def clean_question(text: str) -> str:
    """Return a question without invisible characters; ValueError for one that cannot be asked."""
    if any(unicodedata.category(c) in _REJECTED and c not in _ALLOWED for c in text):
        raise ValueError("制御文字など、使えない文字が含まれています")
    visible = "".join(c for c in text if ord(c) not in _INVISIBLE).strip()
    length = len(unicodedata.normalize("NFKC", visible))
    if not length:
        raise ValueError("質問を入力してください")
    if length > LONGEST_QUESTION:
        raise ValueError(f"{LONGEST_QUESTION:,}文字以内で入力してください（いまは{length:,}文字です）")
    return visible


QuestionText = Annotated[str, AfterValidator(clean_question)]


class ChatRequest(BaseModel):
    """A question over HTTP."""

    model_config = ConfigDict(extra="ignore")

    question: QuestionText
    municipality: Annotated[str, Field(max_length=64)] | None = None
    conversation_id: Annotated[str, Field(max_length=128)] | None = None
    language: Language | None = None


class SearchRequest(BaseModel):
    """A query over HTTP."""

    query: QuestionText
    municipality: Annotated[str, Field(max_length=64)] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class SearchHit(BaseModel):
    """One passage found."""

    rank: int
    score: float
    citation: Citation


class SearchResponse(BaseModel):
    """The passages found, the best first."""

    hits: list[SearchHit]


router = APIRouter(prefix="/api")


def service_of(request: Request) -> Service:
    """Return the running service as who asks may use it; 503 while it is not ready."""
    service = current_of(request.app)
    if service is None:
        raise HTTPException(503, "準備中です", headers={"Retry-After": "10"})
    return seen_by(request, service)


@router.post("/chat")
async def chat(body: ChatRequest, request: Request) -> Answer:
    """Answer a question."""
    service = service_of(request)
    check_open(request, service.library, body.municipality)
    await admit(request, body.conversation_id)
    question = Question(**body.model_dump(), staff=staff_id(request))
    return await run_in_threadpool(service.answer, question)


@router.post("/search")
async def search(body: SearchRequest, request: Request) -> SearchResponse:
    """Find passages."""
    found = await run_in_threadpool(service_of(request).search, body.query, body.municipality, body.limit)
    return SearchResponse(
        hits=[SearchHit(rank=c.number, score=round(h.score, 6), citation=c) for h, c in found]
    )


@router.get("/plans")
def plans(request: Request) -> dict[str, Any]:
    """List the plans."""
    return {"plans": [plan_line(h) for h in service_of(request).library.holdings]}


@router.get("/plans/{municipality}", responses=documented(404))
def plan(municipality: str, request: Request) -> dict[str, Any]:
    """Return one municipality's plan."""
    holding = service_of(request).library.holding(municipality)
    if holding is None:
        raise HTTPException(404, f"municipality: '{municipality}' の計画はありません")
    return plan_view(holding)


@router.get("/documents/{document_id}/text", response_class=PlainTextResponse, responses=documented(404))
def document_text(document_id: str, request: Request) -> PlainTextResponse:
    """Return the canonical text that citations count in."""
    found = service_of(request).library.document(document_id)
    if found is None:
        raise HTTPException(404, f"document_id: '{document_id}' の文書はありません")
    return PlainTextResponse(found[1].text)
