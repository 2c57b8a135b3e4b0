"""Conversations in the database, so that any process goes on with them; in memory while it is down."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.messages import Exchange
from assistant.state.conversations import IDLE_SECONDS, TURNS, Conversations
from assistant.state.database import Database
from assistant.state.errors import StateError
from assistant.state.secret import hashed
from assistant.state.tables import ConversationRow, TurnRow

IDLE = datetime.timedelta(seconds=IDLE_SECONDS)


def utc_now() -> datetime.datetime:
    """Return the moment it is."""
    return datetime.datetime.now(datetime.UTC)


class StoredConversations(Conversations):
    """Remember conversations; one of residents is not found by staff, nor the other way round."""

    def __init__(
        self, database: Database, audience: str = "public", now: Callable[[], datetime.datetime] = utc_now
    ) -> None:
        super().__init__(lambda: now().timestamp())
        self._database = database
        self._audience = audience
        self._now = now

    def hash_of(self, conversation_id: str) -> str:
        """Return what a conversation is kept under: its id opens it and is not kept."""
        return hashed(f"{self._audience}\n{conversation_id}")

    def open(self, conversation_id: str | None, made_here: bool = False) -> tuple[str, tuple[Exchange, ...]]:
        """Return a conversation's id and exchanges; a new id where it is unknown, expired or another's."""
        kept: tuple[Exchange, ...] = ()
        if conversation_id is not None:
            with suppress(StateError):
                kept = self._kept_in_database(conversation_id)
        identity, lately = super().open(conversation_id, made_here)
        if kept and conversation_id is not None:
            return conversation_id, (*kept, *(lately if identity == conversation_id else ()))[-TURNS:]
        return identity, lately

    def add(
        self,
        conversation_id: str,
        exchange: Exchange,
        *,
        channel: str = "web",
        person: str | None = None,
        message_id: str | None = None,
    ) -> None:
        """Keep one more exchange, after those that waited in memory; never fails."""
        waiting = (*self.take(conversation_id), exchange)
        try:
            with self._database.write() as session:
                self._add(session, conversation_id, waiting, channel, person, message_id)
        except StateError:
            for earlier in waiting:
                super().add(conversation_id, earlier)

    def _kept_in_database(self, conversation_id: str) -> tuple[Exchange, ...]:
        with self._database.read() as session:
            turns = session.scalars(
                select(TurnRow)
                .join(ConversationRow, ConversationRow.id == TurnRow.conversation)
                .where(ConversationRow.id == self.hash_of(conversation_id))
                .where(ConversationRow.seen >= self._now() - IDLE)
                .order_by(TurnRow.id.desc())
                .limit(TURNS)
            )
            return tuple(Exchange.model_validate(t.exchange) for t in reversed(list(turns)))

    def _add(
        self,
        session: Session,
        conversation_id: str,
        exchanges: tuple[Exchange, ...],
        channel: str,
        person: str | None,
        message_id: str | None,
    ) -> None:
        key, now = self.hash_of(conversation_id), self._now()
        row = session.get(ConversationRow, key)
        if row is None:
            row = ConversationRow(id=key, person=person, channel=channel, created=now, seen=now)
            session.add(row)
            session.flush()
        row.seen = now
        for n, exchange in enumerate(exchanges, 1):
            kept = exchange.model_dump(mode="json")
            last = message_id if n == len(exchanges) else None
            session.add(TurnRow(conversation=key, message_id=last, exchange=kept, created=now))
        session.flush()
        oldest = select(func.min(TurnRow.id)).where(
            TurnRow.id.in_(
                select(TurnRow.id).where(TurnRow.conversation == key).order_by(TurnRow.id.desc()).limit(TURNS)
            )
        )
        first = session.scalars(oldest).one()
        for turn in session.scalars(select(TurnRow).where(TurnRow.conversation == key, TurnRow.id < first)):
            session.delete(turn)
