"""What a screen reader is given: Chromium's accessibility tree of the widget, as lines."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

SILENT = {
    "none",
    "generic",
    "InlineTextBox",
    "LineBreak",
    "RootWebArea",
    "ListMarker",
    "LabelText",
    "paragraph",
}
NAMED = {"button", "link", "heading", "radio", "checkbox", "term", "cell", "columnheader", "rowheader"}
STATES = ("expanded", "pressed", "checked", "level", "invalid", "readonly", "disabled")


def read_aloud(page: Page, begin: str = "dialog") -> str:
    """Return the tree below the first element of a role: a line a role, its name and its states."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    first = next(n for n in nodes if n.get("role", {}).get("value") == begin)
    return "\n".join(_lines(first, by_id, 0)) + "\n"


def _lines(node: dict[str, Any], by_id: dict[str, dict[str, Any]], depth: int) -> list[str]:
    role = str(node.get("role", {}).get("value", "none"))
    silent = bool(node.get("ignored")) or role in SILENT
    lines = [] if silent else [_line(node, role, depth)]
    named = role in NAMED and not silent and bool(node.get("name", {}).get("value"))
    children = [by_id[i] for i in node.get("childIds", ()) if i in by_id]
    for child in () if named else children:
        lines += _lines(child, by_id, depth if silent else depth + 1)
    return _run_on(lines)


def _line(node: dict[str, Any], role: str, depth: int) -> str:
    name = " ".join(str(node.get("name", {}).get("value", "")).split())
    states = [
        f"{p['name']}={p['value'].get('value')}"
        for p in node.get("properties", ())
        if p["name"] in STATES and p["value"].get("value") not in (False, "false")
    ]
    return "  " * depth + " ".join([role, *([f"「{name}」"] if name else []), *states])


def _run_on(lines: list[str]) -> list[str]:
    """Return the lines, texts that follow each other at one depth made one."""
    joined: list[str] = []
    for line in lines:
        head = line[: len(line) - len(line.lstrip())] + "StaticText 「"
        if joined and line.startswith(head) and joined[-1].startswith(head):
            joined[-1] = joined[-1][:-1] + line[len(head) :]
        else:
            joined.append(line)
    return joined
