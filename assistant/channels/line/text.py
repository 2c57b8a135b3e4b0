"""Texts as LINE counts them: messages in UTF-16 code units, labels in grapheme clusters."""

from __future__ import annotations

import re

import regex

LONGEST_TEXT = 5_000
_GRAPHEME = regex.compile(r"\X")
_MARK = re.compile(r"\[\d{1,3}\]")
# Where a text is cut rather than inside a sentence: after a line, then after a sentence, then after a clause.
_CUTS = (re.compile(r"\n"), re.compile(r"[。！？]"), re.compile(r"[、，,]"))
_CLAUSES = "、」』"
_OPENING, _CLOSING = "「『（(【", "」』）)】"


def units(text: str) -> int:
    """Return the length in UTF-16 code units; a lone surrogate counts as one."""
    return sum(2 if ord(c) > 0xFFFF else 1 for c in text)


def graphemes(text: str) -> list[str]:
    """Return the characters as a reader sees them."""
    found: list[str] = _GRAPHEME.findall(text)
    return found


def split(text: str, limit: int = LONGEST_TEXT) -> list[str]:
    """Cut a text into parts of at most `limit` UTF-16 units that join to it again.

    No grapheme is broken, but one that is longer than `limit` in itself. An empty text has no parts.
    """
    parts = []
    while text:
        end = _end_of_part(text, limit)
        parts.append(text[:end])
        text = text[end:]
    return parts


def _end_of_part(text: str, limit: int) -> int:
    """Return where the first part ends, in code points: at the last good cut in its second half."""
    end = _fitting(text, limit)
    if end == len(text):
        return end
    for cut in _CUTS:
        ends = [m.end() for m in cut.finditer(text, end // 2, end)]
        if ends and _at_boundary(text, ends[-1]):
            return ends[-1]
    return end


def _fitting(text: str, limit: int) -> int:
    """Return how many code points of a text fit, ending with a whole grapheme where one fits."""
    used = place = 0
    for match in _GRAPHEME.finditer(text):
        used += units(match[0])
        if used > limit:
            break
        place = match.end()
    if place:
        return place
    used = 0
    for place, character in enumerate(text):
        used += units(character)
        if used > limit:
            return max(place, 1)
    return len(text)


def _at_boundary(text: str, place: int) -> bool:
    """Tell whether a place is not inside a grapheme: a mark that belongs to the cut's sign may follow it."""
    around = text[max(0, place - 1) : place + 1]
    return len(around) < 2 or len(graphemes(around)) == 2


def shorten(text: str, limit: int) -> str:
    """Return a text of at most `limit` graphemes, an ellipsis in the place of what was cut."""
    seen = graphemes(text)
    return text if len(seen) <= limit else "".join(seen[: limit - 1]).rstrip() + "…"


def without_marks(text: str) -> str:
    """Return an answer's text without its citation marks."""
    return _MARK.sub("", text)


def first_line(answer: str, limit: int) -> tuple[str, str]:
    """Return the answer's first sentence in at most `limit` graphemes, and what is left to be said.

    Its marks are left out where it is too long with them. A longer sentence is cut at a clause outside of
    brackets; then all of it is left to be said.
    """
    sentence, rest = _first_sentence(answer)
    if len(graphemes(sentence)) <= limit:
        return sentence, rest.strip()
    plain = without_marks(sentence)
    if len(graphemes(plain)) <= limit:
        return plain, rest.strip()
    return _cut(plain, limit), answer.strip()


def _first_sentence(text: str) -> tuple[str, str]:
    depth = 0
    for place, character in enumerate(text):
        depth += (character in _OPENING) - (character in _CLOSING)
        if character == "\n" or (character in "。！？" and depth <= 0):
            return text[: place + 1].strip(), text[place + 1 :]
    return text.strip(), ""


def _cut(sentence: str, limit: int) -> str:
    seen = graphemes(sentence)[: limit - 1]
    depth, clause = 0, 0
    for place, character in enumerate(seen, 1):
        depth += (character in _OPENING) - (character in _CLOSING)
        if character in _CLAUSES and depth <= 0:
            clause = place
    kept = seen[:clause] if clause > limit // 2 else seen
    return "".join(kept).rstrip("、 ") + "…"
