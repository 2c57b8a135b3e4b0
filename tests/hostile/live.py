"""A running server over the made plans, and raw bytes for it."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from assistant.channels.cli.serve import _options


@dataclass(frozen=True)
class Live:
    """A server on a port of this machine."""

    port: int

    def send(self, *parts: bytes, wait: float = 20.0, pause: float = 0.0) -> bytes:
        """Send bytes on a connection of their own and return all that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            for part in parts:
                with contextlib.suppress(OSError):
                    connection.sendall(part)
                time.sleep(pause)
            return received(connection)

    def post(self, path: str, body: bytes, *headers: str, kind: str = "application/json") -> bytes:
        """Post a body and return the whole response."""
        return self.send(request("POST", path, body, f"Content-Type: {kind}", *headers))

    def ask(self, question: str) -> bytes:
        """Ask a question and return the whole response."""
        return self.post("/api/chat", json.dumps({"question": question}).encode())


def request(method: str, path: str, body: bytes = b"", *headers: str) -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: plans.example.jp", "Connection: close", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


def received(connection: socket.socket) -> bytes:
    """Return what comes until the other side closes."""
    whole = b""
    with contextlib.suppress(OSError):
        while piece := connection.recv(65536):
            whole += piece
    return whole


def status_of(response: bytes) -> int:
    """Return a response's status; 0 for none."""
    first = response.partition(b"\r\n")[0].split(b" ")
    return int(first[1]) if len(first) > 1 and first[1].isdigit() else 0


@contextlib.contextmanager
def live(app: FastAPI) -> Iterator[Live]:
    """Serve an app as `serve` does, in a thread of this process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, **_options("127.0.0.1", port)))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    try:
        yield Live(port)
    finally:
        server.should_exit = True
        thread.join(20)
