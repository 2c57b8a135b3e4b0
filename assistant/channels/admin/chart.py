"""Questions by day as bars, drawn here: a share of the highest bar, so that any width can show them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.state.reports import Counts

HEIGHT = 100
# Of a day's width of 10, the bar takes so much.
STEP, WIDTH = 10, 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's bar: its place from the left, and the heights of what was answered and of the rest."""

    day: datetime.date
    counts: Counts
    x: int
    answered: float
    rest: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of a period; `most` is what the full height stands for."""

    bars: tuple[Bar, ...]
    most: int

    @property
    def width(self) -> int:
        """Return the width of all bars."""
        return STEP * len(self.bars)


def chart_of(days: Sequence[datetime.date], counted: Mapping[str, Counts]) -> Chart:
    """Return the bars of the days; one on which nothing was asked has no height."""
    counts = [counted.get(day.isoformat(), Counts()) for day in days]
    most = max((c.questions for c in counts), default=0)

    def height(number: int) -> float:
        return round(HEIGHT * number / most, 2) if most else 0.0

    return Chart(
        tuple(
            Bar(day, c, STEP * n, height(c.answered), height(c.questions - c.answered))
            for n, (day, c) in enumerate(zip(days, counts, strict=True))
        ),
        most,
    )
