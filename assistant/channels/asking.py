"""`/ask`: a question and its answer as a page without a script: for sites that forbid them, links, print."""

from __future__ import annotations

import datetime
import re
from typing import Annotated
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import jinja2
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from markupsafe import Markup, escape

from assistant.channels.chat import clean_question, service_of
from assistant.channels.pages import HTML, READING, places_of, printed_date
from assistant.messages import LONGEST_QUESTION, Answer, Question
from corpus.library import Library

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 8
JAPAN = ZoneInfo("Asia/Tokyo")

_MARKER = re.compile(r"\[(\d{1,3})\]")


def asking_router(library: Library, environment: jinja2.Environment) -> APIRouter:
    """Return the routes of the page; what is typed is posted, so that no address holds it unasked."""
    router = APIRouter(include_in_schema=False)
    places = places_of(library)
    ids = {p.id for p in places}
    environment.filters["with_markers"] = with_markers

    async def shown(request: Request, question: str, municipality: str, conversation: str) -> Response:
        """Return the page, with the answer where something was asked."""
        answer, fault = None, ""
        chosen = municipality if municipality in ids else ""
        if question:
            try:
                asked = Question(
                    question=clean_question(question),
                    municipality=chosen or None,
                    conversation_id=conversation[:128] or None,
                )
                answer = await run_in_threadpool(service_of(request).answer, asked)
            except ValueError as error:
                fault = str(error)
        page = environment.get_template("ask.html").render(
            places=places, chosen=chosen, question=question, answer=answer, fault=fault, **_said(answer)
        )
        status = 422 if fault else 200
        return Response(
            page.encode("utf-8", "replace"), status, {"Cache-Control": "no-store"}, media_type=HTML
        )

    @router.api_route("/ask", methods=READING)
    async def ask(
        request: Request,
        question: Annotated[str, Query()] = "",
        municipality: Annotated[str, Query()] = "",
    ) -> Response:
        """Show the form, or the answer that a link asks for."""
        return await shown(request, question, municipality, "")

    @router.post("/ask")
    async def answered(request: Request) -> Response:
        """Answer the question of the form."""
        if request.headers.get("content-type", "").split(";")[0].strip() != FORM:
            raise HTTPException(415, f"content-type: {FORM} で送ってください")
        body = (await request.body()).decode("utf-8", "replace")
        try:
            fields = {
                k: v[0] for k, v in parse_qs(body, keep_blank_values=True, max_num_fields=MOST_FIELDS).items()
            }
        except ValueError as error:
            raise HTTPException(422, f"body: 項目は{MOST_FIELDS}個までです") from error
        question = fields.get("question", "").strip()
        if not question:
            question = "\u3000"  # a blank question is told what is wrong, not shown an empty form
        return await shown(request, question, fields.get("municipality", ""), fields.get("conversation", ""))

    return router


def with_markers(text: str, known: set[int]) -> Markup:
    """Return an answer's text with each [n] that has a source as a link to it."""
    made = Markup("")
    at = 0
    for match in _MARKER.finditer(text):
        number = int(match[1])
        if number in known:
            made += escape(text[at : match.start()])
            made += Markup('<a class="marker" href="#s{0}" aria-label="出典 {0}">[{0}]</a>').format(number)
            at = match.end()
    return made + escape(text[at:])


def _said(answer: Answer | None) -> dict[str, object]:
    """Return what the page says of an answer besides its text."""
    today = datetime.datetime.now(JAPAN).date()
    labels = {
        "clarify": "おたずねします",
        "not_in_plan": "計画には書かれていません",
        "out_of_scope": "この窓口ではお答えできません",
        "refused": "お答えできません",
    }
    return {
        "today": printed_date(today.isoformat()),
        "longest": LONGEST_QUESTION,
        "label": labels.get(answer.status, "回答") if answer else "",
        "numbers": {c.number for c in answer.citations} if answer else set(),
        "by_model": bool(answer and answer.engine.startswith("llm:")),
    }
