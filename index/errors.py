"""What can go wrong with an index; each message is one line with the command to type.

IndexUnavailable
├── IndexMissing     nothing is published, or what is published holds nothing
├── IndexStale       built by another model, other passage rules or from another corpus
├── IndexDamaged     a file of the snapshot is not what the manifest says
└── IndexUnreachable the Chroma server does not answer
IndexBusy            another build is running
IndexNotBuilt        a build could not be ended, for want of space or because of what was to be indexed
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


class IndexUnreachable(IndexUnavailable):
    """Report that the vectors' server cannot be reached."""


class IndexBusy(Exception):
    """Report that another process is building the index."""


class IndexNotBuilt(Exception):
    """Report a build that could not be ended; what was published before it still is."""
