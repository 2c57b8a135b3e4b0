"""Running heads and page numbers: lines at a page's edge that other pages have at the same height."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus.readers.pdf_columns import Piece
from corpus.readers.pdf_lines import Segment

# Shares of the page's height in which running heads and page numbers stand.
_HEAD, _FOOT = 0.12, 0.88
_SAME_HEIGHT = 4.0
_REPEATED = 3
_LARGER = 1.15

# A page number stands at an end of its line; that of 第1章 does not.
_DIGITS = re.compile(r"(?<=^)[0-9０-９]{1,4}|(?<=^[-–—―ー(])[0-9０-９]{1,4}|[0-9０-９]{1,4}(?=[-–—―ー)]?$)")
_BLANKS = re.compile(r"\s+")


@dataclass
class PagePieces:
    """A page's pieces: its segments and its tables."""

    number: int
    width: float
    height: float
    pieces: list[Piece] = field(default_factory=list)


def take_running(pages: list[PagePieces]) -> int:
    """Take running heads and page numbers out of the pages; return how many there were.

    The first line of its words that is larger than the body stays: it is the chapter's own heading. A line
    at the edge that prints a heading's words small is a running head, on however few pages.
    """
    need = 2 if len(pages) <= _REPEATED else _REPEATED
    sizes = letter_sizes(pages)
    body = max(sizes, key=lambda s: sizes[s], default=0.0)
    at_edge: defaultdict[tuple[str, int], list[tuple[int, Segment]]] = defaultdict(list)
    for page in pages:
        for piece in _at_edges([page]):
            for key in _keys(piece.text, page.number):
                at_edge[key, round(piece.top / _SAME_HEIGHT)].append((page.number, piece))
    taken: set[int] = set()
    for (key, height), found in at_edge.items():
        near = [n for h in (height - 1, height, height + 1) for n, _ in at_edge.get((key, h), ())]
        if len(set(near)) >= need:
            heading = found[0][1].size >= body * _LARGER and not key.startswith("#")
            taken.update(id(s) for number, s in found if not (heading and number == min(near)))
    titles = {_BLANKS.sub("", s.text) for s in _segments(pages) if s.size >= body * _LARGER}
    taken.update(
        id(s) for s in _at_edges(pages) if s.size < body * _LARGER and _BLANKS.sub("", s.text) in titles
    )
    for page in pages:
        page.pieces = [p for p in page.pieces if id(p) not in taken]
    return len(taken)


def _segments(pages: list[PagePieces]) -> Iterator[Segment]:
    return (p for page in pages for p in page.pieces if isinstance(p, Segment))


def _at_edges(pages: list[PagePieces]) -> Iterator[Segment]:
    """Give the lines that stand where running heads and page numbers do."""
    for page in pages:
        for piece in _segments([page]):
            if piece.bottom < page.height * _HEAD or piece.top > page.height * _FOOT:
                yield piece


def _keys(text: str, page: int) -> Iterator[str]:
    """Give what a line has in common with those of other pages: its words, or its distance to the page."""
    words = _BLANKS.sub("", text)
    yield words
    number = _DIGITS.search(words)
    if number:
        yield f"{words[: number.start()]}#{int(number[0]) - page}{words[number.end() :]}"


def letter_sizes(pages: list[PagePieces]) -> Counter[float]:
    """Return how many letters of each size stand outside the tables."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for piece in page.pieces:
            if isinstance(piece, Segment):
                sizes[round(piece.size * 2) / 2] += len(piece.text)
    return sizes


def right_edges(pages: list[PagePieces]) -> dict[float, float]:
    """Return how far right the lines of the pages of each width go."""
    edges: dict[float, float] = {}
    for page in pages:
        ends = (p.x1 for p in page.pieces if isinstance(p, Segment))
        edges[page.width] = max(edges.get(page.width, 0.0), *ends, 0.0)
    return edges
