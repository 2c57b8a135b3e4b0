"""Staff: who may ask as staff, over HTTP by a key, on LINE by a link; keys and codes are kept as hashes."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assistant.state.admin import note
from assistant.state.database import Database
from assistant.state.errors import StateConflict
from assistant.state.secret import hashed
from assistant.state.tables import InviteRow, LinkRow, NonceRow, StaffRow
from corpus.document import Frozen

KEY_PREFIX = "pas_"
INVITED = datetime.timedelta(hours=24)
NONCE = datetime.timedelta(minutes=10)
LONGEST_NAME = 100
# Without the letters and figures that are taken for each other.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE = 12


class Member(Frozen):
    """A member of staff: whether there is a key for HTTP, and how many LINE users are linked."""

    id: int
    name: str
    created: datetime.datetime
    revoked: datetime.datetime | None
    has_key: bool
    links: int


class Staff:
    """Keep who is staff; everything raises StateDown where the database fails."""

    def __init__(self, database: Database, now: Callable[[], datetime.datetime]) -> None:
        self._database = database
        self._now = now

    def key(self, name: str, actor: str = "cli") -> tuple[int, str]:
        """Return the id and a new key of the member of that name, made if need be; the old key ends."""
        key = KEY_PREFIX + secrets.token_urlsafe(32)
        with self._database.write() as session:
            row = self._named(session, name)
            row.key_hash, row.key_created = hashed(key), self._now()
            note(session, self._now(), actor, "staff key", str(row.id), {"name": row.name})
            return row.id, key

    def invite(self, name: str, actor: str = "cli") -> tuple[int, str]:
        """Return the id of the member of that name, who is made if need be, and a code for LINE, once."""
        code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE))
        now = self._now()
        with self._database.write() as session:
            row = self._named(session, name)
            session.add(InviteRow(staff=row.id, code_hash=hashed(code), created=now, expires=now + INVITED))
            note(session, now, actor, "staff invite", str(row.id), {"name": row.name})
            return row.id, "-".join(code[i : i + 4] for i in range(0, _CODE, 4))

    def members(self) -> tuple[Member, ...]:
        """Return everyone who is or was staff."""
        with self._database.read() as session:
            links = list(session.scalars(select(LinkRow.staff)))
            rows = session.scalars(select(StaffRow).order_by(StaffRow.id))
            return tuple(_member(row, links.count(row.id)) for row in rows)

    def revoke(self, identity: int, actor: str = "cli") -> Member:
        """Let a member's key, links and codes end at once; StateConflict where there is no such member."""
        with self._database.write() as session:
            row = session.get(StaffRow, identity)
            if row is None or row.revoked is not None:
                raise StateConflict(
                    f"ID: {identity} の職員はいません（plan-assistant staff list で確かめられます）"
                )
            row.revoked, row.key_hash = self._now(), None
            for table in (LinkRow, InviteRow, NonceRow):
                session.execute(delete(table).where(table.staff == identity))
            note(session, self._now(), actor, "staff revoke", str(identity), {"name": row.name})
            return _member(row, 0)

    def by_key(self, key: str) -> Member | None:
        """Return whose key it is, or None."""
        if not key.startswith(KEY_PREFIX):
            return None
        return self._one(StaffRow.key_hash == hashed(key))

    def by_person(self, person: str) -> Member | None:
        """Return the member that a LINE user, by the keyed hash, is; or None."""
        return self._one(StaffRow.id.in_(select(LinkRow.staff).where(LinkRow.person == person)))

    def redeem(self, code: str, person: str) -> Member | None:
        """Link a LINE user by a code, which ends with it; None for a code that is wrong, used or too old."""
        plain = "".join(c for c in code.upper() if c.isalnum())
        with self._database.write() as session:
            invite = session.scalars(
                select(InviteRow)
                .where(InviteRow.code_hash == hashed(plain), InviteRow.used.is_(None))
                .where(InviteRow.expires > self._now())
                .with_for_update()
            ).one_or_none()
            if invite is None:
                return None
            invite.used = self._now()
            return self._link(session, invite.staff, person, "staff link by code")

    def new_nonce(self, staff: int, person: str | None = None) -> str:
        """Return a nonce for LINE's account linking: of one member, once, for ten minutes."""
        nonce = secrets.token_urlsafe(32)
        now = self._now()
        with self._database.write() as session:
            row = NonceRow(
                nonce_hash=hashed(nonce), staff=staff, person=person, created=now, expires=now + NONCE
            )
            session.add(row)
        return nonce

    def use_nonce(self, nonce: str, person: str) -> Member | None:
        """Link a LINE user by a nonce; None for one that is wrong, used, too old, or another's."""
        with self._database.write() as session:
            row = session.scalars(
                select(NonceRow)
                .where(NonceRow.nonce_hash == hashed(nonce), NonceRow.used.is_(None))
                .where(NonceRow.expires > self._now())
                .with_for_update()
            ).one_or_none()
            if row is None or row.person not in (None, person):
                return None
            row.used = self._now()
            return self._link(session, row.staff, person, "staff link by account")

    def unlink(self, person: str) -> bool:
        """Let a LINE user no longer be staff, as when the account is no longer followed."""
        with self._database.write() as session:
            row = session.scalars(select(LinkRow).where(LinkRow.person == person)).one_or_none()
            if row is None:
                return False
            note(session, self._now(), "line", "staff unlink", str(row.staff))
            session.delete(row)
            return True

    def _one(self, condition: object) -> Member | None:
        with self._database.read() as session:
            statement = select(StaffRow).where(condition, StaffRow.revoked.is_(None))  # type: ignore[arg-type]
            row = session.scalars(statement).one_or_none()
            return _member(row, 0) if row else None

    def _named(self, session: Session, name: str) -> StaffRow:
        plain = " ".join(name.split())
        if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
            raise StateConflict(f"NAME: 1〜{LONGEST_NAME}文字の名前を付けてください")
        known = select(StaffRow).where(StaffRow.name == plain, StaffRow.revoked.is_(None))
        row = session.scalars(known.with_for_update()).first()
        if row is None:
            row = StaffRow(name=plain, created=self._now())
            session.add(row)
            session.flush()
        return row

    def _link(self, session: Session, staff: int, person: str, action: str) -> Member | None:
        row = session.get(StaffRow, staff)
        if row is None or row.revoked is not None:
            return None
        session.execute(delete(LinkRow).where(LinkRow.person == person))
        session.add(LinkRow(person=person, staff=staff, created=self._now()))
        note(session, self._now(), "line", action, str(staff))
        return _member(row, 1)


def _member(row: StaffRow, links: int) -> Member:
    return Member(
        id=row.id,
        name=row.name,
        created=row.created,
        revoked=row.revoked,
        has_key=row.key_hash is not None,
        links=links,
    )
