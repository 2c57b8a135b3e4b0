"""Answers as server-sent events: order, one end, and slots that are freed (R26, R27)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.app import create_app
from assistant.channels.stream import Slots, SlottedStream, answer_events, told
from assistant.messages import Answer, Question
from assistant.service import Service
from assistant.settings import Settings
from tests.unit.assistant.made import Bench

SETTINGS = Settings(_env_file=None)
ASKED = {"question": "みなとポイントの担当課は？", "municipality": "akebono"}
ENDS = ("done", "error")


@pytest.fixture(scope="module")
def client(bench: Bench) -> Iterator[TestClient]:
    with TestClient(create_app(SETTINGS, bench.service()), raise_server_exceptions=False) as client:
        yield client


def events(body: str) -> list[tuple[str, Any]]:
    """Return the events of a stream: their names and data; comments are no events."""
    found = []
    for block in body.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":") and line)
        if lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def test_the_events_come_in_order_and_the_deltas_are_the_answer(client: TestClient) -> None:
    response = client.post("/api/chat/stream", json=ASKED)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    found = events(response.text)
    names = [name for name, _ in found]
    assert names == sorted(names, key=("start", "delta", "citation", "done").index)
    assert sum(name in ENDS for name in names) == 1
    done = found[-1][1]
    assert "".join(data["text"] for name, data in found if name == "delta") == done["answer"]
    assert [data for name, data in found if name == "citation"] == done["citations"] != []
    assert found[0] == ("start", {k: done[k] for k in ("conversation_id", "message_id")})
    same = client.post("/api/chat", json=ASKED).json()
    assert {k: v for k, v in done.items() if not k.endswith("_id")} == {
        k: v for k, v in same.items() if not k.endswith("_id")
    }


@given(st.text())
def test_any_answer_is_told_whole_and_no_marker_is_cut(text: str) -> None:
    answer = Answer(
        conversation_id="c", message_id="m", status="answered", language="ja", answer=f"{text}[12]。"
    )
    pieces = [data["text"] for name, data in told(answer) if name == "delta"]
    assert "".join(pieces) == answer.answer
    assert "[12]" in pieces


def test_what_is_wrong_with_a_question_is_a_problem_and_not_a_stream(client: TestClient) -> None:
    for body, field in (
        ({"question": " "}, "question"),
        (ASKED | {"municipality": "nowhere"}, "municipality"),
    ):
        response = client.post("/api/chat/stream", json=body)
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
        assert field in response.json()["detail"]


class Broken(Service):
    """A service that fails, or waits until it is told to go on."""

    def __init__(self, bench: Bench, go: threading.Event | None = None) -> None:
        self.library = bench.library
        self.go = go

    def answer(self, question: Question) -> Answer:
        """Wait, then fail."""
        if self.go:
            self.go.wait(10)
        raise RuntimeError("a secret of the inside")


def test_a_fault_within_ends_the_stream_with_one_error_that_tells_nothing(bench: Bench) -> None:
    async def collect() -> str:
        asked = Question(question="期間は？")
        return b"".join([part async for part in answer_events(Broken(bench), asked)]).decode()

    found = events(asyncio.run(collect()))
    assert [name for name, _ in found] == ["error"]
    assert set(found[0][1]) == {"code", "message"}
    assert "secret" not in found[0][1]["message"]


def test_while_an_answer_is_made_the_connection_is_kept_open(bench: Bench) -> None:
    go = threading.Event()

    async def collect() -> list[bytes]:
        parts = []
        async for part in answer_events(Broken(bench, go), Question(question="期間は？"), heartbeat=0.01):
            parts.append(part)
            if len(parts) == 4:
                go.set()
        return parts

    parts = asyncio.run(collect())
    assert parts[1:4] == [b": waiting\n\n"] * 3
    assert parts[-1].startswith(b"event: error")


def test_where_no_slot_is_free_the_caller_is_told_when_to_come_back(bench: Bench) -> None:
    app = create_app(SETTINGS, bench.service())
    with TestClient(app) as client:
        app.state.slots = Slots(most=1)
        app.state.slots.take()
        full = client.post("/api/chat/stream", json=ASKED)
        assert (full.status_code, full.headers["retry-after"]) == (503, "5")
        app.state.slots.free()
        assert client.post("/api/chat/stream", json=ASKED).status_code == 200
        assert app.state.slots.taken == 0


@pytest.mark.parametrize("gone", [asyncio.CancelledError, OSError])
def test_a_caller_who_goes_away_frees_the_slot(bench: Bench, gone: type[BaseException]) -> None:
    slots = Slots()

    async def leave() -> None:
        slots.take()
        go = threading.Event()
        events = answer_events(Broken(bench, go), Question(question="期間は？"), heartbeat=0.01)

        async def send(message: Any) -> None:
            if message.get("body") == b": waiting\n\n":
                go.set()
                raise gone

        async def receive() -> Any:
            await asyncio.sleep(60)

        scope = {"type": "http", "asgi": {"spec_version": "2.4"}}
        await SlottedStream(events, slots)(scope, receive, send)

    with pytest.raises(BaseException):  # noqa: B017  (what is raised is the framework's to choose)
        asyncio.run(leave())
    assert slots.taken == 0
