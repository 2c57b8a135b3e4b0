"""Load on a running service: questions at a rate, or as fast as callers can, and what came of them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
import numpy as np

# What tells a caller to come back.
LATER = (429, 503)


@dataclass
class Load:
    """What came of the requests of one run; times are seconds since its start."""

    statuses: Counter[str] = field(default_factory=Counter)
    done: list[tuple[float, float]] = field(default_factory=list)
    unexplained: int = 0
    seconds: float = 0.0

    def rate(self) -> float:
        """Return the answers a second."""
        return self.statuses["200"] / self.seconds if self.seconds else 0.0

    def percentile(self, percent: float, since: float = 0.0, until: float = float("inf")) -> float:
        """Return a percentile of the milliseconds of the answers that came between two times."""
        taken = [elapsed for at, elapsed in self.done if since <= at < until]
        return float(np.percentile(taken, percent)) if taken else float("nan")

    def only(self, *statuses: str) -> bool:
        """Tell whether nothing else came than these, and each that says later says when."""
        return not set(self.statuses) - set(statuses) and not self.unexplained


async def ask(client: httpx.AsyncClient, url: str, question: str, load: Load, started: float) -> None:
    """Ask one question and write down what came of it."""
    at = time.perf_counter()
    try:
        response = await client.post(f"{url}/api/chat", json={"question": question})
    except httpx.HTTPError as error:
        load.statuses[type(error).__name__] += 1
        return
    load.statuses[str(response.status_code)] += 1
    if response.status_code in LATER and "retry-after" not in response.headers:
        load.unexplained += 1
    if response.status_code == 200:
        load.done.append((at - started, (time.perf_counter() - at) * 1000))


def client_for(callers: int) -> httpx.AsyncClient:
    """Return a client with a connection for each caller."""
    limits = httpx.Limits(max_connections=callers, max_keepalive_connections=callers)
    return httpx.AsyncClient(timeout=60, limits=limits, trust_env=False)


async def as_fast_as(url: str, questions: Sequence[str], callers: int, seconds: float) -> Load:
    """Let so many callers ask, each its next question when the last is answered."""
    load, started = Load(), time.perf_counter()

    async def caller(number: int, client: httpx.AsyncClient) -> None:
        while time.perf_counter() - started < seconds:
            number += 1
            await ask(client, url, questions[number % len(questions)], load, started)

    async with client_for(callers) as client:
        await asyncio.gather(*(caller(n * 7, client) for n in range(callers)))
    load.seconds = time.perf_counter() - started
    return load


async def at_rate(
    url: str, questions: Sequence[str], a_second: float, seconds: float, callers: int = 400
) -> Load:
    """Ask so often a second, whether the earlier ones are answered or not."""
    load, started = Load(), time.perf_counter()
    asked: set[asyncio.Task[None]] = set()
    async with client_for(callers) as client:
        number = 0
        while (left := started + number / a_second - time.perf_counter()) < seconds + 60:
            if time.perf_counter() - started >= seconds:
                break
            await asyncio.sleep(max(0.0, left))
            question = questions[number % len(questions)]
            task = asyncio.create_task(ask(client, url, question, load, started))
            asked.add(task)
            task.add_done_callback(asked.discard)
            number += 1
        await asyncio.gather(*asked)
    load.seconds = time.perf_counter() - started
    return load


class Crowd:
    """Connections that are held open: some say nothing, some half a request, some ask and never read."""

    KINDS = (
        b"",
        b"POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Le",
        b"POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{",
        b"GET /sources/hakui-dx-2 HTTP/1.1\r\nHost: x\r\n\r\n",
    )

    def __init__(self, host: str, port: int) -> None:
        self._where = (host, port)
        self._held: list[asyncio.StreamWriter] = []
        self.refused = 0

    async def hold(self, connections: int) -> int:
        """Open so many and leave them; the number that stand."""
        for number in range(connections):
            try:
                _, writer = await asyncio.open_connection(*self._where, limit=2**10)
            except OSError:
                self.refused += 1
                continue
            transport = writer.transport
            transport.pause_reading() if isinstance(transport, asyncio.ReadTransport) else None
            writer.write(self.KINDS[number % len(self.KINDS)])
            self._held.append(writer)
        return len(self._held)

    def leave(self) -> None:
        """Let all of them go."""
        for writer in self._held:
            writer.transport.abort()
        self._held.clear()
