"""When the model is not asked: after failures, without tokens left, while it is switched off."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from assistant.llm.limits import SPEND, SWITCH, Breaker, Limits, Spend

DAY = datetime.date(2026, 11, 21)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_after_failures_in_a_row_the_model_rests_and_then_one_tries_it() -> None:
    clock = Clock()
    breaker = Breaker(failures=3, rest=30, clock=clock)
    for _ in range(2):
        breaker.failed()
    breaker.succeeded()
    for _ in range(3):
        assert breaker.allows()
        breaker.failed()
    assert not breaker.allows()
    clock.now += 31
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.succeeded()
    assert breaker.allows()


def test_a_days_tokens_are_counted_over_workers_and_begin_anew_the_next_day(tmp_path: Path) -> None:
    days = [DAY]
    first, second = (Spend(tmp_path / SPEND, 100, lambda: days[-1]) for _ in range(2))
    assert first.take(60) and not second.take(60)
    first.settle(60, 20)
    assert second.take(60)
    days.append(DAY + datetime.timedelta(days=1))
    assert second.take(100) and not first.take(1)


@pytest.mark.parametrize("held", ["", "[]", '{"day": 3}', "\x00"])
def test_a_count_that_cannot_be_read_stops_the_asking(tmp_path: Path, held: str) -> None:
    (tmp_path / SPEND).write_text(held, "utf-8")
    assert not Spend(tmp_path / SPEND, 100, lambda: DAY).take(1)


def test_without_a_limit_nothing_is_counted_and_nothing_written(tmp_path: Path) -> None:
    spend = Spend(tmp_path / SPEND, None, lambda: DAY)
    assert spend.take(10**9)
    spend.settle(10**9, 1)
    assert list(tmp_path.iterdir()) == []


def test_the_switch_is_a_file_that_is_looked_for_each_time(tmp_path: Path) -> None:
    limits = Limits(tmp_path / SWITCH, Breaker(), Spend(tmp_path / SPEND, None, lambda: DAY))
    assert limits.closed(1) is None
    (tmp_path / SWITCH).touch()
    assert limits.closed(1) == "switched_off"
    (tmp_path / SWITCH).unlink()
    assert limits.closed(1) is None
