"""A chat in the terminal: what is typed goes to the service as LINE sends it, what it answers is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpx

from assistant.channels.line.simulator.drawing import Spoken, answered, spoken
from assistant.channels.line.simulator.webhooks import Platform, user_id

WAIT_SECONDS = 30.0


def converse(
    platform: Platform, lines: Iterable[str], show: Callable[[str], None], wait: float = WAIT_SECONDS
) -> list[Spoken]:
    """Send each line as one person, show what is answered, and return the conversation.

    A line that begins with / is an event: /follow, /unfollow, /sticker.
    """
    user, turns = user_id(), list[Spoken]()
    for line in lines:
        text = line.strip()
        if not text:
            continue
        event = _event(platform, user, text)
        turns.append(spoken(text))
        before = len(platform.line.sent)
        try:
            response = platform.send([event])
        except httpx.HTTPError as error:
            show(f"（サービスに届きません: {type(error).__name__}）")
            continue
        if response.status_code != 200:
            show(f"（サービスが {response.status_code} を返しました: {response.text[:200]}）")
            continue
        if text == "/unfollow" or not platform.line.wait_for(before + 1, wait):
            show("（返事はありません）")
            continue
        for sent in platform.line.sent[before:]:
            turns.append(answered(sent.messages))
            show(f"[{sent.route}]")
            for shown in _shown(sent.messages):
                show(shown)
    return turns


def _event(platform: Platform, user: str, text: str) -> dict[str, Any]:
    if text == "/sticker":
        message = {"id": "1", "type": "sticker", "packageId": "1", "stickerId": "1"}
        return platform.event("message", user, message=message)
    if text in ("/follow", "/unfollow"):
        return platform.event(text[1:], user, reply=text == "/follow")
    return platform.text(user, text)


def _shown(messages: Iterable[dict[str, Any]]) -> Iterator[str]:
    for message in messages:
        if message["type"] == "text":
            yield message["text"]
            continue
        contents = message["contents"]
        for bubble in contents.get("contents", [contents]) if contents["type"] == "carousel" else [contents]:
            yield "  ┌ " + "\n  │ ".join(_words(bubble))
        quick = message.get("quickReply", {}).get("items", [])
        if quick:
            yield "  " + " ".join(f"（{item['action']['label']}）" for item in quick)


def _words(component: Any) -> Iterator[str]:
    """Give the texts and buttons of a component, in their order."""
    if not isinstance(component, dict):
        return
    if component.get("type") == "text":
        yield component["text"]
    elif component.get("type") == "button":
        yield f"[{component['action']['label']}]"
    for part in ("header", "hero", "body", "footer"):
        yield from _words(component.get(part))
    for inner in component.get("contents") or ():
        yield from _words(inner)
