"""LINE's inbox: events stored before they are answered, and worked on under a lease by one worker at a time.

Each `webhookEventId` is stored once. Of one person's events the earliest is worked on first and alone;
several workers and processes share the rest. What a worker that died had begun is free again when its lease
has run out.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from assistant.state.database import Database
from assistant.state.line_outbox import Outgoing, Sending, enqueue, forget_unsent
from assistant.state.tables import InboxRow, OutboxRow, UnsentRow

Clock = Callable[[], datetime.datetime]
WAITING, DONE, IGNORED, ERASED, DEAD = "waiting", "done", "ignored", "erased", "dead"
UNSEND = "unsend"


def now() -> datetime.datetime:
    """Return the moment."""
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event as it is stored; `payload` is sealed, and None for one that asks for nothing."""

    webhook_event_id: str
    kind: str
    person: str | None
    payload: dict[str, Any] | None
    line_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """An event that a worker holds."""

    id: int
    kind: str
    person: str | None
    payload: dict[str, Any] | None
    line_message_id: str | None
    attempts: int
    received: datetime.datetime


class Inbox:
    """Store events, lease them and end them."""

    def __init__(self, database: Database, clock: Clock = now) -> None:
        self._database = database
        self._clock = clock

    def store(self, events: Sequence[Incoming]) -> int:
        """Keep the events that are new, all or none, and return how many were; StateDown where it cannot."""
        with self._database.write() as session:
            return sum(self._store(session, event) for event in events)

    def _store(self, session: Session, event: Incoming) -> int:
        moment = self._clock()
        if event.kind == UNSEND and event.line_message_id:
            row = {"line_message_id": event.line_message_id, "created": moment}
            session.execute(_insert_new(session, UnsentRow, row))
        row = {
            "webhook_event_id": event.webhook_event_id,
            "kind": event.kind,
            "person": event.person,
            "payload": event.payload,
            "line_message_id": event.line_message_id,
            "status": WAITING if event.payload else IGNORED,
            "attempts": 0,
            "received": moment,
            "not_before": moment,
            "finished": None if event.payload else moment,
        }
        stored = session.execute(_insert_new(session, InboxRow, row).returning(InboxRow.id))
        return int(stored.first() is not None)

    def claim(self, owner: str, lease: datetime.timedelta) -> Job | None:
        """Lease the next event that is due; None where there is none."""
        due = self._due()
        with self._database.read() as session:
            if session.execute(due).first() is None:
                return None
        with self._database.write() as session:
            found = session.scalars(due.with_for_update(of=InboxRow, skip_locked=True)).first()
            if found is None:
                return None
            found.lease_owner, found.lease_until = owner, self._clock() + lease
            found.attempts += 1
            return Job(
                found.id,
                found.kind,
                found.person,
                found.payload,
                found.line_message_id,
                found.attempts,
                found.received,
            )

    def _due(self) -> Select[InboxRow]:
        """Return the query for the next event: nobody's, and none of its person's is before it."""
        moment = self._clock()
        earlier = aliased(InboxRow)
        behind = exists().where(
            earlier.status == WAITING, earlier.person == InboxRow.person, earlier.id < InboxRow.id
        )
        free = or_(InboxRow.lease_until.is_(None), InboxRow.lease_until < moment)
        return (
            select(InboxRow)
            .where(InboxRow.status == WAITING, InboxRow.not_before <= moment, free)
            .where(or_(InboxRow.kind == UNSEND, ~behind))
            .order_by(InboxRow.id)
            .limit(1)
        )

    def renew(self, owner: str, lease: datetime.timedelta) -> None:
        """Lengthen every lease that a worker holds."""
        until = self._clock() + lease
        with self._database.write() as session:
            for table in (InboxRow, OutboxRow):
                held = and_(table.status == WAITING, table.lease_owner == owner)
                session.execute(update(table).where(held).values(lease_until=until))

    def finish(
        self,
        job: Job,
        owner: str,
        outgoing: Outgoing | None,
        lease: datetime.timedelta,
        answers: Sequence[str] = (),
        status: str = DONE,
        note: str | None = None,
    ) -> Sending | None:
        """End an event and keep what it leads to, together; return what is to be sent, leased to the worker.

        `answers` are the ids of the answers among it, the one to the event itself first.

        Nothing is kept to be sent where the worker has lost its lease, or the message was unsent meanwhile.
        """
        moment = self._clock()
        with self._database.write() as session:
            row = session.get(InboxRow, job.id, with_for_update=True)
            if row is None or row.status != WAITING or row.lease_owner != owner:
                return None
            unsent = job.line_message_id and session.get(UnsentRow, job.line_message_id)
            if unsent and job.kind != UNSEND:
                status, outgoing = ERASED, None
            row.status, row.payload, row.finished = status, None, moment
            row.message_id, row.error = ",".join(answers) or None, note
            row.lease_owner = row.lease_until = None
            return enqueue(session, outgoing, row, owner, moment, lease) if outgoing else None

    def again(self, job: Job, owner: str, after: datetime.timedelta, error: str) -> None:
        """Give an event back, to be tried later."""
        with self._database.write() as session:
            mine = and_(InboxRow.id == job.id, InboxRow.lease_owner == owner)
            values = {"lease_owner": None, "lease_until": None, "error": error[:200]}
            session.execute(update(InboxRow).where(mine).values(not_before=self._clock() + after, **values))

    def was_unsent(self, job: Job) -> bool:
        """Say whether the message of an event was unsent."""
        if not job.line_message_id:
            return False
        with self._database.read() as session:
            return session.get(UnsentRow, job.line_message_id) is not None

    def erase(self, line_message_id: str) -> tuple[str, ...]:
        """Erase what waits of a message, question and answer; return the ids of the answers it was given."""
        with self._database.write() as session:
            rows = session.scalars(
                select(InboxRow).where(InboxRow.line_message_id == line_message_id, InboxRow.kind != UNSEND)
            ).all()
            for row in rows:
                row.payload = None
                if row.status == WAITING:
                    row.status, row.finished = ERASED, self._clock()
                forget_unsent(session, OutboxRow.inbox == row.id, self._clock())
            return tuple(i for row in rows for i in (row.message_id or "").split(",") if i)

    def forget(self, person: str, but: Job) -> None:
        """Drop all that waits for a person, but the event that is being handled."""
        with self._database.write() as session:
            held = and_(InboxRow.person == person, InboxRow.status == WAITING, InboxRow.id < but.id)
            ended = {"status": ERASED, "payload": None, "finished": self._clock()}
            session.execute(update(InboxRow).where(held).values(**ended))
            forget_unsent(session, OutboxRow.person == person, self._clock())

    def noted(self, person: str, note: str, within: datetime.timedelta) -> int:
        """Return how many of a person's events of late ended with a note."""
        since = self._clock() - within
        held = and_(InboxRow.person == person, InboxRow.error == note, InboxRow.received > since)
        with self._database.read() as session:
            return session.scalar(select(func.count()).where(held)) or 0

    def answered_last(self, person: str) -> str | None:
        """Return the id of the answer that a person was given last; the first of several at once."""
        newest = (
            select(InboxRow.message_id)
            .where(InboxRow.person == person, InboxRow.message_id.is_not(None), InboxRow.status == DONE)
            .order_by(InboxRow.id.desc())
            .limit(1)
        )
        with self._database.read() as session:
            found = session.scalars(newest).first()
            return found.split(",")[0] if found else None


def _insert_new(session: Session, table: type, row: dict[str, Any]) -> Any:
    """Return the statement that inserts a row unless one with its key is there."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table).values(**row).on_conflict_do_nothing()
