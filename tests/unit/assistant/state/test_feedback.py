"""The files of ratings: durable, whole under several writers, and not kept for ever (R50)."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from assistant.state.feedback import FeedbackFiles, Rating

NOW = datetime.datetime(2026, 5, 1, 9, tzinfo=datetime.UTC)


def rating(number: int, at: datetime.datetime = NOW) -> Rating:
    """Return a rating of the answer of a number."""
    return Rating(message_id=f"message-{number}", rating="up", comment="よい\n回答" * 50, at=at)


def test_several_writers_lose_nothing_and_mix_nothing(tmp_path: Path) -> None:
    stores = [FeedbackFiles(tmp_path / "feedback") for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: stores[n % 4].add(rating(n)), range(200)))
    assert sorted(r.message_id for r in stores[0]) == sorted(f"message-{n}" for n in range(200))
    assert [p.name for p in (tmp_path / "feedback").iterdir()] == ["2026-05-01.jsonl"]


def test_a_line_that_a_crash_cut_short_is_passed_over(tmp_path: Path) -> None:
    store = FeedbackFiles(tmp_path)
    store.add(rating(1))
    with (tmp_path / "2026-05-01.jsonl").open("ab") as file:
        file.write(b'{"message_id": "message-2", "rat')
    assert [r.message_id for r in store] == ["message-1"]


def test_what_has_been_kept_too_long_is_deleted(tmp_path: Path) -> None:
    store = FeedbackFiles(tmp_path, kept_days=30)
    store.add(rating(1, NOW - datetime.timedelta(days=31)))
    store.add(rating(2, NOW - datetime.timedelta(days=30)))
    store.add(rating(3))
    assert [r.message_id for r in store] == ["message-2", "message-3"]


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    FeedbackFiles(tmp_path).add(rating(1))
    assert (tmp_path / "2026-05-01.jsonl").stat().st_mode & 0o077 == 0
