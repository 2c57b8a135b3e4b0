"""What is said to an event: questions are answered, commands obeyed, the rest met with a sentence or none."""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Protocol

from assistant import words
from assistant.channels.chat import clean_question
from assistant.channels.line import render
from assistant.channels.line.asking import Asking
from assistant.channels.line.events import Event, Message
from assistant.channels.line.flex import Node
from assistant.channels.line.keys import Keys
from assistant.channels.line.linking import Linking
from assistant.messages import LONGEST_QUESTION
from assistant.state.line_inbox import Inbox, Job
from assistant.state.pause import Pause
from corpus.normalize import fold

Loading = Callable[[str, int], object]
LOADING_SECONDS = 20
MOST_ERASING = 4


class Traces(Protocol):
    """What is kept of answers outside of the queue."""

    def erase(self, answers: Sequence[str], conversations: Sequence[str]) -> bool:
        """Erase answers and conversations; False where an answer is not written down yet."""

    def forget(self, person: str, conversations: Sequence[str]) -> None:
        """Forget a person."""


class Later(Exception):
    """Report that an event cannot be ended yet."""


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """What is sent back; nothing where there are no messages."""

    messages: tuple[Node, ...] = ()
    answers: tuple[str, ...] = ()
    """The ids of the answers among them."""
    note: str | None = None
    """What the queue keeps of it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Chat:
    """Answer events, one at a time; safe to use from several threads."""

    asking: Asking
    linking: Linking
    inbox: Inbox
    keys: Keys
    traces: Traces
    loading: Loading
    names: Callable[[], str]
    paused: Callable[[], Pause | None]
    """Whether the chat is paused; staff are answered as ever."""

    def handle(self, event: Event, job: Job) -> Said:
        """Return what is said to an event, and do what it asks for."""
        match event.type:
            case "message" if event.message:
                return self._message(event, event.message)
            case "follow":
                return Said(tuple(render.plain(says("welcome", names=self.names()))))
            case "join":
                return Said(tuple(render.plain(says("join"))))
            case "unfollow":
                self._forget(event, job)
            case "unsend" if event.unsend:
                self._unsend(event, event.unsend.message_id, job)
            case "accountLink" if event.link and event.source.user_id:
                told = self.linking.finish(event.source.user_id, event.link)
                return Said(tuple(render.plain(told))) if event.reply_token else Said()
        return Said()

    def erase(self, event: Event, line_message_id: str, *answers: str) -> bool:
        """Erase a message: what waits of it, its answer, and the conversation that it was part of.

        False where an answer to it is not written down yet by the process that gave it.
        """
        given = (*self.inbox.erase(line_message_id), *answers)
        return self.traces.erase(given, self.asking.conversations(event))

    def _unsend(self, event: Event, line_message_id: str, job: Job) -> None:
        if not self.erase(event, line_message_id) and job.attempts < MOST_ERASING:
            raise Later("an answer is not written down yet")

    def _forget(self, event: Event, job: Job) -> None:
        if event.source.user_id:
            person = self.keys.person(event.source.user_id)
            self.inbox.forget(person, job)
            conversations = self.asking.conversations(event)
            self.linking.forget(event.source.user_id)
            self.traces.forget(person, conversations)

    def _message(self, event: Event, message: Message) -> Said:
        alone = event.source.alone
        if not alone and not _is_called(message):
            return Said()
        if message.type != "text" or message.text is None:
            return Said(tuple(render.plain(says("not_text"))))
        text = _without_mentions(message).strip()
        command = command_of(text)
        if told := self.linking.answer(event, text, command):
            return Said(tuple(told.messages), note=told.note)
        if command == "sources":
            return self._sources(event)
        try:
            question = clean_question(text)
        except ValueError:
            return Said(tuple(render.plain(_refusal(text))))
        pause = self.paused()
        if pause and not self.asking.is_staff(event):
            return Said(tuple(render.plain(pause.message)))
        if alone and event.source.user_id:
            self.loading(event.source.user_id, LOADING_SECONDS)
        reply = self.asking.ask(event, question)
        if looks_internal(question):
            reply = dataclasses.replace(reply, warnings=(says("warning"),))
        return Said(tuple(render.messages(reply)), reply.answer_ids)

    def _sources(self, event: Event) -> Said:
        reply = self.asking.last(event)
        if reply is None or not reply.answer.citations:
            return Said(tuple(render.plain(says("no_sources"))))
        return Said(tuple(render.sources_alone(reply, says("sources"))))


def says(name: str, /, **values: object) -> str:
    """Return a text of words/line.toml, filled."""
    return str(words.load("line")["says"][name]).strip().format(**values)


def command_of(text: str) -> str | None:
    """Return the command that a whole message is, or None."""
    plain = re.sub(r"[\s。！!]+", "", unicodedata.normalize("NFKC", text)).lower()
    commands: dict[str, list[str]] = words.load("line")["commands"]
    return next((name for name, said in commands.items() if plain in said), None)


def looks_internal(text: str) -> bool:
    """Tell whether a text looks like what should not be sent through LINE."""
    folded = fold(text)
    return any(pattern.search(folded) or pattern.search(text) for pattern in _internal())


@functools.cache
def _internal() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(p) for p in words.load("line")["internal"]["patterns"])


def _refusal(text: str) -> str:
    length = len(unicodedata.normalize("NFKC", text))
    return says("empty" if not text else "too_long" if length > LONGEST_QUESTION else "unusable")


def _is_called(message: Message) -> bool:
    return any(m.is_self for m in (message.mention.mentionees if message.mention else ()))


def _without_mentions(message: Message) -> str:
    """Return a text without the account's own name in it; LINE counts places in UTF-16 units."""
    text = (message.text or "").encode("utf-16-le", "surrogatepass")
    mentionees = message.mention.mentionees if message.mention else ()
    for mentioned in sorted(mentionees, key=lambda m: -m.index):
        if mentioned.is_self and mentioned.index >= 0 and mentioned.length >= 0:
            start, end = 2 * mentioned.index, 2 * (mentioned.index + mentioned.length)
            text = text[:start] + text[end:]
    return text.decode("utf-16-le", "replace")
