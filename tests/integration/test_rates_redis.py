"""A limit holds across processes that share a Redis, and is stricter in each once Redis is gone."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from shutil import which

import pytest

from evals.campaigns.service import own_redis

CALLER = """
import asyncio, sys
from assistant.channels.guard import rates as module
from assistant.channels.guard.rates import Rates

module.REDIS_SECONDS = 60  # a busy machine is slow, which is not what is tested

async def hammer(url, times):
    rates = Rates("40/hour", None, url, processes=4)
    print("taken", sum([await rates.address_wait("198.51.100.7") is None for _ in range(times)]), flush=True)
    sys.stdin.readline()
    print("taken", sum([await rates.address_wait("192.0.2.7") is None for _ in range(times)]), flush=True)

asyncio.run(hammer(sys.argv[1], 60))
"""


@pytest.fixture
def redis() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    if which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    with own_redis() as (url, process):
        time.sleep(0.5)
        yield url, process


def test_four_processes_share_a_limit_and_keep_within_it_when_redis_is_killed(
    redis: tuple[str, subprocess.Popen[bytes]],
) -> None:
    url, process = redis
    callers = [
        subprocess.Popen(
            [sys.executable, "-c", CALLER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]

    def taken() -> list[int]:
        told = []
        for caller in callers:
            assert caller.stdout is not None
            lines = iter(caller.stdout.readline, "")
            told.append(next(int(line.split()[1]) for line in lines if line.startswith("taken")))
        return told

    assert sum(taken()) == 40
    process.kill()
    process.wait()
    for caller in callers:
        assert caller.stdin is not None
        caller.stdin.write("\n")
        caller.stdin.flush()
    assert taken() == [5] * 4
    assert [caller.wait(60) for caller in callers] == [0] * 4
