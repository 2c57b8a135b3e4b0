"""What travels through the steps: a question, the turn it becomes, and the answer; all frozen."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import Field, SkipValidation

from assistant.focus import Focus
from corpus.document import Frozen
from corpus.records import Contact
from index.evidence import Evidence

Language = Literal["ja", "easy", "en", "zh"]
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
    """One sentence of an answer, without its full stop, and the places it was taken from.

    `computed` are the figures in it that were counted or worked out from records, which no quote prints.
    """

    text: str
    sources: tuple[Source, ...]
    computed: tuple[str, ...] = ()

    def computing(self, *figures: str) -> Statement:
        """Return the statement with figures that were worked out for it."""
        return self.model_copy(update={"computed": (*self.computed, *figures)})


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
    aspects: tuple[str, ...] = ()
    years: tuple[int, ...] = ()


class Part(Frozen):
    """One question of those that a text holds: as said, as one would ask it alone, and what it asks."""

    text: str
    standalone: str
    aspects: tuple[str, ...] = ()
    years: tuple[int, ...] = ()


class Ending(Frozen):
    """A turn ended before an answer was composed: why, and what the reply is filled with."""

    status: Status
    reply: str
    values: dict[str, str] = Field(default_factory=dict)
    suggestions: tuple[str, ...] = ()


class Judgement(Frozen):
    """How well the evidence covers the question: the features, the probability, and the decision."""

    features: dict[str, float] = Field(default_factory=dict)
    probability: float = 0.0
    answerable: bool = False


class Turn(Frozen):
    """One question on its way through the steps; each step returns a copy that knows more."""

    asked: Question
    today: datetime.date
    text: str = ""
    history: tuple[Exchange, ...] = ()
    language: Language = "ja"
    municipalities: tuple[str, ...] = ()
    decided: bool = True
    parts: tuple[Part, ...] = ()
    standalone: str = ""
    aspects: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    signs: tuple[dict[str, float], ...] = ()
    focus: SkipValidation[Focus] = Focus()
    judgement: Judgement | None = None
    statements: tuple[Statement, ...] = ()
    engine: str = "extract"
    subject: str | None = None
    municipality: str | None = None
    notices: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    unanswered_parts: tuple[str, ...] = ()
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
