"""The stand-in refuses what LINE refuses: used tokens, repeated keys, what is over the limits."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from assistant.channels.line.simulator.rules import faults_of
from assistant.channels.line.simulator.standin import StandIn

TEXT = {"type": "text", "text": "こんにちは"}


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line(clock: Clock) -> StandIn:
    return StandIn(clock=clock)


def reply(line: StandIn, token: str, key: str | None = None) -> int:
    return line.reply({"replyToken": token, "messages": [TEXT]}, key).status


def test_a_token_works_once_and_for_a_minute(line: StandIn, clock: Clock) -> None:
    first, second = line.token_for("U1"), line.token_for("U1")
    assert [reply(line, first), reply(line, first), reply(line, "made up")] == [200, 400, 400]
    clock.seconds = 61
    assert reply(line, second) == 400
    assert [s.route for s in line.sent] == ["reply"]


def test_a_retry_key_is_for_pushes_and_counts_once(line: StandIn) -> None:
    key = str(uuid.uuid4())
    assert reply(line, line.token_for("U1"), key) == 400
    push = {"to": "U1", "messages": [TEXT]}
    assert [line.push(push, key).status for _ in range(3)] == [200, 409, 409]
    assert line.push(push, "no uuid").status == 400
    assert len(line.sent) == 1


def test_too_many_requests_a_second_are_refused(clock: Clock) -> None:
    line = StandIn(clock=clock, a_second=3)
    assert [line.is_over_limit() for _ in range(5)] == [False, False, False, True, True]
    clock.seconds = 1.1
    assert not line.is_over_limit()


@pytest.mark.parametrize("seconds", [0, 4, 7, 61, "5", None])
def test_a_loading_animation_is_in_steps_of_five(line: StandIn, seconds: Any) -> None:
    assert line.show_loading({"chatId": "U1", "loadingSeconds": seconds}).status == 400
    assert line.show_loading({"chatId": "C1", "loadingSeconds": 5}).status == 400
    assert line.show_loading({"chatId": "U1", "loadingSeconds": 60}).status == 202


def flex(contents: Any, alt: str = "alt") -> dict[str, Any]:
    return {"type": "flex", "altText": alt, "contents": contents}


def bubble(*contents: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "contents": list(contents)},
        **more,
    }


def quick(label: str, text: str, count: int = 1) -> dict[str, Any]:
    item = {"type": "action", "action": {"type": "message", "label": label, "text": text}}
    return {**TEXT, "quickReply": {"items": [item] * count}}


@pytest.mark.parametrize(
    "messages",
    [
        *(None, [], [TEXT] * 6, ["text"], [{"type": "hologram"}], [{"type": "text", "text": ""}]),
        *([{"type": "text", "text": "𠮷" * 2_501}], [flex(bubble(), alt="")], [flex({"type": "box"})]),
        *([quick("あ" * 21, "x")], [quick("x", "あ" * 301)], [quick("x", "x", 14)]),
        [flex({"type": "carousel", "contents": [bubble()] * 13})],
        [flex({"type": "carousel", "contents": [bubble(), bubble(size="kilo")]})],
        [flex(bubble({"type": "text", "text": "あ" * 12_000}))],
        [flex(bubble({"type": "text", "text": "x", "size": "huge"}))],
        [flex(bubble({"type": "button", "action": {"type": "uri", "label": "x", "uri": "javascript:x"}}))],
        [
            flex(
                bubble({"type": "button", "action": {"type": "clipboard", "label": "x", "clipboardText": ""}})
            )
        ],
    ],
)
def test_what_line_would_not_take_is_told(messages: Any) -> None:
    assert faults_of(messages)


def test_what_line_takes_is_taken() -> None:
    assert faults_of([{"type": "text", "text": "𠮷" * 2_500}, quick("あ" * 20, "あ" * 300, 13)]) == []
