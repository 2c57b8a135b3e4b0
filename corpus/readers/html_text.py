"""The words of an HTML element: what is printed of it, on as many lines as it breaks itself into."""

from __future__ import annotations

import re
from typing import Any

from corpus.readers.canonical import Writer

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCK_TAGS = (
    "address article blockquote body caption center dd details div dl dt fieldset figcaption figure footer "
    "form header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
BLOCKS = HEADINGS | frozenset(_BLOCK_TAGS.split())
_DROPPED_TAGS = (
    "script style noscript template head title button select input textarea option iframe object embed svg "
    "math canvas audio video map link meta rp rt"
)
DROPPED = frozenset(_DROPPED_TAGS.split())
_WHITE = re.compile(
    r"(?:^|;)\s*color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))", re.I
)
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$)|"
    r"opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)|(?:left|top|text-indent)\s*:\s*-\d{4,}px",
    re.I,
)
_JAPANESE = "\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60"
_SOURCE_BREAK = re.compile(f"(?<=[{_JAPANESE}])[ \\t]*[\\r\\n][ \\t\\r\\n]*(?=[{_JAPANESE}])")
_BLANKS = re.compile("[ \t\r\n\f]+")
# A printed line end while the text is put together; no page can hold it, for the parser takes it out.
_BREAK = "\x1e"


def tag_of(element: Any) -> str:
    """Return an element's name in lower case; "" for a comment or the like."""
    return element.tag.lower() if isinstance(element.tag, str) else ""


def hides(element: Any) -> bool:
    """Tell whether an element's own attributes keep it from being seen, white letters on white included."""
    style = element.get("style") or ""
    if element.get("hidden") is not None or element.get("aria-hidden") == "true" or _UNSEEN.search(style):
        return True
    white = _WHITE.search(style) or (element.get("color") or "").lower() in ("#ffffff", "#fff", "white")
    return bool(white) and not any(_coloured(e) for e in (element, *element.iterancestors()))


def _coloured(element: Any) -> bool:
    background = "background" in (element.get("style") or "") or element.get("bgcolor") is not None
    return background or tag_of(element) == "th"


def inline_text(element: Any, writer: Writer) -> str:
    """Return an element's printed text, with its line ends."""
    return printed("".join(pieces(element, writer)))


def printed(source: str) -> str:
    """Return the words of a source as a browser prints them: its line ends are blanks or nothing."""
    text = _BLANKS.sub(" ", _SOURCE_BREAK.sub("", source)).replace(_BREAK, "\n")
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def pieces(element: Any, writer: Writer) -> list[str]:
    """Return the source of an element's words, piece by piece, hidden ones held back."""
    tag = tag_of(element)
    if tag == "br":
        return [_BREAK]
    if not tag or tag in DROPPED:
        return []
    if hides(element):
        writer.note("hidden text was held back")
        return []
    found = [element.text or ""]
    for child in element:
        found += pieces(child, writer)
        found.append(child.tail or "")
    return [_BREAK, *found, _BREAK] if tag in BLOCKS else found
