"""Made plans, an index of them by the hashing embedder, and a service over it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from assistant.service import Service
from tests.unit.assistant.made import Bench, make_bench


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Give the plans that have every kind of record, and one that names no departments."""
    return make_bench(tmp_path_factory.mktemp("rich"), "sazanami", "wakaba")


@pytest.fixture
def service(bench: Bench) -> Service:
    return bench.service()


@pytest.fixture
def events() -> Iterator[list[structlog.typing.EventDict]]:
    """Give the log events of a test as they are logged."""
    with structlog.testing.capture_logs() as captured:
        yield captured
