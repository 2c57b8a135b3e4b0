"""Stopping: how the one who asked tells the work under way that nobody waits for it any more."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator


class Stop:
    """Be set once, from any thread; what was registered is then called, at once where it is set already."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Callable[[], object]] = []
        self._set = False

    @property
    def is_set(self) -> bool:
        """Tell whether the work is to stop."""
        return self._set

    def set(self) -> None:
        """Stop the work."""
        with self._lock:
            self._set, calls = True, tuple(self._calls)
        for call in calls:
            call()

    @contextlib.contextmanager
    def calling(self, call: Callable[[], object]) -> Iterator[None]:
        """Call this if the work is stopped while the block runs."""
        with self._lock:
            self._calls.append(call)
            late = self._set
        if late:
            call()
        try:
            yield
        finally:
            with self._lock:
                self._calls.remove(call)
