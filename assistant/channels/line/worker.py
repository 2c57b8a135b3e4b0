"""Workers: take events from the inbox, answer them, send what the outbox holds; in many processes."""

from __future__ import annotations

import datetime
import functools
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from assistant.channels.line import render
from assistant.channels.line.asking import person_of
from assistant.channels.line.chat import Chat, Later, Said, says
from assistant.channels.line.delivery import Delivery, Parcel
from assistant.channels.line.events import Event
from assistant.channels.line.keys import Keys, Unreadable
from assistant.state.errors import StateDown
from assistant.state.line_inbox import DEAD, Inbox, Incoming, Job
from assistant.state.line_outbox import PUSH, REPLY, Outbox, Outgoing, Sending

log = structlog.get_logger("plan-assistant")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things are held, waited for and tried."""

    lease: float = 20.0
    """Seconds that a worker holds what it works on; it renews this three times meanwhile."""
    idle: float = 0.5
    """Seconds between two looks into an empty queue."""
    pause: float = 2.0
    """Seconds before an event that could not be answered is tried again."""
    most_tries: int = 6
    """How often an event is tried before its person is told that it failed."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What workers share: the two halves of the queue, who answers, and who sends."""

    inbox: Inbox
    outbox: Outbox
    chat: Chat
    delivery: Delivery
    keys: Keys
    pace: Pace = Pace()

    @property
    def lease(self) -> datetime.timedelta:
        """Return how long a worker holds what it works on."""
        return datetime.timedelta(seconds=self.pace.lease)

    def take(self, events: tuple[Event, ...]) -> int:
        """Store the events of a webhook, and return how many were new; StateDown where it cannot."""
        return self.inbox.store([incoming_of(event, self.keys) for event in events])

    def work_once(self, owner: str) -> bool:
        """Answer one event, or send one answer that waits; False where there is nothing to do."""
        job = self.inbox.claim(owner, self.lease)
        if job is not None:
            sending = self._answer(job, owner)
            if sending is not None:
                self.delivery.send(sending, owner)
            return True
        waiting = self.outbox.claim(owner, self.lease)
        if waiting is not None:
            self.delivery.send(waiting, owner)
        return waiting is not None

    def _answer(self, job: Job, owner: str) -> Sending | None:
        """Answer an event and keep the answer, to be sent."""
        try:
            event = Event.model_validate(self.keys.open(job.payload))
        except Unreadable as error:
            log.error("line event unreadable", inbox=job.id, reason=str(error))
            return self.inbox.finish(job, owner, None, self.lease, status=DEAD)
        if job.attempts > self.pace.most_tries:
            return self._give_up(job, event, owner)
        try:
            said = self.chat.handle(event, job)
        except StateDown:
            raise
        except Later as later:
            pause = datetime.timedelta(seconds=self.pace.pause)
            self.inbox.again(job, owner, pause, str(later))
            return None
        except Exception as error:
            known = {"inbox": job.id, "kind": job.kind, "error": type(error).__name__}
            log.error("line event failed", **known, exc_info=error)
            pause = datetime.timedelta(seconds=self.pace.pause * job.attempts)
            self.inbox.again(job, owner, pause, type(error).__name__)
            return None
        outgoing = self._outgoing(event, said)
        sending = self.inbox.finish(job, owner, outgoing, self.lease, said.answers, note=said.note)
        if sending is None and event.message and self.inbox.was_unsent(job):
            self.chat.erase(event, event.message.id, *said.answers)
        return sending

    def _give_up(self, job: Job, event: Event, owner: str) -> Sending | None:
        """Tell the person that it failed, where the event is one that is answered."""
        log.error("line event given up", inbox=job.id, kind=job.kind, attempts=job.attempts)
        said = Said(tuple(render.plain(says("failed")))) if event.type == "message" else Said()
        return self.inbox.finish(job, owner, self._outgoing(event, said), self.lease, status=DEAD)

    def _outgoing(self, event: Event, said: Said) -> Outgoing | None:
        if not said.messages:
            return None
        # Whoever does not say who they are is not pushed to.
        to = event.source.place if event.source.user_id else None
        parcel = Parcel(to, event.reply_token, said.messages)
        return Outgoing(REPLY if event.reply_token else PUSH, parcel.sealed(self.keys))


def incoming_of(event: Event, keys: Keys) -> Incoming:
    """Return an event as it is stored: sealed, and without a payload where nothing is to be done."""
    handled = event.type in HANDLED and event.mode == "active"
    message_id = (event.message and event.message.id) or (event.unsend and event.unsend.message_id)
    return Incoming(
        webhook_event_id=event.webhook_event_id,
        kind=event.type,
        person=person_of(event, keys),
        payload=keys.seal(event.model_dump(mode="json")) if handled else None,
        line_message_id=message_id or None,
    )


HANDLED = frozenset({"message", "follow", "unfollow", "unsend", "join", "accountLink"})


class Workers:
    """Threads that work until they are stopped; what they have begun, they finish."""

    def __init__(self, desk: Desk, count: int) -> None:
        self._desk = desk
        self._stopping = threading.Event()
        self._wake = threading.Condition()
        process = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._owners = [f"{process}:{n}" for n in range(count)]
        self._busy: set[str] = set()
        self._threads = [
            *(
                threading.Thread(target=self._work, args=(o,), name=f"line-{o}", daemon=True)
                for o in self._owners
            ),
            threading.Thread(target=self._tend, name="line-tend", daemon=True),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Say that something has come."""
        with self._wake:
            self._wake.notify_all()

    def stop(self, seconds: float = 8.0) -> None:
        """Take nothing new, and wait for what was begun; the rest is another's after its lease."""
        self._stopping.set()
        self.wake()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _work(self, owner: str) -> None:
        while not self._stopping.is_set():
            worked = self._guarded(lambda: self._one(owner))
            if not worked and not self._stopping.is_set():
                with self._wake:
                    self._wake.wait(self._desk.pace.idle)

    def _one(self, owner: str) -> bool:
        self._busy.add(owner)
        try:
            return self._desk.work_once(owner)
        finally:
            self._busy.discard(owner)

    def _tend(self) -> None:
        """Renew the leases of whoever is at work."""
        while not self._stopping.wait(self._desk.pace.lease / 3):
            for owner in list(self._busy):
                self._guarded(functools.partial(self._desk.inbox.renew, owner, self._desk.lease))

    def _guarded(self, act: Callable[[], object]) -> bool:
        """Do something; a failure is logged and is the end of nothing."""
        try:
            return bool(act())
        except StateDown as error:
            log.warning("line waits for the state", reason=str(error))
        except Exception as error:
            log.error("line worker", error=type(error).__name__, exc_info=error)
        self._stopping.wait(1.0)
        return False
