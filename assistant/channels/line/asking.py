"""Questions from LINE: asked as what the person is, in the conversation that is theirs alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from assistant import words
from assistant.channels.line.events import Event
from assistant.channels.line.keys import CHANNEL, Keys
from assistant.channels.line.linking import Member
from assistant.channels.line.render import Elsewhere, Reply
from assistant.messages import Answer, Citation, Question, Source, Turn
from assistant.state.line_inbox import Inbox
from corpus.library import Holding, Library

MOST_ELSEWHERE = 2
FOLLOW_UPS = ("department", "kpi", "roadmap")


class Service(Protocol):
    """Answer questions; `for_staff` is the one that staff ask."""

    library: Library

    @property
    def for_staff(self) -> Service:
        """Return the service that staff ask."""

    def explain(self, question: Question) -> tuple[Answer, Turn]:
        """Answer one question, and say what it was understood as."""

    def cite(self, sources: Sequence[Source]) -> tuple[Citation, ...]:
        """Return places as citations; those of documents that are not here are left out."""


@dataclasses.dataclass(frozen=True, slots=True)
class Asking:
    """Ask the service for the person who sent an event.

    `member` says which member of staff a person is, by their keyed hash; it is asked in a chat of one person
    only.
    """

    service_now: Callable[[], Service]
    inbox: Inbox
    keys: Keys
    member: Callable[[str], Member | None]
    cited: Callable[[str], Sequence[Source]]
    """Return the places that an answer cites, by its id, as far as they are kept."""
    address: str | None = None

    def ask(self, event: Event, question: str) -> Reply:
        """Answer a question; a member of staff hears what other municipalities' plans say, too."""
        member = self._member(event)
        service = self._service(member)
        asked = Question(
            question=question,
            conversation_id=self._conversation(event, member),
            channel=CHANNEL,
            person=person_of(event, self.keys),
            staff=member.id if member else None,
        )
        answer, turn = service.explain(asked)
        elsewhere = tuple(self._elsewhere(service, asked, answer, turn)) if member else ()
        return self._reply(service, answer, member is not None, elsewhere)

    def is_staff(self, event: Event) -> bool:
        """Tell whether a member of staff sent an event, in a chat of their own."""
        return self._member(event) is not None

    def last(self, event: Event) -> Reply | None:
        """Return the sources of the answer that the person was given last, as far as they may see them."""
        person = person_of(event, self.keys)
        identity = self.inbox.answered_last(person) if person else None
        member = self._member(event)
        service = self._service(member)
        citations = service.cite(self.cited(identity)) if identity else ()
        if not identity or not citations:
            return None
        answer = Answer(
            conversation_id="",
            message_id=identity,
            status="answered",
            language="ja",
            answer="",
            citations=citations,
        )
        return self._reply(service, answer, member is not None, ())

    def conversations(self, event: Event) -> tuple[str, ...]:
        """Return the ids of the person's conversations, as a resident and as staff."""
        return tuple({self._conversation(event, member) for member in (None, self._member(event))})

    def _service(self, member: Member | None) -> Service:
        service = self.service_now()
        return service if member is None else service.for_staff

    def _member(self, event: Event) -> Member | None:
        user = event.source.user_id
        return self.member(self.keys.person(user)) if user and event.source.alone else None

    def _conversation(self, event: Event, member: Member | None) -> str:
        """Return an id that nobody can guess: of who asks, where, and as whom."""
        source = event.source
        return self.keys.chat(source.type, source.place, source.user_id, str(member.id) if member else None)

    def _elsewhere(
        self, service: Service, question: Question, answer: Answer, turn: Turn
    ) -> Iterator[Elsewhere]:
        """Give what other municipalities' plans say to a question that one municipality's answered."""
        cited = {c.municipality for c in answer.citations}
        if answer.status != "answered" or len(cited) != 1:
            return
        told = {*cited, *turn.unanswered}
        others = [h for h in service.library.holdings if h.id not in told]
        asked = {"question": turn.standalone or turn.text, "language": answer.language}
        for other in others[:MOST_ELSEWHERE]:
            alone = {"municipality": other.id, "conversation_id": None}
            found, _ = service.explain(question.model_copy(update={**asked, **alone}))
            own = found.status == "answered" and {c.municipality for c in found.citations} == {other.id}
            yield Elsewhere(_name(other), found if own else None)

    def _reply(
        self, service: Service, answer: Answer, staff: bool, elsewhere: tuple[Elsewhere, ...]
    ) -> Reply:
        return Reply(
            answer=answer,
            staff=staff,
            elsewhere=elsewhere,
            quick=tuple(_quick(service.library, answer)),
            staff_documents=frozenset(_staff_documents(service.library)) if staff else frozenset(),
            address=self.address,
        )


def person_of(event: Event, keys: Keys) -> str | None:
    """Return the keyed hash of whose turn it is: the person, else the group or room."""
    whose = event.source.user_id or event.source.place
    return keys.person(whose) if whose else None


def _quick(library: Library, answer: Answer) -> Iterator[tuple[str, str]]:
    """Give the quick replies after an answer: the choices of a question back, else what may be asked next."""
    if answer.status != "answered":
        yield from ((s, s) for s in answer.suggestions)
        return
    quick = words.load("line")["quick"]
    for name in FOLLOW_UPS:
        yield quick[name]["label"], quick[name]["text"]
    cited = {c.municipality for c in answer.citations}
    others = [h for h in library.holdings if h.id not in cited]
    if len(library.holdings) == 2 and len(others) == 1:
        name = _name(others[0])
        yield quick["other"]["label"], quick["other"]["text"].format(name=name)
    yield quick["sources"]["label"], quick["sources"]["text"]


def _name(holding: Holding) -> str:
    return holding.plan.municipality.name


def _staff_documents(library: Library) -> Iterator[str]:
    for holding in library.holdings:
        yield from (d.document_id for d in holding.plan.documents if d.visibility == "staff")
