"""Retention: what is past its limit is gone, from the log of the database too."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from assistant.messages import Question
from assistant.state import audit
from assistant.state.feedback import Rating
from assistant.state.state import State
from assistant.state.tables import AnswerRow, ConversationRow, FeedbackRow
from tests.integration.state.conftest import Clock
from tests.integration.state.test_people import found
from tests.unit.assistant.made import Bench

OLD, NEW = "ひょうたん池の目標は？", "みなとポイントの目標は？"


def test_what_is_past_its_limit_is_gone_and_the_rest_stays(
    bench: Bench, state: State, clock: Clock, tmp_path: Path
) -> None:
    records: list[audit.AnswerRecord] = []
    service = bench.parts.service(state.conversations("public"), keep=records.append)
    for question in (OLD, NEW):
        service.answer(Question(question=question, municipality="akebono"))
    old, new = (r.model_copy(update={"created": clock()}) for r in records)
    with state.database.write() as session:
        audit.append(session, [old])
    rating = Rating(message_id=old.message_id, rating="down", comment=OLD, at=clock())
    state.keeper.add(rating)
    state.keeper.flush()
    clock.move(days=366)
    with state.database.write() as session:
        audit.append(session, [new.model_copy(update={"created": clock()})])
    dropped = state.prune()
    assert (dropped["answers"], dropped["feedback"], dropped["conversations"]) == (1, 1, 2)
    with state.database.read() as session:
        assert session.scalars(select(AnswerRow.message_id)).all() == [new.message_id]
        assert session.scalars(select(FeedbackRow)).all() == []
        assert session.scalars(select(ConversationRow)).all() == []
        chain = audit.verify(session)
    assert (chain.rows, chain.faults) == (1, ())
    assert found(tmp_path, "ひょうたん池") == []


def test_what_came_in_late_is_emptied_where_it_stands(bench: Bench, state: State, clock: Clock) -> None:
    records: list[audit.AnswerRecord] = []
    service = bench.parts.service(state.conversations("public"), keep=records.append)
    for question in (NEW, OLD):
        service.answer(Question(question=question, municipality="akebono"))
    first, late = records
    early = clock()
    clock.move(days=300)
    with state.database.write() as session:
        audit.append(session, [first.model_copy(update={"created": clock()})])
        audit.append(session, [late.model_copy(update={"created": early})])
    clock.move(days=100)
    assert state.prune()["answers"] == 1
    with state.database.read() as session:
        row = audit.find(session, late.message_id)
        assert row and row.question is None and row.erased == clock()
        assert audit.verify(session).faults == ()
