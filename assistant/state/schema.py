"""The schema: brought up to date by the migrations in this package, under a lock; a later one is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy import Connection, Engine, text

from assistant.state.errors import StateNewer

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_NUMBER = 0x504C414E  # "PLAN": PostgreSQL's advisory locks are numbers
LOCK_SECONDS = 60


def upgrade(engine: Engine, path: Path | None, to: str = "head") -> None:
    """Bring the database up to date; several processes may try at once. StateNewer for a later version's.

    `path` is the file of a SQLite database, None for PostgreSQL.
    """
    with _alone(engine, path) as connection:
        if check_known(connection) == ScriptDirectory(str(MIGRATIONS)).get_current_head() and to == "head":
            return
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        connection.commit()


def check_known(connection: Connection) -> str | None:
    """Return the revision of a schema, None for an empty database; StateNewer for one not known here."""
    current = MigrationContext.configure(connection).get_current_revision()
    known = {s.revision for s in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if current is not None and current not in known:
        raise StateNewer(
            f"データベースは、より新しい版のものです（{current}）。plan-assistant を新しくするか、"
            "この版で取ったバックアップを plan-assistant state restore で戻してください"
        )
    return current


@contextmanager
def _alone(engine: Engine, path: Path | None) -> Iterator[Connection]:
    if path:
        with FileLock(f"{path}.lock", timeout=LOCK_SECONDS), engine.connect() as connection:
            yield connection.execution_options(writes=True)
        return
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK_NUMBER})
        yield connection
