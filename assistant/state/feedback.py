"""Feedback: what people say of an answer, kept as JSON lines in the data directory, a file a day.

A rating names its answer by message_id alone. Answers are not kept, and another worker may have given this
one, so an id is not looked up: whoever joins ratings and log leaves aside those without an answer.
"""

from __future__ import annotations

import datetime
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol

from corpus.document import Frozen

FOLDER = "feedback"
KEPT_DAYS = 365

Mark = Literal["up", "down"]
Reason = Literal["誤り", "古い", "的外れ", "足りない"]


class Rating(Frozen):
    """What someone said of one answer; of two ratings of one answer the later one counts."""

    message_id: str
    rating: Mark
    reason: Reason | None = None
    comment: str | None = None
    at: datetime.datetime


class Feedback(Protocol):
    """Keep ratings."""

    def add(self, rating: Rating) -> None:
        """Keep one rating durably; OSError where it cannot be written."""


class FeedbackFiles:
    """Keep ratings in files of a folder; several threads and processes may add at once."""

    def __init__(self, folder: Path, kept_days: int = KEPT_DAYS) -> None:
        self._folder = folder
        self._kept = datetime.timedelta(days=kept_days)
        self._lock = threading.Lock()

    def add(self, rating: Rating) -> None:
        """Append one line and wait for the disk; a day's first rating drops what was kept too long."""
        line = (rating.model_dump_json() + "\n").encode()
        path = self._folder / f"{rating.at.date().isoformat()}.jsonl"
        with self._lock:
            if not path.exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                self.forget(rating.at.date() - self._kept)
            # One write to a file opened for appending stays whole beside those of other processes.
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def forget(self, before: datetime.date) -> None:
        """Delete the files of the days before a date."""
        for path in self._folder.glob("????-??-??.jsonl"):
            if path.stem < before.isoformat():
                path.unlink(missing_ok=True)

    def __iter__(self) -> Iterator[Rating]:
        """Yield the ratings, the earliest day first; a line that a crash cut short is passed over."""
        for path in sorted(self._folder.glob("????-??-??.jsonl")):
            for line in path.read_bytes().splitlines(keepends=True):
                if line.endswith(b"\n"):
                    yield Rating.model_validate_json(line)
