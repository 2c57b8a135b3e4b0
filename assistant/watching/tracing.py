"""The trace that an answer belongs to: an id of 32 hexadecimal digits, and spans where they are exported.

Spans go to an OpenTelemetry collector where `export_to` was called (PLAN_ASSISTANT_OTLP_URL, and the extra
`otel` is installed); without it a span is nothing at all. No span holds what was asked.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_trace: ContextVar[str | None] = ContextVar("trace", default=None)
# The tracer of OpenTelemetry, once spans are exported.
_tracer: Any = None


class TracingUnavailable(Exception):
    """Report that spans are to be exported and what exports them is not installed."""


def trace_id() -> str:
    """Return the id of the trace under way, or a new one."""
    return _trace.get() or secrets.token_hex(16)


def parent_of(traceparent: str) -> str | None:
    """Return a W3C traceparent as it was where it is well formed, else None."""
    found = _TRACEPARENT.fullmatch(traceparent.strip())
    return found[0] if found and int(found[1], 16) and int(found[2], 16) else None


@contextmanager
def trace(name: str, parent: str | None = None) -> Iterator[str]:
    """Begin a trace, or go on with the parent's; every log line inside carries its id."""
    with _root_span(name, parent) as number:
        token = _trace.set(number)
        try:
            with structlog.contextvars.bound_contextvars(trace_id=number):
                yield number
        finally:
            _trace.reset(token)


@contextmanager
def span(name: str) -> Iterator[None]:
    """Measure a part of the trace, where spans are exported."""
    if _tracer is None:
        yield
        return
    # An exception's text may hold what was asked: that it failed is all that is exported.
    with _tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False):
        yield


@contextmanager
def _root_span(name: str, parent: str | None) -> Iterator[str]:
    if _tracer is None:
        yield parent[3:35] if parent else secrets.token_hex(16)
        return
    from opentelemetry.trace import format_trace_id
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": parent or ""})
    with _tracer.start_as_current_span(
        name, context, record_exception=False, set_status_on_exception=False
    ) as root:
        yield format_trace_id(root.get_span_context().trace_id)


def export_to(url: str, version: str) -> None:
    """Export spans to a collector's OTLP address over HTTP; raises TracingUnavailable without the extra."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TracingUnavailable(
            "PLAN_ASSISTANT_OTLP_URL: pip install 'plan-assistant[otel]' で要るものを入れてください"
        ) from error
    export_by(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{url}/v1/traces", timeout=5)), version)


def export_by(processor: Any, version: str) -> None:
    """Export spans by a span processor of OpenTelemetry's SDK."""
    global _tracer
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    resource = Resource({"service.name": "plan-assistant", "service.version": version})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(processor)
    _tracer = provider.get_tracer("plan-assistant")


def export_nothing() -> None:
    """Stop exporting spans."""
    global _tracer
    _tracer = None
