"""What can go wrong with a language model; the reason is a word for logs, never what was sent or said."""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    "timeout",  # no sentence, or not all of them, inside the limit
    "unreachable",  # no connection
    "status",  # an HTTP error
    "garbage",  # not what the protocol says
    "cut",  # the stream ended without saying that it is finished
    "length",  # the limit of tokens, or of characters
    "withheld",  # the model's own filter, or another reason than that it is done
    "stopped",  # the asker has gone
    "leak",  # the answer gave away what it was told
    "guard",  # the guard itself failed
    "empty",  # nothing that it wrote could be kept
]
Closed = Literal["switched_off", "resting", "spent", "unsuitable"]


class ModelFailed(Exception):
    """Report that the model gave no answer that can be used."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
