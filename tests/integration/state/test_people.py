"""A person's data: masked before it is kept, exported, erased; nothing of it is left in any file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from assistant.messages import Question
from assistant.state import audit
from assistant.state.feedback import Rating
from assistant.state.people import Whose, erase_all, rows_of
from assistant.state.state import State
from assistant.state.tables import AdminRow, AnswerRow, ConversationRow, FeedbackRow
from assistant.state.tabular import write_rows
from tests.integration.state.conftest import Clock, served
from tests.unit.assistant.made import Bench

MARK = "ひょうたん池"
PERSON = "a" * 64


def found(folder: Path, *texts: str) -> list[str]:
    """Return the files below a folder that have one of the texts in their bytes, as it is or escaped."""
    needles = [form for t in texts for form in (t.encode(), json.dumps(t)[1:-1].encode())]
    files = (p for p in folder.rglob("*") if p.is_file())
    return [str(p) for p in files if any(n in p.read_bytes() for n in needles)]


@pytest.fixture
def conversation(bench: Bench, state: State, clock: Clock) -> str:
    """Let someone ask, rate and comment, and somebody else too; return the first one's conversation."""
    service = served(bench, state)
    asked = Question(question=f"{MARK}の整備の目標は？", municipality="akebono", person=PERSON)
    mine = service.answer(asked)
    other = service.answer(Question(question="みなとポイントの担当課は？", municipality="akebono"))
    for answer, comment in ((mine, f"{MARK}のことが知りたい"), (other, "分かりやすい")):
        state.keeper.add(Rating(message_id=answer.message_id, rating="down", comment=comment, at=clock()))
    state.keeper.flush()
    return mine.conversation_id


def test_what_is_kept_of_a_conversation_is_exported(state: State, conversation: str) -> None:
    whose = Whose(state.hashes_of(conversation))
    with state.database.read() as session:
        for what, column in (("answers", "question"), ("feedback", "comment"), ("turns", "exchange")):
            columns, rows = rows_of(session, what, whose)
            kept = list(rows)
            assert len(kept) == 1 and MARK in str(kept[0][column])
            assert "salt" not in columns
        assert len(list(rows_of(session, "answers")[1])) == 2


@pytest.mark.parametrize("by", ["conversation", "person"])
def test_nothing_is_left_of_what_was_erased(
    state: State,
    conversation: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    database_url: str,
    by: str,
) -> None:
    whose = Whose(state.hashes_of(conversation)) if by == "conversation" else Whose(person=PERSON)
    if state.database.path:
        assert found(tmp_path, MARK)
    erased = erase_all(state.database, whose, "試験")
    assert erased == {"answers": 1, "feedback": 1, "turns": 1}
    assert found(tmp_path, MARK) == []
    with state.database.read() as session:
        assert session.scalars(select(func.count()).select_from(ConversationRow)).one() == 1
        assert session.scalars(select(func.count()).select_from(FeedbackRow)).one() == 1
        everything = [
            str(dict(row)) for what in ("answers", "feedback", "turns") for row in rows_of(session, what)[1]
        ]
        assert not any(MARK in row or PERSON in row for row in everything)
        chain = audit.verify(session)
        assert (chain.rows, chain.erased, chain.faults) == (2, 1, ())
        assert session.scalars(select(AdminRow.details)).one() == erased
    assert MARK not in "".join(capfd.readouterr())


def test_erasing_does_not_touch_what_is_another_s(state: State, conversation: str) -> None:
    assert erase_all(state.database, Whose(("0" * 64,), None), "試験")["answers"] == 0
    with state.database.read() as session:
        assert session.scalars(select(func.count()).select_from(AnswerRow)).one() == 2


def test_a_cell_is_never_a_formula() -> None:
    out = io.StringIO()
    write_rows(
        out,
        "csv",
        ["comment"],
        [{"comment": '=HYPERLINK("http://x")'}, {"comment": "＝1+1"}, {"comment": "良い"}],
    )
    cells = [row[0] for row in csv.reader(io.StringIO(out.getvalue()))][1:]
    assert cells == ['\'=HYPERLINK("http://x")', "'＝1+1", "良い"]


def test_json_lines_are_read_as_they_were(state: State, conversation: str) -> None:
    out = io.StringIO()
    with state.database.read() as session:
        write_rows(out, "jsonl", *rows_of(session, "answers"))
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [r["status"] for r in rows] and all(r["hash"] for r in rows)
