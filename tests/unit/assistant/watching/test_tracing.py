"""The trace that a log line, an answer and a span share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from assistant.watching import tracing
from assistant.watching.tracing import parent_of, span, trace, trace_id

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> Iterator[list[object]]:
    """Give the spans that are exported."""
    sdk = pytest.importorskip("opentelemetry.sdk.trace.export")
    memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    exporter = memory.InMemorySpanExporter()
    tracing.export_by(sdk.SimpleSpanProcessor(exporter), "0")
    found: list[object] = []
    yield found
    found.extend(exporter.get_finished_spans())
    tracing.export_nothing()


def test_inside_a_trace_its_id_is_everywhere_and_outside_there_is_a_new_one() -> None:
    with trace("request") as number:
        assert trace_id() == number and len(number) == 32
        assert structlog.contextvars.get_contextvars()["trace_id"] == number
    assert trace_id() not in (number, trace_id())


WRONG = (
    "",
    "x",
    PARENT.upper(),
    PARENT + "0",
    f"00-{'0' * 32}-b7ad6b7169203331-01",
    PARENT[:-3],
    "01" + PARENT[2:],
)


@pytest.mark.parametrize("value", WRONG)
def test_what_is_no_trace_is_not_gone_on_with(value: str) -> None:
    assert parent_of(value) is None


@pytest.mark.parametrize("exported", [False, True])
def test_a_trace_goes_on_with_its_parent(exported: bool, request: pytest.FixtureRequest) -> None:
    if exported:
        request.getfixturevalue("spans")
    with trace("request", parent_of(PARENT)) as number, span("retrieve"):
        assert number == "0af7651916cd43dd8448eb211c80319c"


def test_without_an_exporter_a_span_is_nothing() -> None:
    with span("retrieve"):
        pass
