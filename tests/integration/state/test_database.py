"""The database: the same on SQLite and PostgreSQL, brought up to date once, refused when newer."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from assistant.state.database import Database
from assistant.state.errors import StateDown, StateNewer
from assistant.state.tables import AdminRow, Base, InboxRow

NOW = datetime.datetime(2026, 5, 1, 9, 30, 1, 250_000, tzinfo=datetime.UTC)


def act(number: int) -> AdminRow:
    return AdminRow(at=NOW, actor="試験", action="try", target=str(number), details={"n": number, "字": "𠮷"})


def test_the_migrations_make_the_tables_as_they_are_declared(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_what_is_written_is_read_as_it_was(database: Database) -> None:
    with database.write() as session:
        session.add(act(1))
    with database.read() as session:
        [row] = session.scalars(select(AdminRow))
        assert (row.at, row.actor, row.details) == (NOW, "試験", {"n": 1, "字": "𠮷"})


def test_what_fails_halfway_is_not_kept(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as session:
        session.add(act(1))
        session.flush()
        _ = 1 / 0
    with database.read() as session:
        assert session.scalars(select(AdminRow)).all() == []
    assert not database.down


def test_a_writer_that_fails_lets_the_next_one_write(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write():
        _ = 1 / 0
    with database.write() as session:
        session.add(act(2))
    with database.read() as session:
        assert session.scalars(select(AdminRow.target)).all() == ["2"]


def test_writers_in_several_threads_all_have_their_turn(database: Database) -> None:
    def write(number: int) -> None:
        with database.write() as session:
            session.add(act(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    with database.read() as session:
        assert sorted(int(t) for t in session.scalars(select(AdminRow.target))) == list(range(40))


def test_a_unique_row_comes_in_once_however_many_bring_it(database: Database) -> None:
    def bring(_: int) -> bool:
        row = InboxRow(
            webhook_event_id="01H", kind="message", payload={}, status="waiting", received=NOW, not_before=NOW
        )
        try:
            with database.write() as session:
                session.add(row)
        except IntegrityError:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(bring, range(10))) == 1
    assert not database.down


def test_several_may_start_on_an_empty_database_at_once(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Database.start, databases))
    with databases[0].write() as session:
        session.add(act(1))
    for database in databases:
        database.close()


def test_a_database_of_a_later_version_is_refused_with_what_to_do(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    later = Database(database.url)
    with pytest.raises(StateNewer, match=r"9999.*plan-assistant"):
        later.start()
    later.close()


def test_a_database_that_fails_is_left_alone_for_a_while(tmp_path: Path) -> None:
    now = [0.0]
    blocked = tmp_path / "state.db"
    blocked.mkdir()
    database = Database(f"sqlite:///{blocked}", pause=5, clock=lambda: now[0])
    with pytest.raises(StateDown):
        database.start()
    blocked.rmdir()
    with pytest.raises(StateDown, match="a moment ago"):
        database.start()
    now[0] = 6.0
    database.start()


def test_a_password_is_not_told(tmp_path: Path) -> None:
    database = Database("postgresql://name:geheim@127.0.0.1:1/state")
    with pytest.raises(StateDown) as caught:
        database.start()
    assert "geheim" not in str(caught.value) + str(database) + repr(database)


def test_the_file_of_sqlite_is_safe_for_several_processes(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/state.db")
    with database.write() as session:
        found = {n: session.execute(text(f"PRAGMA {n}")).scalar() for n in ("journal_mode", "synchronous")}
        found |= {n: session.execute(text(f"PRAGMA {n}")).scalar() for n in ("foreign_keys", "secure_delete")}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
