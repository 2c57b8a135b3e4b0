"""Limits: when the model is not asked: switched off, resting after failures, or the day's tokens spent."""

from __future__ import annotations

import datetime
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.llm.errors import Closed

# While this file is in the data directory the model is not asked; it is looked for at every question.
SWITCH = "llm.off"
SPEND = "llm-tokens.json"
# So many failures in a row, and the model is left alone for so many seconds; then one question tries it.
FAILURES = 3
REST_SECONDS = 30.0
LOCK_SECONDS = 1.0


class Breaker:
    """Leave a model alone that fails; safe to use from several threads, one a process."""

    def __init__(
        self,
        failures: int = FAILURES,
        rest: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._rest, self._clock = failures, rest, clock
        self._lock = threading.Lock()
        self._failed = 0
        self._until = 0.0

    def allows(self) -> bool:
        """Tell whether the model may be asked now; after a rest only the first who asks is told yes."""
        with self._lock:
            if self._failed < self._most:
                return True
            if self._clock() < self._until:
                return False
            self._until = self._clock() + self._rest
            return True

    def failed(self) -> None:
        """Count a failure."""
        with self._lock:
            self._failed += 1
            self._until = self._clock() + self._rest

    def succeeded(self) -> None:
        """Forget the failures."""
        with self._lock:
            self._failed = 0


class Spend:
    """Count a day's tokens in a file that all workers share; what cannot be counted is not spent."""

    def __init__(self, path: Path, most: int | None, today: Callable[[], datetime.date]) -> None:
        self._path, self._most, self._today = path, most, today
        self._lock = FileLock(str(path) + ".lock", timeout=LOCK_SECONDS)

    def take(self, tokens: int) -> bool:
        """Take so many tokens of today's; False where fewer are left, or where they cannot be counted."""
        if self._most is None:
            return True
        try:
            with self._lock:
                spent = self._spent()
                if spent + tokens > self._most:
                    return False
                self._write(spent + tokens)
                return True
        except (OSError, Timeout):
            return False

    def settle(self, taken: int, used: int) -> None:
        """Give back what was taken and not used, or add what was used beyond it."""
        if self._most is None or taken == used:
            return
        try:
            with self._lock:
                self._write(max(0, self._spent() - taken + used))
        except (OSError, Timeout):
            return  # what was taken stays counted: the limit holds

    def _spent(self) -> int:
        try:
            held = json.loads(self._path.read_text("utf-8"))
            day, tokens = datetime.date.fromisoformat(held["day"]), int(held["tokens"])
            return tokens if day == self._today() else 0
        except FileNotFoundError:
            return 0
        except (ValueError, KeyError, TypeError) as error:
            raise OSError(f"{self._path} cannot be read") from error

    def _write(self, tokens: int) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps({"day": self._today().isoformat(), "tokens": tokens}), "utf-8")
        part.replace(self._path)


class Limits:
    """Say whether the model may be asked, and keep what is known of its failures and its spend."""

    def __init__(self, switch: Path, breaker: Breaker, spend: Spend) -> None:
        self._switch = switch
        self.breaker = breaker
        self.spend = spend

    def closed(self, tokens: int) -> Closed | None:
        """Take the tokens of one call; why the model may not be asked where it may not."""
        if self._switch.exists():
            return "switched_off"
        if not self.breaker.allows():
            return "resting"
        return None if self.spend.take(tokens) else "spent"
