"""What is kept of one conversation or one person: exported, and erased."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from assistant.state import audit
from assistant.state.admin import note
from assistant.state.database import Database
from assistant.state.errors import StateConflict
from assistant.state.retention import scrub
from assistant.state.stored import utc_now
from assistant.state.tables import (
    AdminRow,
    AnswerRow,
    Base,
    ConversationRow,
    CorrectionRow,
    FeedbackRow,
    InboxRow,
    LinkRow,
    OutboxRow,
    TurnRow,
)

TABLES: Mapping[str, type[Base]] = {
    "answers": AnswerRow,
    "feedback": FeedbackRow,
    "turns": TurnRow,
    "corrections": CorrectionRow,
    "admin": AdminRow,
}
# What is the city's and nobody's in particular.
NOBODYS = (CorrectionRow, AdminRow)
# What opens the chain's contents is nobody's to see.
HIDDEN = {"salt"}


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose rows are meant: the hashes a conversation may have, the keyed hash of a person."""

    conversations: tuple[str, ...] = ()
    person: str | None = None


def rows_of(
    session: Session, what: str, whose: Whose | None = None, after: int = 0, most: int | None = None
) -> tuple[Sequence[str], Iterator[Mapping[str, Any]]]:
    """Return the columns and the rows of a table, all or those of someone, the earliest first.

    `after` leaves out the rows up to that id; `most` is how many rows are wanted.
    """
    if what not in TABLES:
        raise StateConflict(f"--what: '{what}' は使えません。{'、'.join(TABLES)} から選んでください")
    table = TABLES[what]
    columns = [c.key for c in table.__table__.columns if c.key not in HIDDEN]
    identity = table.__table__.c.id
    statement = select(table).where(identity > after).order_by(identity).limit(most)
    if whose is not None:
        if table in NOBODYS:
            raise StateConflict(f"--what: {what} の記録は、会話や人ごとには分けられません")
        statement = statement.where(_condition(table, whose))
    found = session.scalars(statement.execution_options(yield_per=500))
    return columns, ({c: getattr(row, c) for c in columns} for row in found)


def erase_all(database: Database, whose: Whose, actor: str) -> dict[str, int]:
    """Erase what is kept of someone; of each answer its id, its time and its place in the chain stay."""
    now = utc_now()
    with database.write() as session:
        erased = _erase(session, whose, now)
        note(session, now, actor, "state erase", None, dict(erased))
    scrub(database, wholly=True)
    return erased


def _erase(session: Session, whose: Whose, now: datetime.datetime) -> dict[str, int]:
    feedback = list(session.scalars(select(FeedbackRow).where(_condition(FeedbackRow, whose))))
    turns = len(session.scalars(select(TurnRow.id).where(_condition(TurnRow, whose))).all())
    answers = session.scalars(select(AnswerRow).where(_condition(AnswerRow, whose))).all()
    for rating in feedback:
        session.delete(rating)
    session.flush()
    session.execute(delete(ConversationRow).where(_condition(ConversationRow, whose)))
    counts = {"answers": audit.erase(answers, now), "feedback": len(feedback), "turns": turns}
    if whose.person is not None:
        emptied = {"payload": None, "person": None, "status": "erased"}
        for table in (OutboxRow, InboxRow):
            session.execute(update(table).where(table.person == whose.person).values(**emptied))
        session.execute(delete(LinkRow).where(LinkRow.person == whose.person))
    return counts


def _condition(table: type[Base], whose: Whose) -> ColumnElement[bool]:
    """Return what says that a row of the table is someone's."""
    if table is FeedbackRow:
        theirs = select(AnswerRow.message_id).where(_condition(AnswerRow, whose))
        return FeedbackRow.message_id.in_(theirs)
    if table is TurnRow:
        theirs = select(ConversationRow.id).where(_condition(ConversationRow, whose))
        return TurnRow.conversation.in_(theirs)
    conversation = AnswerRow.conversation if table is AnswerRow else ConversationRow.id
    person = AnswerRow.person if table is AnswerRow else ConversationRow.person
    return or_(conversation.in_(whose.conversations), person == (whose.person or ""))
