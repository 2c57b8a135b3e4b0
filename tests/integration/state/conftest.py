"""The state over a database of each kind, a clock that is moved by hand, and a service over made plans."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.service import Service
from assistant.state.database import Database
from assistant.state.state import State
from tests.unit.assistant.made import TODAY, Bench, make_bench

Start = Callable[..., State]


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.datetime(2026, 5, 1, 9, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.now += datetime.timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def start(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Start]:
    """Give states over one database, each as a process of its own would have it."""
    made: list[State] = []

    def one(name: str = "spool") -> State:
        state = State(Database(database_url, pause=0.2), tmp_path / name, retention_days=365, now=clock)
        made.append(state)
        return state

    yield one
    for state in made:
        state.stop()


@pytest.fixture
def state(start: Start) -> State:
    return start()


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("made"))


def served(bench: Bench, state: State) -> Service:
    """Return a service of the real steps that keeps its answers in a state."""
    return bench.parts.service(state.conversations("public"), TODAY, state.keeper.answered)
