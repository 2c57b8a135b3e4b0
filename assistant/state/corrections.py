"""Corrections: answers that staff have overridden, and ways of saying that they added; read from memory."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from sqlalchemy import select

from assistant.state.admin import note
from assistant.state.database import Database
from assistant.state.errors import StateConflict, StateError
from assistant.state.tables import CorrectionRow
from corpus.document import Frozen

Kind = Literal["override", "synonym"]


class Cited(Frozen):
    """A place in a document and what stood there when it was cited."""

    document_id: str
    start: int
    end: int
    quote: str


class Draft(Frozen):
    """A correction as staff write it: an override has an answer and its sources, a synonym what is meant."""

    kind: Kind
    municipality: str
    words: str
    author: str
    reason: str
    meant: str | None = None
    answer: str | None = None
    sources: tuple[Cited, ...] = ()


class Correction(Draft):
    """A correction as it is kept; `reviewed` is when someone last looked at it after its source changed."""

    id: int
    created: datetime.datetime
    reviewed: datetime.datetime | None = None


class Corrections:
    """Keep corrections, and give those in force without the database; safe for several threads."""

    def __init__(self, database: Database, now: Callable[[], datetime.datetime]) -> None:
        self._database = database
        self._now = now
        self._lock = threading.Lock()
        self._held: tuple[Correction, ...] | None = None

    def of(self, municipality: str) -> tuple[Correction, ...]:
        """Return a municipality's corrections in force, as last read, the latest first; never fails."""
        if self._held is None:
            self.refresh()
        return tuple(c for c in self._held or () if c.municipality == municipality)

    def refresh(self) -> None:
        """Read the corrections anew; those known stay where the database fails."""
        with self._lock, suppress(StateError):
            self._held = tuple(reversed(self.all()))
        if self._held is None:
            self._held = ()

    def all(self) -> tuple[Correction, ...]:
        """Return every correction in force, the earliest first."""
        with self._database.read() as session:
            rows = session.scalars(
                select(CorrectionRow).where(CorrectionRow.removed.is_(None)).order_by(CorrectionRow.id)
            )
            return tuple(_correction(row) for row in rows)

    def add(self, draft: Draft) -> Correction:
        """Keep a correction."""
        with self._database.write() as session:
            row = CorrectionRow(**draft.model_dump(mode="json"), created=self._now())
            session.add(row)
            session.flush()
            note(session, self._now(), draft.author, "correction add", str(row.id), {"reason": draft.reason})
            added = _correction(row)
        self.refresh()
        return added

    def remove(self, identity: int, actor: str) -> Correction:
        """Take a correction out of force; StateConflict where there is none of that id."""
        with self._database.write() as session:
            row = self._row(session.get(CorrectionRow, identity), identity)
            row.removed, row.remover = self._now(), actor
            note(session, self._now(), actor, "correction remove", str(identity))
            removed = _correction(row)
        self.refresh()
        return removed

    def review(self, identity: int, actor: str, sources: tuple[Cited, ...]) -> Correction:
        """Keep an override with its sources where they are now."""
        with self._database.write() as session:
            row = self._row(session.get(CorrectionRow, identity), identity)
            row.sources = [s.model_dump() for s in sources]
            row.reviewed = self._now()
            note(session, self._now(), actor, "correction review", str(identity))
            reviewed = _correction(row)
        self.refresh()
        return reviewed

    def _row(self, row: CorrectionRow | None, identity: int) -> CorrectionRow:
        if row is None or row.removed is not None:
            raise missing(identity)
        return row


def missing(identity: int) -> StateConflict:
    """Return what is said of a correction that is not there."""
    return StateConflict(
        f"ID: {identity} の訂正はありません（plan-assistant corrections list で確かめられます）"
    )


def _correction(row: CorrectionRow) -> Correction:
    return Correction(
        id=row.id,
        kind="override" if row.kind == "override" else "synonym",
        municipality=row.municipality,
        words=row.words,
        meant=row.meant,
        answer=row.answer,
        sources=tuple(Cited.model_validate(s) for s in row.sources or ()),
        author=row.author,
        reason=row.reason,
        created=row.created,
        reviewed=row.reviewed,
    )
