"""LINE under load: so many events a second, through the real service, against the stand-in.

    python -m evals.campaigns.line_load --seconds 60 --rate 50

Starts `plan-assistant serve` over a copy of the data directory's index, sends signed webhooks steadily,
and reports the webhook's times, what was answered and how, how long the queue took to drain, and memory.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from assistant.channels.line.simulator.api import create_app, serving
from assistant.channels.line.simulator.standin import StandIn
from assistant.channels.line.simulator.webhooks import Platform, user_id
from evals.campaigns.served import Served, served

SECRET, TOKEN = "campaign-channel-secret", "campaign-access-token"
QUESTIONS = (
    "スマホ教室の目標は？",
    "担当課は？",
    "羽咋ポイントの登録者数は？",
    "工程は？",
    "EBPMとは？",
    "書かない窓口はいつ？",
    "公民館の環境整備について教えて",
    "KPIは？",
)


@dataclass
class Measured:
    """What a run showed."""

    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    memory: list[tuple[float, int]] = field(default_factory=list)
    """Seconds since the start, and the service's memory in bytes, of the processes that answer."""


def main() -> None:
    """Run the load and print what it showed; end with 1 where an event was lost, doubled, or met a 5xx."""
    parser = argparse.ArgumentParser(prog="python -m evals.campaigns.line_load")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=50, help="events a second")
    parser.add_argument("--workers", type=int, default=1, help="processes of the service")
    parser.add_argument("--people", type=int, default=200)
    chosen = parser.parse_args()
    line = StandIn(TOKEN)
    with (
        serving(create_app(line)) as api,
        copied() as folder,
        with_line(folder, api, chosen.workers) as service,
    ):
        platform = Platform(line, service.url, SECRET)
        measured, sent = load(platform, chosen.rate, chosen.seconds, chosen.people, service)
        started = time.monotonic()
        line.wait_for(sent, 900)
        drained = time.monotonic() - started
        measured.memory.append((chosen.seconds + drained, service.weight()[0]))
    report = summary(measured, line, sent, drained)
    print(json.dumps(report, ensure_ascii=False, indent=2))
    sys.exit(0 if report["lost"] == report["doubled"] == report["5xx"] == 0 else 1)


def load(
    platform: Platform, rate: float, seconds: float, people: int, service: Served
) -> tuple[Measured, int]:
    """Send events at a steady rate, each at its moment however long others take."""
    measured, users = Measured(), [user_id() for _ in range(people)]
    total, started = round(rate * seconds), time.monotonic()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(2):
            measured.memory.append((time.monotonic() - started, service.weight()[0]))

    watching = threading.Thread(target=watch)
    watching.start()
    chance = random.Random(7)
    asked = [(chance.choice(users), chance.choice(QUESTIONS)) for _ in range(total)]

    def send(user: str, question: str) -> None:
        event = [platform.text(user, question)]
        before = time.perf_counter()
        try:
            status = platform.send(event).status_code
        except httpx.HTTPError:
            status = 0
        measured.times.append(time.perf_counter() - before)
        measured.statuses[status] += 1

    with ThreadPoolExecutor(16) as pool:
        for n, (user, question) in enumerate(asked):
            time.sleep(max(0.0, started + n / rate - time.monotonic()))
            pool.submit(send, user, question)
    done.set()
    watching.join()
    return measured, total


def summary(measured: Measured, line: StandIn, total: int, drained: float) -> dict[str, object]:
    """Return the figures of a run."""
    times = sorted(measured.times)
    answered = Counter(s.event for s in line.sent if s.event)
    pushed = sum(s.route == "push" for s in line.sent)
    peak = [size for _, size in measured.memory]
    return {
        "events": total,
        "webhook_ms": {p: round(1000 * quantile(times, p / 100), 1) for p in (50, 95, 99, 100)},
        "statuses": dict(measured.statuses),
        "5xx": sum(count for status, count in measured.statuses.items() if status >= 500),
        "no answer": measured.statuses[0],
        "by reply": sum(s.route == "reply" for s in line.sent),
        "by push": pushed,
        "lost": max(0, total - len(line.sent)),
        "doubled": sum(count > 1 for count in answered.values()) + max(0, len(line.sent) - total),
        "drained after seconds": round(drained, 1),
        "memory MB": {
            "first": round(peak[0] / 2**20) if peak else None,
            "median": round(statistics.median(peak) / 2**20) if peak else None,
            "last": round(peak[-1] / 2**20) if peak else None,
        },
    }


def quantile(values: list[float], share: float) -> float:
    """Return the value below which a share of sorted values lies."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


@contextmanager
def copied() -> Iterator[Path]:
    """Copy the model, the index and the plans of the data directory, for as long as the context lasts."""
    data = Path(os.environ.get("PLAN_ASSISTANT_DATA_DIR", "var"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("models", "index", "plans"):
            if (data / part).exists():
                shutil.copytree(data / part, folder / part)
        yield folder


def with_line(folder: Path, api: str, workers: int = 1) -> AbstractContextManager[Served]:
    """Serve a data directory with LINE set to the stand-in."""
    line = {"line_channel_secret": SECRET, "line_channel_access_token": TOKEN, "line_api_url": api}
    return served(folder, workers, **line)


if __name__ == "__main__":
    main()
