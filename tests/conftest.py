"""What all tests share: no network for unit tests, golden files, small plans, a data directory that is kept.

pytest --update-golden     writes the files below tests/golden anew; read the difference before keeping it
PLAN_ASSISTANT_TEST_DATA_DIR     where tests with the real model keep it (var/test without it)
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
import structlog
from pytest_socket import disable_socket, enable_socket

from corpus.library import PLAN_FILE, Library, load_holding

TESTS = Path(__file__).resolve().parent
GOLDEN = TESTS / "golden"

hypothesis.settings.register_profile("project", deadline=None, derandomize=True)
hypothesis.settings.load_profile("project")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what waits for a browser or other processes try once more; the last line counts those that did."""
    for item in items:
        if any(TESTS / folder in item.path.parents for folder in ("browser", "integration")):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(autouse=True)
def no_network_for_unit_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """Refuse every socket but a Unix one to the tests below tests/unit."""
    if TESTS / "unit" not in request.path.parents:
        yield
        return
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@contextmanager
def logs_kept() -> Iterator[None]:
    """Let no log setting out: what one test makes quiet, another may listen for."""
    handlers, level, known = logging.root.handlers[:], logging.root.level, structlog.get_config()
    yield
    logging.root.handlers[:], logging.root.level = handlers, level
    structlog.configure(**known)


@pytest.fixture(autouse=True, scope="module")
def logs_after_a_module() -> Iterator[None]:
    """Undo what a module's own fixtures set."""
    with logs_kept():
        yield


@pytest.fixture(autouse=True)
def logs_after_a_test() -> Iterator[None]:
    """Undo what a test set."""
    with logs_kept():
        yield


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with a golden file, or write the file where --update-golden is given."""

    def compare(name: str, actual: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(actual, "utf-8")
        assert actual.splitlines() == path.read_text("utf-8").splitlines()

    return compare


@pytest.fixture(scope="session")
def write_plan() -> Callable[..., Path]:
    """Write a municipality's plan.toml and its one document below a folder; return plan.toml."""

    def write(
        folder: Path,
        municipality: str,
        text: str,
        *,
        name: str = "青葉市",
        visibility: str = "public",
        more: str = "",
    ) -> Path:
        place = folder / municipality
        place.mkdir(parents=True, exist_ok=True)
        (place / "plan.txt").write_text(text, "utf-8")
        (place / PLAN_FILE).write_text(
            f'[municipality]\nid = "{municipality}"\nname = {json.dumps(name)}\n'
            f'[contact]\nname = "企画課"\n'
            f'[[documents]]\nid = "{municipality}-plan"\ntitle = "計画"\nfile = "plan.txt"\n'
            f'visibility = "{visibility}"\n{more}',
            "utf-8",
        )
        return place / PLAN_FILE

    return write


@pytest.fixture(scope="session")
def library_of() -> Callable[..., Library]:
    """Make a library of some plan.toml alone, without the shipped plans."""
    return lambda *paths: Library(holdings=tuple(sorted(map(load_holding, paths), key=lambda h: h.id)))


@pytest.fixture(scope="session")
def kept_data_dir() -> Path:
    """Return the data directory that is kept between runs, so that the model folder is made once."""
    return Path(os.environ.get("PLAN_ASSISTANT_TEST_DATA_DIR") or TESTS.parent / "var" / "test")
