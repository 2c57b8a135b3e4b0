"""Delivery: an answer reaches LINE once. By its reply token while that lives, else by push with a key."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from assistant.channels.line.client import Outcome, Result
from assistant.channels.line.keys import Keys, Unreadable
from assistant.state.line_outbox import PUSH, TRIED, Outbox, Sending

TOKEN_SECONDS = 50
"""A reply token is good for a minute from when its event came; ten seconds are left for the way."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
LONGEST_TRYING = datetime.timedelta(hours=1)

log = structlog.get_logger("plan-assistant")


class Sender(Protocol):
    """Send messages to LINE."""

    def reply(self, token: str, messages: Sequence[dict[str, Any]]) -> Result:
        """Reply with a token."""

    def push(self, to: str, messages: Sequence[dict[str, Any]], retry_key: str) -> Result:
        """Push with a retry key."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent, and where to."""

    to: str | None
    token: str | None
    messages: tuple[dict[str, Any], ...]

    def sealed(self, keys: Keys) -> dict[str, Any]:
        """Return it as it may be stored."""
        return keys.seal({"to": self.to, "token": self.token, "messages": self.messages})

    @classmethod
    def opened(cls, keys: Keys, payload: dict[str, Any] | None) -> Parcel:
        """Return what was sealed; Unreadable where it cannot be opened."""
        value = keys.open(payload)
        return cls(value["to"], value["token"], tuple(value["messages"]))

    def in_words(self) -> Parcel:
        """Return the parcel without what is drawn, which LINE may refuse where it takes the words."""
        words = [m for m in self.messages if m["type"] == "text"]
        quick = self.messages[-1].get("quickReply") if self.messages else None
        if words and quick:
            words[-1] = {**words[-1], "quickReply": quick}
        return Parcel(self.to, self.token, tuple(words))


class Delivery:
    """Send what the outbox holds, one at a time."""

    def __init__(
        self,
        outbox: Outbox,
        line: Sender,
        keys: Keys,
        clock: Callable[[], datetime.datetime],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._outbox = outbox
        self._line = line
        self._keys = keys
        self._clock = clock
        self._chance = chance

    def send(self, sending: Sending, owner: str) -> None:
        """Make the tries that may be made now, and keep how they ended."""
        try:
            parcel = Parcel.opened(self._keys, sending.payload)
        except Unreadable as error:
            self._outbox.bury(sending, str(error))
            return
        if sending.kind != PUSH and self._token_lives(sending, parcel):
            result = self._reply(sending, parcel, owner)
            if result is None or result.outcome is not Outcome.USED:
                return
        if parcel.to is None:
            self._outbox.bury(sending, "reply token expired, and nobody to push to")
            return
        self._push(sending, parcel, owner)

    def _token_lives(self, sending: Sending, parcel: Parcel) -> bool:
        age = self._clock() - sending.received
        return parcel.token is not None and age < datetime.timedelta(seconds=TOKEN_SECONDS)

    def _reply(self, sending: Sending, parcel: Parcel, owner: str) -> Result | None:
        """Reply once; the token works once, so that a second try tells what became of the first."""
        if parcel.token is None or not (sending.fresh or self._outbox.trying(sending, owner, TRIED)):
            return None
        result = self._line.reply(parcel.token, parcel.messages)
        if result.outcome is Outcome.USED and sending.kind == TRIED:
            self._outbox.accepted(sending)  # by the earlier try, whose end was not known
            return None
        if result.outcome is not Outcome.USED:
            known = result.outcome in (Outcome.BUSY, Outcome.UNSENT, Outcome.REJECTED)
            self._keep(sending, parcel, result, sending.kind if known else TRIED)
        return result

    def _push(self, sending: Sending, parcel: Parcel, owner: str) -> None:
        kept = sending.fresh and sending.kind == PUSH
        if parcel.to and (kept or self._outbox.trying(sending, owner, PUSH)):
            result = self._line.push(parcel.to, parcel.messages, sending.retry_key)
            self._keep(sending, parcel, result, PUSH)

    def _keep(self, sending: Sending, parcel: Parcel, result: Result, kind: str) -> None:
        """Keep how a try ended: done, never, or later."""
        said = f"{result.outcome.value} {result.status or ''} {result.message or ''}".strip()
        if result.outcome is Outcome.ACCEPTED:
            self._outbox.accepted(sending)
            return
        if result.outcome is Outcome.REJECTED:
            words = parcel.in_words()
            if result.status == 400 and 0 < len(words.messages) < len(parcel.messages):
                log.warning("line words only", reason=said)
                self._outbox.again(sending, kind, datetime.timedelta(), said, words.sealed(self._keys))
                return
            self._outbox.bury(sending, said)
            return
        if self._clock() - sending.received > LONGEST_TRYING:
            self._outbox.bury(sending, f"given up: {said}")
            return
        self._outbox.again(sending, kind, self._pause(sending.attempts), said)

    def _pause(self, attempts: int) -> datetime.timedelta:
        """Return how long to wait: twice as long each time, up to a minute, less up to half by chance."""
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts, 10))
        return datetime.timedelta(seconds=longest * (1 - self._chance() / 2))
