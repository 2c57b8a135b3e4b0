"""Watch a folder of plans, and do something once its files have stopped changing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

# Files that are being copied change for a while: so long without a change, in milliseconds, is the end.
QUIET = 1500
# However long that goes on, what is there by then is looked at.
LONGEST = 30_000


def watch_plans(
    folder: Path, changed: Callable[[], None], say: Callable[[str], None], stop: Event | None = None
) -> None:
    """Call `changed` after every change below the folder, until interrupted or told to stop."""
    from watchfiles import watch

    folder.mkdir(parents=True, exist_ok=True)
    place = folder.resolve()

    def seen(_: object, path: str) -> bool:
        """Leave out what has a dot: a plan that is being added stands there, and is renamed when whole."""
        return not any(part.startswith(".") for part in Path(path).relative_to(place).parts)

    for changes in watch(place, watch_filter=seen, step=QUIET, debounce=LONGEST, stop_event=stop):
        say(f"{len(changes)}件の変更がありました")
        changed()
