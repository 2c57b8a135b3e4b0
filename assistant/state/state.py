"""The state, put together: what the service and the commands are given."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from assistant.state.corrections import Corrections
from assistant.state.database import Database
from assistant.state.errors import StateDown, StateError
from assistant.state.keeper import Keeper
from assistant.state.retention import prune
from assistant.state.spool import Spool
from assistant.state.staff import Staff
from assistant.state.stored import StoredConversations, utc_now

PRUNE_SECONDS = 3600.0
REFRESH_SECONDS = 5.0

log = structlog.get_logger("plan-assistant")


class State:
    """What is kept, over one database and a spool beside it; nothing is connected to before it is needed."""

    def __init__(
        self,
        database: Database,
        spool: Path,
        retention_days: int,
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self.database = database
        self.corrections = Corrections(database, now)
        self.staff = Staff(database, now)
        self.keeper = Keeper(database, Spool(spool), self._upkeep)
        self.retention_days = retention_days
        self._now = now
        self._conversations = {a: StoredConversations(database, a, now) for a in ("public", "staff")}
        self._serves = False
        self._due = {"prune": time.monotonic() + PRUNE_SECONDS / 60, "refresh": 0.0}

    def conversations(self, audience: str) -> StoredConversations:
        """Return the conversations of residents ("public") or of staff."""
        return self._conversations[audience]

    def hashes_of(self, conversation_id: str) -> tuple[str, ...]:
        """Return what a conversation may be kept under, whoever's it is."""
        return tuple(c.hash_of(conversation_id) for c in self._conversations.values())

    def start(self) -> None:
        """Bring the database up to date and begin the upkeep; without the database, go on until it is there.

        StateNewer where a later version made the database.
        """
        try:
            self.database.start()
        except StateDown as error:
            log.warning("starting without the database", error=str(error))
        self._serves = True
        self.keeper.start()

    def stop(self) -> None:
        """Write what waits, and close."""
        self.keeper.stop()
        self.database.close()

    def prune(self) -> dict[str, int]:
        """Drop what has been kept long enough; return how many rows of what."""
        return prune(self.database, self._now(), self.retention_days)

    def _upkeep(self) -> None:
        """Do what is due: read the corrections anew, and every hour drop what is too old."""
        if not self._serves:
            return
        if self._is_due("refresh", REFRESH_SECONDS):
            self.corrections.refresh()
        if self._is_due("prune", PRUNE_SECONDS):
            try:
                log.info("pruned", **self.prune())
            except StateError as error:
                log.warning("not pruned", error=str(error))

    def _is_due(self, name: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._due[name]:
            return False
        self._due[name] = now + every
        return True
