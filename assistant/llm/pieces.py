"""Pieces: a model's words, as they come, cut into sentences with the numbers that each cites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.llm.errors import ModelFailed

# More than any answer needs: a model that does not stop is stopped.
LONGEST_ANSWER = 4000
LONGEST_SENTENCE = 400

_OPEN, _CLOSE = "（(「『【〔", "）)」』】〕"
_MARK = re.compile(r"[\[［【]\s*(\d{1,3})\s*[\]］】]")
_MARKS_AFTER = re.compile(rf"(?:[ \u3000]*{_MARK.pattern})+")
_BEGUN_MARK = re.compile(r"[ \u3000]*[\[［【]?\s*\d{0,3}\s*$")
_LATIN_STOP = re.compile(r"(?<=[\w\])」%])\.(?=\s)")


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence without its markers and its full stop, and the numbers it cites, each once."""

    text: str
    numbers: tuple[int, ...]


class Sentences:
    """Take in the pieces of an answer and give its sentences, each as soon as it is whole."""

    def __init__(self) -> None:
        self._left = ""
        self._length = 0

    def take(self, piece: str) -> Iterator[Said]:
        """Yield the sentences that a piece makes whole; raises ModelFailed for one without an end."""
        self._length += len(piece)
        if self._length > LONGEST_ANSWER:
            raise ModelFailed("length")
        self._left += piece
        while (end := _end(self._left)) is not None:
            whole, self._left = self._left[:end], self._left[end:]
            yield from _said(whole)
        if len(self._left) > LONGEST_SENTENCE:
            raise ModelFailed("length")

    def rest(self) -> Iterator[Said]:
        """Yield the last sentence of an answer that is done, also where it has no full stop."""
        whole, self._left = self._left, ""
        yield from _said(whole)


def _end(text: str) -> int | None:
    """Return where the first sentence ends with the markers behind it; None where that is not yet known."""
    depth = 0
    for i, character in enumerate(text):
        depth = max(0, depth + (character in _OPEN) - (character in _CLOSE))
        line_ends = character == "\n"
        if not line_ends and not (depth == 0 and (character in "。！？!?" or _LATIN_STOP.match(text, i))):
            continue
        marks = _MARKS_AFTER.match(text, i + 1)
        end = marks.end() if marks else i + 1
        if _BEGUN_MARK.fullmatch(text, end) and not line_ends:
            return None  # a marker may still come
        return end
    return None


def _said(whole: str) -> Iterator[Said]:
    numbers = tuple(dict.fromkeys(int(n) for n in _MARK.findall(whole)))
    text = " ".join(_MARK.sub("", whole).split()).strip().rstrip("。．.").strip()
    if any(c.isalnum() for c in text) or numbers:
        yield Said(text, numbers)
