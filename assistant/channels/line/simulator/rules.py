"""What LINE's API says of messages it will not take: its documented limits, on the JSON that arrives."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from assistant.channels.line.text import graphemes, units

MOST_MESSAGES, MOST_QUICK_REPLIES, MOST_BUBBLES = 5, 13, 12
LONGEST_TEXT, LONGEST_ALT, LONGEST_CLIP, LONGEST_URI = 5_000, 1_500, 1_000, 1_000
LONGEST_LABEL, LONGEST_ACTION_TEXT = 20, 300
LARGEST_BUBBLE, LARGEST_CAROUSEL = 30_000, 50_000
SIZES = {"xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl"}
BUBBLE_SIZES = {"nano", "micro", "deca", "hecto", "kilo", "mega", "giga"}
BUBBLE_PARTS = ("header", "hero", "body", "footer")

Fault = tuple[str, str]
"""Where in the request, and what is wrong there."""


def faults_of(messages: Any) -> list[Fault]:
    """Return what LINE would not take of the messages of a request."""
    if not isinstance(messages, list) or not 1 <= len(messages) <= MOST_MESSAGES:
        return [("messages", f"Size must be between 1 and {MOST_MESSAGES}")]
    return [fault for n, message in enumerate(messages) for fault in _message(f"messages[{n}]", message)]


def _message(at: str, message: Any) -> Iterator[Fault]:
    if not isinstance(message, dict):
        yield at, "must be an object"
        return
    match message.get("type"):
        case "text":
            yield from _sized(f"{at}.text", message.get("text"), 1, LONGEST_TEXT, units)
        case "flex":
            yield from _sized(f"{at}.altText", message.get("altText"), 1, LONGEST_ALT, units)
            yield from _container(f"{at}.contents", message.get("contents"))
        case other:
            yield f"{at}.type", f"unknown type {other!r}"
    if "quickReply" in message:
        yield from _quick(f"{at}.quickReply.items", message["quickReply"].get("items"))


def _quick(at: str, items: Any) -> Iterator[Fault]:
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_QUICK_REPLIES:
        yield at, f"Size must be between 1 and {MOST_QUICK_REPLIES}"
        return
    for n, item in enumerate(items):
        yield from _action(f"{at}[{n}].action", item.get("action"))


def _action(at: str, action: Any) -> Iterator[Fault]:
    if not isinstance(action, dict):
        yield at, "must be an object"
        return
    yield from _sized(f"{at}.label", action.get("label"), 1, LONGEST_LABEL, lambda t: len(graphemes(t)))
    match action.get("type"):
        case "message":
            length: Callable[[str], int] = lambda t: len(graphemes(t))  # noqa: E731
            yield from _sized(f"{at}.text", action.get("text"), 1, LONGEST_ACTION_TEXT, length)
        case "uri":
            uri = action.get("uri")
            yield from _sized(f"{at}.uri", uri, 1, LONGEST_URI, len)
            if isinstance(uri, str) and urlsplit(uri).scheme not in ("http", "https", "tel", "line"):
                yield f"{at}.uri", "invalid uri scheme"
        case "clipboard":
            yield from _sized(f"{at}.clipboardText", action.get("clipboardText"), 1, LONGEST_CLIP, units)
        case other:
            yield f"{at}.type", f"unknown action {other!r}"


def _container(at: str, contents: Any) -> Iterator[Fault]:
    kind = contents.get("type") if isinstance(contents, dict) else None
    if kind == "bubble":
        yield from _bubble(at, contents)
        return
    bubbles = contents.get("contents") if kind == "carousel" else None
    if not isinstance(bubbles, list) or not 1 <= len(bubbles) <= MOST_BUBBLES:
        yield at, f"a bubble, or a carousel of 1 to {MOST_BUBBLES}"
        return
    if _bytes(contents) > LARGEST_CAROUSEL:
        yield at, "carousel too large"
    if len({bubble.get("size", "mega") for bubble in bubbles if isinstance(bubble, dict)}) > 1:
        yield at, "bubbles of a carousel must be of one size"
    for n, bubble in enumerate(bubbles):
        yield from _bubble(f"{at}.contents[{n}]", bubble)


def _bubble(at: str, bubble: Any) -> Iterator[Fault]:
    if not isinstance(bubble, dict) or bubble.get("type") != "bubble":
        yield at, "must be a bubble"
        return
    if bubble.get("size", "mega") not in BUBBLE_SIZES:
        yield f"{at}.size", "unknown size"
    if _bytes(bubble) > LARGEST_BUBBLE:
        yield at, "bubble too large"
    for part in BUBBLE_PARTS:
        if part in bubble:
            yield from _component(f"{at}.{part}", bubble[part])


def _component(at: str, component: Any) -> Iterator[Fault]:
    if not isinstance(component, dict):
        yield at, "must be an object"
        return
    match component.get("type"):
        case "box":
            if component.get("layout") not in ("horizontal", "vertical", "baseline"):
                yield f"{at}.layout", "unknown layout"
            if not isinstance(component.get("contents"), list):
                yield f"{at}.contents", "must be a list"
                return
            for n, inner in enumerate(component["contents"]):
                yield from _component(f"{at}.contents[{n}]", inner)
        case "text":
            yield from _sized(f"{at}.text", component.get("text"), 1, 2_000, units)
            if component.get("size", "md") not in SIZES:
                yield f"{at}.size", "unknown size"
        case "button":
            yield from _action(f"{at}.action", component.get("action"))
        case "separator" | "filler":
            pass
        case other:
            yield f"{at}.type", f"unknown component {other!r}"


def _sized(at: str, value: Any, least: int, most: int, length: Callable[[str], int]) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield at, "must be a string"
    elif not least <= length(value) <= most:
        yield at, f"Length must be between {least} and {most}"


def _bytes(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
