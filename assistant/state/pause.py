"""The switch that pauses the chat (休止中): a small file in the data directory, which every process looks at.

Where the file is, the chat is paused. Looking at it costs one call to the system; it is read when it changed.
"""

from __future__ import annotations

import datetime
import os
import threading
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from corpus.document import Frozen

FILE = "paused.json"
LONGEST_MESSAGE = 200
MESSAGE = "ただいま、この窓口はお休みしています。"


class Pause(Frozen):
    """What residents are told while the chat is paused, and since when it is."""

    message: Annotated[str, Field(min_length=1, max_length=LONGEST_MESSAGE)] = MESSAGE
    since: datetime.datetime | None = None


class Switch:
    """Pause and resume the chat of every process that looks at the same data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._pause: Pause | None = None

    def current(self) -> Pause | None:
        """Return the pause that holds, or None; a file that cannot be read pauses too."""
        try:
            found = self._path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            return Pause()
        seen = (found.st_mtime_ns, found.st_ino, found.st_size)
        with self._lock:
            if seen != self._seen:
                self._pause = self._read()
                self._seen = seen
            return self._pause

    def _read(self) -> Pause:
        try:
            return Pause.model_validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            return Pause()

    def pause(self, message: str = MESSAGE) -> Pause:
        """Pause the chat at once; ValueError for a message that is empty or too long."""
        pause = Pause(message=message.strip(), since=datetime.datetime.now(datetime.UTC))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_name(f".{FILE}.{os.getpid()}")
        new.write_text(pause.model_dump_json() + "\n", "utf-8")
        os.replace(new, self._path)
        return pause

    def resume(self) -> bool:
        """Let the chat go on; tell whether it was paused."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        return True
