"""Every event answered once: replays, lost replies, LINE down, unsent, workers dead."""

from __future__ import annotations

import datetime
import json
import random
import secrets
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from assistant.channels.line.chat import Said
from assistant.channels.line.client import Outcome, Result
from assistant.channels.line.delivery import Delivery
from assistant.channels.line.keys import Keys, signature_of
from assistant.channels.line.simulator.standin import Said as Told
from assistant.channels.line.simulator.standin import StandIn
from assistant.channels.line.simulator.webhooks import PATH, user_id
from assistant.channels.line.worker import Desk, Pace
from assistant.state.database import Database
from assistant.state.line_inbox import Inbox
from assistant.state.line_outbox import Outbox
from assistant.state.secret import Secret
from assistant.state.tables import AnswerRow, InboxRow, OutboxRow, TurnRow
from tests.integration.line.conftest import SECRET, Office, Opened, words_of

START = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime.datetime:
        return self.moment

    def pass_(self, seconds: float) -> None:
        self.moment += datetime.timedelta(seconds=seconds)

    def seconds(self) -> float:
        return (self.moment - START).total_seconds()


class Echo:
    """Answer every message with its own text; `slow` lets time pass meanwhile, `dies` ends the worker."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.slow, self.dies, self.erased = clock, 0.0, lambda: False, list[str]()

    def handle(self, event: Any, job: Any) -> Said:
        if self.dies():
            raise Died
        self.clock.pass_(self.slow)
        if event.type == "unsend":
            self.erase(event, event.unsend.message_id)
            return Said()
        text = event.message.text if event.message else event.type
        return Said(({"type": "text", "text": text},), (f"m-{text}"[:16],))

    def erase(self, event: Any, message_id: str, *answers: str) -> bool:
        self.erased += [message_id, *self.desk.inbox.erase(message_id), *answers]
        return True

    desk: Desk


class Died(BaseException):
    """The worker is gone, as after kill -9: nothing after this point was done."""


class Wire:
    """The stand-in's rules, called without HTTP; `dies` ends the worker after LINE took what was sent."""

    def __init__(self, line: StandIn) -> None:
        self.line, self.dies = line, lambda: False

    def reply(self, token: str, messages: Sequence[dict[str, Any]]) -> Result:
        return self._sent(lambda: self.line.reply({"replyToken": token, "messages": list(messages)}, None))

    def push(self, to: str, messages: Sequence[dict[str, Any]], retry_key: str) -> Result:
        return self._sent(lambda: self.line.push({"to": to, "messages": list(messages)}, retry_key))

    def _sent(self, send: Any) -> Result:
        if self.line.mode == "down":
            return Result(Outcome.UNSENT)
        if self.line.mode == "error":
            return Result(Outcome.UNKNOWN, 500)
        if self.line.mode == "busy":
            return Result(Outcome.BUSY, 429)
        told: Told = send()
        if self.dies():
            raise Died
        if self.line.mode == "lost":
            return Result(Outcome.UNKNOWN, 500)
        if told.status in (200, 409):
            return Result(Outcome.ACCEPTED, told.status)
        used = "reply token" in told.body["message"]
        return Result(Outcome.USED if used else Outcome.REJECTED, told.status, None, told.body["message"])


