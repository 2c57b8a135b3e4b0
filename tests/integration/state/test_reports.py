"""Reports of what was asked, by day in Japan, city, channel and spelling, on a database of each kind."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from assistant.state import admin, audit, reports
from assistant.state.admin import Act
from assistant.state.audit import AnswerRecord
from assistant.state.database import Database
from assistant.state.feedback import Rating
from assistant.state.feedback import append as rate
from assistant.state.people import rows_of
from assistant.state.reports import Counts, Scope
from assistant.state.state import State
from tests.integration.state.conftest import Clock

SINCE = datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC)
ALL = Scope(since=SINCE)


def answer(number: int, at: datetime.datetime, **changed: Any) -> AnswerRecord:
    values: dict[str, Any] = {
        "message_id": f"message-{number:03}",
        "created": at,
        "conversation": None,
        "person": None,
        "channel": "web",
        "audience": "public",
        "staff": None,
        "municipality": "akebono",
        "language": "ja",
        "status": "answered",
        "reply": None,
        "engine": "facts",
        "question": "計画の期間は？",
        "answer": "5年間です。",
        "asked": {},
        "citations": [],
        "decisions": {},
        "verdict": {},
        "timings": {},
        "snapshot": "s",
        "model": "m",
        "version": "1",
    }
    return AnswerRecord(**(values | changed))


def rating(number: int, mark: str, at: datetime.datetime, **more: Any) -> Rating:
    return Rating.model_validate({"message_id": f"message-{number:03}", "rating": mark, "at": at, **more})


@pytest.fixture
def kept(database: Database) -> Database:
    """Give a database in which something was asked on three days."""
    day = datetime.datetime(2026, 5, 1, 3, tzinfo=datetime.UTC)
    late = datetime.datetime(2026, 5, 1, 15, 30, tzinfo=datetime.UTC)  # the day after in Japan
    unknown = {"status": "not_in_plan", "question": "市長の 給料は？", "answer": "書かれていません。"}
    with database.write() as session:
        audit.append(
            session,
            [
                answer(0, SINCE - datetime.timedelta(days=1)),
                answer(1, day),
                answer(2, day, question="計画の　期間は?", channel="line"),
                answer(3, day, **unknown),
                answer(4, late, **unknown | {"question": "市長の給料は"}, municipality="akebono,harukaze"),
                answer(5, late, municipality="harukaze", status="refused", question="100%_の補助は？"),
                answer(6, late, municipality=None, question=None, answer=None),
            ],
        )
        later = late + datetime.timedelta(minutes=1)
        rate(
            session,
            [
                rating(1, "down", day, reason="誤り"),
                rating(1, "up", later),
                rating(3, "up", day),
                rating(3, "down", later, reason="足りない", comment="知りたい"),
                rating(4, "down", later, reason="的外れ"),
                rating(99, "down", later),
            ],
        )
    return database


def test_a_day_is_a_day_in_japan_and_the_later_rating_counts(kept: Database) -> None:
    with kept.read() as session:
        days = reports.by_day(session, ALL)
    assert days == {
        "2026-05-01": Counts(questions=3, answered=2, not_in_plan=1, rated_down=1),
        "2026-05-02": Counts(questions=3, answered=1, not_in_plan=1, rated_down=1),
    }
    assert reports.total(days.values()) == Counts(questions=6, answered=3, not_in_plan=2, rated_down=2)
    assert reports.total([]) == Counts()


def test_cities_and_channels_are_counted_apart(kept: Database) -> None:
    with kept.read() as session:
        parts = {(p.municipality, p.channel): p.counts.questions for p in reports.by_part(session, ALL)}
        assert parts == {
            ("akebono", "web"): 2,
            ("akebono", "line"): 1,
            ("akebono,harukaze", "web"): 1,
            ("harukaze", "web"): 1,
            (None, "web"): 1,
        }
        assert reports.channels(session) == ("line", "web")


@pytest.mark.parametrize(
    ("city", "channel", "questions"),
    [
        ("akebono", None, 4),
        ("harukaze", None, 2),
        ("akebono", "line", 1),
        ("kebono", None, 0),
        ("%", None, 0),
        ("_kebono", None, 0),
        ("'", None, 0),
        (None, "'", 0),
    ],
)
def test_a_scope_takes_one_city_and_channel_and_no_pattern(
    kept: Database, city: str | None, channel: str | None, questions: int
) -> None:
    scope = Scope(since=SINCE, municipality=city, channel=channel)
    with kept.read() as session:
        assert reports.total(reports.by_day(session, scope).values()).questions == questions


def test_questions_that_are_one_but_for_their_spelling_are_counted_together(kept: Database) -> None:
    with kept.read() as session:
        often = reports.most_asked(session, ALL, 10)
        assert [(o.times, o.answered, o.message_id) for o in often[:2]] == [
            (2, 0, "message-004"),
            (2, 2, "message-002"),
        ]
        assert len(reports.most_asked(session, ALL, 1)) == 1
        unanswered = reports.unanswered(session, ALL, 10)
        assert [(o.times, o.statuses) for o in unanswered] == [(2, ("not_in_plan",)), (1, ("refused",))]


def test_what_was_rated_down_is_told_with_reasons_and_comments(kept: Database) -> None:
    with kept.read() as session:
        [disliked] = reports.worst_rated(session, ALL, 10)
    assert (disliked.times, disliked.reasons, disliked.comments) == (2, ("的外れ", "足りない"), ("知りたい",))
    assert (disliked.message_id, disliked.answer) == ("message-004", "書かれていません。")


def test_without_any_record_there_is_nothing_to_tell(database: Database) -> None:
    with database.read() as session:
        assert reports.by_day(session, ALL) == {} and reports.by_part(session, ALL) == ()
        assert reports.most_asked(session, ALL, 5) == reports.worst_rated(session, ALL, 5) == ()


def test_an_act_is_noted_once_however_often_it_is_brought_and_by_the_spool(
    state: State, clock: Clock
) -> None:
    act = Act(at=clock(), actor="佐藤", action="console export", target="answers", details={"format": "csv"})
    state.keeper.acted(act)
    state.keeper.acted(act)
    clock.move(seconds=1)
    state.keeper.acted(act.model_copy(update={"at": clock()}))
    state.keeper.flush()
    with state.database.read() as session:
        assert len(admin.latest(session, 10)) == 2 and admin.latest(session, 1)[0].at == clock()
        assert admin.acted(session, "console export", "answers", clock())
        assert not admin.acted(session, "console export", "feedback", SINCE)


def test_rows_are_read_in_pieces(kept: Database) -> None:
    with kept.read() as session:
        first = list(rows_of(session, "answers", most=3)[1])
        rest = list(rows_of(session, "answers", after=first[-1]["id"])[1])
    assert [r["message_id"] for r in (*first, *rest)] == [f"message-{n:03}" for n in range(7)]
