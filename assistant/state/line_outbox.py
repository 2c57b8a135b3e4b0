"""LINE's outbox: what is to be sent, with the key that makes a push count once, until LINE has it.

`kind` says how far a row is: `reply` (not tried, or known not to have been taken), `tried` (a reply was tried
and LINE may have it), `push`.
"""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from assistant.state.database import Database
from assistant.state.tables import InboxRow, OutboxRow, UnsentRow

REPLY, TRIED, PUSH = "reply", "tried", "push"
WAITING, ACCEPTED, ERASED, DEAD = "waiting", "accepted", "erased", "dead"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is to be sent; `payload` is sealed: receiver, reply token, messages."""

    kind: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sending:
    """What a worker is to send."""

    id: int
    kind: str
    retry_key: str
    payload: dict[str, Any] | None
    attempts: int
    received: datetime.datetime
    """When its event came, from which the reply token's life counts."""
    fresh: bool = False
    """Whether its first try was kept as made when it was stored."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What LINE would not take, without what it was."""

    when: datetime.datetime
    error: str


class Outbox:
    """Lease what is to be sent, and keep how each try ended."""

    def __init__(self, database: Database, clock: Callable[[], datetime.datetime]) -> None:
        self._database = database
        self._clock = clock

    def claim(self, owner: str, lease: datetime.timedelta) -> Sending | None:
        """Lease the next that is due, a person's in their order; None where there is none."""
        due = self._due()
        with self._database.read() as session:
            if session.execute(due).first() is None:
                return None
        with self._database.write() as session:
            found = session.scalars(due.with_for_update(of=OutboxRow, skip_locked=True)).first()
            if found is None:
                return None
            found.lease_owner, found.lease_until = owner, self._clock() + lease
            inbox = session.get(InboxRow, found.inbox) if found.inbox else None
            return _sending(found, inbox.received if inbox else found.created)

    def _due(self) -> Select[OutboxRow]:
        moment = self._clock()
        earlier = aliased(OutboxRow)
        behind = exists().where(
            earlier.status == WAITING, earlier.person == OutboxRow.person, earlier.id < OutboxRow.id
        )
        free = or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until < moment)
        return (
            select(OutboxRow)
            .where(OutboxRow.status == WAITING, OutboxRow.not_before <= moment, free, ~behind)
            .order_by(OutboxRow.id)
            .limit(1)
        )

    def trying(self, sending: Sending, owner: str, kind: str) -> bool:
        """Keep, before a try, that it is made; False where it must not be: unsent, or another's by now."""
        with self._database.write() as session:
            row = session.get(OutboxRow, sending.id, with_for_update=True)
            if row is None or row.status != WAITING or row.lease_owner != owner:
                return False
            event = session.get(InboxRow, row.inbox) if row.inbox else None
            if event and event.line_message_id and session.get(UnsentRow, event.line_message_id):
                row.status, row.payload, row.finished = ERASED, None, self._clock()
                return False
            row.kind, row.attempts = kind, row.attempts + 1
            return True

    def accepted(self, sending: Sending) -> None:
        """Keep that LINE has it, and nothing of what it was."""
        self._end(sending, ACCEPTED, None)

    def bury(self, sending: Sending, error: str) -> None:
        """Keep that LINE never takes it, and nothing of what it was."""
        self._end(sending, DEAD, error)

    def _end(self, sending: Sending, status: str, error: str | None) -> None:
        ended = {"status": status, "payload": None, "finished": self._clock(), "error": error and error[:200]}
        free = {"lease_owner": None, "lease_until": None}
        with self._database.write() as session:
            session.execute(update(OutboxRow).where(OutboxRow.id == sending.id).values(**ended, **free))

    def again(
        self,
        sending: Sending,
        kind: str,
        after: datetime.timedelta,
        error: str,
        payload: dict[str, Any] | None = None,
    ) -> None:
        """Give it back, to be tried later as `kind`; with another payload where one is given."""
        values: dict[str, Any] = {
            "kind": kind,
            "error": error[:200],
            "lease_owner": None,
            "lease_until": None,
        }
        if payload:
            values["payload"] = payload
        waits = and_(OutboxRow.id == sending.id, OutboxRow.status == WAITING)
        with self._database.write() as session:
            session.execute(update(OutboxRow).where(waits).values(not_before=self._clock() + after, **values))

    def counts(self) -> dict[str, int]:
        """Return how many events and answers there are, by half of the queue and status."""
        found: Counter[str] = Counter()
        with self._database.read() as session:
            for name, table in (("inbox", InboxRow), ("outbox", OutboxRow)):
                by_status = select(table.status, func.count()).group_by(table.status)
                found.update({f"{name} {status}": count for status, count in session.execute(by_status)})
        return dict(found)

    def faults(self, most: int = 5) -> tuple[Fault, ...]:
        """Return what LINE would not take, the latest first."""
        dead = (
            select(OutboxRow.finished, OutboxRow.error)
            .where(OutboxRow.status == DEAD)
            .order_by(OutboxRow.id.desc())
            .limit(most)
        )
        with self._database.read() as session:
            return tuple(Fault(when, error or "") for when, error in session.execute(dead) if when)


def enqueue(
    session: Session,
    outgoing: Outgoing,
    event: InboxRow,
    owner: str,
    moment: datetime.datetime,
    lease: datetime.timedelta,
) -> Sending:
    """Keep what is to be sent for an event, its first try as made, with its retry key, leased."""
    row = OutboxRow(
        inbox=event.id,
        retry_key=str(uuid.uuid4()),
        kind=TRIED if outgoing.kind == REPLY else outgoing.kind,
        person=event.person,
        payload=outgoing.payload,
        status=WAITING,
        attempts=1,
        created=moment,
        not_before=moment,
        lease_owner=owner,
        lease_until=moment + lease,
    )
    session.add(row)
    session.flush()
    return replace(_sending(row, event.received), kind=outgoing.kind, fresh=True)


def forget_unsent(session: Session, which: ColumnElement[bool], moment: datetime.datetime) -> None:
    """Erase what waits to be sent."""
    erased = {"status": ERASED, "payload": None, "finished": moment}
    waits = OutboxRow.status == WAITING
    session.execute(update(OutboxRow).where(which, waits).values(**erased))


def _sending(row: OutboxRow, received: datetime.datetime) -> Sending:
    return Sending(row.id, row.kind, row.retry_key, row.payload, row.attempts, received)
