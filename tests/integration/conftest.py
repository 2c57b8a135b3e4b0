"""What integration tests share: a data directory with the real model and its index; databases."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import CalledProcessError
from tempfile import TemporaryDirectory

import pytest

from assistant.channels.app import create_app
from assistant.settings import Settings
from assistant.state.database import Database
from assistant.wiring import build, check_index
from index.errors import IndexUnavailable
from tests.browser.conftest import serving
from tests.postgres import Server, programs


@pytest.fixture(scope="session")
def data_dir(kept_data_dir: Path) -> Path:
    """Return a data directory with the model and an index that fits."""
    settings = Settings(_env_file=None, data_dir=kept_data_dir)
    kept_data_dir.mkdir(parents=True, exist_ok=True)
    try:
        check_index(settings)
    except IndexUnavailable:
        build(settings)
    return kept_data_dir


@pytest.fixture(scope="session")
def served(data_dir: Path) -> Iterator[str]:
    """Give the address of the service over the shipped plans."""
    with serving(create_app(Settings(_env_file=None, data_dir=data_dir))) as url:
        yield url


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Give a PostgreSQL server of the tests' own."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed (initdb and pg_ctl)")
    # Not below pytest's folder: the server's user may not enter it.
    with TemporaryDirectory(prefix="plan-assistant-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = Server(Path(folder) / "server")
        server.start()
        yield server
        with suppress(CalledProcessError):
            server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.db"
    server: Server = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture(scope="session")
def with_tables(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], str]:
    """Give, for each kind, the URL of a database that has its tables and nothing in them, to be copied."""

    @functools.cache
    def of(kind: str) -> str:
        server: Server = request.getfixturevalue("postgres") if kind == "postgresql" else None
        url = server.new_database() if server else f"sqlite:///{tmp_path_factory.mktemp('state')}/state.db"
        made = Database(url)
        made.start()
        made.close()
        return url

    return of


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, with_tables: Callable[[str], str]) -> str:
    """Give the URL of a database with its tables, of each kind in turn."""
    made = with_tables(request.param)
    if request.param == "sqlite":
        shutil.copy(made.removeprefix("sqlite:///"), tmp_path / "state.db")
        return f"sqlite:///{tmp_path}/state.db"
    server: Server = request.getfixturevalue("postgres")
    return server.new_database(like=made.rpartition("/")[2])


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Give a database with its tables, of each kind in turn."""
    opened = Database(database_url)
    opened.start()
    yield opened
    opened.close()
