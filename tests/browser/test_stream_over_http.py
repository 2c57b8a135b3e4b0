"""Streams over real sockets: callers who read slowly, go away, or come in numbers."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from assistant.messages import Question
from assistant.stopping import Stop
from tests.browser.conftest import app_for_tests, serving

ASKED = json.dumps({"question": "この計画の期間は？", "municipality": "hakui"}).encode()
FREED_WITHIN_SECONDS = 2
SMALL_BUFFER = 4096


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Give the app over the shipped plans."""
    return app_for_tests(tmp_path_factory.mktemp("stream"))


@pytest.fixture(scope="module")
def port(app: FastAPI) -> Iterator[int]:
    """Give the port on which it is served."""
    with serving(app) as url:
        yield int(url.rsplit(":", 1)[1])


def caller(port: int) -> socket.socket:
    """Ask for a stream through a small buffer, and read nothing of it yet."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    made.settimeout(10)
    made.connect(("127.0.0.1", port))
    head = (
        f"POST /api/chat/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(ASKED)}\r\nConnection: close\r\n\r\n"
    )
    made.sendall(head.encode() + ASKED)
    return made


def freed(app: FastAPI) -> bool:
    """Tell whether every slot is free, within the limit."""
    limit = time.monotonic() + FREED_WITHIN_SECONDS
    while app.state.slots.taken and time.monotonic() < limit:
        time.sleep(0.02)
    return app.state.slots.taken == 0


def test_callers_who_go_away_while_an_answer_is_made_free_their_slots(
    app: FastAPI, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()
    stream = app.state.service.stream

    def slow(question: Question, stop: Stop | None = None) -> Any:
        go.wait(20)
        return stream(question, stop)

    monkeypatch.setattr(app.state.service, "stream", slow)
    callers = [caller(port) for _ in range(8)]
    for made in callers:
        assert b"text/event-stream" in made.recv(SMALL_BUFFER)
    assert app.state.slots.taken == len(callers)
    for made in callers:
        made.close()
    try:
        assert freed(app)
    finally:
        go.set()


def test_a_slow_caller_is_given_the_whole_answer(app: FastAPI, port: int) -> None:
    received = b""
    with caller(port) as made:
        while part := made.recv(64):
            received += part
            time.sleep(0.0005)
    assert received.count(b"event: done") == 1 and received.count(b"event: error") == 0
    assert freed(app)


def test_a_caller_who_goes_away_in_the_middle_frees_the_slot(app: FastAPI, port: int) -> None:
    made = caller(port)
    made.recv(128)
    made.close()
    assert freed(app)
