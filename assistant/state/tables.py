"""The tables of the state; `migrations/` makes them, and a test holds the two alike.

Texts of people are masked before they come here. Ids that open something (a conversation, a key, a code, a
nonce) and ids of people are kept as hashes alone. Times are UTC.
"""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

HASH = String(64)
NAME = String(200)
WORD = String(32)


class Instant(TypeDecorator[datetime.datetime]):
    """A moment with its zone on the way in, in UTC on the way out, also where the database keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime.datetime | None, dialect: Dialect) -> Any:
        """Return the moment in UTC; one without a zone is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(datetime.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime.datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        moment: datetime.datetime = value
        aware = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        return aware.astimezone(datetime.UTC)


class Base(DeclarativeBase):
    """What every table is made from."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime.datetime: Instant(), dict[str, Any]: JSON(), list[Any]: JSON()}


class ConversationRow(Base):
    """A conversation; `id` is the hash of what its owner holds, `person` a keyed hash where one is known."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(HASH, primary_key=True)
    person: Mapped[str | None] = mapped_column(HASH, index=True)
    channel: Mapped[str] = mapped_column(WORD)
    created: Mapped[datetime.datetime]
    seen: Mapped[datetime.datetime] = mapped_column(index=True)


class TurnRow(Base):
    """One exchange of a conversation: what the next question is understood from (`messages.Exchange`)."""

    __tablename__ = "turns"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation: Mapped[str] = mapped_column(
        HASH, ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    message_id: Mapped[str | None] = mapped_column(String(64))
    exchange: Mapped[dict[str, Any]]
    created: Mapped[datetime.datetime]


class AnswerRow(Base):
    """The audit: one row an answer, chained by hashes; rows are added, and changed only by erasing.

    `digest` is over the contents with `salt`; `hash` over `previous`, `message_id`, `created` and `digest`.
    Erasing empties the contents and the salt, so that the chain still holds and says nothing.
    """

    __tablename__ = "answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    created: Mapped[datetime.datetime] = mapped_column(index=True)
    conversation: Mapped[str | None] = mapped_column(HASH, index=True)
    person: Mapped[str | None] = mapped_column(HASH, index=True)
    channel: Mapped[str] = mapped_column(WORD)
    audience: Mapped[str] = mapped_column(WORD)
    staff: Mapped[int | None]
    municipality: Mapped[str | None] = mapped_column(NAME)
    language: Mapped[str] = mapped_column(WORD)
    status: Mapped[str] = mapped_column(WORD, index=True)
    reply: Mapped[str | None] = mapped_column(NAME)
    engine: Mapped[str] = mapped_column(NAME)
    question: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    asked: Mapped[dict[str, Any] | None]
    """What else a replay needs: the municipality and language asked for, the date, the history."""
    citations: Mapped[list[Any] | None]
    """The places cited: document_id, start, end."""
    decisions: Mapped[dict[str, Any] | None]
    """Why: standalone question, aspects, passages, the judge's features and probability, corrections used."""
    verdict: Mapped[dict[str, Any] | None]
    """What the verifier said."""
    timings: Mapped[dict[str, Any] | None]
    """Milliseconds a step."""
    snapshot: Mapped[str] = mapped_column(NAME)
    model: Mapped[str] = mapped_column(NAME)
    version: Mapped[str] = mapped_column(NAME)
    salt: Mapped[str | None] = mapped_column(WORD)
    digest: Mapped[str] = mapped_column(HASH)
    previous: Mapped[str] = mapped_column(HASH)
    hash: Mapped[str] = mapped_column(HASH)
    erased: Mapped[datetime.datetime | None]


class ChainRow(Base):
    """Where the audit's chain begins, after old rows were dropped, and where it ends; one row, `id` 1."""

    __tablename__ = "answer_chain"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    anchor: Mapped[str] = mapped_column(HASH)
    head: Mapped[str] = mapped_column(HASH)
    dropped: Mapped[int]
    kept: Mapped[int]


class FeedbackRow(Base):
    """What someone said of an answer; `key` is made with the rating, so that none is kept twice."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(WORD, unique=True)
    message_id: Mapped[str] = mapped_column(String(64), index=True)
    rating: Mapped[str] = mapped_column(WORD)
    reason: Mapped[str | None] = mapped_column(NAME)
    comment: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(WORD)
    created: Mapped[datetime.datetime] = mapped_column(index=True)


class StaffRow(Base):
    """Someone who may ask as staff; `key_hash` is of the key for HTTP, if there is one."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(NAME, index=True)
    key_hash: Mapped[str | None] = mapped_column(HASH, unique=True)
    key_created: Mapped[datetime.datetime | None]
    created: Mapped[datetime.datetime]
    revoked: Mapped[datetime.datetime | None]


class InviteRow(Base):
    """A code by which a member of staff links LINE once, until it expires."""

    __tablename__ = "staff_invites"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(HASH, unique=True)
    created: Mapped[datetime.datetime]
    expires: Mapped[datetime.datetime]
    used: Mapped[datetime.datetime | None]


class LinkRow(Base):
    """A LINE user, by a keyed hash, who is a member of staff."""

    __tablename__ = "staff_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(HASH, unique=True)
    staff: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime.datetime]


class NonceRow(Base):
    """A nonce of LINE's account linking: for one member of staff, once, until it expires."""

    __tablename__ = "link_nonces"

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce_hash: Mapped[str] = mapped_column(HASH, unique=True)
    staff: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    person: Mapped[str | None] = mapped_column(HASH)
    """The LINE user whom it is bound to, where that is known when it is made."""
    created: Mapped[datetime.datetime]
    expires: Mapped[datetime.datetime]
    used: Mapped[datetime.datetime | None]


class InboxRow(Base):
    """An event of LINE's webhook, stored before it is answered; `lease_*` say who works on it until when."""

    __tablename__ = "line_inbox"
    __table_args__ = (Index("ix_line_inbox_due", "status", "not_before"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_event_id: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(WORD)
    """The event's type: message, follow, unsend …"""
    line_message_id: Mapped[str | None] = mapped_column(String(64), index=True)
    """LINE's own id of the message, by which it is unsent."""
    person: Mapped[str | None] = mapped_column(HASH, index=True)
    payload: Mapped[dict[str, Any] | None]
    """The event; emptied once it is done."""
    message_id: Mapped[str | None] = mapped_column(String(64))
    """The id of the answer it led to."""
    status: Mapped[str] = mapped_column(WORD)
    """waiting, done, ignored, erased or dead."""
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    received: Mapped[datetime.datetime] = mapped_column(index=True)
    not_before: Mapped[datetime.datetime]
    lease_owner: Mapped[str | None] = mapped_column(NAME)
    lease_until: Mapped[datetime.datetime | None]
    finished: Mapped[datetime.datetime | None]
    error: Mapped[str | None] = mapped_column(NAME)


class OutboxRow(Base):
    """What is to be sent to LINE; `retry_key` is stored before the first try and is the same at each."""

    __tablename__ = "line_outbox"
    __table_args__ = (Index("ix_line_outbox_due", "status", "not_before"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inbox: Mapped[int | None] = mapped_column(ForeignKey("line_inbox.id", ondelete="CASCADE"), index=True)
    retry_key: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(WORD)
    """reply or push."""
    person: Mapped[str | None] = mapped_column(HASH, index=True)
    payload: Mapped[dict[str, Any] | None]
    """Receiver, reply token and messages; emptied once LINE has accepted them."""
    status: Mapped[str] = mapped_column(WORD)
    """waiting, accepted, erased or dead."""
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created: Mapped[datetime.datetime] = mapped_column(index=True)
    not_before: Mapped[datetime.datetime]
    lease_owner: Mapped[str | None] = mapped_column(NAME)
    lease_until: Mapped[datetime.datetime | None]
    finished: Mapped[datetime.datetime | None]
    error: Mapped[str | None] = mapped_column(NAME)


class UnsentRow(Base):
    """A message that was unsent, so that it is not answered if it comes after that."""

    __tablename__ = "line_unsent"

    line_message_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    created: Mapped[datetime.datetime] = mapped_column(index=True)


class CorrectionRow(Base):
    """What staff set right: an answer to a question (`override`), or a way of saying a name (`synonym`).

    `words` is the question or the way of saying; `meant` the name it means. `sources` are the places an
    override cites, each with its quote, so that a change of the plan is seen.
    """

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(WORD)
    municipality: Mapped[str] = mapped_column(NAME, index=True)
    words: Mapped[str] = mapped_column(Text)
    meant: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    sources: Mapped[list[Any] | None]
    author: Mapped[str] = mapped_column(NAME)
    reason: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime.datetime]
    reviewed: Mapped[datetime.datetime | None]
    """When someone last looked at it after its source had changed."""
    removed: Mapped[datetime.datetime | None]
    remover: Mapped[str | None] = mapped_column(NAME)


class AdminRow(Base):
    """An act of an administrator: who did what to what, and when."""

    __tablename__ = "admin_audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime.datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(NAME)
    action: Mapped[str] = mapped_column(NAME)
    target: Mapped[str | None] = mapped_column(NAME)
    details: Mapped[dict[str, Any] | None]
