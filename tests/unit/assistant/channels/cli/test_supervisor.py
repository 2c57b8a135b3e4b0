"""Workers that end, hang or only start: what the supervisor does, without waiting for any of them."""

from __future__ import annotations

from typing import Any

import pytest
import uvicorn
from uvicorn.config import STARTUP_FAILURE

from assistant.channels.cli import supervisor
from assistant.channels.cli.supervisor import Supervisor

HEALTH = 120


class Pipe:
    """A worker's end of the line: it answers what it is asked, or not."""

    def __init__(self) -> None:
        self.sent, self.answers = 0, 0

    def send(self, _: bytes) -> None:
        self.sent += 1

    def poll(self) -> bool:
        return self.answers > 0

    def recv(self) -> bool:
        self.answers -= 1
        return True


class Worker:
    """A worker process of no process."""

    def __init__(self, *_: Any) -> None:
        self.parent_conn, self.alive, self.exitcode, self.pid = Pipe(), True, 0, 1
        self.process = self
        self.killed = False

    def start(self) -> None: ...

    def is_alive(self) -> bool:
        return self.alive

    def kill(self) -> None:
        self.killed = True

    def join(self) -> None: ...


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> tuple[Supervisor, list[float]]:
    """Give a supervisor of two workers that run, and the time on its clock."""
    monkeypatch.setattr(supervisor, "Process", Worker)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    now = [0.0]
    config = uvicorn.Config("nothing:here", workers=2, timeout_worker_healthcheck=HEALTH, log_config=None)
    watching = Supervisor(config, [], lambda: now[0])
    watching.processes = [Worker(), Worker()]  # type: ignore[list-item]
    return watching, now


def look(watched: tuple[Supervisor, list[float]], seconds: float = 0.5) -> list[Any]:
    """Let the supervisor look once, so many seconds later, and return its workers."""
    watching, now = watched
    now[0] += seconds
    watching.keep_subprocess_alive()
    return watching.processes


def test_workers_that_answer_are_asked_again_and_kept(watched: tuple[Supervisor, list[float]]) -> None:
    workers = list(look(watched))
    for _ in range(6):
        for worker in workers:
            worker.parent_conn.answers = 1
        assert look(watched) == workers
    assert [w.parent_conn.sent for w in workers] == [4, 4]


def test_one_that_ended_is_replaced_at_the_next_look_though_another_still_starts(
    watched: tuple[Supervisor, list[float]],
) -> None:
    starting, ended = look(watched)
    ended.alive = False
    after = look(watched)
    assert after[0] is starting and after[1] is not ended


def test_one_that_was_killed_before_it_answered_is_replaced_at_the_next_look(
    watched: tuple[Supervisor, list[float]],
) -> None:
    first, second = look(watched)
    first.alive = False
    assert look(watched)[0] is not first and watched[0].processes[1] is second


def test_one_that_is_silent_too_long_is_killed_and_replaced(watched: tuple[Supervisor, list[float]]) -> None:
    silent, other = look(watched)
    other.parent_conn.answers = 1
    assert look(watched, HEALTH - 1)[0] is silent and not silent.killed
    other.parent_conn.answers = 1
    assert look(watched, 2)[0] is not silent and silent.killed


def test_a_line_that_broke_is_a_worker_that_ended(watched: tuple[Supervisor, list[float]]) -> None:
    broken, _ = watched[0].processes

    def send(_: bytes) -> None:
        raise BrokenPipeError

    broken.parent_conn.send = send  # type: ignore[method-assign, assignment]
    assert look(watched)[0] is not broken


def test_where_a_worker_cannot_start_none_is_started_again(watched: tuple[Supervisor, list[float]]) -> None:
    failed, _ = look(watched)
    failed.alive, failed.exitcode = False, STARTUP_FAILURE
    assert look(watched)[0] is failed and watched[0].should_exit.is_set()
    assert look(watched)[0] is failed
