"""The spool: what must be kept, in files beside the database until the database has it.

A process appends to a file of its own, which it holds locked while it lives, so that order is kept and nobody
waits for anybody. What a process that died has left is taken over by the next one that looks. A line is one
record: its kind, and what is to be written. Everything in it is masked already.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

FOLDER = "spool"
MOST_BYTES = 64 * 1024 * 1024
BATCH = 200
REJECTED = "rejected.txt"

Record = tuple[str, dict[str, Any]]
Write = Callable[[Sequence[Record]], None]


class SpoolFull(OSError):
    """Report that the spool holds as much as it may."""


class Spool:
    """Keep records in a folder until they are written; safe for several threads and processes."""

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._file: BinaryIO | None = None
        self._path: Path | None = None
        self._written = 0

    def put(self, kind: str, record: dict[str, Any], *, wait: bool = False) -> None:
        """Append a record, `wait` for the disk; OSError where it cannot be kept, SpoolFull at the limit."""
        line = json.dumps([kind, record], ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        with self._lock:
            file = self._own()
            if self.size() + len(line) > self._most:
                raise SpoolFull(f"{self._folder}: the spool is full ({self._most} bytes)")
            end = file.seek(0, os.SEEK_END)
            try:
                if file.write(line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file.name))
                if wait:
                    os.fsync(file.fileno())
            except OSError:
                file.truncate(end)  # half a record would spoil the next
                raise

    def size(self) -> int:
        """Return how many bytes wait, of all processes."""
        sizes = []
        for path in self._files():
            try:
                sizes.append(path.stat().st_size)
            except FileNotFoundError:
                continue
        return sum(sizes) - self._written

    def drain(self, write: Write) -> int:
        """Write what waits here and what dead processes left, oldest first; return how many records.

        `write` keeps a batch wholly or raises; what it raises ends the draining, and the rest stays. A
        batch is given again where the process ends between its writing and the note of it: `write` must
        know what it has already.
        """
        with self._writing:
            count = sum(self._left(file, write) for file in self._orphans())
            with self._lock:
                own = self._file
            return count + (self._own_lines(own, write) if own else 0)

    def reject(self, record: Record) -> None:
        """Put aside a record that the database will not take."""
        with self._lock, open(self._folder / REJECTED, "ab", opener=_private) as file:
            file.write(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n")

    def close(self) -> None:
        """Let go of the own file; an empty one is removed."""
        with self._lock, self._writing:
            if self._file and self._path:
                if not self._file.seek(0, os.SEEK_END):
                    self._path.unlink(missing_ok=True)
                self._file.close()
                self._file, self._path, self._written = None, None, 0

    def _own(self) -> BinaryIO:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = self._folder / f"{os.getpid()}-{secrets.token_hex(6)}.jsonl"
            # It has its name only once it is locked: before that it would look like a dead process's.
            made = path.with_suffix(".new")
            file = open(made, "x+b", buffering=0, opener=_private)  # noqa: SIM115
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            made.rename(path)
            self._file, self._path = file, path
        return self._file

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.jsonl"), key=_changed)

    def _orphans(self) -> Iterator[BinaryIO]:
        """Give the files of processes that have ended, locked."""
        for path in self._files():
            if path == self._path:
                continue
            try:
                file = path.open("r+b", buffering=0)
            except FileNotFoundError:
                continue
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                continue
            yield file

    def _left(self, file: BinaryIO, write: Write) -> int:
        """Write what another process left and remove its file; a last line cut short is passed over."""
        try:
            file.seek(0)
            records = list(_records(file.read()))
            for start in range(0, len(records), BATCH):
                write(records[start : start + BATCH])
            Path(str(file.name)).unlink(missing_ok=True)
            return len(records)
        finally:
            file.close()

    def _own_lines(self, file: BinaryIO, write: Write) -> int:
        count = 0
        while True:
            with self._lock:
                file.seek(self._written)
                waiting = file.read()
                if not waiting:
                    file.truncate(0)
                    self._written = 0
                    return count
            batch = b"".join(waiting.splitlines(keepends=True)[:BATCH])
            records = list(_records(batch))
            write(records)
            self._written += len(batch)
            count += len(records)


def _records(lines: bytes) -> Iterator[Record]:
    for line in lines.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            continue
        try:
            kind, record = json.loads(line)
        except ValueError:
            continue
        yield kind, record


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
