"""Flex bubbles: a source, an indicator, a roadmap; plain JSON as LINE takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant import words
from assistant.channels.line.text import shorten, units
from assistant.messages import Citation
from corpus.wareki import era_label

Node = dict[str, Any]

MOST_BUBBLES = 12
LONGEST_ALT = 400
LONGEST_CLIP = 1_000
LONGEST_QUOTE = 300
LONGEST_TITLE = 60
MOST_PHASES = 16
MOST_QUOTES = 6

INK, PALE, LINE, RULE, BAR, WARN = "#1a1a1c", "#595959", "#0017c1", "#d9d9d9", "#c5d7fb", "#b60000"


def label(name: str, /, **values: object) -> str:
    """Return a label of words/line.toml, filled."""
    return str(words.load("line")["labels"][name]).format(**values)


def carousel(bubbles: Sequence[Node], alt: str) -> Node:
    """Return the flex message of one bubble, or of several side by side; at most twelve are kept."""
    kept = list(bubbles[:MOST_BUBBLES])
    contents = kept[0] if len(kept) == 1 else {"type": "carousel", "contents": kept}
    return {"type": "flex", "altText": shorten(alt, LONGEST_ALT), "contents": contents}


def source_bubble(
    citations: Sequence[Citation], address: str | None, reference: str | None, staff: bool
) -> Node:
    """Return the bubble of a source: the quotes of one place in a document.

    `address` opens the original, where the service has a public one; `reference` is what a member of staff
    copies; `staff` marks a document that only staff may see.
    """
    first = citations[0]
    numbers = "".join(f"[{c.number}]" for c in citations)
    head = [_small(f"{label('source')} {numbers}", LINE)]
    if staff:
        head.append(_small(label("staff_only"), WARN))
    body = [
        _row(*head),
        _text(shorten(first.title, LONGEST_TITLE), size="sm", weight="bold"),
        *(_small(shorten(part, LONGEST_TITLE), PALE) for part in _place(first)),
        _separator(),
        *(
            _text(f"「{shorten(on_one_line(c.quote), LONGEST_QUOTE)}」", size="sm")
            for c in citations[:MOST_QUOTES]
        ),
    ]
    return _bubble(body, _buttons(address, reference))


def kpi_bubble(card: Mapping[str, Any]) -> Node:
    """Return the bubble of an indicator: from where to where, and in which years."""
    body = [
        _small(label("kpi"), LINE),
        _text(shorten(card["indicator"], LONGEST_TITLE), size="md", weight="bold"),
        *([_small(shorten(card["measure"], LONGEST_TITLE), PALE)] if card["measure"] else ()),
        _separator(),
        _value(label("baseline"), card["baseline"], "md"),
        *_bar(card["baseline"], card["target"]),
        _value(label("target"), card["target"], "xl"),
    ]
    return _bubble(body)


def roadmap_bubble(card: Mapping[str, Any]) -> Node:
    """Return the bubble of a measure's phases, each with its years where the source gives them."""
    rows = card["rows"][:MOST_PHASES]
    body = [
        _small(label("roadmap"), LINE),
        _text(shorten(card["measure"], LONGEST_TITLE), size="md", weight="bold"),
        _separator(),
        *(_phase(number, row) for number, row in enumerate(rows, 1)),
    ]
    if len(card["rows"]) > MOST_PHASES:
        body.append(_small(label("more_phases", count=len(card["rows"]) - MOST_PHASES), PALE))
    if any(not row["certain"] or not row["fiscal_years"] for row in rows):
        body.append(_small(f"※ {label('years_unknown')}", PALE))
    return _bubble(body)


def _phase(number: int, row: Mapping[str, Any]) -> Node:
    years = row["fiscal_years"] if row["certain"] else None
    when = _years(years) if years else f"{number}"
    return _row(
        {**_small(when, LINE), "flex": 3 if years else 1},
        {**_text(shorten(row["text"], LONGEST_QUOTE), size="sm"), "flex": 6 if years else 9},
    )


def _years(years: Sequence[int]) -> str:
    first, last = era_label(years[0]), era_label(years[-1])
    return first if first == last else f"{first}〜{last.removeprefix('令和')}"


def _value(name: str, quantity: Mapping[str, Any] | None, size: str) -> Node:
    year = quantity and quantity.get("fiscal_year")
    shown = quantity["text"] if quantity else "—"
    return _row(
        {**_small(f"{name}（{era_label(year)}）" if year else name, PALE), "flex": 5, "gravity": "center"},
        {**_text(shorten(shown, 40), size=size, weight="bold"), "flex": 6, "align": "end"},
    )


def _bar(baseline: Mapping[str, Any] | None, target: Mapping[str, Any] | None) -> list[Node]:
    """Return a bar of how far the baseline is to the target, where both are amounts that grow."""
    start = baseline.get("value") if baseline else None
    end = target.get("value") if target else None
    if start is None or end is None or start < 0 or not end > start:
        return []
    filled: Node = {
        "type": "box",
        "layout": "vertical",
        "height": "8px",
        "backgroundColor": LINE,
        "contents": [],
    }
    filled["width"] = f"{max(1, round(100 * start / end))}%"
    track = {
        "type": "box",
        "layout": "vertical",
        "height": "8px",
        "cornerRadius": "4px",
        "contents": [filled],
    }
    return [{**track, "backgroundColor": BAR, "margin": "md"}]


def _place(citation: Citation) -> list[str]:
    page = [label("page", page=citation.page)] if citation.page else []
    return [*citation.section, *page]


def on_one_line(quote: str) -> str:
    """Return a quote on one line, its cells parted as a reader sees them."""
    cells = (" ".join(cell.split()) for cell in quote.replace("\n", "\t").split("\t"))
    return " ｜ ".join(cell for cell in cells if cell)


def _buttons(address: str | None, reference: str | None) -> Node | None:
    actions: list[Node] = []
    if address and len(address) <= 1000:
        actions.append({"type": "uri", "label": label("open"), "uri": address})
    if reference and units(reference) <= LONGEST_CLIP:
        actions.append({"type": "clipboard", "label": label("copy"), "clipboardText": reference})
    buttons = [
        {"type": "button", "style": "link", "height": "sm", "color": LINE, "action": a} for a in actions
    ]
    return {"type": "box", "layout": "vertical", "contents": buttons} if buttons else None


def _bubble(body: list[Node], footer: Node | None = None) -> Node:
    bubble: Node = {
        "type": "bubble",
        "size": "mega",
        "body": {"type": "box", "layout": "vertical", "spacing": "sm", "contents": body},
    }
    return {**bubble, "footer": footer} if footer else bubble


def _row(*contents: Node) -> Node:
    return {"type": "box", "layout": "horizontal", "spacing": "md", "contents": list(contents)}


def _text(text: str, **style: object) -> Node:
    return {"type": "text", "text": text or "—", "wrap": True, "color": INK, **style}


def _small(text: str, color: str) -> Node:
    return {"type": "text", "text": text or "—", "wrap": True, "size": "xs", "color": color}


def _separator() -> Node:
    return {"type": "separator", "margin": "md", "color": RULE}
