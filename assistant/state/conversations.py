"""Conversations, kept in memory: the last turns of each, until it has been idle for too long."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from assistant.messages import Exchange
from assistant.state.secret import hashed

IDLE_SECONDS = 30 * 60
TURNS = 8
MOST = 10_000


class Conversations:
    """Remember the exchanges of each conversation; safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, tuple[Exchange, ...]]] = OrderedDict()

    def open(self, conversation_id: str | None, made_here: bool = False) -> tuple[str, tuple[Exchange, ...]]:
        """Return a conversation's id and its exchanges; a new id where it is unknown or has expired.

        Ids are 128 random bits: one cannot be guessed, and a made-up one is never taken over. One that is
        `made_here`, by a channel, is taken even where it is new.
        """
        with self._lock:
            self._expire()
            if conversation_id is not None and (made_here or conversation_id in self._kept):
                return conversation_id, self._kept.get(conversation_id, (0.0, ()))[1]
        return secrets.token_hex(16), ()

    def hash_of(self, conversation_id: str) -> str:
        """Return what stands for a conversation where its id must not: in what is kept."""
        return hashed(conversation_id)

    def take(self, conversation_id: str) -> tuple[Exchange, ...]:
        """Return the exchanges of a conversation and forget them."""
        with self._lock:
            return self._kept.pop(conversation_id, (0.0, ()))[1]

    def add(
        self,
        conversation_id: str,
        exchange: Exchange,
        *,
        channel: str = "web",
        person: str | None = None,
        message_id: str | None = None,
    ) -> None:
        """Keep one more exchange; the oldest are forgotten beyond the limits."""
        with self._lock:
            held = self._kept.pop(conversation_id, (0.0, ()))[1]
            self._kept[conversation_id] = (self._clock(), (*held, exchange)[-TURNS:])
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)

    def _expire(self) -> None:
        oldest = self._clock() - IDLE_SECONDS
        while self._kept and next(iter(self._kept.values()))[0] < oldest:
            self._kept.popitem(last=False)
