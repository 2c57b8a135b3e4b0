"""Readiness: is each part that answers need there? Asked by load balancers and by `doctor`."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import structlog
from pydantic import Field

from corpus.document import Frozen

Check = Callable[[], None]
State = Literal["ok", "failed"]
Status = Literal["ready", "degraded", "unready", "stopping", "starting"]

FRESH_SECONDS = 1.0
PATIENCE_SECONDS = 3.0
LEAST_FREE_BYTES = 50 * 1024 * 1024

log = structlog.get_logger("plan-assistant")


class Report(Frozen):
    """What `/readyz` tells: the whole, each part by its name, and what is wrong with what is published."""

    status: Status
    parts: dict[str, State] = Field(default_factory=dict)
    problem: str | None = None

    @property
    def serving(self) -> bool:
        """Tell whether questions may be sent here."""
        return self.status in ("ready", "degraded")


class Readiness:
    """Check parts by name; a check returns where its part is well, and raises where it is not.

    Reports a second old are given again, so that being asked often costs nothing. A check that hangs
    counts as failed, and is not started a second time beside itself.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._checks: dict[str, tuple[Check, bool]] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._told: dict[str, State] = {}
        self._last: tuple[float, Report] | None = None
        self.stopping = False

    def add(self, name: str, check: Check, needed: bool = True) -> None:
        """Check a part; without one that is not needed the service is degraded and goes on."""
        self._checks[name] = (check, needed)

    async def report(self) -> Report:
        """Return how each part is."""
        if self.stopping:
            return Report(status="stopping")
        if not self._checks:
            return Report(status="starting")
        if self._last is None or self._clock() - self._last[0] >= FRESH_SECONDS:
            self._last = (self._clock(), self._judged(await self._states()))
        return self._last[1]

    async def _states(self) -> dict[str, State]:
        for name, (check, _) in self._checks.items():
            if name not in self._running or self._running[name].done():
                self._running[name] = asyncio.create_task(asyncio.to_thread(check))
        await asyncio.wait(self._running.values(), timeout=PATIENCE_SECONDS)
        return {name: self._state(name, task) for name, task in self._running.items()}

    def _state(self, name: str, task: asyncio.Task[None]) -> State:
        error = task.exception() if task.done() else TimeoutError()
        state: State = "failed" if error else "ok"
        if state != self._told.get(name, "ok"):
            log.warning("readiness", part=name, state=state, error=repr(error) if error else None)
        self._told[name] = state
        return state

    def _judged(self, parts: dict[str, State]) -> Report:
        failed = [name for name, state in parts.items() if state == "failed"]
        if any(self._checks[name][1] for name in failed):
            return Report(status="unready", parts=parts)
        return Report(status="degraded" if failed else "ready", parts=parts)


def check_disk(folder: Path, least: int = LEAST_FREE_BYTES) -> Check:
    """Return a check that a folder can be written to and has room."""

    def check() -> None:
        free = shutil.disk_usage(folder).free
        if free < least:
            raise OSError(f"{folder}: {free} bytes are free, {least} are needed")
        probe = folder / f".probe-{time.monotonic_ns()}"
        probe.write_bytes(b"")
        probe.unlink()

    return check
