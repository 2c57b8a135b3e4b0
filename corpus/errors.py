"""What can go wrong with a plan or its document; every message names the place and the next step.

CorpusError
├── DocumentError     a document cannot be read (its file, line and reason are in the message)
└── PlanFileError     a plan.toml is missing a key or has a wrong one
"""

from __future__ import annotations


class CorpusError(Exception):
    """Report a fault of the corpus in one line that a person can act on."""


class DocumentError(CorpusError):
    """Report a document that cannot be read."""


class PlanFileError(CorpusError):
    """Report a plan.toml that does not say what it must."""
