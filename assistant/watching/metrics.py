"""The metrics, for Prometheus. No label holds anything that a caller wrote.

With several workers each writes its counts into a file of PROMETHEUS_MULTIPROC_DIR, which `serve` sets, and
whichever is asked adds them all up.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from assistant.messages import Answer, Turn

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
MEDIA_TYPE = CONTENT_TYPE_LATEST
STEP_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30)

requests = Counter("plan_assistant_requests", "Requests answered", ["route", "method", "status"])
request_seconds = Histogram(
    "plan_assistant_request_seconds", "Seconds until an answer began", ["route"], buckets=STEP_BUCKETS
)
turns = Counter("plan_assistant_turns", "Questions answered", ["status", "engine"])
refusals = Counter("plan_assistant_refusals", "Questions not answered, by the reply given", ["reply"])
step_seconds = Histogram(
    "plan_assistant_step_seconds", "Seconds a step took in a turn", ["step"], buckets=STEP_BUCKETS
)
rejections = Counter("plan_assistant_verifier_rejections", "Statements that verification dropped", ["engine"])
fallbacks = Counter("plan_assistant_fallbacks", "Times that the next best did the work", ["what"])
limited = Counter("plan_assistant_rate_limited", "Requests over a rate limit (429)", ["by"])
turned_away = Counter("plan_assistant_turned_away", "Requests that there was no room or time for", ["why"])
limits_local = Gauge(
    "plan_assistant_rate_limits_local",
    "1 while Redis is away and each process limits for itself",
    multiprocess_mode="livemax",
)


def count_turn(turn: Turn, answer: Answer, milliseconds: Mapping[str, float]) -> None:
    """Count a turn, how it ended, and the time of each of its steps."""
    turns.labels(answer.status, answer.engine).inc()
    if turn.ending:
        refusals.labels(turn.ending.reply).inc()
    if turn.wording and turn.wording.fallback not in (None, "unsuitable"):
        fallbacks.labels(f"llm_{turn.wording.fallback}").inc()
    for step, elapsed in milliseconds.items():
        step_seconds.labels(step).observe(elapsed / 1000)


class Readings(Collector):
    """Figures that are read when somebody asks: the snapshot's age, depths of queues, free disk space."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[str, Callable[[], float]]] = {}

    def add(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Read a figure under `plan_assistant_{name}`; one that cannot be read is left out."""
        self._read[f"plan_assistant_{name}"] = (help_text, read)

    def collect(self) -> Iterable[Metric]:
        """Yield each figure as a gauge."""
        for name, (help_text, read) in self._read.items():
            try:
                yield GaugeMetricFamily(name, help_text, value=read())
            except Exception:  # what is read may be what is broken: the other figures matter then
                continue


def page(readings: Readings) -> bytes:
    """Return the metrics of this process, or of all workers, as Prometheus reads them."""
    figures = CollectorRegistry()
    figures.register(readings)
    if os.environ.get(FOLDER):
        MultiProcessCollector(figures)  # type: ignore[no-untyped-call]
        return generate_latest(figures)
    return generate_latest(REGISTRY) + generate_latest(figures)


def forget_the_dead() -> None:
    """Drop the gauges of workers that are gone; what they counted stays."""
    folder = os.environ.get(FOLDER)
    for path in Path(folder).glob("gauge_live*_*.db") if folder else ():
        number = path.stem.rpartition("_")[2]
        if number.isdigit() and not Path(f"/proc/{number}").exists() and Path("/proc/self").exists():
            mark_process_dead(int(number))  # type: ignore[no-untyped-call]


def age_of(moment: float) -> Callable[[], float]:
    """Return what reads the seconds since a moment, given in seconds since 1970."""
    return lambda: time.time() - moment
