"""Readiness says which part is not there, costs little, and survives a check that hangs."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from assistant.watching import readiness
from assistant.watching.readiness import Readiness, check_disk


def test_each_part_is_named_and_one_that_is_needed_decides() -> None:
    async def story() -> None:
        now, broken = [0.0], [False]

        def database() -> None:
            if broken[0]:
                raise ConnectionError("postgresql://user:password@db is away")

        parts = Readiness(clock=lambda: now[0])
        assert (await parts.report()).status == "starting"
        parts.add("index", lambda: None)
        parts.add("database", database)
        report = await parts.report()
        assert (report.status, report.serving) == ("ready", True)
        assert report.parts == {"index": "ok", "database": "ok"}
        broken[0] = True
        assert (await parts.report()).status == "ready"  # a second is not over
        now[0] += 1
        report = await parts.report()
        assert (report.status, report.serving) == ("unready", False)
        assert report.parts == {"index": "ok", "database": "failed"}
        assert "password" not in report.model_dump_json()
        broken[0], now[0] = False, now[0] + 1
        assert (await parts.report()).status == "ready"
        parts.stopping = True
        assert (await parts.report()).status == "stopping"

    asyncio.run(story())


def test_without_a_part_that_is_not_needed_the_service_goes_on() -> None:
    def away() -> None:
        raise TimeoutError

    async def story() -> None:
        parts = Readiness()
        parts.add("index", lambda: None)
        parts.add("language model", away, needed=False)
        report = await parts.report()
        assert (report.status, report.serving) == ("degraded", True)

    asyncio.run(story())


def test_a_check_that_hangs_has_failed_and_is_not_started_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "PATIENCE_SECONDS", 0.05)
    go, started = threading.Event(), []

    def hangs() -> None:
        started.append(1)
        go.wait(10)

    async def story() -> None:
        now = [0.0]
        parts = Readiness(clock=lambda: now[0])
        parts.add("database", hangs)
        for _ in range(3):
            assert (await parts.report()).parts == {"database": "failed"}
            now[0] += 1
        assert len(started) == 1
        go.set()
        await asyncio.sleep(0.1)
        assert (await parts.report()).status == "ready"

    asyncio.run(story())


def test_a_disk_without_room_or_that_cannot_be_written_fails(tmp_path: Path) -> None:
    check_disk(tmp_path)()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match="are needed"):
        check_disk(tmp_path, least=1 << 62)()
    with pytest.raises(OSError):
        check_disk(tmp_path / "nowhere")()
