"""The LINE channel put together: the queue, who answers, who sends, and the workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.channels.line.asking import Asking, Service
from assistant.channels.line.chat import Chat
from assistant.channels.line.client import LineClient, Outcome
from assistant.channels.line.delivery import Delivery
from assistant.channels.line.keys import Keys
from assistant.channels.line.linking import WRONG_CODE, Linking
from assistant.channels.line.worker import Desk, Pace, Workers
from assistant.state.database import Database
from assistant.state.line_inbox import Clock, Inbox, now
from assistant.state.line_outbox import Outbox
from assistant.state.line_traces import Traces
from assistant.state.pause import Pause
from assistant.state.secret import Secret
from assistant.state.state import State

WORKERS = 2


@dataclass(frozen=True, slots=True)
class LineChannel:
    """What the webhook and the service's start and stop need."""

    channel_secret: str
    desk: Desk
    workers: Workers


@dataclass(frozen=True, slots=True)
class Account:
    """The official account, as the settings name it."""

    channel_secret: str
    access_token: str
    api_url: str | None = None
    address: str | None = None
    """Where the service's pages are reached from outside."""
    staff_menu: str | None = None
    workers: int = WORKERS


def open_channel(
    account: Account,
    service_now: Callable[[], Service],
    state: State,
    secret: Secret,
    paused: Callable[[], Pause | None],
    pace: Pace | None = None,
    clock: Clock = now,
) -> LineChannel:
    """Return the channel, its workers not yet started."""
    keys = Keys(secret)
    inbox, outbox = Inbox(state.database, clock), Outbox(state.database, clock)
    traces = Traces(state)
    line = LineClient(account.access_token, account.api_url)
    asking = Asking(
        service_now=service_now,
        inbox=inbox,
        keys=keys,
        member=state.staff.by_person,
        cited=traces.cited,
        address=account.address,
    )
    linking = Linking(
        state.staff,
        line,
        keys,
        lambda person, within: inbox.noted(person, WRONG_CODE, within),
        account.address,
        account.staff_menu,
    )
    chat = Chat(
        asking=asking,
        linking=linking,
        inbox=inbox,
        keys=keys,
        traces=traces,
        loading=line.show_loading,
        names=lambda: names_of(service_now()),
        paused=paused,
    )
    delivery = Delivery(outbox, line, keys, clock)
    desk = Desk(inbox, outbox, chat, delivery, keys, pace or Pace())
    return LineChannel(account.channel_secret, desk, Workers(desk, account.workers))


def report(account: Account, database: Database) -> str:
    """Return how the channel is; RuntimeError where LINE does not take its access token."""
    told = LineClient(account.access_token, account.api_url).ask_who()
    if told.outcome is not Outcome.ACCEPTED:
        raise RuntimeError(
            f"LINEのAPIに断られました（{told.status or told.message}）。"
            "PLAN_ASSISTANT_LINE_CHANNEL_ACCESS_TOKEN と外への通信を確かめてください"
        )
    outbox = Outbox(database, now)
    counts = outbox.counts()
    waiting = sum(n for name, n in counts.items() if name.endswith(" waiting"))
    faults = "、".join(f"{f.when:%m-%d %H:%M} {f.error}" for f in outbox.faults())
    said = f"つながります。待ち {waiting}件、断られた返事 {counts.get('outbox dead', 0)}件"
    link = "" if account.address else "。PLAN_ASSISTANT_PUBLIC_URL がないため原文へのリンクは付きません"
    return f"{said}{f'（{faults}）' if faults else ''}{link}"


def names_of(service: Service) -> str:
    """Return the municipalities as a sentence names them."""
    names: Sequence[str] = [h.plan.municipality.name for h in service.library.holdings]
    return "・".join(names)
