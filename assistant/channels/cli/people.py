"""Who runs a command, for the audit."""

from __future__ import annotations

import getpass


def actor() -> str:
    """Return the name of the account that runs the command."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"
