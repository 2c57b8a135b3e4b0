"""What the widget asks for beside answers: whose plan it speaks for, first questions, terms, and furigana."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from assistant.channels.chat import service_of
from assistant.channels.paused import pause_of
from assistant.service import UnknownMunicipality
from corpus.library import Holding
from corpus.records import Contact, Plan
from index.furigana import furigana

MOST_TEXTS = 200
LONGEST_TEXT = 4000
SHARED_SECONDS = 300

# How the interface's own words are read; one in ALONE only where it stands alone, as the name of a size.
WORDS = {"日本語": "にほんご"}
ALONE = {"大": "だい"}

PERIOD = "この計画の期間は？"
MEASURES = "どんな施策がありますか？"
CONTACT = "問い合わせ先は？"

router = APIRouter(prefix="/api")


class TermShown(BaseModel):
    """A word of the plan's own glossary."""

    term: str
    definition: str


class Introduction(BaseModel):
    """What the widget shows before the first question; `municipality` is None where it speaks for several.

    `paused` is what is said while the chat is paused, or None.
    """

    municipality: str | None
    names: list[str]
    contacts: list[Contact]
    questions: list[str]
    terms: list[TermShown]
    paused: str | None = None


class FuriganaRequest(BaseModel):
    """Texts to be read."""

    texts: Annotated[
        list[Annotated[str, Field(max_length=LONGEST_TEXT)]], Field(min_length=1, max_length=MOST_TEXTS)
    ]


class FuriganaResponse(BaseModel):
    """For each text its pieces: what is printed, and its reading or ""."""

    texts: list[list[Annotated[list[str], Field(min_length=2, max_length=2)]]]


@router.get("/widget")
def widget(
    request: Request, response: Response, municipality: Annotated[str | None, Query(max_length=64)] = None
) -> Introduction:
    """Return what the widget shows first."""
    holdings = service_of(request).library.holdings
    chosen = [h for h in holdings if municipality in (None, h.id) and h.public_records.documents]
    if not chosen:
        raise UnknownMunicipality(f"municipality: '{municipality}' の計画はありません")
    pause = pause_of(request)
    response.headers["Cache-Control"] = "no-store" if pause else f"public, max-age={SHARED_SECONDS}"
    return introduction(chosen, municipality).model_copy(update={"paused": pause and pause.message})


@router.post("/furigana")
async def read_aloud(body: FuriganaRequest, request: Request) -> FuriganaResponse:
    """Return how texts are read."""
    service_of(request)
    return FuriganaResponse(
        texts=await run_in_threadpool(readings_of, body.texts, getattr(request.app.state, "readings", {}))
    )


def introduction(holdings: list[Holding], municipality: str | None) -> Introduction:
    """Return the introduction to some holdings' public plans."""
    terms = {t.term: t.definition for h in holdings for t in h.public_records.terms}
    return Introduction(
        municipality=municipality,
        names=[h.plan.municipality.name for h in holdings],
        contacts=[h.plan.contact for h in holdings],
        questions=first_questions(holdings[0].public_records) if len(holdings) == 1 else [MEASURES, CONTACT],
        terms=[TermShown(term=t, definition=d) for t, d in terms.items()],
    )


def first_questions(plan: Plan) -> list[str]:
    """Return three questions that a plan answers: one of a figure, one of a measure, one of the whole."""
    questions = []
    kpi = next(
        (k for k in plan.kpis if k.baseline and k.target and k.baseline.value and k.target.value), None
    )
    if kpi:
        questions.append(f"「{kpi.indicator_normalised or kpi.indicator}」の目標は？")
    measures = sorted(plan.measures, key=lambda m: (not m.is_new, len(m.title)))
    asked = next((m for m in measures if m.departments), None)
    if asked:
        questions.append(f"「{asked.title}」の担当課はどこですか？")
    return [*questions, PERIOD, MEASURES, CONTACT][:3]


def readings_of(texts: list[str], readings: Mapping[str, str]) -> list[list[list[str]]]:
    """Return for each text its pieces; `readings` are those of the plans' own words."""
    return [
        [
            [piece.text, piece.reading]
            for piece in furigana(text, ALONE if text in ALONE else {**WORDS, **readings})
        ]
        for text in texts
    ]
