"""The service in processes of its own: a killed worker is replaced, a stop is told and quick."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from evals.campaigns.served import Served, served


@pytest.fixture(scope="module")
def service(data_dir: Path) -> Iterator[Served]:
    with served(data_dir, 2, rate_limit="off") as service:
        yield service


def ask(service: Served) -> int:
    """Ask on a connection of its own, again where the worker that was to answer has just gone."""
    for _ in range(5):
        with contextlib.suppress(httpx.TransportError):
            answer = httpx.post(
                f"{service.url}/api/chat", json={"question": "計画の期間は？"}, timeout=60, trust_env=False
            )
            return answer.status_code
    return 0


def test_a_killed_worker_is_replaced_and_the_others_go_on(service: Served) -> None:
    before = {p.pid for p in service.workers()}
    assert len(before) == 2 and ask(service) == 200
    min(service.workers(), key=lambda p: p.pid).send_signal(signal.SIGKILL)
    assert {ask(service) for _ in range(5)} == {200}
    until = time.monotonic() + 60
    while len({p.pid for p in service.workers()}) < 2 and time.monotonic() < until:
        time.sleep(0.2)
    after = {p.pid for p in service.workers()}
    assert len(after) == 2 and len(after - before) == 1


def test_the_figures_of_all_workers_are_told_by_any_of_them(service: Served) -> None:
    assert ask(service) == 200
    told = [
        float(line.rpartition(" ")[2])
        for _ in range(4)
        for line in httpx.get(f"{service.url}/metrics", trust_env=False, timeout=30).text.splitlines()
        if line.startswith("plan_assistant_turns_total{") and 'status="answered"' in line
    ]
    assert told and len(set(told)) == 1


def test_a_stop_is_told_first_and_ends_what_was_begun(service: Served) -> None:
    with httpx.Client(base_url=service.url, trust_env=False, timeout=60) as client:
        assert client.get("/readyz").status_code == 200
        with client.stream("POST", "/api/chat/stream", json={"question": "計画の期間は？"}) as stream:
            service.process.send_signal(signal.SIGTERM)
            body = stream.read().decode()
        assert body.count("event: done") + body.count("event: error") == 1
    try:
        service.process.wait(40)
    except subprocess.TimeoutExpired:
        pytest.fail("the service did not end")
