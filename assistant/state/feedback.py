"""Feedback: what people say of an answer.

A rating names its answer by message_id alone; whoever joins ratings and answers leaves aside those that
have none.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence
from typing import Literal, Protocol

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.state.tables import FeedbackRow
from corpus.document import Frozen

Mark = Literal["up", "down"]
Reason = Literal["誤り", "古い", "的外れ", "足りない"]


class Rating(Frozen):
    """What someone said of one answer; of two ratings of one answer the later one counts.

    `key` is the rating's own, so that it is kept once however often it is brought.
    """

    message_id: str
    rating: Mark
    reason: Reason | None = None
    comment: str | None = None
    at: datetime.datetime
    channel: str = "web"
    key: str = Field(default_factory=lambda: secrets.token_hex(16))


class Feedback(Protocol):
    """Keep ratings."""

    def add(self, rating: Rating) -> None:
        """Keep one rating durably; OSError where it cannot be written."""


def append(session: Session, ratings: Sequence[Rating]) -> None:
    """Add ratings; those that are known are passed over."""
    keys = [r.key for r in ratings]
    known = set(session.scalars(select(FeedbackRow.key).where(FeedbackRow.key.in_(keys))))
    for rating in ratings:
        if rating.key not in known:
            known.add(rating.key)
            values = rating.model_dump(exclude={"at"})
            session.add(FeedbackRow(**values, created=rating.at))
