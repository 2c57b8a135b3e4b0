"""Backup while it is written to, restore elsewhere; an older schema brought up to date."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text

from assistant.messages import Question
from assistant.state import audit, schema
from assistant.state.backup import back_up, restore_from
from assistant.state.database import Database
from assistant.state.errors import StateConflict, StateNewer
from assistant.state.state import State
from assistant.state.tables import AnswerRow
from tests.integration.state.conftest import Clock, Start, served
from tests.postgres import programs
from tests.unit.assistant.made import Bench

ASKED = Question(question="みなとポイントの目標は？", municipality="akebono")
LATER = '''"""Another column."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("feedback", sa.Column("colour", sa.String(8), nullable=True))
    op.create_index("ix_feedback_colour", "feedback", ["colour"])
'''


def sqlite(folder: Path, clock: Clock, name: str = "state.db") -> State:
    return State(Database(f"sqlite:///{folder}/{name}"), folder / f"{name}.spool", 365, clock)


def test_what_is_restored_elsewhere_gives_the_same_answers_and_history(
    bench: Bench, tmp_path: Path, clock: Clock
) -> None:
    here = sqlite(tmp_path, clock)
    service = served(bench, here)
    first = service.answer(ASKED)
    here.keeper.flush()
    ended = threading.Event()

    def go_on() -> None:
        while not ended.is_set():
            service.answer(ASKED)
            here.keeper.flush()

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        back_up(here.database, tmp_path / "copy.db")
    finally:
        ended.set()
        writer.join()
    here.stop()
    there = sqlite(tmp_path, clock, "elsewhere.db")
    restore_from(there.database, tmp_path / "copy.db")
    with there.database.read() as session:
        chain = audit.verify(session)
        row = session.scalars(select(AnswerRow).order_by(AnswerRow.id)).first()
        assert row and chain.rows >= 1 and chain.faults == ()
        record = audit.record_of(row)
    follow_up = Question(question="その担当課は？", conversation_id=first.conversation_id)
    answer = served(bench, there).answer(follow_up)
    assert (answer.status, answer.conversation_id) == ("answered", first.conversation_id)
    assert served(bench, there).replay(record).answer == first.answer
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    there.stop()


def test_what_is_no_copy_is_refused_and_nothing_is_replaced_unasked(tmp_path: Path, clock: Clock) -> None:
    state = sqlite(tmp_path, clock)
    state.database.start()
    (tmp_path / "text").write_text("これは写しではありません" * 100, "utf-8")
    for name in ("text", "missing", "state.db.lock"):
        with pytest.raises(StateConflict, match="FILE"):
            restore_from(state.database, tmp_path / name, replace=True)
    back_up(state.database, tmp_path / "copy.db")
    with pytest.raises(StateConflict, match="--replace"):
        restore_from(state.database, tmp_path / "copy.db")
    with pytest.raises(StateConflict, match="FILE"):
        back_up(state.database, tmp_path / "copy.db")
    restore_from(state.database, tmp_path / "copy.db", replace=True)
    state.stop()


def test_a_copy_of_a_later_version_is_refused(tmp_path: Path, clock: Clock) -> None:
    state = sqlite(tmp_path, clock)
    state.database.start()
    with state.database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    back_up(state.database, tmp_path / "copy.db")
    with pytest.raises(StateNewer):
        restore_from(sqlite(tmp_path, clock, "other.db").database, tmp_path / "copy.db")
    assert not (tmp_path / "other.db").exists()
    state.stop()


@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed (pg_dump)")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_s_own_tools_restore_it_elsewhere(
    bench: Bench,
    start: Start,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    database_url: str,
    clock: Clock,
) -> None:
    here, server = start(), request.getfixturevalue("postgres")
    served(bench, here).answer(ASKED)
    here.keeper.flush()
    tools = programs()
    assert tools
    dumped, other = tmp_path / "copy.dump", server.new_database()
    subprocess.run([tools / "pg_dump", "--format=custom", f"--file={dumped}", database_url], check=True)
    subprocess.run([tools / "pg_restore", "--no-owner", f"--dbname={other}", dumped], check=True)
    there = Database(other)
    with there.read() as session:
        assert (audit.verify(session).rows, audit.verify(session).faults) == (1, ())
    there.close()


def test_a_database_of_an_earlier_schema_is_brought_up_with_what_it_holds(
    bench: Bench, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = start("before")
    answer = served(bench, before).answer(ASKED)
    before.stop()
    later = Path(shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations"))
    (later / "versions" / "0002_later.py").write_text(LATER, "utf-8")
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    after = start("after")
    after.database.start()
    with after.database.read() as session:
        assert session.execute(text("SELECT count(colour) FROM feedback")).scalar() == 0
        assert audit.find(session, answer.message_id) and audit.verify(session).faults == ()
    follow_up = Question(question="その担当課は？", conversation_id=answer.conversation_id)
    assert served(bench, after).answer(follow_up).conversation_id == answer.conversation_id
    monkeypatch.undo()
    with pytest.raises(StateNewer, match="0002"):
        start("again").database.start()
