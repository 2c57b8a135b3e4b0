"""What can be wrong with the state.

StateError
├── StateDown      the database cannot be reached, or failed: what is kept waits in the spool
├── StateNewer     the database was made by a later version
└── StateConflict  what is asked for cannot be done to what is kept (no such id, used already)
"""

from __future__ import annotations


class StateError(Exception):
    """Report something wrong with the state, in one line."""


class StateDown(StateError):
    """Report that the database cannot be reached or failed."""


class StateNewer(StateError):
    """Report a database that a later version made; the message says what to run."""


class StateConflict(StateError):
    """Report what cannot be done to what is kept."""
