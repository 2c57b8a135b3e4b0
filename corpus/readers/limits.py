"""What a document may cost, and the process apart from ours in which a dangerous format is read.

A PDF, Word, Excel or HTML file is read in a child process that has a deadline and a ceiling on its memory,
may open no connection, start no program and write no file. A bomb, a loop or a crash of a library ends as
one DocumentError, and the other documents are read.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from corpus.document import Document
from corpus.errors import DocumentError

MEGABYTE = 1_000_000

FILE_BYTES = 50 * MEGABYTE
"""The largest file that is read; plans are 1 to 20 MB."""
PAGES = 500
"""The most pages of a PDF; plans have 20 to 200."""
UNPACKED_BYTES = 200 * MEGABYTE
"""What all parts of a Word or Excel file may unpack to, its pictures included."""
PART_BYTES = 40 * MEGABYTE
"""What one XML part, or one page's drawing commands, may unpack to: a tree needs ten times as much."""
PART_RATIO = 200
"""How many times its packed size a part above 1 MB may unpack to; honest tables reach about 60."""
PARTS = 10_000
"""The most parts in a Word or Excel file."""
DEPTH = 200
"""How deep elements may lie in one another; a city's page reaches about 40."""
COLUMNS = 10_000
"""The most columns of a table."""
PLACES = 300_000
"""The most places (rows times columns) of a table."""
TEXT_CHARACTERS = 10 * MEGABYTE
"""The longest canonical text; a plan of 200 pages has 300,000 characters."""
SECONDS = 60.0
"""How long the reading of one file may take."""
MEMORY_BYTES = 1_000 * MEGABYTE
"""The address space of the child process."""

Reader = Callable[[str, str, bytes], Document]


@dataclass(frozen=True)
class Budget:
    """The deadline and the memory of one reading."""

    seconds: float = SECONDS
    memory: int = MEMORY_BYTES


def refusing(what: str) -> Callable[[Reader], Reader]:
    """Make every fault of a reader a DocumentError that names the file and says what to do."""

    def decorate(reader: Reader) -> Reader:
        @functools.wraps(reader)
        def read(document_id: str, name: str, data: bytes) -> Document:
            try:
                check_size(name, len(data))
                return reader(document_id, name, data)
            except DocumentError as error:
                raise DocumentError(" ".join(str(error).split())) from error.__cause__
            except MemoryError:
                raise DocumentError(memory_fault(name)) from None
            except RecursionError:
                raise DocumentError(f"{name}: {what} nested too deeply; save it again, more simply") from None
            except Exception as error:
                raise DocumentError(
                    f"{name}: damaged {what} ({type(error).__name__}); open it in its own program and save "
                    "it again"
                ) from error

        return read

    return decorate


def check_size(name: str, size: int) -> None:
    """Raise DocumentError for an empty file or one above the limit."""
    if size == 0:
        raise DocumentError(f"{name}: the file is empty; give the original file")
    if size > FILE_BYTES:
        raise DocumentError(
            f"{name}: {size // MEGABYTE} MB is more than the {FILE_BYTES // MEGABYTE} MB that are read; "
            "split the file"
        )


def check_zip(name: str, archive: zipfile.ZipFile) -> None:
    """Raise DocumentError for an archive that would unpack to too much, before anything is unpacked."""
    parts = archive.infolist()
    if len(parts) > PARTS:
        raise DocumentError(f"{name}: {len(parts)} parts in one file; give the original file")
    for part in parts:
        if part.flag_bits & 0x1:
            raise DocumentError(f"{name}: the file is encrypted; save it without a password")
        if part.file_size > MEGABYTE and part.file_size > PART_RATIO * max(part.compress_size, 1):
            raise DocumentError(f"{name}: {part.filename!r} unpacks to a bomb; give the original file")
    if sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise DocumentError(
            f"{name}: unpacks to more than {UNPACKED_BYTES // MEGABYTE} MB; take out its pictures or split it"
        )


def memory_fault(name: str) -> str:
    """Return what is said of a file whose reading needs too much memory."""
    return f"{name}: reading it needs more than {MEMORY_BYTES // MEGABYTE} MB of memory; split the file"


def apart(kind: str, budget: Budget | None = None) -> Reader:
    """Return a reader that reads a format (the name of its module) in a process of its own."""

    def read(document_id: str, name: str, data: bytes) -> Document:
        answer = asked_apart(kind, document_id, name, data, budget or Budget())
        return Document.model_validate_json(answer)

    return read


def asked_apart(kind: str, what: str, name: str, data: bytes, limits: Budget) -> bytes:
    """Return the JSON that a reader (the name of its module) makes of a file in a process of its own.

    `what` is its first argument: a document's id, a page's number.
    """
    check_size(name, len(data))
    command = [sys.executable, "-P", "-c", "from corpus.readers.child import main; main()"]
    command += [kind, what, name, str(limits.memory), str(limits.seconds)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        start_new_session=True,
    ) as child:
        try:
            answer, _ = child.communicate(data, timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            end(child.pid)
            raise DocumentError(time_fault(name, limits.seconds)) from None
        except BaseException:
            end(child.pid)
            raise
    return understand(name, answer, child.returncode)


def _environment() -> dict[str, str]:
    kept = {k: os.environ[k] for k in ("PATH", "LANG", "SYSTEMROOT") if k in os.environ}
    path = os.pathsep.join(p or os.getcwd() for p in sys.path)
    return kept | {"PYTHONPATH": path, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}


def time_fault(name: str, seconds: float) -> str:
    """Return what is said of a file whose reading takes too long."""
    return f"{name}: reading it took more than {seconds:g} s; split the file or save it again, more simply"


def end(process: int) -> None:
    """End a child that still runs, with its whole process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)


def understand(name: str, answer: bytes, code: int | None) -> bytes:
    """Return the JSON that a child wrote; raises the DocumentError it wrote, or one for its end.

    The first byte is "D" before what was read, as JSON, and "E" before an error's text.
    """
    if answer[:1] == b"D" and code == 0:
        return answer[1:]
    if answer[:1] == b"E" and code == 0:
        raise DocumentError(answer[1:].decode("utf-8", "replace"))
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise DocumentError(f"{name}: reading it was stopped (time or memory); split the file")
    raise DocumentError(f"{name}: damaged file (its reader stopped with {code}); save it again")
