"""How often one network and one conversation may ask, and what counts while Redis is away."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.channels.app import create_app
from assistant.channels.guard.rates import Rates, _waiting
from assistant.settings import Settings
from assistant.watching import metrics
from tests.unit.assistant.made import Bench

ASKED = {"question": "EBPMとは？", "municipality": "akebono"}


def client(bench: Bench, address: str = "198.51.100.7", **settings: str) -> TestClient:
    app = create_app(Settings(_env_file=None, **settings), bench.service())  # type: ignore[arg-type]
    return TestClient(app, client=(address, 5000))


@pytest.fixture
def limited(bench: Bench) -> Iterator[TestClient]:
    with client(bench, rate_limit="3/minute") as limited:
        yield limited


def test_too_many_requests_are_told_when_to_come_back(limited: TestClient) -> None:
    statuses = [limited.post("/api/chat", json=ASKED).status_code for _ in range(3)]
    refused = limited.post("/api/search", json={"query": "EBPM"})
    assert statuses == [200] * 3
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 120
    assert refused.headers["content-type"] == "application/problem+json"
    assert "待って" in refused.json()["title"] and refused.json()["detail"].startswith("requests: ")
    assert limited.get("/healthz").status_code == limited.get("/").status_code == 200
    assert limited.get("/ask?question=EBPM").status_code == 429
    assert limited.get("/ask").status_code == 200


def test_a_forged_header_opens_no_second_account(limited: TestClient) -> None:
    statuses = [
        limited.post("/api/chat", json=ASKED, headers={"x-forwarded-for": f"203.0.113.{n}"}).status_code
        for n in range(4)
    ]
    assert statuses == [200, 200, 200, 429]


def test_a_proxy_that_is_named_tells_its_callers_apart(bench: Bench) -> None:
    with client(bench, "10.0.0.2", rate_limit="1/minute", trusted_proxies="10.0.0.2") as behind:
        statuses = [
            behind.post("/api/chat", json=ASKED, headers={"x-forwarded-for": address}).status_code
            for address in ("203.0.113.9", "192.0.2.9", "203.0.113.200", "192.0.2.1")
        ]
    assert statuses == [200, 200, 429, 429]


def test_without_a_limit_set_this_machine_asks_as_often_as_it_likes() -> None:
    rates = Rates(None, None)
    assert asyncio.run(all_of(rates, "127.0.0.1", 400)) == 400
    assert asyncio.run(all_of(rates, "198.51.100.7", 400)) == 300
    assert asyncio.run(all_of(Rates("5/minute", None), "127.0.0.1", 8)) == 5
    assert asyncio.run(all_of(Rates("off", None), "198.51.100.7", 400)) == 400


def test_each_process_grants_its_share(bench: Bench) -> None:
    assert asyncio.run(all_of(Rates("12/minute", None, processes=4), "198.51.100.7", 20)) == 3
    assert asyncio.run(all_of(Rates("2/minute", None, processes=4), "198.51.100.7", 20)) == 1


def test_a_conversation_has_a_limit_of_its_own(bench: Bench) -> None:
    with client(bench, conversation_rate_limit="2/minute", rate_limit="off") as asking:
        first = asking.post("/api/chat", json=ASKED).json()["conversation_id"]
        again = ASKED | {"conversation_id": first}
        assert [asking.post("/api/chat", json=again).status_code for _ in range(3)] == [200, 200, 429]
        stream = asking.post("/api/chat/stream", json=again)
        assert stream.status_code == 429 and "retry-after" in stream.headers
        assert asking.post("/api/chat", json=ASKED).status_code == 200


class Away:
    """A shared count that cannot be reached until it is back."""

    def __init__(self) -> None:
        self.back = False
        self.asked = 0

    async def hit(self, *_: Any) -> bool:
        self.asked += 1
        if not self.back:
            raise ConnectionError("Redis is away")
        return True


def test_while_redis_is_away_each_process_counts_more_strictly() -> None:
    now = [0.0]
    rates = Rates("12/minute", None, "redis://127.0.0.1:1/0", processes=2, clock=lambda: now[0])
    shared = Away()
    rates._shared = shared  # type: ignore[assignment]
    before = metrics.fallbacks.labels("rate_limits_local")._value.get()
    assert asyncio.run(all_of(rates, "198.51.100.7", 20)) == 3
    assert shared.asked == 1  # an absent Redis is not waited for by every request
    assert metrics.limits_local._value.get() == 1
    assert metrics.fallbacks.labels("rate_limits_local")._value.get() == before + 1
    now[0], shared.back = 60.0, True
    assert asyncio.run(all_of(rates, "198.51.100.7", 20)) == 20
    assert metrics.limits_local._value.get() == 0


async def all_of(rates: Rates, address: str, times: int) -> int:
    """Return how many of so many requests were taken."""
    return sum([await rates.address_wait(address) is None for _ in range(times)])


def test_the_seconds_to_wait_are_at_least_one() -> None:
    async def waits() -> list[int | None]:
        rates = Rates("1/second", None)
        return [await _waiting(rates._local, rates._limits["address"][0], "address", "x") for _ in range(3)]

    first, *later = asyncio.run(waits())
    assert first is None and all(w is None or w >= 1 for w in later)
