"""`/ask`: a question and its answer as a page without a script: for sites that forbid them, links, print."""

from __future__ import annotations

import datetime
import re
from typing import Annotated

import jinja2
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from markupsafe import Markup, escape

from assistant.channels.card_pages import card_views
from assistant.channels.chat import clean_question, service_of
from assistant.channels.forms import FORM, fields_of, is_form
from assistant.channels.guard.rates import admit
from assistant.channels.pages import HTML, READING, places_of, printed_date
from assistant.channels.paused import contacts_of, pause_of
from assistant.channels.staff_access import staff_id
from assistant.messages import LONGEST_QUESTION, Answer, Question
from assistant.service import JAPAN
from corpus.library import Library

MOST_FIELDS = 8

_MARKER = re.compile(r"\[(\d{1,3})\]")


def asking_router(library: Library, environment: jinja2.Environment) -> APIRouter:
    """Return the routes of the page; what is typed is posted, so that no address holds it unasked."""
    router = APIRouter(include_in_schema=False)
    places = places_of(library)
    ids = {p.id for p in places}
    environment.filters.update(with_markers=with_markers, as_read=as_read)

    async def shown(request: Request, question: str, municipality: str, conversation: str) -> Response:
        """Return the page, with the answer where something was asked."""
        answer, fault = None, ""
        chosen = municipality if municipality in ids else ""
        pause = pause_of(request)
        if question and not pause:
            try:
                asked = Question(
                    question=clean_question(question),
                    municipality=chosen or None,
                    conversation_id=conversation[:128] or None,
                    staff=staff_id(request),
                )
                await admit(request, asked.conversation_id)
                answer = await run_in_threadpool(service_of(request).answer, asked)
            except ValueError as error:
                fault = str(error)
        page = environment.get_template("ask.html").render(
            places=places,
            chosen=chosen,
            question=question,
            answer=answer,
            fault=fault,
            pause=pause,
            contacts=contacts_of(library, chosen),
            **_said(answer),
        )
        status = 503 if pause else 422 if fault else 200
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
        if not is_form(request):
            raise HTTPException(415, f"content-type: {FORM} で送ってください")
        fields = await fields_of(request, MOST_FIELDS)
        if fields is None:
            raise HTTPException(422, f"body: 項目は{MOST_FIELDS}個までです")
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


def as_read(quote: str) -> str:
    """Return a quote as it is read: the cells of a table row set apart by a bar, no empty line or cell."""
    rows = ([cell.strip() for cell in line.split("\t") if cell.strip()] for line in quote.split("\n"))
    return "\n".join(" ｜ ".join(cells) for cells in rows if cells)


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
        "cards": card_views(answer.cards) if answer else (),
        "numbers": {c.number for c in answer.citations} if answer else set(),
        "by_model": bool(answer and answer.engine.startswith("llm:")),
    }
