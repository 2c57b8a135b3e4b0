"""Runs: the pieces of a source's text that a page shows, each knowing where it begins.

A run's text is exactly the canonical text from its start, so that a page can mark any citation; what a
page adds (line breaks, labels) stands between runs. White space at a line's ends is in no run.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.document import Region
from corpus.parse.lines import BULLET, SENTENCE_END

SHORT_LINE = 30
"""A printed line shorter than this ended on purpose, not at the paper's edge."""

_STRAY_NAMES = (
    "a|b|br|center|div|em|font|h[1-6]|hr|i|img|li|ol|p|small|span|strong|sub|sup|"
    "table|tbody|td|th|thead|tr|u|ul"
)
_STRAY = re.compile(rf"</?(?:{_STRAY_NAMES})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_NUMBERED = re.compile(r"[(（][0-9０-９]{1,2}[)）]|[0-9０-９]{1,2}[.．)）]\s")
_INLINE_ITEM = re.compile(r"(?<=\s)(?=[✓✔●■◆①-⑳])")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of the canonical text; `stray` for markup that the source holds as if it were text."""

    start: int
    text: str
    stray: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line as shown: what stands before it ("\\n", " " or nothing) and its runs."""

    joint: str
    runs: tuple[Run, ...]


def rows_of(text: str, region: Region) -> tuple[Row, ...]:
    """Return a region's rows: its printed lines, and in them each inline list item on a row of its own.

    A line that was broken at the paper's edge goes on with the next one.
    """
    rows: list[Row] = []
    above = ""
    for start, end in _pieces(text, region):
        runs = runs_of(text, start, end)
        if runs:
            rows.append(Row(_joint(text, above, start, end) if above else "", runs))
            above = text[start:end] if above or not all(run.stray for run in runs) else ""
    return tuple(rows)


def runs_of(text: str, start: int, end: int) -> tuple[Run, ...]:
    """Return the runs of text[start:end], stray markup apart, without the white space at its ends."""
    runs: list[Run] = []
    at = start
    for tag in _STRAY.finditer(text, start, end):
        runs.extend(_plain(text, at, tag.start()))
        runs.append(Run(tag.start(), tag[0], stray=True))
        at = tag.end()
    runs.extend(_plain(text, at, end))
    return tuple(runs)


def spoken(text: str, region: Region) -> str:
    """Return what a region says on one line, as a label of it."""
    return " ".join(_STRAY.sub("", region.of(text)).split())


def _plain(text: str, start: int, end: int) -> Iterator[Run]:
    piece = text[start:end]
    body = piece.strip()
    if body:
        yield Run(start + piece.index(body), body)


def _pieces(text: str, region: Region) -> Iterator[tuple[int, int]]:
    line_start = region.start
    for line in region.of(text).split("\n"):
        line_end = line_start + len(line)
        found = (m.start() for m in _INLINE_ITEM.finditer(text, line_start, line_end))
        cuts = [cut for cut in found if any(c.isalnum() for c in text[line_start:cut])]
        bounds = sorted({line_start, *cuts, line_end})
        yield from itertools.pairwise(bounds)
        line_start = line_end + 1


def _joint(text: str, above: str, start: int, end: int) -> str:
    printed, here = above.strip(), text[start:end].strip()
    ended = len(printed) < SHORT_LINE or SENTENCE_END.search(printed[-1:])
    if ended or BULLET.match(here) or _NUMBERED.match(here) or text[start - 1] != "\n":
        return "\n"
    return " " if printed[-1:].isascii() and here[:1].isascii() else ""
