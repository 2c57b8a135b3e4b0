"""Long runs of the service under load: soak, overload, idle connections, Redis stopped, a worker killed.

    python -m evals.campaigns.service soak --minutes 15
    python -m evals.campaigns.service overload
    python -m evals.campaigns.service idle --connections 10000
    python -m evals.campaigns.service faults

Each starts a service of its own on a free port, over the data directory that the settings name, and ends
with 1 where what it promises did not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from assistant.settings import load_settings
from assistant.wiring import library_of
from evals.campaigns.load import Crowd, Load, as_fast_as, at_rate
from evals.campaigns.served import UNLIMITED, Served, free_port, served
from evals.questions import load_questions

SETS = Path(__file__).parents[1] / "sets"
GROWTH = 0.05


def questions_asked(most: int = 120) -> list[str]:
    """Return questions that stand alone."""
    questions = load_questions([SETS / "dev.jsonl"], library_of(load_settings()))
    return [q.question for q in questions if not q.history][:most]


def told(name: str, load: Load) -> None:
    """Print what came of a run."""
    statuses = ", ".join(f"{status}: {n}" for status, n in sorted(load.statuses.items()))
    print(
        f"{name}: {statuses}; {load.rate():.1f} answers/s; p50 {load.percentile(50):.0f} ms, "
        f"p95 {load.percentile(95):.0f} ms, p99 {load.percentile(99):.0f} ms",
        flush=True,
    )


async def capacity_of(service: Served, questions: list[str], seconds: float) -> float:
    """Return the answers a second that eight callers get, after as long a warming up."""
    await as_fast_as(service.url, questions, 8, seconds)
    load = await as_fast_as(service.url, questions, 8, seconds)
    told("capacity", load)
    return load.rate()


async def soak(service: Served, questions: list[str], minutes: float, share: float = 0.7) -> bool:
    """Ask at a share of the capacity: no error, p95 and memory stay as they are."""
    capacity = await capacity_of(service, questions, min(30.0, minutes * 4))
    weights: list[tuple[float, int, int]] = []
    seconds, started = minutes * 60, time.perf_counter()

    async def weigh() -> None:
        while True:
            weights.append((time.perf_counter() - started, *service.weight()))
            await asyncio.sleep(seconds / 100)

    weighing = asyncio.create_task(weigh())
    load = await at_rate(service.url, questions, max(0.5, capacity * share), seconds)
    weighing.cancel()
    told("soak", load)
    early = statistics.median(m for at, m, _ in weights if seconds * 0.2 <= at < seconds * 0.35)
    late = statistics.median(m for at, m, _ in weights if at >= seconds * 0.85)
    files = [f for _, _, f in weights]
    growth = late / early - 1
    print(
        f"memory {early / 2**20:.0f} → {late / 2**20:.0f} MiB ({growth:+.1%}); "
        f"open files {min(files)}–{max(files)}; "
        f"p95 {load.percentile(95, 0, seconds / 3):.0f} → {load.percentile(95, seconds * 2 / 3):.0f} ms"
    )
    return load.only("200") and growth < GROWTH


async def overload(service: Served, questions: list[str], seconds: float) -> bool:
    """Ask three times as often as can be answered: 429 and 503 say when to come back, and it passes."""
    capacity = await capacity_of(service, questions, min(20.0, seconds))
    load = await at_rate(service.url, questions, capacity * 3, seconds)
    told("overload", load)
    began = time.perf_counter()
    after = await at_rate(service.url, questions, max(0.5, capacity * 0.3), 10)
    told("after it", after)
    back = service.ready(10)
    print(f"ready again: {back is not None}, {time.perf_counter() - began:.0f} s after it")
    return load.only("200", "429", "503") and after.only("200") and back is not None


async def idle(service: Served, questions: list[str], connections: int, seconds: float) -> bool:
    """Hold connections open that say or read nothing: the others are answered as before."""
    before = await as_fast_as(service.url, questions, 2, seconds)
    told("alone", before)
    crowd = Crowd("127.0.0.1", service.port)
    held = await crowd.hold(connections)
    memory, files = service.weight()
    print(f"{held} connections held, {crowd.refused} refused; {memory / 2**20:.0f} MiB, {files} open files")
    during = await as_fast_as(service.url, questions, 2, seconds)
    told("beside them", during)
    crowd.leave()
    return held >= connections * 0.99 and during.only("200")


async def faults(
    service: Served, questions: list[str], redis: subprocess.Popen[bytes], seconds: float
) -> bool:
    """Stop Redis and kill a worker under load: everything asked is answered, and the worker comes back."""
    asking = asyncio.create_task(at_rate(service.url, questions, 2, seconds))
    await asyncio.sleep(seconds / 4)
    redis.kill()
    print("Redis is gone", flush=True)
    await asyncio.sleep(seconds / 4)
    before = service.workers()
    before[0].send_signal(signal.SIGKILL)
    killed = time.perf_counter()
    while len([p for p in service.workers() if p.pid != before[0].pid]) < len(before):
        await asyncio.sleep(0.1)
    print(f"a worker was killed; another stood {time.perf_counter() - killed:.1f} s later", flush=True)
    load = await asking
    told("faults", load)
    # What the killed worker had begun is lost to its callers, and nothing else.
    lost = sum(n for status, n in load.statuses.items() if not status.isdigit())
    return lost <= 4 and set(load.statuses) <= {"200", "ReadError", "RemoteProtocolError", "ConnectError"}


@contextlib.contextmanager
def own_redis() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a Redis of our own that may be stopped."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("redis-server is not installed")
    port = free_port()
    command = [program, "--port", str(port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0", process
    finally:
        process.kill()
        process.wait()


def main(arguments: list[str] | None = None) -> int:
    """Run one campaign; 1 where what it promises did not hold."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("campaign", choices=["soak", "overload", "idle", "faults"])
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args(arguments)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    questions = questions_asked()
    data_dir = load_settings().data_dir
    with contextlib.ExitStack() as stack:
        settings = dict(UNLIMITED)
        if chosen.campaign == "faults":
            url, redis = stack.enter_context(own_redis())
            settings = {"rate_limit": "100000/minute", "conversation_rate_limit": "off", "redis_url": url}
        service = stack.enter_context(served(data_dir, chosen.workers, **settings))
        if chosen.campaign == "soak":
            held = asyncio.run(soak(service, questions, chosen.minutes))
        elif chosen.campaign == "overload":
            held = asyncio.run(overload(service, questions, chosen.seconds))
        elif chosen.campaign == "idle":
            held = asyncio.run(idle(service, questions, chosen.connections, chosen.seconds))
        else:
            held = asyncio.run(faults(service, questions, redis, chosen.seconds))
    print("held" if held else "did not hold")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
