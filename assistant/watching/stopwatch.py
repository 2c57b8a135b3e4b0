"""The times of a turn's steps, those that run inside another step too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from assistant.messages import Turn
from assistant.watching.tracing import span

Step = Callable[[Turn], Turn]

_times: ContextVar[dict[str, float] | None] = ContextVar("times", default=None)


@contextmanager
def stopwatch() -> Iterator[dict[str, float]]:
    """Yield the milliseconds of each step that runs inside; a step that runs twice has the sum."""
    times: dict[str, float] = {}
    token = _times.set(times)
    try:
        yield times
    finally:
        _times.reset(token)


def timed(name: str, step: Step) -> Step:
    """Return the step, measured under its name where a stopwatch runs."""

    def measured(turn: Turn) -> Turn:
        started = time.perf_counter()
        try:
            with span(name):
                return step(turn)
        finally:
            times = _times.get()
            if times is not None:
                elapsed = (time.perf_counter() - started) * 1000
                times[name] = round(times.get(name, 0.0) + elapsed, 1)

    return measured


def all_timed(steps: Sequence[tuple[str, Step]]) -> tuple[Step, ...]:
    """Return steps with names as measured steps."""
    return tuple(timed(name, step) for name, step in steps)
