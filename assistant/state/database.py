"""The database: SQLite in the data directory, or PostgreSQL.

It is connected to, and brought up to date, when it is first needed, so that a service starts and goes on
without it. After a failure it is left alone for a while: those who write meet StateDown and do not wait.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from assistant.state.errors import StateDown
from assistant.state.schema import upgrade

BUSY_SECONDS = 30
CONNECT_SECONDS = 2
STATEMENT_SECONDS = 10
PAUSE_SECONDS = 3.0

log = structlog.get_logger("plan-assistant")


class Database:
    """Give sessions; safe to use from several threads, and from several processes on one database."""

    def __init__(
        self, url: str | URL, pause: float = PAUSE_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.url = _with_driver(make_url(url))
        self.engine = engine_of(self.url)
        # SQLite's driver never begins a transaction of its own, so there it is enough not to begin ours.
        self._outside: dict[str, Any] = {"alone": True} if self.path else {"isolation_level": "AUTOCOMMIT"}
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._current = False
        self._down_until = 0.0

    @property
    def path(self) -> Path | None:
        """Return the file of a SQLite database; None for a server's."""
        return Path(self.url.database or "") if self.url.get_backend_name() == "sqlite" else None

    def __str__(self) -> str:
        """Return where it is, without a password."""
        return str(self.path or self.url.render_as_string(hide_password=True))

    def start(self) -> None:
        """Bring the schema up to date; StateDown where it cannot be reached, StateNewer for a later one."""
        with self._guarded():
            self._ensure()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that reads; StateDown where the database fails."""
        with self._guarded():
            self._ensure()
            with Session(self.engine) as session:
                yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose changes are kept together at its end, or not at all; StateDown on failure.

        On SQLite it has the right to write from its beginning, so that it waits its turn and never meets
        "database is locked" halfway.
        """
        with self._guarded():
            self._ensure()
            with (
                self._turn(),
                self.engine.connect().execution_options(writes=True) as connection,
                Session(connection) as session,
                session.begin(),
            ):
                yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one thread of this process write to SQLite at a time.

        SQLite wakes nobody: who finds it busy sleeps, up to a tenth of a second, and looks again.
        """
        if not self.path:
            yield
            return
        if not self._writing.acquire(timeout=BUSY_SECONDS):
            raise PoolTimeout(f"nobody could write for {BUSY_SECONDS} seconds")
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def outside(self) -> Iterator[Connection]:
        """Give a connection outside any transaction, for what is only done there; StateDown on failure."""
        with self._guarded():
            self._ensure()
            with self.engine.connect() as connection:
                yield connection.execution_options(**self._outside)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @property
    def down(self) -> bool:
        """Say whether it failed so lately that it is left alone."""
        return self._clock() < self._down_until

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        if self.down:
            raise StateDown(f"{self}: the database failed a moment ago")
        try:
            yield
        except IntegrityError:
            raise
        except (DBAPIError, PoolTimeout, OSError, sqlite3.Error) as error:
            self._down_until = self._clock() + self._pause
            reason = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
            log.info("state down", database=str(self), error=reason[0])
            raise StateDown(f"{self}: {reason[0]}") from error

    def _ensure(self) -> None:
        if self._current:
            return
        with self._lock:
            if not self._current:
                if self.path:
                    self.path.parent.mkdir(parents=True, exist_ok=True)
                upgrade(self.engine, self.path)
                self._current = True


def engine_of(url: URL) -> Engine:
    """Return an engine for SQLite or PostgreSQL, not yet connected."""
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, pool_pre_ping=False)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c statement_timeout={STATEMENT_SECONDS * 1000} -c timezone=UTC"
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=10,
        pool_timeout=CONNECT_SECONDS,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "options": options,
            "keepalives_idle": 5,
            "tcp_user_timeout": STATEMENT_SECONDS * 1000,
        },
    )


def _with_driver(url: URL) -> URL:
    return url if url.get_backend_name() == "sqlite" else url.set(drivername="postgresql+psycopg")


def _prepare_sqlite(connection: Any, _: object) -> None:
    # The driver begins no transaction of its own: ours are begun below, as readers' or writers'.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("alone"):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
