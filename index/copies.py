"""Copies of a snapshot's vectors, one for each process that searches them, gone with it.

A process that is killed cannot remove its copies. Each has a lock beside it that its process holds; a
copy whose lock is free belongs to nobody, and the next process that makes one removes it.
"""

from __future__ import annotations

import shutil
import tempfile
import uuid
from pathlib import Path

import filelock

PREFIX = "plan-assistant-copy-"
LOCK = ".lock"


class Copy:
    """A copy of a folder, until `remove`."""

    def __init__(self, folder: Path) -> None:
        place = Path(tempfile.gettempdir())
        remove_left_over(place)
        self.folder = place / f"{PREFIX}{uuid.uuid4().hex}"
        self._lock = _lock_of(self.folder)
        self._lock.acquire(timeout=0)  # before the folder is there: nobody may take it for left over
        shutil.copytree(folder, self.folder)

    def remove(self) -> None:
        """Remove the copy and its lock."""
        shutil.rmtree(self.folder, ignore_errors=True)
        Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release()


def remove_left_over(place: Path) -> None:
    """Remove the copies whose processes have ended."""
    for folder in place.glob(f"{PREFIX}*"):
        if folder.name.endswith(LOCK) or not folder.is_dir():
            continue
        lock = _lock_of(folder)
        try:
            lock.acquire(timeout=0)
        except (filelock.Timeout, OSError):  # in use, or another user's
            continue
        shutil.rmtree(folder, ignore_errors=True)
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def _lock_of(folder: Path) -> filelock.BaseFileLock:
    return filelock.FileLock(f"{folder}{LOCK}", thread_local=False)