class Bench:
    """The queue and its workers over a database, with a clock set by hand."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock()
        self.line = StandIn(clock=self.clock.seconds)
        self.wire, self.echo = Wire(self.line), Echo(self.clock)
        self.keys = Keys(Secret(b"s" * 32))
        inbox, outbox = Inbox(database, self.clock), Outbox(database, self.clock)
        delivery = Delivery(outbox, self.wire, self.keys, self.clock, lambda: 0.0)
        self.desk = Desk(inbox, outbox, self.echo, delivery, self.keys, Pace(lease=20))  # type: ignore[arg-type]
        self.echo.desk = self.desk
        self.database = database

    def event(self, text: str, user: str = "U1", **more: Any) -> dict[str, Any]:
        identity = secrets.token_hex(8)
        return {
            "type": "message",
            "webhookEventId": identity,
            "deliveryContext": {"isRedelivery": False},
            "source": {"type": "user", "userId": user},
            "replyToken": self.line.token_for(user, identity),
            "message": {"id": f"id-{text}", "type": "text", "text": text},
            **more,
        }

    def take(self, *events: dict[str, Any]) -> int:
        from assistant.channels.line.events import events_of

        return self.desk.take(events_of(json.dumps({"events": events}).encode()))

    def work(self, owner: str = "w", steps: int = 1_000) -> int:
        """Work until there is nothing to do now; return how much there was."""
        for done in range(steps):
            if not self.desk.work_once(owner):
                return done
        return steps

    def texts(self) -> list[str]:
        return [m["text"] for s in self.line.sent for m in s.messages]


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database)


def test_an_event_sent_ten_times_at_once_is_answered_once(bench: Bench) -> None:
    event = bench.event("一度")
    again = {**event, "deliveryContext": {"isRedelivery": True}}
    with ThreadPoolExecutor(10) as pool:
        stored = list(pool.map(lambda e: bench.take(e), [event, again] * 5))
    assert sum(stored) == 1
    bench.work()
    bench.take(again)
    bench.work()
    assert bench.texts() == ["一度"]


def test_a_redelivery_whose_first_try_never_came_is_answered(bench: Bench) -> None:
    bench.take(bench.event("二度目", deliveryContext={"isRedelivery": True}))
    bench.work()
    assert bench.texts() == ["二度目"]


def test_a_persons_messages_are_answered_in_their_order(bench: Bench) -> None:
    bench.take(*(bench.event(str(n)) for n in range(5)), bench.event("other", "U2"))
    first = bench.desk.inbox.claim("a", bench.desk.lease)
    second = bench.desk.inbox.claim("b", bench.desk.lease)
    assert first and second and first.person != second.person
    assert bench.desk.inbox.claim("c", bench.desk.lease) is None
    bench.clock.pass_(21)
    bench.work()
    assert [t for t in bench.texts() if t != "other"] == ["0", "1", "2", "3", "4"]


def test_an_answer_that_takes_longer_than_the_token_lives_is_pushed_once(bench: Bench) -> None:
    bench.echo.slow = 55
    bench.take(bench.event("遅い"))
    bench.work()
    assert [(s.route, s.to) for s in bench.line.sent] == [("push", "U1")]


def test_a_token_that_line_no_longer_takes_leads_to_one_push(bench: Bench) -> None:
    event = bench.event("期限切れ")
    bench.line._tokens.clear()
    bench.take(event)
    bench.work()
    assert [s.route for s in bench.line.sent] == ["push"]


def test_a_reply_that_was_taken_and_not_confirmed_is_not_sent_again(bench: Bench) -> None:
    bench.line.mode = "lost"
    bench.take(bench.event("届いた"))
    bench.work()
    bench.line.mode = "up"
    bench.clock.pass_(30)
    bench.work()
    assert bench.texts() == ["届いた"]
    assert bench.desk.outbox.counts() == {"inbox done": 1, "outbox accepted": 1}


def test_a_push_that_was_taken_and_not_confirmed_counts_once(bench: Bench) -> None:
    bench.echo.slow = 55
    bench.line.mode = "lost"
    bench.take(bench.event("押した"))
    for _ in range(6):
        bench.work()
        bench.clock.pass_(70)
    bench.line.mode = "up"
    bench.work()
    assert bench.texts() == ["押した"]
    assert bench.desk.outbox.counts()["outbox accepted"] == 1


@pytest.mark.parametrize("mode", ["down", "busy", "error"])
def test_line_away_for_five_minutes_loses_nothing_and_doubles_nothing(bench: Bench, mode: Any) -> None:
    bench.line.mode = mode
    bench.take(*(bench.event(f"{n}", f"U{n}") for n in range(5)))
    for _ in range(30):
        bench.work()
        bench.clock.pass_(10)
    assert bench.texts() == []
    with bench.database.read() as session:
        tries = session.scalars(select(OutboxRow.attempts)).all()
    assert max(tries) <= 15  # so seldom is it tried in five minutes
    bench.line.mode = "up"
    bench.clock.pass_(61)
    bench.work()
    assert sorted(bench.texts()) == ["0", "1", "2", "3", "4"]
    assert {s.route for s in bench.line.sent} == {"push"}


def test_what_is_tried_for_an_hour_is_given_up_and_told(bench: Bench) -> None:
    bench.line.mode = "down"
    bench.take(bench.event("むだ"))
    for _ in range(14):
        bench.work()
        bench.clock.pass_(300)
    assert bench.desk.outbox.counts()["outbox dead"] == 1
    [fault] = bench.desk.outbox.faults()
    assert fault.error.startswith("given up: unsent")


def test_a_push_that_line_refuses_is_kept_as_a_fault_without_its_text(bench: Bench) -> None:
    bench.echo.slow = 55
    bench.line.push = lambda body, key: Told(400, {"message": "Failed to send messages"})  # type: ignore[method-assign]
    bench.take(bench.event("届かない"))
    bench.work()
    [fault] = bench.desk.outbox.faults()
    assert fault.error == "rejected 400 Failed to send messages"
    with bench.database.read() as session:
        assert session.scalars(select(OutboxRow.payload)).all() == [None]


def test_a_group_that_does_not_say_who_asks_is_never_pushed_to(bench: Bench) -> None:
    bench.echo.slow = 55
    bench.take(bench.event("だれ？", source={"type": "group", "groupId": "C1"}))
    bench.work()
    assert bench.line.sent == []


@pytest.mark.parametrize(
    "when", ["before the message", "before the answer", "during the answer", "before it is sent"]
)
def test_an_unsent_message_is_not_answered(bench: Bench, when: str) -> None:
    message = bench.event("取消")
    unsend = bench.event("", message=None, type="unsend", unsend={"messageId": "id-取消"}, replyToken=None)
    if when == "before the message":
        bench.take(unsend)
        bench.work()
        bench.take(message)
    elif when == "before the answer":
        bench.take(message)
        bench.take(unsend)
    elif when == "during the answer":
        bench.take(message)
        job = bench.desk.inbox.claim("w", bench.desk.lease)
        assert job
        bench.take(unsend)
        sending = bench.desk._answer(job, "w")
        assert sending is None and "id-取消" in bench.echo.erased
    else:
        bench.line.mode = "down"
        bench.take(message)
        bench.work()
        bench.take(unsend)
        bench.work()
        bench.line.mode = "up"
        bench.clock.pass_(70)
    bench.work()
    assert bench.texts() == []
    with bench.database.read() as session:
        assert set(session.scalars(select(InboxRow.payload))) == {None}
        assert set(session.scalars(select(OutboxRow.payload))) <= {None}


def test_an_unsent_message_that_was_answered_is_erased_everywhere(opening: Opened, database_url: str) -> None:
    with opening(database_url) as office:
        user = user_id()
        event = office.platform.text(user, "移動図書室ひみつまるの担当課は？")
        office.platform.send([event])
        office.drained()
        unsend = office.platform.event(
            "unsend", user, reply=False, unsend={"messageId": event["message"]["id"]}
        )
        office.platform.send([unsend])
        office.drained()
        with office.state.database.read() as session:
            assert session.scalars(select(TurnRow)).all() == []
            assert set(session.scalars(select(AnswerRow.question))) == {None}
            kept = repr(
                [r.__dict__ for t in (InboxRow, OutboxRow, AnswerRow) for r in session.scalars(select(t))]
            )
    assert "ひみつまる" not in kept and user not in kept


def kill_and_repeat(bench: Bench, count: int, seed: int) -> Counter[str]:
    """Send events in a random order with repeats, let workers die at any moment; count what came."""
    chance = random.Random(seed)
    events = [bench.event(f"{n}", f"U{n % 97}") for n in range(count)]
    deliveries = [e for e in events for _ in range(chance.choice((1, 1, 2, 3)))]
    chance.shuffle(deliveries)
    bench.echo.dies = lambda: chance.random() < 0.05
    bench.wire.dies = lambda: chance.random() < 0.05
    life = 0
    while deliveries:
        bench.take(*(deliveries.pop() for _ in range(min(len(deliveries), chance.randint(1, 10)))))
        for _ in range(chance.randint(1, 12)):
            try:
                bench.desk.work_once(f"life {life}")
            except Died:
                life += 1
                bench.clock.pass_(chance.choice((0, 0, 21)))
    bench.echo.dies = bench.wire.dies = lambda: False
    for _ in range(8):
        bench.clock.pass_(21)
        bench.work(f"life {life + 1}")
    assert life > 0
    return Counter(bench.texts())


def test_whatever_dies_and_whatever_repeats_every_event_is_answered_once(bench: Bench) -> None:
    assert kill_and_repeat(bench, 60, 1) == Counter({f"{n}": 1 for n in range(60)})


def test_two_processes_share_the_queue_and_answer_each_event_once(opening: Opened, database_url: str) -> None:
    with opening(database_url) as one, opening(database_url, one.line) as two:
        events = [one.platform.text(user_id(), "みなとポイントの目標は？") for _ in range(12)]
        with ThreadPoolExecutor(4) as pool:
            pool.map(lambda e: one.platform.send([e]), events)
            pool.map(lambda e: two.platform.send([e]), events)
        assert one.line.wait_for(12, 90)
        one.drained()
        assert Counter(s.event for s in one.line.sent) == Counter(e["webhookEventId"] for e in events)


def test_only_what_line_signed_is_taken(sqlite_office: Office) -> None:
    office = sqlite_office
    url = office.platform._url
    assert url.endswith(PATH)
    body, headers = office.platform.signed([office.platform.text(user_id(), "目標は？")])
    signature = headers["x-line-signature"]
    forged: list[tuple[bytes, dict[str, Any]]] = [
        (body, {}),
        (body, {"x-line-signature": ""}),
        (body, {"x-line-signature": "AAAA"}),
        (body, {"x-line-signature": signature_of("another secret", body)}),
        (json.dumps(json.loads(body)).encode(), {"x-line-signature": signature}),
        (body + b" ", {"x-line-signature": signature}),
        (b"\xff\xfe", {"x-line-signature": signature}),
        (body, {"x-line-signature": "署名".encode()}),
    ]
    for raw, given in forged:
        response = httpx.post(url, content=raw, headers=given)
        assert response.status_code == 400 and signature not in response.text
    assert office.app.state.line.desk.outbox.counts() == {}
    assert httpx.post(url, content=body, headers={"X-LINE-SIGNATURE": signature}).status_code == 200
    for raw in (b"{}", b"[]", b'{"events": 3}', b"\xff"):
        assert (
            httpx.post(url, content=raw, headers={"x-line-signature": signature_of(SECRET, raw)}).status_code
            == 400
        )
    empty = b'{"destination": "Ubot", "events": []}'
    assert httpx.post(
        url, content=empty, headers={"x-line-signature": signature_of(SECRET, empty)}
    ).is_success


def test_duties_follow_unfollow_stickers_groups(sqlite_office: Office) -> None:
    office, user = sqlite_office, user_id()

    def send(*events: dict[str, Any]) -> str:
        before = len(office.line.sent)
        assert office.platform.send(list(events)).status_code == 200
        office.drained()
        return words_of(*office.line.sent[before:])

    assert "人ではありません" in send(office.platform.event("follow", user))
    sticker = {"id": "1", "type": "sticker", "packageId": "1", "stickerId": "1"}
    assert "文字で送られた質問" in send(office.platform.event("message", user, message=sticker))
    office.invite(user, "山田")
    assert send(office.platform.event("unfollow", user, reply=False)) == ""
    assert office.state.staff.by_person(office.app.state.line.desk.keys.person(user)) is None
    group = {"type": "group", "groupId": "C1", "userId": user}
    assert send(office.platform.text(user, "目標は？", source=group)) == ""
    mention = {"mentionees": [{"index": 0, "length": 3, "type": "user", "isSelf": True}]}
    called = {"id": "2", "type": "text", "text": "@市 みなとポイントの目標は？", "mention": mention}
    assert "2,800人" in send(office.platform.event("message", user, source=group, message=called))
    assert send(office.platform.text(user, "目標は？", mode="standby")) == ""


def test_a_service_without_an_account_says_so(sqlite_office: Office) -> None:
    office = sqlite_office
    office.app.state.line, kept = None, office.app.state.line
    try:
        body, headers = office.platform.signed([])
        assert httpx.post(office.platform._url, content=body, headers=headers).status_code == 404
    finally:
        office.app.state.line = kept
