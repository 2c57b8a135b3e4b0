"""The spool: in order, once, bounded, and nothing lost with a process that dies."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.state.spool import BATCH, Record, Spool, SpoolFull


class Sink:
    """Keep what is written, and fail when told to."""

    def __init__(self) -> None:
        self.kept: list[int] = []
        self.fails = False

    def __call__(self, records: Sequence[Record]) -> None:
        if self.fails:
            raise OSError("down")
        self.kept += [record["n"] for _, record in records]


@pytest.fixture
def sink() -> Sink:
    return Sink()


def test_what_is_put_is_written_in_order_and_once(tmp_path: Path, sink: Sink) -> None:
    spool = Spool(tmp_path)
    for n in range(BATCH * 2 + 5):
        spool.put("answer", {"n": n})
    assert spool.drain(sink) == BATCH * 2 + 5
    assert spool.drain(sink) == 0
    assert sink.kept == list(range(BATCH * 2 + 5))
    assert spool.size() == 0


def test_while_it_cannot_be_written_it_waits_in_order(tmp_path: Path, sink: Sink) -> None:
    spool = Spool(tmp_path)
    sink.fails = True
    for n in range(10):
        spool.put("answer", {"n": n})
        with pytest.raises(OSError, match="down"):
            spool.drain(sink)
    sink.fails = False
    spool.drain(sink)
    assert sink.kept == list(range(10))


def test_several_threads_lose_nothing_and_mix_nothing(tmp_path: Path, sink: Sink) -> None:
    spool = Spool(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        for n in range(300):
            pool.submit(spool.put, "answer", {"n": n, "text": "長い文" * 50})
            if n % 20 == 0:
                pool.submit(spool.drain, sink)
    spool.drain(sink)
    assert sorted(sink.kept) == list(range(300))


def test_beyond_its_limit_it_takes_no_more_and_loses_nothing(tmp_path: Path, sink: Sink) -> None:
    spool = Spool(tmp_path, most=200)
    with pytest.raises(SpoolFull):
        for n in range(50):
            spool.put("answer", {"n": n})
    spool.drain(sink)
    assert sink.kept == list(range(len(sink.kept))) and sink.kept
    spool.put("answer", {"n": 99})


PUTS = """
    import os, signal
    from pathlib import Path
    from assistant.state.spool import Spool
    spool = Spool(Path({folder!r}))
    for n in range(20):
        spool.put("answer", {{"n": n}})
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_written_by_the_next(tmp_path: Path, sink: Sink) -> None:
    program = textwrap.dedent(PUTS.format(folder=str(tmp_path)))
    done = subprocess.run([sys.executable, "-c", program], env=os.environ, check=False)
    assert done.returncode < 0
    [left] = tmp_path.glob("*.jsonl")
    left.write_bytes(left.read_bytes() + b'["answer", {"n": 2')
    Spool(tmp_path).drain(sink)
    assert sink.kept == list(range(20))
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_lives_is_not_taken_from(tmp_path: Path, sink: Sink) -> None:
    living, other = Spool(tmp_path), Spool(tmp_path)
    living.put("answer", {"n": 1})
    assert other.drain(sink) == 0
    assert other.size() > 0
    living.drain(sink)
    assert sink.kept == [1]


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.put("answer", {"n": 1})
    assert all(p.stat().st_mode & 0o077 == 0 for p in (tmp_path / "spool").iterdir())


def test_a_record_that_is_put_aside_stands_in_the_spool(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put("answer", {"n": 1})
    spool.reject(("answer", {"n": 1}))
    assert '"n": 1' in (tmp_path / "rejected.txt").read_text("utf-8")


def test_closed_with_nothing_left_it_leaves_no_file(tmp_path: Path, sink: Sink) -> None:
    spool = Spool(tmp_path)
    spool.put("answer", {"n": 1})
    spool.drain(sink)
    spool.close()
    assert list(tmp_path.iterdir()) == []
