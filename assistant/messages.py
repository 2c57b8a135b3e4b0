"""What travels through the steps: a question, the turn it becomes, and the answer; all frozen."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import Field

from assistant.evidence import Evidence
from corpus.document import Frozen
from corpus.records import Contact

Language = Literal["ja", "easy", "en"]
Status = Literal["answered", "clarify", "not_in_plan", "out_of_scope", "refused"]

LONGEST_QUESTION = 1000


class Question(Frozen):
    """A question as a channel received it."""

    question: str
    municipality: str | None = None
    conversation_id: str | None = None
    language: Language | None = None


class Source(Frozen):
    """A place in a document that a statement rests on, in code points of its canonical text."""

    document_id: str
    start: int
    end: int


class Statement(Frozen):
    """One sentence of an answer, without its full stop, and the places it was taken from."""

    text: str
    sources: tuple[Source, ...]


class Citation(Frozen):
    """A source as it is shown: `quote` is exactly `text[start:end]` of the document."""

    number: int
    municipality: str
    document_id: str
    title: str
    section: tuple[str, ...]
    page: int | None
    quote: str
    start: int
    end: int
    url: str


class Answer(Frozen):
    """What a channel sends: the ChatResponse of the contract."""

    conversation_id: str
    message_id: str
    status: Status
    language: Language
    answer: str
    citations: tuple[Citation, ...] = ()
    cards: tuple[dict[str, Any], ...] = ()
    suggestions: tuple[str, ...] = ()
    contact: Contact | None = None
    engine: str = "extract"
    notices: tuple[str, ...] = ()


class Exchange(Frozen):
    """What a conversation keeps of an earlier turn, for understanding the next one."""

    question: str
    standalone: str
    subject: str | None = None
    municipality: str | None = None


class Ending(Frozen):
    """A turn ended before an answer was composed: why, and what the reply is filled with."""

    status: Status
    reply: str
    values: dict[str, str] = Field(default_factory=dict)
    suggestions: tuple[str, ...] = ()


class Judgement(Frozen):
    """How well the evidence covers the question: the features, and whether that is enough to answer."""

    coverage: float
    similarity: float
    answerable: bool


class Turn(Frozen):
    """One question on its way through the steps; each step returns a copy that knows more."""

    asked: Question
    today: datetime.date
    text: str = ""
    history: tuple[Exchange, ...] = ()
    language: Language = "ja"
    municipalities: tuple[str, ...] = ()
    standalone: str = ""
    aspects: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    judgement: Judgement | None = None
    statements: tuple[Statement, ...] = ()
    engine: str = "extract"
    subject: str | None = None
    municipality: str | None = None
    notices: tuple[str, ...] = ()
    ending: Ending | None = Field(default=None)

    def ended(self, status: Status, reply: str, **values: str) -> Turn:
        """Return the turn ended with one of the replies in words/replies.toml."""
        return self.ending_with(Ending(status=status, reply=reply, values=values))

    def ending_with(self, ending: Ending) -> Turn:
        """Return the turn with this ending."""
        return self.model_copy(update={"ending": ending})

    def knowing(self, **known: Any) -> Turn:
        """Return a copy that knows more."""
        return self.model_copy(update=known)
