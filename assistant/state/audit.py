"""The audit: one row an answer, chained: a row that was changed, put in or taken out is found."""

from __future__ import annotations

import datetime
import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.state.tables import AnswerRow, ChainRow
from corpus.document import Frozen

GENESIS = "0" * 64
# What erasing leaves of a row: which answer, when, by what, and the chain.
KEPT = {"id", "message_id", "created", "digest", "previous", "hash", "erased", "salt"}
# What can say something of a person, and is emptied.
EMPTIED = (
    "conversation",
    "person",
    "question",
    "answer",
    "asked",
    "citations",
    "decisions",
    "verdict",
    "timings",
    "salt",
)


class AnswerRecord(Frozen):
    """What is kept of one answer; texts are masked. The fields are those of `tables.AnswerRow`."""

    message_id: str
    created: datetime.datetime
    conversation: str | None
    person: str | None
    channel: str
    audience: str
    staff: int | None
    municipality: str | None
    language: str
    status: str
    reply: str | None
    engine: str
    question: str | None
    answer: str | None
    asked: dict[str, Any] | None
    citations: list[Any] | None
    decisions: dict[str, Any] | None
    verdict: dict[str, Any] | None
    timings: dict[str, Any] | None
    snapshot: str
    model: str
    version: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What following the chain found: how many rows, how many of them erased, and where it breaks."""

    rows: int
    erased: int
    head: str
    faults: tuple[str, ...]


def append(session: Session, records: Sequence[AnswerRecord]) -> None:
    """Add rows at the chain's end, one after the other whoever else adds; known messages are passed over."""
    chain = session.scalars(select(ChainRow).with_for_update()).one()
    ids = [r.message_id for r in records]
    known = set(session.scalars(select(AnswerRow.message_id).where(AnswerRow.message_id.in_(ids))))
    for record in records:
        if record.message_id in known:
            continue
        known.add(record.message_id)
        row = AnswerRow(
            **record.model_dump(), salt=secrets.token_hex(8), previous=chain.head, digest="", hash=""
        )
        row.digest = _digest(row)
        row.hash = _hash(row)
        session.add(row)
        session.flush()
        chain.head = row.hash
        chain.kept += 1


def verify(session: Session) -> Chain:
    """Follow the chain from where it begins to its end."""
    chain = session.scalars(select(ChainRow)).one()
    previous, count, erased = chain.anchor, 0, 0
    faults: list[str] = []
    for row in session.scalars(select(AnswerRow).order_by(AnswerRow.id).execution_options(yield_per=500)):
        count += 1
        erased += row.erased is not None
        if row.previous != previous:
            faults.append(f"{row.message_id}: この行の前の行が抜けたか、入れ替わっています")
        if row.hash != _hash(row) or (row.erased is None and row.digest != _digest(row)):
            faults.append(f"{row.message_id}: 書き換えられています")
        previous = row.hash
    if (previous, count) != (chain.head, chain.kept):
        faults.append(f"記録の数が合いません（あるはずの{chain.kept}件に対し{count}件）")
    return Chain(count, erased, previous, tuple(faults))


def find(session: Session, message_id: str) -> AnswerRow | None:
    """Return an answer's row, or None."""
    return session.scalars(select(AnswerRow).where(AnswerRow.message_id == message_id)).one_or_none()


def record_of(row: AnswerRow) -> AnswerRecord:
    """Return what a row keeps."""
    return AnswerRecord.model_validate({name: getattr(row, name) for name in AnswerRecord.model_fields})


def erase(rows: Iterable[AnswerRow], now: datetime.datetime) -> int:
    """Empty rows of all that may say something of a person; the chain stays whole."""
    count = 0
    for row in rows:
        if row.erased is None:
            for name in EMPTIED:
                setattr(row, name, None)
            row.erased = now
            count += 1
    return count


def drop_before(session: Session, limit: datetime.datetime, now: datetime.datetime) -> int:
    """Drop the rows from before a moment, and let the chain begin after them; return how many.

    Rows that came in late stand behind younger ones: these are emptied, and dropped with their neighbours.
    """
    chain = session.scalars(select(ChainRow).with_for_update()).one()
    first = session.scalars(select(func.min(AnswerRow.id)).where(AnswerRow.created >= limit)).one()
    old = select(AnswerRow).where(AnswerRow.created < limit).order_by(AnswerRow.id)
    leading = old if first is None else old.where(AnswerRow.id < first)
    count = 0
    for row in list(session.scalars(leading)):
        chain.anchor = row.hash
        session.delete(row)
        count += 1
    chain.dropped += count
    chain.kept -= count
    late = (
        old.where(AnswerRow.erased.is_(None))
        if first is None
        else old.where(AnswerRow.erased.is_(None), AnswerRow.id > first)
    )
    session.flush()
    return count + erase(session.scalars(late), now)


def _digest(row: AnswerRow) -> str:
    contents = {c.key: getattr(row, c.key) for c in AnswerRow.__table__.columns if c.key not in KEPT}
    text = json.dumps(contents, ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(f"{row.salt}\n{text}".encode()).hexdigest()


def _hash(row: AnswerRow) -> str:
    at = row.created.astimezone(datetime.UTC).isoformat()
    return hashlib.sha256("\n".join((row.previous, row.message_id, at, row.digest)).encode()).hexdigest()
