"""Sentences of a text, never cut inside brackets: （…。…） and 「…。」 stay whole."""

from __future__ import annotations

import re

from corpus.document import Region
from corpus.parse.lines import MARKUP

_OPEN = "（(「『【［[〔"
_CLOSE = "）)」』】］]〕"
_NOTE = re.compile(r"[（(][^（()）。]*[)）](?=\s|$|[●○■✓・])")
_END = "。．！？!?"
_BULLET = re.compile(r"(?:^|(?<=[\s　>。）)]))(?:[●○■◆◎✓✔▶►•]|[①-⑳])\s*|(?m:^)[-・*–※]\s+")


def sentences(text: str, start: int = 0, end: int | None = None) -> tuple[Region, ...]:
    """Return the sentences of text[start:end], without the white space around them.

    A sentence ends at 。 ！ ？ outside brackets, at a blank line, or before a bullet.
    """
    end = len(text) if end is None else end
    found: list[Region] = []
    depth, first, i = 0, start, start
    while i < end:
        character = text[i]
        depth += (character in _OPEN) - (character in _CLOSE)
        depth = max(depth, 0)
        ends = character in _END and depth == 0 and not _decimal(text, i)
        if ends or text.startswith("\n\n", i):
            i = _aside(text, i + 1, end) if ends else i + 1
            _append(found, text, first, i)
            first, depth = i, 0
            continue
        i += 1
    _append(found, text, first, end)
    return tuple(found)


def _aside(text: str, start: int, end: int) -> int:
    """Return where a sentence ends that a note in brackets follows, as in 寄与した。（29手続）."""
    note = _NOTE.match(text, start, end)
    return note.end() if note else start


def _decimal(text: str, i: int) -> bool:
    return text[i] in "．!?" and i + 1 < len(text) and text[i + 1].isdigit()


def _append(found: list[Region], text: str, start: int, end: int) -> None:
    """Append the pieces between bullets and markup."""
    piece = text[start:end]
    cuts = [0]
    for mark in re.finditer(f"{_BULLET.pattern}|{MARKUP.pattern}", piece):
        cuts += [mark.start(), mark.end()]
    cuts.append(len(piece))
    for first, last in zip(cuts[::2], cuts[1::2], strict=True):
        body = piece[first:last]
        left = len(body) - len(body.lstrip())
        if body.strip():
            found.append(Region(start=start + first + left, end=start + first + left + len(body.strip())))
