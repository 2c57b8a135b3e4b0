"""What can go wrong with an index; each message is one line with the command to type.

IndexUnavailable
├── IndexMissing     nothing is published
├── IndexStale       built by another model, other passage rules or from another corpus
└── IndexDamaged     a file of the snapshot is not what the manifest says
IndexBusy            another build is running
"""

from __future__ import annotations

BUILD = "plan-assistant index build"


class IndexUnavailable(Exception):
    """Report that no index can be searched."""


class IndexMissing(IndexUnavailable):
    """Report that no index is published."""


class IndexStale(IndexUnavailable):
    """Report an index that does not fit what is asked of it."""


class IndexDamaged(IndexUnavailable):
    """Report a snapshot that is not as it was built."""


class IndexBusy(Exception):
    """Report that another process is building the index."""
