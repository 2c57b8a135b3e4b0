"""A conversation drawn as HTML, near to how LINE shows it: texts, Flex bubbles, quick replies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One turn of a conversation: what a person sent, or what the account answered."""

    mine: bool
    messages: tuple[Node, ...]


def page(title: str, turns: Iterable[Spoken]) -> str:
    """Return a conversation as one HTML page without scripts or requests."""
    style = (files("assistant.channels.line.simulator") / "drawing.css").read_text("utf-8")
    drawn = "".join(_turn(turn) for turn in turns)
    return (
        '<!doctype html><html lang="ja"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{style}</style>"
        f"<header>{escape(title)}</header><main>{drawn}</main></html>"
    )


def _turn(turn: Spoken) -> str:
    side = "mine" if turn.mine else "theirs"
    quick = turn.messages[-1].get("quickReply", {}).get("items", []) if turn.messages else []
    buttons = "".join(f"<span>{escape(item['action']['label'])}</span>" for item in quick)
    drawn = "".join(_message(message) for message in turn.messages)
    return f'<section class="{side}">{drawn}</section>' + (
        f'<nav class="quick">{buttons}</nav>' if quick else ""
    )


def _message(message: Node) -> str:
    if message["type"] == "text":
        return f'<p class="text">{escape(message["text"])}</p>'
    contents = message["contents"]
    bubbles = contents["contents"] if contents["type"] == "carousel" else [contents]
    return f'<div class="carousel">{"".join(map(_bubble, bubbles))}</div>'


def _bubble(bubble: Node) -> str:
    parts = (
        f'<div class="part {p}">{_component(bubble[p], "vertical")}</div>' for p in _PARTS if p in bubble
    )
    return f'<article class="bubble {bubble.get("size", "mega")}">{"".join(parts)}</article>'


_PARTS = ("header", "hero", "body", "footer")
_SIZES = {"xxs": 11, "xs": 12, "sm": 14, "md": 16, "lg": 19, "xl": 22, "xxl": 29}
_SPACES = {"none": 0, "xs": 2, "sm": 4, "md": 8, "lg": 12, "xl": 16, "xxl": 20}


def _component(component: Node, layout: str) -> str:
    style = _placed(component, layout)
    match component["type"]:
        case "box":
            inner = "".join(_component(c, component["layout"]) for c in component["contents"])
            direction = "row" if component["layout"] != "vertical" else "column"
            gap = _SPACES.get(component.get("spacing", "none"), 0)
            style += f"display:flex;flex-direction:{direction};gap:{gap}px;{_boxed(component)}"
            return f'<div style="{style}">{inner}</div>'
        case "text":
            return (
                f'<div class="words" style="{style}{_written(component)}">{escape(component["text"])}</div>'
            )
        case "button":
            label = escape(component["action"]["label"])
            return f'<div class="button {escape(component.get("style", "link"))}">{label}</div>'
        case "separator":
            colour = component.get("color", "#d9d9d9")
            return f'<hr style="{style}border-color:{escape(colour)}">'
    return ""


def _placed(component: Node, layout: str) -> str:
    """Return where a component stands in its box; in a row each takes a share unless it says another."""
    share = component.get("flex", 1 if layout == "horizontal" else 0)
    flex = f"flex:{share} 1 0;min-width:0;" if layout == "horizontal" and share else ""
    margin = _SPACES.get(component.get("margin", ""), 0)
    side = "left" if layout == "horizontal" else "top"
    gravity = "align-self:center;" if component.get("gravity") == "center" else ""
    return flex + gravity + (f"margin-{side}:{margin}px;" if margin else "")


def _boxed(component: Node) -> str:
    given = {
        "width": component.get("width"),
        "height": component.get("height"),
        "background": component.get("backgroundColor"),
        "border-radius": component.get("cornerRadius"),
    }
    hidden = "overflow:hidden;" if component.get("cornerRadius") else ""
    return hidden + "".join(f"{name}:{escape(str(value))};" for name, value in given.items() if value)


def _written(component: Node) -> str:
    weight = "font-weight:bold;" if component.get("weight") == "bold" else ""
    align = {"end": "right", "center": "center"}.get(component.get("align", ""), "left")
    size = _SIZES.get(component.get("size", "md"), 16)
    return f"{weight}text-align:{align};font-size:{size}px;color:{escape(component.get('color', '#111'))};"


def spoken(text: str) -> Spoken:
    """Return the turn of a person who sent a text."""
    return Spoken(True, ({"type": "text", "text": text},))


def answered(messages: Sequence[Node]) -> Spoken:
    """Return the turn of the account."""
    return Spoken(False, tuple(messages))
