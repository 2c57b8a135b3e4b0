"""The administrators' audit: who did what to what; rows are added and never changed.

What changes the database is noted in the transaction that changes it; any other act goes through the keeper,
so that it is noted also while the database is away.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.state.tables import AdminRow
from corpus.document import Frozen


class Act(Frozen):
    """An act: when, by whom, what it was, to what, and what else is to be known of it."""

    at: datetime.datetime
    actor: str
    action: str
    target: str | None = None
    details: dict[str, Any] | None = None


def note(
    session: Session,
    at: datetime.datetime,
    actor: str,
    action: str,
    target: str | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Note an act in the transaction that does it, so that neither is there without the other."""
    session.add(AdminRow(at=at, actor=actor, action=action, target=target, details=details))


def append(session: Session, acts: Sequence[Act]) -> None:
    """Add acts; those that are known are passed over."""
    for act in acts:
        known = select(AdminRow.id).where(
            AdminRow.at == act.at, AdminRow.actor == act.actor, AdminRow.action == act.action
        )
        if session.scalars(known.limit(1)).first() is None:
            note(session, act.at, act.actor, act.action, act.target, act.details)


def acted(session: Session, action: str, target: str, since: datetime.datetime) -> bool:
    """Tell whether something was done to a target since a moment."""
    found = select(AdminRow.id).where(
        AdminRow.at >= since, AdminRow.action == action, AdminRow.target == target
    )
    return session.scalars(found.limit(1)).first() is not None


def latest(session: Session, most: int) -> tuple[Act, ...]:
    """Return the latest acts, the latest first."""
    rows = session.scalars(select(AdminRow).order_by(AdminRow.at.desc(), AdminRow.id.desc()).limit(most))
    return tuple(Act.model_validate({name: getattr(row, name) for name in Act.model_fields}) for row in rows)
