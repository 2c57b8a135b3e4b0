"""The SDK against the stand-in over HTTP: each call ends in time and says how."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator

import pytest

from assistant.channels.line import client
from assistant.channels.line.client import LineClient, Outcome
from assistant.channels.line.simulator.api import create_app, serving
from assistant.channels.line.simulator.standin import Mode, StandIn

TEXT = [{"type": "text", "text": "こんにちは"}]


@pytest.fixture
def line() -> StandIn:
    return StandIn("token")


@pytest.fixture
def api(line: StandIn) -> Iterator[str]:
    with serving(create_app(line)) as url:
        yield url


def test_what_is_sent_arrives_as_it_was_and_once(line: StandIn, api: str) -> None:
    sender, key = LineClient("token", api), str(uuid.uuid4())
    token = line.token_for("U1")
    assert sender.reply(token, TEXT).outcome is Outcome.ACCEPTED
    assert sender.reply(token, TEXT).outcome is Outcome.USED
    assert [sender.push("U1", TEXT, key).outcome for _ in range(2)] == [Outcome.ACCEPTED] * 2
    assert [(s.route, list(s.messages)) for s in line.sent] == [("reply", TEXT), ("push", TEXT)]
    assert sender.show_loading("U1", 7).status == 200 and line.loading == [("U1", 10)]
    assert sender.issue_link_token("U1") in line.link_tokens
    sender.link_menu("U1", "richmenu-1")
    assert line.menus == {"U1": "richmenu-1"}
    sender.unlink_menu("U1")
    assert line.menus == {}


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [
        ("busy", Outcome.BUSY),
        ("error", Outcome.UNKNOWN),
        ("lost", Outcome.UNKNOWN),
        ("down", Outcome.UNKNOWN),
        ("hang", Outcome.UNKNOWN),
        ("blocked", Outcome.REJECTED),
    ],
)
def test_every_failure_has_its_name(
    line: StandIn, api: str, mode: Mode, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT", (0.5, 0.5))
    line.mode = mode
    assert LineClient("token", api).push("U1", TEXT, str(uuid.uuid4())).outcome is outcome


def test_a_wrong_token_and_nobody_listening_are_told_apart(api: str) -> None:
    refused = LineClient("wrong", api).ask_who()
    assert (refused.outcome, refused.status) == (Outcome.REJECTED, 401)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    assert LineClient("token", nowhere).ask_who().outcome is Outcome.UNSENT
