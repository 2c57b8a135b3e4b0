"""PostgreSQL stopped and started: answers go on, and what must be kept comes in later, once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from assistant.messages import Question
from assistant.state import audit
from assistant.state.database import Database
from assistant.state.feedback import Rating
from assistant.state.spool import Spool
from assistant.state.state import State
from assistant.state.stored import utc_now
from assistant.state.tables import AnswerRow, FeedbackRow
from tests.integration.state.conftest import served
from tests.postgres import Server, programs
from tests.unit.assistant.made import Bench

ASKED = Question(question="みなとポイントの担当課は？", municipality="akebono")


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, postgres: Server) -> Iterator[Server]:
    """Give the tests' own server, running again at the end."""
    yield postgres
    if not answers(postgres):
        postgres.start()


def answers(server: Server) -> bool:
    database = Database(server.url())
    try:
        with database.engine.connect():
            return True
    except Exception:
        return False
    finally:
        database.close()


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)


def state_on(url: str, folder: Path) -> State:
    return State(Database(url, pause=0.2), folder / "spool", retention_days=365)


@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed (initdb and pg_ctl)")
def test_answers_go_on_and_what_must_be_kept_comes_in_later_in_order_and_once(
    server: Server, bench: Bench, tmp_path: Path
) -> None:
    state = state_on(server.new_database(), tmp_path)
    state.start()
    service = served(bench, state)
    ids: list[str] = []
    conversation = None

    def ask() -> None:
        nonlocal conversation
        answer = service.answer(ASKED.model_copy(update={"conversation_id": conversation}))
        conversation = answer.conversation_id
        ids.append(answer.message_id)
        state.keeper.add(Rating(message_id=answer.message_id, rating="up", at=utc_now()))

    for _ in range(3):
        ask()
    server.stop()
    for _ in range(5):
        ask()
    assert state.keeper.waiting() > 0
    server.start()
    for _ in range(2):
        ask()
    until(lambda: state.keeper.waiting() == 0)
    with state.database.read() as session:
        rows = session.scalars(select(AnswerRow.message_id).order_by(AnswerRow.id)).all()
        ratings = session.scalars(select(FeedbackRow.message_id).order_by(FeedbackRow.id)).all()
        chain = audit.verify(session)
    assert (rows, ratings, chain.faults) == (ids, ids, ())
    state.stop()


@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed (initdb and pg_ctl)")
def test_a_service_starts_without_its_database_and_finds_it_later(
    server: Server, bench: Bench, tmp_path: Path
) -> None:
    url = server.new_database()
    server.stop()
    state = state_on(url, tmp_path)
    state.start()
    service = served(bench, state)
    first = service.answer(ASKED)
    follow_up = Question(question="その目標は？", conversation_id=first.conversation_id)
    assert service.answer(follow_up).status == "answered"
    server.start()
    until(lambda: state.keeper.waiting() == 0)
    assert service.answer(follow_up).status == "answered"
    with state.database.read() as session:
        assert session.scalars(select(AnswerRow.message_id)).first() == first.message_id
    state.stop()


def test_a_spool_that_is_full_stops_no_answer(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()
    state = state_on(f"sqlite:///{tmp_path}/state.db", tmp_path)
    state.keeper._spool = Spool(tmp_path / "spool", most=10)
    assert served(bench, state).answer(ASKED).status == "answered"
    with pytest.raises(OSError, match="full"):
        state.keeper.add(Rating(message_id="message-1", rating="up", at=utc_now()))
    state.stop()
