"""Retention: what has been kept long enough is dropped, and its bytes with it.

Conversations go when nobody may go on with them; answers and feedback after the days that are set; what LINE
brought, and codes that nobody used, after a month. Acts of administrators stay.
"""

from __future__ import annotations

import datetime

from sqlalchemy import CursorResult, Delete, delete, text
from sqlalchemy.orm import Session

from assistant.state import audit
from assistant.state.database import Database
from assistant.state.stored import IDLE
from assistant.state.tables import (
    Base,
    ConversationRow,
    FeedbackRow,
    InboxRow,
    InviteRow,
    NonceRow,
    OutboxRow,
    UnsentRow,
)

MONTH = datetime.timedelta(days=30)


def prune(database: Database, now: datetime.datetime, days: int) -> dict[str, int]:
    """Drop what is too old; return how many rows of what. StateDown where the database fails."""
    limit, month = now - datetime.timedelta(days=days), now - MONTH
    old: tuple[tuple[str, Delete], ...] = (
        ("conversations", delete(ConversationRow).where(ConversationRow.seen < now - IDLE)),
        ("feedback", delete(FeedbackRow).where(FeedbackRow.created < limit)),
        ("invites", delete(InviteRow).where(InviteRow.expires < month)),
        ("nonces", delete(NonceRow).where(NonceRow.expires < now - datetime.timedelta(days=1))),
        ("outbox", delete(OutboxRow).where(OutboxRow.status != "waiting", OutboxRow.created < month)),
        ("inbox", delete(InboxRow).where(InboxRow.status != "waiting", InboxRow.received < month)),
        ("unsent", delete(UnsentRow).where(UnsentRow.created < month)),
    )
    with database.write() as session:
        dropped = {"answers": audit.drop_before(session, limit, now)}
        dropped |= {name: _run(session, statement) for name, statement in old}
    if any(dropped.values()):
        scrub(database)
    return dropped


def scrub(database: Database, *, wholly: bool = False) -> None:
    """Let nothing of dropped rows stay in the database's files.

    SQLite overwrites what it drops; its log is then emptied. PostgreSQL gives the room back to be used
    again, or, `wholly`, writes its tables anew, while they cannot be used.
    """
    with database.outside() as connection:
        if database.path:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            return
        for table in Base.metadata.sorted_tables:
            connection.execute(text(f'VACUUM {"(FULL)" if wholly else ""} "{table.name}"'))


def _run(session: Session, statement: Delete) -> int:
    result = session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0
