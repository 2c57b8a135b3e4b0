"""Reports of what was asked: counts by day, city and channel, and the questions that need someone's look.

All of it is read from masked records. A day is a day in Japan. Of two ratings of one answer the later counts;
ratings of answers that are not kept are left aside, and so are the texts of answers that were erased.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, case, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from assistant.state.tables import AnswerRow, FeedbackRow
from corpus.document import Frozen
from corpus.normalize import compact

# So many different texts are looked at, the most frequent first; what is rarer is in the export.
MOST_TEXTS = 5000
MOST_RATINGS = 2000
_ENDS = "?!。、.,"


class Scope(Frozen):
    """Which answers are meant: since a moment, of a city (one of several asked counts), of a channel."""

    since: datetime.datetime
    municipality: str | None = None
    channel: str | None = None


class Counts(Frozen):
    """How many questions there were, and what came of them."""

    questions: int = 0
    answered: int = 0
    not_in_plan: int = 0
    rated_down: int = 0


class Part(Frozen):
    """The counts of a city, as it is kept (several by commas, None where none was found), and a channel."""

    municipality: str | None
    channel: str
    counts: Counts


class Often(Frozen):
    """Questions that are one but for their spelling: the commonest form, how often, and the latest answer."""

    question: str
    times: int
    answered: int
    statuses: tuple[str, ...]
    message_id: str


class Disliked(Frozen):
    """Answers to one question that were rated down: how often, why, and the answer rated last."""

    question: str
    times: int
    reasons: tuple[str, ...]
    comments: tuple[str, ...]
    answer: str
    message_id: str


class japanese_day(FunctionElement[str]):
    """The day in Japan of a moment, as 2026-05-01."""

    inherit_cache = True
    type = String()


@compiles(japanese_day, "sqlite")
def _day_in_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    return f"date({compiler.process(element.clauses, **how)}, '+9 hours')"


@compiles(japanese_day, "postgresql")
def _day_in_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **how)} AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD')"


def by_day(session: Session, scope: Scope) -> dict[str, Counts]:
    """Return the counts of each day (2026-05-01) on which something was asked."""
    found = _counted(session, scope, japanese_day(AnswerRow.created))
    return {str(day): counts for (day,), counts in found.items()}


def by_part(session: Session, scope: Scope) -> tuple[Part, ...]:
    """Return the counts of each city and channel, the most asked first."""
    columns = AnswerRow.__table__.c
    found = _counted(session, scope, columns.municipality, columns.channel)
    parts = [Part(municipality=city, channel=channel, counts=c) for (city, channel), c in found.items()]
    return tuple(sorted(parts, key=lambda p: (-p.counts.questions, p.municipality or "", p.channel)))


def total(counts: Iterable[Counts]) -> Counts:
    """Return counts added up."""
    listed = list(counts)
    return Counts(**{name: sum(getattr(c, name) for c in listed) for name in Counts.model_fields})


def channels(session: Session) -> tuple[str, ...]:
    """Return every channel that something was asked by."""
    return tuple(session.scalars(select(AnswerRow.channel).distinct().order_by(AnswerRow.channel)))


def most_asked(session: Session, scope: Scope, most: int) -> tuple[Often, ...]:
    """Return the questions asked most often."""
    return _often(session, _texts(scope), most)


def unanswered(session: Session, scope: Scope, most: int) -> tuple[Often, ...]:
    """Return the questions that got no answer, the most frequent first."""
    return _often(session, _texts(scope).where(AnswerRow.status != "answered"), most)


def worst_rated(session: Session, scope: Scope, most: int) -> tuple[Disliked, ...]:
    """Return the questions whose answers were rated down most often."""
    told = (
        AnswerRow.question,
        AnswerRow.answer,
        AnswerRow.message_id,
        FeedbackRow.reason,
        FeedbackRow.comment,
    )
    statement = (
        select(*told)
        .select_from(FeedbackRow)
        .join(AnswerRow, AnswerRow.message_id == FeedbackRow.message_id)
        .where(*_rated_down(), *_meant(scope), AnswerRow.question.is_not(None))
        .order_by(AnswerRow.id.desc())
        .limit(MOST_RATINGS)
    )
    groups: dict[str, list[Row[*tuple[Any, ...]]]] = {}
    for row in session.execute(statement):
        groups.setdefault(_plain(row.question), []).append(row)
    ranked = sorted(groups.values(), key=lambda rows: -len(rows))[:most]
    return tuple(_disliked(rows) for rows in ranked)


def _disliked(rows: Sequence[Row[*tuple[Any, ...]]]) -> Disliked:
    latest = rows[0]
    return Disliked(
        question=latest.question,
        times=len(rows),
        reasons=tuple(r.reason for r in rows if r.reason),
        comments=tuple(r.comment for r in rows if r.comment),
        answer=latest.answer or "",
        message_id=latest.message_id,
    )


def _counted(session: Session, scope: Scope, *keys: ColumnElement[Any]) -> dict[tuple[Any, ...], Counts]:
    """Return the counts by the values of the keys; ratings apart, which are few beside the answers."""
    wanted = (AnswerRow.status == "answered", AnswerRow.status == "not_in_plan")
    sums = (func.sum(case((condition, 1), else_=0)) for condition in wanted)
    counts = select(*keys, func.count(AnswerRow.id), *sums).where(*_meant(scope)).group_by(*keys)
    rated = (
        select(*keys, func.count(AnswerRow.id))
        .select_from(FeedbackRow)
        .join(AnswerRow, AnswerRow.message_id == FeedbackRow.message_id)
        .where(*_rated_down(), *_meant(scope))
        .group_by(*keys)
    )
    down = {tuple(row[:-1]): int(row[-1]) for row in session.execute(rated)}
    return {
        tuple(key): Counts(
            questions=questions,
            answered=answered,
            not_in_plan=not_in_plan,
            rated_down=down.get(tuple(key), 0),
        )
        for *key, questions, answered, not_in_plan in session.execute(counts)
    }


def _rated_down() -> list[ColumnElement[bool]]:
    """Return what says of a rating that it counts and is down."""
    last = select(func.max(FeedbackRow.id)).group_by(FeedbackRow.message_id)
    return [FeedbackRow.rating == "down", FeedbackRow.id.in_(last)]


def _meant(scope: Scope) -> list[ColumnElement[bool]]:
    conditions = [AnswerRow.created >= scope.since]
    if scope.municipality is not None:
        listed = literal(",").concat(AnswerRow.municipality).concat(",")
        conditions.append(listed.contains(f",{scope.municipality},", autoescape=True))
    if scope.channel is not None:
        conditions.append(AnswerRow.channel == scope.channel)
    return conditions


def _texts(scope: Scope) -> Select[*tuple[Any, ...]]:
    """Return what selects each text, how it ended, how often, and the latest of its answers."""
    times = func.count(AnswerRow.id)
    return (
        select(AnswerRow.question, AnswerRow.status, times, func.max(AnswerRow.id))
        .where(*_meant(scope), AnswerRow.question.is_not(None))
        .group_by(AnswerRow.question, AnswerRow.status)
        .order_by(times.desc(), AnswerRow.question)
        .limit(MOST_TEXTS)
    )


def _often(session: Session, statement: Select[*tuple[Any, ...]], most: int) -> tuple[Often, ...]:
    groups: dict[str, list[Row[*tuple[Any, ...]]]] = {}
    for row in session.execute(statement):
        groups.setdefault(_plain(row[0]), []).append(row)
    ranked = sorted(groups.values(), key=_times_and_latest, reverse=True)[:most]
    latest = [max(r[3] for r in rows) for rows in ranked]
    named = select(AnswerRow.id, AnswerRow.message_id).where(AnswerRow.id.in_(latest))
    ids = {identity: message_id for identity, message_id in session.execute(named)}
    return tuple(
        Often(
            question=rows[0][0],
            times=sum(r[2] for r in rows),
            answered=sum(r[2] for r in rows if r[1] == "answered"),
            statuses=tuple(dict.fromkeys(r[1] for r in rows)),
            message_id=ids[identity],
        )
        for rows, identity in zip(ranked, latest, strict=True)
    )


def _times_and_latest(rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[int, int]:
    return sum(r[2] for r in rows), max(r[3] for r in rows)


def _plain(question: str) -> str:
    """Return what questions that are one but for their spelling have in common."""
    return compact(question).rstrip(_ENDS)
