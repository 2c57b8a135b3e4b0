"""Answers as server-sent events: order, one end, and slots that are freed."""

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

from assistant.channels import stream
from assistant.channels.app import create_app
from assistant.channels.guard.stopping import Stopping
from assistant.channels.stream import Slots, SlottedStream, answer_events, told
from assistant.messages import Question
from assistant.service import Service
from assistant.settings import Settings
from assistant.stopping import Stop
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
    answer = f"{text}[12]。"
    pieces = [data["text"] for name, data in told(answer) if name == "delta"]
    assert "".join(pieces) == answer
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

    def stream(self, question: Question, stop: Stop | None = None) -> Any:
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
    assert set(found[0][1]) == {"code", "message"} and found[0][1]["code"] == "internal"
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


def test_a_stream_ends_with_one_event_at_its_deadline_and_when_the_process_stops(bench: Bench) -> None:
    go = threading.Event()

    class Stuck(Service):
        def stream(self, question: Question, stop: Stop | None = None) -> Any:
            go.wait(20)
            return super().stream(question, stop)

    service = bench.service()
    service.__class__ = Stuck

    async def ended(stopping: Stopping | None, seconds: float) -> list[tuple[str, Any]]:
        told = answer_events(service, Question(**ASKED), stopping, heartbeat=0.01, seconds=seconds)
        return events("".join([piece.decode() async for piece in told]))

    async def story() -> tuple[list[tuple[str, Any]], ...]:
        stopping = Stopping()
        late = await ended(stopping, 0.05)
        stopping.begin()
        stopped = await ended(stopping, 30)
        go.set()
        return late, stopped

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "STREAM_SECONDS", 0.05)
        late, stopped = asyncio.run(story())
    assert [(name, data["code"]) for name, data in late] == [("error", "timeout")]
    assert [(name, data["code"]) for name, data in stopped] == [("error", "stopping")]


def test_an_answer_that_is_made_in_time_is_told_though_the_process_stops(bench: Bench) -> None:
    async def story() -> list[tuple[str, Any]]:
        stopping = Stopping()
        stopping.begin()
        told = answer_events(bench.service(), Question(**ASKED), stopping)
        return events("".join([piece.decode() async for piece in told]))

    assert asyncio.run(story())[-1][0] == "done"
