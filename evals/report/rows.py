"""What the report reads of results.jsonl, the file of an older run too: what is absent takes a default."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

ANSWERED = "answered"
NO_RESPONSE = "none"
ERROR = "error"
PLAIN = "plain"
STYLE = re.compile(r"style:\s*([\w-]+)")


class Row(BaseModel):
    """Be the base of what results.jsonl holds: what is absent or null takes its default."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: object) -> object:
        return {k: v for k, v in data.items() if v is not None} if isinstance(data, Mapping) else data


class Turn(Row):
    """One turn of the conversation before the question."""

    role: str = "user"
    content: str = ""


class Evidence(Row):
    """A place in a plan that answers the question."""

    document: str = ""
    quote: str = ""


class Question(Row):
    """A question with what its answer must and must not say."""

    municipality: str = ""
    audience: str = ""
    lang: str = ""
    kind: str = ""
    difficulty: str = ""
    question: str = ""
    history: tuple[Turn, ...] = ()
    answerable: bool | None = None
    must_include: tuple[tuple[str, ...], ...] = ()
    must_not_include: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    note: str = ""


class Citation(Row):
    """A place in a plan that the answer names."""

    number: int | None = None
    document_id: str = ""
    title: str = ""
    section: tuple[str, ...] = ()
    page: int | None = None
    quote: str = ""
    start: int | None = None
    end: int | None = None


class Response(Row):
    """What the assistant returned."""

    status: str = NO_RESPONSE
    language: str = ""
    answer: str = ""
    citations: tuple[Citation, ...] = ()
    suggestions: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    engine: str = ""


class Place(Row):
    """A place that the search found, in code points of the document's text."""

    document_id: str = ""
    start: int = 0
    end: int = 0


class Judgement(Row):
    """What the assistant held of the question before answering: `probability` that the plan answers it."""

    coverage: float | None = None
    similarity: float | None = None
    probability: float | None = None
    answerable: bool | None = None


class Scores(Row):
    """How the response was scored: `facts` and `evidence` in the order of the question's own."""

    correct: bool | None = None
    facts: tuple[bool, ...] = ()
    forbidden: tuple[str, ...] = ()
    evidence: tuple[bool, ...] = ()
    citation_precision: float | None = None
    citation_recall: float | None = None
    unsupported_figures: tuple[str, ...] = ()
    refused: bool | None = None


class Result(Row):
    """One row of results.jsonl; `ranks` holds where the search found each place of evidence, 1 the first."""

    id: str
    set: str = ""
    question: Question = Field(default_factory=Question)
    response: Response | None = None
    error: str | None = None
    latency_ms: float | None = None
    retrieved: tuple[Place, ...] = ()
    ranks: tuple[int | None, ...] = ()
    judgement: Judgement | None = None
    scores: Scores = Field(default_factory=Scores)

    @property
    def status(self) -> str:
        """Return the response's status; `error` or `none` where there was no response."""
        return ERROR if self.error else self.response.status if self.response else NO_RESPONSE

    @property
    def refused(self) -> bool:
        """Tell whether no answer was given."""
        return self.status != ANSWERED if self.scores.refused is None else self.scores.refused

    @property
    def wrong(self) -> bool:
        """Tell whether the question failed."""
        return bool(self.error) or self.scores.correct is False

    @property
    def style(self) -> str:
        """Return the way of writing, which the question's note begins with (`style: dialect`); else plain."""
        found = STYLE.match(self.question.note)
        return found[1] if found else PLAIN


def parse_results(rows: Iterable[Mapping[str, Any]]) -> tuple[Result, ...]:
    """Return the rows of results.jsonl; raises ValueError naming the field of one that is something else."""
    return tuple(Result.model_validate(row) for row in rows)
