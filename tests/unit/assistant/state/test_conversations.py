"""Conversations: what is remembered, for how long, and that no id can be taken over."""

from __future__ import annotations

import threading

import pytest

from assistant.messages import Exchange
from assistant.state import conversations
from assistant.state.conversations import IDLE_SECONDS, TURNS, Conversations


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def exchange(text: str) -> Exchange:
    return Exchange(question=text, standalone=text)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(clock: Clock) -> Conversations:
    return Conversations(clock)


def test_a_new_conversation_has_a_new_id_and_no_past(kept: Conversations) -> None:
    ids = {kept.open(None)[0] for _ in range(200)}
    assert len(ids) == 200
    assert all(len(i) >= 22 for i in ids)


@pytest.mark.parametrize("made_up", ["", "1", "../etc", "x" * 128, "\ud800"])
def test_an_unknown_id_is_never_taken_over(kept: Conversations, made_up: str) -> None:
    given, past = kept.open(made_up)
    assert given != made_up and past == ()


def test_the_exchanges_come_back_in_order(kept: Conversations) -> None:
    identity, _ = kept.open(None)
    for text in ("一", "二", "三"):
        kept.add(identity, exchange(text))
    same, past = kept.open(identity)
    assert same == identity
    assert [e.question for e in past] == ["一", "二", "三"]


def test_one_conversation_does_not_see_another(kept: Conversations) -> None:
    first, second = kept.open(None)[0], kept.open(None)[0]
    kept.add(first, exchange("ひとりめ"))
    kept.add(second, exchange("ふたりめ"))
    assert [e.question for e in kept.open(first)[1]] == ["ひとりめ"]
    assert [e.question for e in kept.open(second)[1]] == ["ふたりめ"]


def test_only_the_last_turns_are_kept(kept: Conversations) -> None:
    identity, _ = kept.open(None)
    for n in range(TURNS + 5):
        kept.add(identity, exchange(str(n)))
    assert [e.question for e in kept.open(identity)[1]] == [str(n) for n in range(5, TURNS + 5)]


def test_an_idle_conversation_is_forgotten(kept: Conversations, clock: Clock) -> None:
    identity, _ = kept.open(None)
    kept.add(identity, exchange("前"))
    clock.now += IDLE_SECONDS - 1
    assert kept.open(identity)[0] == identity
    clock.now += 2
    renewed, past = kept.open(identity)
    assert renewed != identity and past == ()


def test_a_conversation_in_use_is_not_forgotten(kept: Conversations, clock: Clock) -> None:
    busy, idle = kept.open(None)[0], kept.open(None)[0]
    kept.add(busy, exchange("はじめ"))
    kept.add(idle, exchange("はじめ"))
    for _ in range(5):
        clock.now += IDLE_SECONDS * 0.6
        kept.add(busy, exchange("つづき"))
    assert kept.open(busy)[0] == busy
    assert kept.open(idle)[0] != idle


def test_the_oldest_conversation_is_forgotten_beyond_the_limit(
    kept: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "MOST", 3)
    ids = [kept.open(None)[0] for _ in range(4)]
    for identity in ids:
        kept.add(identity, exchange("問"))
    assert [kept.open(i)[0] == i for i in ids] == [False, True, True, True]


def test_several_threads_may_use_it(kept: Conversations) -> None:
    identity, _ = kept.open(None)

    def talk() -> None:
        for n in range(200):
            kept.add(identity, exchange(str(n)))
            kept.open(identity)

    threads = [threading.Thread(target=talk) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept.open(identity)[1]) == TURNS
