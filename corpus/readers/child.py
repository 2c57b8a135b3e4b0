"""The process in which one dangerous file is read: its ceilings, what it may not do, and its answer."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from corpus.errors import DocumentError
from corpus.readers.limits import memory_fault

Reader = Callable[[str, str, bytes], BaseModel]

# What a library might be talked into by a document: a connection, another program, a file of its own.
FORBIDDEN = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.remove",
    "os.rename",
)


def main() -> None:
    """Read standard input as the arguments say (kind, what, name, memory, seconds), answer, end."""
    kind, what, name, memory, seconds = sys.argv[1:]
    answer = os.dup(1)
    os.dup2(2, 1)
    data = sys.stdin.buffer.read()
    reader: Reader = importlib.import_module(f"corpus.readers.{kind}").read
    confine(int(memory), float(seconds))
    reply(answer, reader, what, name, data)
    os._exit(0)


def confine(memory: int, seconds: float) -> None:
    """Set this process's ceilings for good and take away what reading a document does not need."""
    with contextlib.suppress(ImportError):
        import resource

        ceilings = {
            resource.RLIMIT_AS: memory,
            resource.RLIMIT_CPU: int(seconds) + 2,
            resource.RLIMIT_CORE: 0,
        }
        for what, most in ceilings.items():
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(what, (most, most))
    sys.addaudithook(_forbid)


def _forbid(event: str, args: tuple[Any, ...]) -> None:
    writes = event == "open" and isinstance(args[1], str) and any(c in args[1] for c in "wax+")
    if writes or event in FORBIDDEN:
        raise PermissionError(f"a document's reader may not {event}")


def reply(answer: int, reader: Reader, what: str, name: str, data: bytes) -> None:
    """Write what was read or the error to a file descriptor, as `limits.understand` expects it."""
    try:
        said = b"D" + reader(what, name, data).model_dump_json().encode("utf-8", "replace")
    except DocumentError as error:
        said = b"E" + str(error).encode("utf-8", "replace")
    except MemoryError:
        said = b"E" + memory_fault(name).encode("utf-8", "replace")
    view = memoryview(said)
    while view:
        view = view[os.write(answer, view) :]
