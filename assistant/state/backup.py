"""Backup and restore of a SQLite database while it is used; PostgreSQL has its own tools for it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from assistant.state.database import Database
from assistant.state.errors import StateConflict
from assistant.state.schema import check_known

PAGES = 256


def back_up(database: Database, file: Path) -> None:
    """Write a copy as of one moment, whole or not at all; those who write go on meanwhile."""
    _check_sqlite(database, "pg_dump --format=custom --file=FILE で取ってください")
    if file.exists():
        raise StateConflict(f"FILE: {file} はもうあります。別の名前にしてください")
    if not file.parent.is_dir():
        raise StateConflict(f"FILE: {file.parent} というフォルダーはありません")
    staged = file.with_name(f".{file.name}.part")
    staged.unlink(missing_ok=True)
    try:
        staged.touch(0o600)
        with database.outside() as connection, closing(sqlite3.connect(staged)) as copy:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            source.backup(copy, pages=PAGES)
            copy.execute("PRAGMA journal_mode = DELETE")
        os.replace(staged, file)
    finally:
        staged.unlink(missing_ok=True)


def restore_from(database: Database, file: Path, *, replace: bool = False) -> None:
    """Put a copy in the database's place; StateConflict where it is none, or would replace what is kept."""
    _check_sqlite(database, "pg_restore --clean --if-exists --dbname=… FILE で戻してください")
    _check_copy(file)
    path = database.path
    assert path
    if path.exists() and not replace:
        raise StateConflict(f"{path} に記録があります。置き換えるなら --replace を付けてください")
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file)) as copy, closing(sqlite3.connect(path)) as target:
        copy.backup(target)
    database.start()


def _check_sqlite(database: Database, instead: str) -> None:
    if database.path is None:
        raise StateConflict(f"PostgreSQL のデータベースは、{instead}")


def _check_copy(file: Path) -> None:
    if not file.is_file():
        raise StateConflict(f"FILE: {file} というファイルはありません")
    other = Database(f"sqlite:///{file}")
    try:
        with other.engine.connect() as connection:
            sound = connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            known = check_known(connection)
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StateConflict(f"FILE: {file} はデータベースの写しではありません") from error
    finally:
        other.close()
    if not sound or known is None:
        raise StateConflict(f"FILE: {file} は、壊れているか、plan-assistant の写しではありません")
