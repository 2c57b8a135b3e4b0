"""`POST /api/feedback`: whether an answer helped, and what was wrong with it."""

from __future__ import annotations

import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from assistant.masking import mask
from assistant.state.feedback import Feedback, Mark, Rating, Reason

LONGEST_COMMENT = 1000

router = APIRouter(prefix="/api")


class FeedbackRequest(BaseModel):
    """A rating over HTTP; `message_id` is that of the answer."""

    message_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    rating: Mark
    reason: Reason | None = None
    comment: Annotated[str, Field(max_length=LONGEST_COMMENT)] | None = None


class FeedbackResponse(BaseModel):
    """What was kept."""

    message_id: str
    rating: Mark


@router.post("/feedback")
async def feedback(body: FeedbackRequest, request: Request) -> FeedbackResponse:
    """Keep what someone says of an answer; a comment is kept without the personal data in it."""
    store: Feedback = request.app.state.feedback
    rating = Rating(
        message_id=body.message_id,
        rating=body.rating,
        reason=body.reason,
        comment=mask(body.comment) if body.comment else None,
        at=datetime.datetime.now(datetime.UTC),
    )
    try:
        await run_in_threadpool(store.add, rating)
    except OSError as error:
        raise HTTPException(503, "ご意見を保存できませんでした", headers={"Retry-After": "60"}) from error
    return FeedbackResponse(message_id=body.message_id, rating=body.rating)
