"""What travels through the steps: a question, the turn it becomes, and the answer; all frozen."""

from __future__ import annotations

import datetime
from typing import Any, Literal, Protocol, Self

from pydantic import Field, SkipValidation

from assistant.focus import Focus
from corpus.document import Frozen
from corpus.records import Contact
from index.evidence import Evidence

Language = Literal["ja", "easy", "en", "zh"]
Audience = Literal["resident", "staff"]
Status = Literal["answered", "clarify", "not_in_plan", "out_of_scope", "refused"]

LONGEST_QUESTION = 1000


class Question(Frozen):
    """A question as a channel received it.

    `earlier` is what the same person asked before, the oldest first, where the caller keeps the conversation.
    `person` is the keyed hash of who asks, where a channel knows (`state.secret`); `staff` the id of the
    member of staff who asks.
    """

    question: str
    municipality: str | None = None
    conversation_id: str | None = None
    language: Language | None = None
    earlier: tuple[str, ...] = ()
    channel: str = "web"
    person: str | None = None
    staff: int | None = None

    @property
    def audience(self) -> Audience:
        """Return whom the answer is for."""
        return "resident" if self.staff is None else "staff"


class Place(Protocol):
    """What stands from one code point of a document's canonical text to another: a passage, a span."""

    @property
    def document_id(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Source(Frozen):
    """A place in a document that a statement rests on, in code points of its canonical text."""

    document_id: str
    start: int
    end: int

    @classmethod
    def of(cls, place: Place) -> Self:
        """Return where something is printed."""
        return cls(document_id=place.document_id, start=place.start, end=place.end)


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
    trace_id: str | None = None


class Started(Frozen):
    """The ids of an answer that is being made."""

    conversation_id: str
    message_id: str


class Exchange(Frozen):
    """What a conversation keeps of an earlier turn, for understanding the next one."""

    question: str
    standalone: str
    subject: str | None = None
    municipality: str | None = None
    aspects: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    answered: bool = True


class Part(Frozen):
    """One question of those that a text holds: as said, as one would ask it alone, what it asks, and whom.

    `continued` is how it would be asked alone if it went on about what was spoken of before; "" where it is
    clear that it does, or does not. `told` is the question with all that was told around it; "" where nothing
    was.
    """

    text: str
    standalone: str
    continued: str = ""
    told: str = ""
    aspects: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    municipalities: tuple[str, ...] = ()


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


class Wording(Frozen):
    """What came of a language model's part in a turn; nothing of what it wrote.

    `dropped` names for each sentence that was not let through the check it failed; `fallback` says why the
    answer, or what was left of it, is that of another composer; `first_ms` is when the first sentence passed;
    `rewritten` is how the question was put anew, and `spent` the seconds that took.
    """

    model: str
    asked: bool = False
    passed: int = 0
    dropped: tuple[str, ...] = ()
    fallback: str | None = None
    completed: int = 0
    first_ms: float | None = None
    tokens: int | None = None
    lookups: int = 0
    rewritten: str | None = None
    spent: float = 0.0


class Turn(Frozen):
    """One question on its way through the steps; each step returns a copy that knows more.

    `by_rules`: no language model is asked.
    """

    asked: Question
    today: datetime.date
    by_rules: bool = False
    text: str = ""
    history: tuple[Exchange, ...] = ()
    language: Language = "ja"
    municipalities: tuple[str, ...] = ()
    decided: bool = True
    parts: tuple[Part, ...] = ()
    standalone: str = ""
    continued: bool = False
    aspects: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    signs: tuple[dict[str, float], ...] = ()
    focus: SkipValidation[Focus] = Focus()
    judgement: Judgement | None = None
    statements: tuple[Statement, ...] = ()
    dropped: tuple[str, ...] = ()
    corrections: tuple[int, ...] = ()
    engine: str = "extract"
    subject: str | None = None
    municipality: str | None = None
    notices: tuple[str, ...] = ()
    wording: Wording | None = None
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
