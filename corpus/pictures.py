"""Pictures of a PDF's pages, and where on them a passage of the canonical text stands.

The text was read in its own order, the file draws its letters in another: each printed line or cell is looked
for among the letters, the longest first, and takes those that it finds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from corpus.document import Region
from corpus.readers.limits import Budget, asked_apart
from corpus.readers.pdf_page import LOOKALIKES
from corpus.readers.picture import Letter, Picture

SECONDS = 20.0
LEAST = 2
"""Fewer letters in a row than this, of a line that is not found whole, stand anywhere."""
_ON_A_LINE = 0.5
_NEXT_TO = 1.2
_TAKEN = "\0"

Place = tuple[float, float, float, float]
"""Left, top, width and height, as shares of the picture's."""


def picture_of(name: str, data: bytes, page: int) -> Picture:
    """Return a page's picture, drawn in a process apart; raises DocumentError where it cannot be drawn."""
    answer = asked_apart("picture", str(page), name, data, Budget(seconds=SECONDS))
    return Picture.model_validate_json(answer)


def places_of(text: str, letters: Sequence[Letter], passage: Region) -> tuple[Place, ...]:
    """Return the places of a passage of a page's text, one for each line or cell it is printed on."""
    found = letters_of(text, letters)
    marked = [letters[i] for i in found[max(passage.start, 0) : max(passage.end, 0)] if i is not None]
    return tuple(_joined(marked))


def letters_of(text: str, letters: Sequence[Letter]) -> list[int | None]:
    """Return for each character of a page's text which letter it is, or None where that is not found."""
    printed = [(part, i) for i, letter in enumerate(letters) for part in _folded(letter[0])]
    free = [part for part, _ in printed]
    found: list[int | None] = [None] * len(text)
    for line in sorted(_lines(text), key=len, reverse=True):
        for at, where in _matched(line, free):
            found[at] = printed[where][1]
            free[where] = _TAKEN
    return found


Folded = list[tuple[str, int]]


def _lines(text: str) -> Iterator[Folded]:
    """Yield each printed line or cell: its folded letters with their places in the text."""
    line: Folded = []
    for at, character in enumerate(text):
        if character in "\n\t":
            yield line
            line = []
        line += [(part, at) for part in _folded(character)]
    yield line


def _folded(character: str) -> str:
    known = LOOKALIKES.get(character, character)
    return "".join(unicodedata.normalize("NFKC", known).lower().split())


def _matched(line: Folded, free: list[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs of a text's place and a letter's number: the whole line where it stands, else its parts."""
    wanted = "".join(part for part, _ in line)
    if not wanted:
        return
    whole = "".join(free).find(wanted)
    if whole >= 0:
        yield from ((at, whole + i) for i, (_, at) in enumerate(line))
        return
    matcher = SequenceMatcher(None, wanted, "".join(free), autojunk=False)
    parts = [(0, len(wanted))]
    taken: set[int] = set()
    while parts:
        low, high = parts.pop()
        match = matcher.find_longest_match(low, high)
        if match.size < LEAST:
            continue
        for i in range(match.size):
            if match.b + i not in taken:
                taken.add(match.b + i)
                yield line[match.a + i][1], match.b + i
        parts += [(low, match.a), (match.a + match.size, high)]


def _joined(letters: Sequence[Letter]) -> Iterator[Place]:
    """Yield a place for the letters that stand beside or below each other, one after the other."""
    box: tuple[float, float, float, float] | None = None
    for _, x0, top, x1, bottom in letters:
        here = (x0, top, x1, bottom)
        if box is None or not _adjoin(box, here):
            if box:
                yield _place(box)
            box = here
        else:
            box = (min(box[0], x0), min(box[1], top), max(box[2], x1), max(box[3], bottom))
    if box:
        yield _place(box)


def _adjoin(a: Place, b: Place) -> bool:
    """Tell whether a letter goes on a line (or, printed downwards, a column) where its box ends."""
    high, wide = b[3] - b[1], b[2] - b[0]
    level = min(a[3], b[3]) - max(a[1], b[1]) > _ON_A_LINE * high
    beneath = min(a[2], b[2]) - max(a[0], b[0]) > _ON_A_LINE * wide and a[2] - a[0] < 2 * wide
    along = b[0] - a[0] >= 0 and b[0] - a[2] < _NEXT_TO * max(high, wide)
    down = b[1] - a[1] >= 0 and b[1] - a[3] < _ON_A_LINE * high
    return (level and along) or (beneath and down)


def _place(box: tuple[float, float, float, float]) -> Place:
    x0, top, x1, bottom = box
    return (x0, top, round(x1 - x0, 5), round(bottom - top, 5))
