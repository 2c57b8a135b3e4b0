"""Personal data in a question reaches no log, metric, trace or error, however it is written."""

from __future__ import annotations

import io
import json
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.channels.app import create_app
from assistant.logs import configure
from assistant.messages import Answer, Question
from assistant.service import Service
from assistant.settings import Settings
from assistant.stopping import Stop
from assistant.watching import tracing
from tests.unit.assistant.made import Bench

FULL_WIDTH = str.maketrans("0123456789-@", "０１２３４５６７８９－＠")


class Faulty(Service):
    """A service that fails with the question in its hand every third time."""

    asked = 0

    def stream(self, question: Question, stop: Stop | None = None) -> Any:
        Faulty.asked += 1
        if Faulty.asked % 3 == 0:
            raise RuntimeError(f"cannot answer {question.question}")
        return super().stream(question, stop)


@st.composite
def personal(draw: st.DrawFn) -> tuple[str, str]:
    """Draw personal data as somebody may type it, and the digits or the name that must not be seen."""
    chance = random.Random(draw(st.integers(0, 1 << 32)))
    digits: Callable[[int], str] = lambda n: "".join(chance.choice("123456789") for _ in range(n))  # noqa: E731
    gap = draw(st.sampled_from(["", "-", " ", "ー", "\u3000", "\n", " - "]))
    kind = draw(st.sampled_from(["mobile", "landline", "number", "card", "mail"]))
    if kind == "mail":
        name = "taro" + "".join(chance.choice("bcdfghjk") for _ in range(8))
        return f"{name}@example.jp", name
    parts = {
        "mobile": ["090", digits(4), digits(4)],
        "landline": ["0767", digits(2), digits(4)],
        "number": [digits(4), digits(4), digits(4)],
        "card": [digits(4), digits(4), digits(4), digits(4)],
    }[kind]
    told = gap.join(parts)
    return (told.translate(FULL_WIDTH) if draw(st.booleans()) else told), parts[-1]


@pytest.fixture(scope="module")
def sinks(bench: Bench) -> Iterator[tuple[TestClient, io.StringIO, Any]]:
    """Give a client, all that is logged in JSON, and the exporter of spans."""
    export = pytest.importorskip("opentelemetry.sdk.trace.export")
    memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    exporter = memory.InMemorySpanExporter()
    stderr = sys.stderr
    sys.stderr = logged = io.StringIO()
    configure("json")
    tracing.export_by(export.SimpleSpanProcessor(exporter), "0")
    service = bench.service()
    service.__class__ = Faulty
    try:
        with TestClient(
            create_app(Settings(_env_file=None), service), raise_server_exceptions=False
        ) as client:
            yield client, logged, exporter
    finally:
        sys.stderr = stderr
        tracing.export_nothing()


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(personal(), st.sampled_from(["{}の件で、計画の期間は？", "わたしは{}です", "{}", "EBPMとは{}"]))
def test_what_somebody_tells_of_themselves_reaches_no_sink(
    sinks: tuple[TestClient, io.StringIO, Any], data: tuple[str, str], sentence: str
) -> None:
    client, logged, exporter = sinks
    told, secret = data
    logged.seek(0)
    logged.truncate()
    question = sentence.format(told)
    responses = [
        client.post("/api/chat", json={"question": question}),
        client.post("/api/chat/stream", json={"question": question}),
        client.post("/api/chat", json={"question": question, "municipality": told}),
        client.get("/ask", params={"question": question}),
        client.get(f"/nowhere/{told.encode().hex()}", params={"q": told}),
    ]
    lines = logged.getvalue()
    figures = client.get("/metrics").text
    spans = str([(s.name, dict(s.attributes), s.events, s.status) for s in exporter.get_finished_spans()])
    exporter.clear()
    errors = "".join(r.text for r in responses if r.status_code == 500 or "event: error" in r.text)
    for sink in (without_ids(lines), without_numbers(figures), spans, errors):
        for seen in (secret, secret.translate(FULL_WIDTH)):
            assert seen not in sink


IDS = ("trace_id", "message_id", "passages", "timestamp", "ms", "probability")


def without_ids(lines: str) -> str:
    """Return logged lines without what we number things with ourselves, which may hold any digits."""
    events = [json.loads(line) if line.startswith("{") else {"line": line} for line in lines.splitlines()]
    return "\n".join(str({k: v for k, v in event.items() if k not in IDS}) for event in events)


def without_numbers(figures: str) -> str:
    """Return the figures' names and labels."""
    return "\n".join(line.rpartition(" ")[0] for line in figures.splitlines())


def test_the_sinks_hold_what_is_no_personal_data(sinks: tuple[TestClient, io.StringIO, Any]) -> None:
    client, logged, exporter = sinks
    exporter.clear()
    client.post("/api/chat", json={"question": "EBPMとは？"})
    assert '"event": "turn"' in logged.getvalue() or '"event": "unexpected"' in logged.getvalue()
    assert exporter.get_finished_spans()
    assert Answer.model_fields["trace_id"]
