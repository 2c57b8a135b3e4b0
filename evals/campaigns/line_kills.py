"""LINE and sudden death: events in random order with repeats, while the service is killed and started again.

    python -m evals.campaigns.line_kills --events 1000 --kills 20

Two processes share one database behind the stand-in; one of them is killed (-9) at a random moment, again and
again. Every event must be answered exactly once.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx

from assistant.channels.line.simulator.api import create_app, serving
from assistant.channels.line.simulator.standin import StandIn
from assistant.channels.line.simulator.webhooks import Platform, user_id
from evals.campaigns.line_load import QUESTIONS, SECRET, TOKEN, copied, with_line
from evals.campaigns.served import Served

DRAIN_SECONDS = 900


def main() -> None:
    """Run the campaign and print what it showed; end with 1 where an event was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m evals.campaigns.line_kills")
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    line = StandIn(TOKEN)
    with serving(create_app(line)) as api, copied() as folder, ExitStack() as stack:

        def start() -> Served:
            return stack.enter_context(with_line(folder, api))

        report = run(line, start, chosen.events, chosen.kills, chance)
    print(json.dumps(report, ensure_ascii=False, indent=2))
    sys.exit(0 if report["lost"] == report["doubled"] == 0 else 1)


def run(
    line: StandIn, start: Callable[[], Served], count: int, kills: int, chance: random.Random
) -> dict[str, object]:
    """Send the events to two services, kill meanwhile, wait for the queue to drain, and count."""
    services = [start(), start()]
    platform = Platform(line, services[0].url, SECRET)
    users = [user_id() for _ in range(100)]
    events = [platform.text(chance.choice(users), chance.choice(QUESTIONS)) for _ in range(count)]
    deliveries = [e for e in events for _ in range(chance.choice((1, 1, 2, 3)))]
    chance.shuffle(deliveries)
    started, died = time.monotonic(), 0
    when = sorted(chance.uniform(0.02, 0.98) * len(deliveries) for _ in range(kills))

    def deliver(event: dict[str, object]) -> None:
        """Send until one of the processes has taken it, as LINE does again."""
        for attempt in range(10_000):
            service = services[attempt % 2]
            try:
                if Platform(line, service.url, SECRET).send([event]).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)

    with ThreadPoolExecutor(8) as pool:
        for n, event in enumerate(deliveries):
            pool.submit(deliver, event)
            time.sleep(0.02)
            if when and n >= when[0]:
                when.pop(0)
                victim = services[died % 2].process
                victim.kill()
                victim.wait()
                services[died % 2] = start()
                died += 1
    line.wait_for(count, DRAIN_SECONDS)
    time.sleep(30)  # what was doubled would come now, when every lease is over
    answered = Counter(s.event for s in line.sent if s.event)
    return {
        "events": count,
        "deliveries": len(deliveries),
        "kills": died,
        "seconds": round(time.monotonic() - started),
        "by reply": sum(s.route == "reply" for s in line.sent),
        "by push": sum(s.route == "push" for s in line.sent),
        "lost": max(0, count - len(line.sent)),
        "doubled": sum(c > 1 for c in answered.values()) + max(0, len(line.sent) - count),
    }


if __name__ == "__main__":
    main()
