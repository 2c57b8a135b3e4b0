"""LINE's webhooks as they are read: additions change nothing, what is no webhook is said."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.line.chat import command_of, looks_internal
from assistant.channels.line.events import Malformed, events_of
from assistant.channels.line.keys import Keys, is_signed, signature_of
from assistant.channels.line.linking import code_of
from assistant.channels.line.worker import incoming_of
from assistant.state.secret import Secret

BASE: dict[str, Any] = {
    "type": "message",
    "webhookEventId": "01HX",
    "deliveryContext": {"isRedelivery": False},
    "timestamp": 1,
    "mode": "active",
    "source": {"type": "user", "userId": "U1"},
    "replyToken": "t",
    "message": {"id": "9", "type": "text", "quoteToken": "q", "text": "目標は？"},
}
KEYS = Keys(Secret(b"s" * 32))


def body(*events: object) -> bytes:
    return json.dumps({"destination": "Ub", "events": list(events)}).encode()


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in BASE.items() if key != name}


def test_an_event_is_read() -> None:
    [event] = events_of(body(BASE))
    assert event.message and event.message.text == "目標は？"
    assert event.source.alone and event.reply_token == "t"


def test_the_consoles_verification_has_no_events() -> None:
    assert events_of(body()) == ()


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"{", b"[]", b"{}", b"null", b'{"events": {}}', b"[" * 100_000, b"\xff\xfe"),
        *(body(without("deliveryContext")), body(without("webhookEventId")), body(without("type"))),
        *(body(None), body([]), body("x"), body({**BASE, "webhookEventId": "x" * 65})),
    ],
)
def test_what_is_no_webhook_is_said(raw: bytes) -> None:
    with pytest.raises(Malformed):
        events_of(raw)


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "something new", "more": [1]},
        {"message": {"id": "9", "type": "hologram", "shape": {}}},
        {"source": {"type": "planet", "planetId": "P1"}},
        {"message": {"id": "9", "type": "text", "text": "？"}},
        {"message": {"id": 9, "type": ["text"]}},
        {"source": None},
        {"timestamp": "soon"},
    ],
)
def test_what_line_may_add_is_no_fault(changed: dict[str, Any]) -> None:
    [event] = events_of(body({**BASE, **changed}))
    assert event.webhook_event_id == "01HX"


@given(more=st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=8), max_size=4))
def test_members_that_line_adds_at_any_level_change_nothing(more: dict[str, Any]) -> None:
    added = {f"x{key}": value for key, value in more.items()}
    parts = {name: {**added, **BASE[name]} for name in ("source", "message", "deliveryContext")}
    assert events_of(body({**added, **BASE, **parts})) == events_of(body(BASE))


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    name=st.sampled_from(sorted(BASE)),
)
def test_no_value_anywhere_is_more_than_malformed(value: Any, name: str) -> None:
    with contextlib.suppress(Malformed):
        events_of(body({**BASE, name: value}))


def test_a_signature_is_over_the_very_bytes() -> None:
    raw = '{"events": [],  "destination": "é"}'.encode()
    assert is_signed("secret", raw, signature_of("secret", raw))
    assert not is_signed("secret", json.dumps(json.loads(raw)).encode(), signature_of("secret", raw))


@pytest.mark.parametrize("given_", [None, "", "AAAA", "あ", "\udc80", "=" * 5000])
def test_any_other_signature_is_refused(given_: str | None) -> None:
    assert not is_signed("secret", b"{}", given_)


def test_what_is_stored_says_neither_who_nor_what() -> None:
    person = "U" + 16 * "1f"
    [event] = events_of(body({**BASE, "source": {"type": "user", "userId": person}}))
    stored = incoming_of(event, KEYS)
    assert person not in repr(stored) and "目標" not in repr(stored)
    assert KEYS.open(stored.payload)["message"]["text"] == "目標は？"


def test_standby_and_unknown_events_ask_for_nothing() -> None:
    for changed in ({"mode": "standby"}, {"type": "videoPlayComplete"}):
        [event] = events_of(body({**BASE, **changed}))
        assert incoming_of(event, KEYS).payload is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ABCD-EFGH-JK23", "ABCDEFGHJK23"),
        (" ａｂｃｄ－efgh－jk23 ", "ABCDEFGHJK23"),
        ("ABCDEFGHJK23", "ABCDEFGHJK23"),
        ("ABCD EFGH JKLM", "ABCDEFGHJKLM"),
        ("REGISTRATION", None),
        ("コードは ABCD-EFGH-JK23", None),
        ("2026年度の目標は？", None),
    ],
)
def test_a_code_is_known_however_it_is_typed(text: str, code: str | None) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize(
    ("text", "command"),
    [("解除", "unlink"), ("解 除。", "unlink"), ("出典だけ", "sources"), ("解除の条件は？", None)],
)
def test_a_command_is_a_whole_message(text: str, command: str | None) -> None:
    assert command_of(text) == command


@pytest.mark.parametrize(
    "text",
    [
        "人事異動の内示はいつ？",
        "未公表の予算の件ですが",
        "田中課長の評価を教えて",
        "山田さんの住所は？",
        "入札前の予定価格は？",
        "滞納者の名簿をください",
    ],
)
def test_what_looks_internal_is_known(text: str) -> None:
    assert looks_internal(text)


@pytest.mark.parametrize(
    "text",
    [
        "スマホ教室の目標は？",
        "デジタル人材の育成の担当課は？",
        "CIOの役割は？",
        "公開型GISの整備はいつ？",
        "職員研修の目標値は？",
        "市民の満足度の基準値は？",
        "オープンデータの公開件数は？",
        "人事担当部門の役割は？",
    ],
)
def test_questions_about_plans_are_not_taken_for_internal_ones(text: str) -> None:
    assert not looks_internal(text)
