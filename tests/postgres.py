"""A PostgreSQL server of the tests' own: made in a folder, started, stopped, and started again."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
from pathlib import Path

import psycopg

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
NEEDED = ("initdb", "pg_ctl", "pg_dump", "pg_restore")


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, Debian's newest first; None where it is not installed."""
    folders = (*DEBIAN, *map(Path, os.get_exec_path()))
    return next((f for f in folders if all((f / name).exists() for name in NEEDED)), None)


class Server:
    """A server that listens on a free port of this machine and trusts everyone on it."""

    def __init__(self, folder: Path) -> None:
        found = programs()
        assert found
        self._programs = found
        self._data = folder / "data"
        self._user = "postgres" if os.geteuid() == 0 else None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        folder.mkdir(parents=True, exist_ok=True)
        if self._user:  # the server refuses to run as root
            shutil.chown(folder, self._user)
        self._run(
            "initdb", "-D", self._data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"
        )

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        log = self._data / "log"
        self._run("pg_ctl", "-D", self._data, "-w", "-o", options, "-l", log, "start")

    def stop(self, how: str = "immediate") -> None:
        """Stop the server, as a crash does unless told otherwise."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", how, "stop")

    def url(self, name: str = "postgres") -> str:
        """Return the URL of one of its databases."""
        return f"postgresql://tests@127.0.0.1:{self.port}/{name}"

    def new_database(self, like: str = "template1") -> str:
        """Make a database, empty or like another that nobody uses, and return its URL."""
        name = f"t{secrets.token_hex(6)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"'.encode())
        return self.url(name)

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._programs / program), *map(str, arguments)]
        subprocess.run(
            command,
            check=True,
            user=self._user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
