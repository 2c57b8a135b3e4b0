"""What is kept of LINE's conversations beside the queue: erased with a message, forgotten with a person."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from assistant.messages import Source
from assistant.state import audit
from assistant.state.people import Whose, erase_all
from assistant.state.retention import scrub
from assistant.state.state import State
from assistant.state.stored import utc_now
from assistant.state.tables import AnswerRow, ConversationRow, FeedbackRow

AUDIENCES = ("public", "staff")


class Traces:
    """Erase and forget; StateDown where the database fails."""

    def __init__(self, state: State) -> None:
        self._state = state

    def erase(self, answers: Sequence[str], conversations: Sequence[str]) -> bool:
        """Erase answers, what was said of them, and conversations.

        False where an answer was not there yet: the process that gave it has not written it down.
        """
        self._state.keeper.flush()
        hashes = self._hashes(conversations)
        with self._state.database.write() as session:
            rows = session.scalars(select(AnswerRow).where(AnswerRow.message_id.in_(answers))).all()
            audit.erase(rows, utc_now())
            session.execute(delete(FeedbackRow).where(FeedbackRow.message_id.in_(answers)))
            session.execute(delete(ConversationRow).where(ConversationRow.id.in_(hashes)))
        scrub(self._state.database)
        return len(rows) == len(set(answers))

    def forget(self, person: str, conversations: Sequence[str]) -> None:
        """Forget a person: answers, feedback, conversations, what waits, and the link to staff."""
        self._state.keeper.flush()
        whose = Whose(conversations=self._hashes(conversations), person=person)
        erase_all(self._state.database, whose, "line")

    def cited(self, message_id: str) -> tuple[Source, ...]:
        """Return the places that an answer cites, as far as it is kept."""
        self._state.keeper.flush()
        with self._state.database.read() as session:
            row = audit.find(session, message_id)
            return tuple(Source.model_validate(place) for place in (row and row.citations) or ())

    def _hashes(self, conversations: Sequence[str]) -> tuple[str, ...]:
        kept = [self._state.conversations(audience) for audience in AUDIENCES]
        for held in kept:
            for conversation in conversations:
                held.take(conversation)
        return tuple(held.hash_of(c) for held in kept for c in conversations)
