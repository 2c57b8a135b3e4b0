"""The keeper: takes what must be kept, at once and without the database, and writes it in the background.

An answer never waits for the database and never fails with it: its record goes to the spool, and a thread
writes the spool to the database, in order and once, as soon as the database takes it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from itertools import groupby

import structlog
from sqlalchemy.exc import SQLAlchemyError

from assistant.state import admin, audit, feedback
from assistant.state.admin import Act
from assistant.state.audit import AnswerRecord
from assistant.state.database import Database
from assistant.state.errors import StateError
from assistant.state.feedback import Rating
from assistant.state.spool import Record, Spool, SpoolFull

ANSWER = "answer"
RATING = "rating"
ACT = "act"
EVERY_SECONDS = 1.0

log = structlog.get_logger("plan-assistant")


class Keeper:
    """Keep answers, ratings and acts; a thread that writes them begins with the first, or by `start`."""

    def __init__(
        self,
        database: Database,
        spool: Spool,
        daily: Callable[[], object] = lambda: None,
        every: float = EVERY_SECONDS,
    ) -> None:
        self._database = database
        self._spool = spool
        self._daily = daily
        self._every = every
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._starting = threading.Lock()
        self._written = True
        self._thread: threading.Thread | None = None

    def answered(self, record: AnswerRecord) -> None:
        """Keep the record of an answer; what goes wrong is logged and never the answer's trouble."""
        try:
            self._spool.put(ANSWER, record.model_dump(mode="json"))
        except SpoolFull as error:
            log.error("audit lost", message_id=record.message_id, error=str(error))
        except (OSError, ValueError) as error:
            log.error("audit lost", message_id=record.message_id, error=type(error).__name__)
        self._wake()

    def add(self, rating: Rating) -> None:
        """Keep a rating durably; OSError where even the spool cannot be written."""
        self._spool.put(RATING, rating.model_dump(mode="json"), wait=True)
        self._wake()

    def acted(self, act: Act) -> None:
        """Keep an administrator's act durably; OSError where even the spool cannot be written."""
        self._spool.put(ACT, act.model_dump(mode="json"), wait=True)
        self._wake()

    def waiting(self) -> int:
        """Return how many bytes wait to be written to the database."""
        return self._spool.size()

    def flush(self) -> int:
        """Write what waits; return how many records. StateDown where the database takes nothing."""
        return self._spool.drain(self._write)

    def wait_empty(self, seconds: float = 10.0) -> bool:
        """Wait until the processes that live have written what they hold; return whether they have."""
        ends = time.monotonic() + seconds
        while self.waiting() and time.monotonic() < ends:
            time.sleep(0.1)
        return not self.waiting()

    def start(self) -> None:
        """Begin to write in the background."""
        with self._starting:
            if self._thread is None:
                self._ended.clear()
                self._thread = threading.Thread(target=self._run, name="state", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Write what waits, if that is possible now, and end."""
        self._ended.set()
        self._woken.set()
        if self._thread:
            self._thread.join(timeout=10)
            self._thread = None
        self._quietly(self.flush)
        self._spool.close()

    def _wake(self) -> None:
        self._woken.set()
        if self._thread is None:
            self.start()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._woken.wait(self._every)
            self._woken.clear()
            written = self._quietly(self.flush)
            if written != self._written:
                (log.info if written else log.warning)("state", written=written, waiting=self.waiting())
            self._written = written
            if not written:
                self._ended.wait(self._every)
            self._quietly(self._daily)

    def _quietly(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except (StateError, OSError):
            return False
        except Exception as error:
            log.error("state", error=type(error).__name__, exc_info=error)
            return False
        return True

    def _write(self, records: Sequence[Record]) -> None:
        try:
            self._together(records)
        except (SQLAlchemyError, ValueError, KeyError, TypeError) as error:
            if len(records) == 1:
                log.error("record rejected", kind=records[0][0], error=type(error).__name__)
                self._spool.reject(records[0])
                return
            for record in records:
                self._write([record])

    def _together(self, records: Sequence[Record]) -> None:
        with self._database.write() as session:
            for kind, group in groupby(records, key=lambda r: r[0]):
                if kind == ANSWER:
                    audit.append(session, [AnswerRecord.model_validate(r) for _, r in group])
                elif kind == RATING:
                    feedback.append(session, [Rating.model_validate(r) for _, r in group])
                elif kind == ACT:
                    admin.append(session, [Act.model_validate(r) for _, r in group])
                else:
                    raise ValueError(kind)
