"""Hashes of what must not be kept: ids that open something, and ids of people.

A key, a code and a conversation's id are random enough for a plain hash. A person's id (LINE's user id) is
hashed with the installation's secret, so that two databases cannot be joined by it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

FILE = "secret.key"


def hashed(text: str) -> str:
    """Return the hash of a random text, 64 characters."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Secret:
    """The installation's secret; every process on one database has the same."""

    value: bytes = field(repr=False)

    def person(self, channel: str, identity: str) -> str:
        """Return the keyed hash of a person's id in a channel, 64 characters."""
        text = f"{channel}\0{identity}".encode("utf-8", "surrogatepass")
        return hmac.new(self.value, text, hashlib.sha256).hexdigest()


def load_secret(data_dir: Path, given: str | None = None) -> Secret:
    """Return the secret that was set, or that of the data directory, which is made the first time."""
    if given:
        return Secret(given.encode())
    path = data_dir / FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f".{FILE}.{secrets.token_hex(8)}")
        made.touch(0o600)
        made.write_text(secrets.token_hex(32), "ascii")
        try:
            os.link(made, path)  # the first of several processes wins
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return Secret(path.read_text("ascii").strip().encode())
