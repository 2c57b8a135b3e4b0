"""A PDF page's letters put together: without overprints, as lines, as words without the setter's spaces."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.readers.pdf_page import Glyph

# Shares of a letter's size.
_OVERPRINT = 0.12
_SAME_LINE = 0.45
_LATIN_SPACE = 0.2
_WIDE_SPACE = 0.8
_SEGMENT_GAP = 0.9
_BLANK_SEGMENT_GAP = 1.5
_RUBY = 0.62

_JAPANESE = re.compile(
    "[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60\u2460-\u24ff\U00020000-\U0003ffff]"
)
_SOFT = "\x1f"
_NEAR_MARKS = re.compile(f"(?<=[、。，．「『（【〔・]){_SOFT}|{_SOFT}(?=[、。，．」』）】〕・])")
_AFTER_NUMBER = re.compile(f"(第[0-9０-９一二三四五六七八九十]+[章節編部条]){_SOFT}")
_SPACED_PAGE = 0.04
_SPACED_LINE = 8
_SEVERAL = 3


@dataclass
class Segment:
    """Letters that stand side by side on one line without a wide gap."""

    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool
    text: str
    line: int = 0


def japanese(character: str) -> bool:
    """Tell whether a character is written without spaces around it."""
    return bool(_JAPANESE.match(character))


def without_overprints(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Return the letters once each; one printed again in nearly the same place is bold."""
    kept: list[Glyph] = []
    near: defaultdict[tuple[str, int, int], list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        column, row = int(glyph.x0 // 8), int(glyph.top // 8)
        if glyph.text.isspace():
            kept.append(glyph)
            continue
        close = glyph.size * _OVERPRINT
        places = ((glyph.text, column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1))
        found = (
            g
            for place in places
            if place in near
            for g in near[place]
            if abs(g.x0 - glyph.x0) <= close and abs(g.top - glyph.top) <= close
        )
        first = next(found, None)
        if first is None:
            kept.append(glyph)
            near[glyph.text, column, row].append(glyph)
        else:
            first.bold = True
    return kept


def lines_of(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Return the letters as printed lines from the top, each from the left."""
    lines: list[list[Glyph]] = []
    middle = size = 0.0
    for glyph in sorted(glyphs, key=lambda g: (g.top + g.bottom, g.x0)):
        at = (glyph.top + glyph.bottom) / 2
        if lines and at - middle <= _SAME_LINE * min(max(glyph.size, 1.0), size):
            line = lines[-1]
            line.append(glyph)
            if glyph.size > size:
                middle, size = at, glyph.size
        else:
            lines.append([glyph])
            middle, size = at, max(glyph.size, 1.0)
    for line in lines:
        line.sort(key=lambda g: g.x0)
    return [line for line in lines if any(g.text.strip() for g in line)]


def segments_of(glyphs: Iterable[Glyph]) -> list[Segment]:
    """Return the lines cut at wide gaps; readings printed small above a line are left out."""
    found: list[Segment] = []
    for number, line in enumerate(lines_of(glyphs)):
        current: list[Glyph] = []
        last: Glyph | None = None
        for glyph in line:
            if glyph.text.isspace():
                current.append(glyph)
                continue
            blank = bool(current) and current[-1].text.isspace()
            gap = _BLANK_SEGMENT_GAP if blank else _SEGMENT_GAP
            if last and glyph.x0 - last.x1 > gap * max(last.size, glyph.size):
                found.append(_segment(current, number))
                current = []
            current.append(glyph)
            last = glyph
        found.append(_segment(current, number))
    return without_ruby([s for s in found if s.text])


def _segment(glyphs: list[Glyph], number: int) -> Segment:
    printed = [g for g in glyphs if not g.text.isspace()]
    if not printed:
        return Segment(0, 0, 0, 0, 0, False, "", number)
    sizes = sorted(g.size for g in printed)
    return Segment(
        x0=printed[0].x0,
        top=min(g.top for g in printed),
        x1=max(g.x1 for g in printed),
        bottom=max(g.bottom for g in printed),
        size=sizes[len(sizes) // 2],
        bold=sum(g.bold for g in printed) * 2 > len(printed),
        text=words(glyphs),
        line=number,
    )


def words(glyphs: Sequence[Glyph]) -> str:
    """Return a line's letters as text; a space that may be the setter's is marked for `settle`."""
    pieces: list[str] = []
    last: Glyph | None = None
    blank = ""
    for glyph in glyphs:
        if glyph.text.isspace():
            blank = "\u3000" if "\u3000" in (glyph.text, blank) else " "
            continue
        if last is not None:
            pieces.append(_between(last, glyph, blank))
        pieces.append(glyph.text)
        last, blank = glyph, ""
    return "".join(pieces)


def _between(last: Glyph, glyph: Glyph, blank: str) -> str:
    size = max(last.size, glyph.size)
    gap = glyph.x0 - last.x1
    before, after = japanese(last.text[-1]), japanese(glyph.text[0])
    if blank == "\u3000" or (before and after and gap > _WIDE_SPACE * size):
        return blank or " "
    if blank:
        return _SOFT if before and after else " "
    return " " if gap > (_WIDE_SPACE if before or after else _LATIN_SPACE) * size else ""


def spaced(texts: Iterable[str]) -> bool:
    """Tell whether a page is set with spaces inside its words: too many of them to mean anything."""
    soft = letters = 0
    for text in texts:
        soft += text.count(_SOFT)
        letters += len(text)
    return soft > _SPACED_PAGE * max(letters, 1) and soft > 2 * _SEVERAL


def settle(text: str, spaced_page: bool) -> str:
    """Return the text with each doubtful space kept or taken out."""
    text = _NEAR_MARKS.sub("", text)
    count = text.count(_SOFT)
    noise = spaced_page or (count >= _SEVERAL and len(text) <= _SPACED_LINE * count)
    return _AFTER_NUMBER.sub(r"\1 ", text).replace(_SOFT, "" if noise else " ")


def without_ruby(segments: list[Segment]) -> list[Segment]:
    """Return the segments without the readings (furigana) that are printed small above kanji."""
    kept = []
    for i, s in enumerate(segments):
        below = (t for t in segments[i + 1 : i + 40] if t.line != s.line)
        kana = all("\u3041" <= c <= "\u30ff" or c in f"{_SOFT} \u3000" for c in s.text)
        ruby = kana and any(
            s.size < _RUBY * t.size
            and -0.3 * t.size < t.top - s.bottom < 0.35 * t.size
            and t.x0 - s.size < s.x0
            and s.x1 < t.x1 + s.size
            for t in below
        )
        if not ruby:
            kept.append(s)
    return kept


def join(above: str, below: str) -> str:
    """Return two printed lines of one paragraph as one text: no space between Japanese words."""
    if not above or not below:
        return above + below
    tight = japanese(above[-1]) or japanese(below[0])
    return above + ("" if tight else " ") + below
