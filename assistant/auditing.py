"""Auditing: what is kept of an answer, so that it can be explained and made again."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from assistant.masking import mask
from assistant.messages import Answer, Exchange, Question, Turn
from assistant.state.audit import AnswerRecord
from assistant.steps.screen import clean
from index.snapshot import Manifest

PASSAGES = 5


def record_of(
    turn: Turn, answer: Answer, conversation: str, timings: Mapping[str, float], manifest: Manifest
) -> AnswerRecord:
    """Return the record of an answer; `conversation` is the hash that its conversation is kept under."""
    asked = turn.asked
    return AnswerRecord(
        message_id=answer.message_id,
        created=datetime.datetime.now(datetime.UTC),
        conversation=conversation,
        person=asked.person,
        channel=asked.channel,
        audience="staff" if asked.staff is not None else "public",
        staff=asked.staff,
        municipality=turn.municipality or ",".join(turn.municipalities) or None,
        language=answer.language,
        status=answer.status,
        reply=turn.ending.reply if turn.ending else None,
        engine=answer.engine,
        question=mask(clean(asked.question)),
        answer=answer.answer,
        asked=_asked(turn),
        citations=[c.model_dump(include={"document_id", "start", "end"}) for c in answer.citations],
        decisions=_decisions(turn),
        verdict={"statements": len(turn.statements), "dropped": [mask(d) for d in turn.dropped]},
        timings=dict(timings),
        snapshot=manifest.name,
        model=manifest.model,
        version=version("plan-assistant"),
    )


def question_of(record: AnswerRecord) -> tuple[Question, tuple[Exchange, ...], datetime.date]:
    """Return what was asked, the history and the day, as a record has them; ValueError for an erased one."""
    if record.asked is None or record.question is None:
        raise ValueError("the record was erased")
    asked = record.asked
    question = Question(
        question=record.question,
        municipality=asked["municipality"],
        language=asked["language"],
        channel=record.channel,
        staff=record.staff,
    )
    history = tuple(Exchange.model_validate(e) for e in asked["history"])
    return question, history, datetime.date.fromisoformat(asked["today"])


def _asked(turn: Turn) -> dict[str, Any]:
    return {
        "municipality": turn.asked.municipality,
        "language": turn.asked.language,
        "today": turn.today.isoformat(),
        "history": [e.model_dump(mode="json") for e in turn.history],
    }


def _decisions(turn: Turn) -> dict[str, Any]:
    judgement = turn.judgement
    return {
        "standalone": mask(turn.standalone),
        "aspects": list(turn.aspects),
        "years": list(turn.years),
        "subject": turn.subject,
        "passages": _passages(turn),
        "probability": round(judgement.probability, 4) if judgement else None,
        "features": {k: round(float(v), 4) for k, v in judgement.features.items()} if judgement else {},
        "unanswered": list(turn.unanswered),
        "corrections": list(turn.corrections),
    }


def _passages(turn: Turn) -> Sequence[dict[str, Any]]:
    """Return the best passages and how they were scored."""
    scores = [signs.get("score") for signs in turn.signs] or [None] * len(turn.evidence)
    return [
        {"id": e.hit.passage.id, "score": None if score is None else round(float(score), 4)}
        for e, score in list(zip(turn.evidence, scores, strict=False))[:PASSAGES]
    ]
