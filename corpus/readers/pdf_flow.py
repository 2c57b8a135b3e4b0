"""From a PDF's printed lines to paragraphs, list items and headings, over the ends of columns and pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from corpus.readers.canonical import Writer
from corpus.readers.pdf_columns import TablePiece
from corpus.readers.pdf_lines import join
from corpus.readers.pdf_unruled import Row

# Shares of the body's letters, of a line's own letters.
_LARGER = 1.15
_BOLD_LARGER = 1.05
_SAME_SIZE = 0.08
_FULL = 2.3
_FULL_AT_SENTENCE_END = 1.2
_LATIN_WIDTH = 0.6
_INDENT = 0.6
_FAR = 1.35
_FURTHEST = 1.7
_HEADING_LINES_APART = 0.8
_LONGEST_HEADING = 60
# A line of fewer letters that ends a page does not go on over it.
_SHORT = 12
_DEEPEST = 6
_SEVERAL = 2

_BULLET = re.compile(r"[・•‣▪◦∙*]\s*|[-–]\s+")
_MARK = re.compile(
    r"[○●■□◆◇◎▼▶►※✓✔①-⑳❶-❿]|[(（]?[0-9０-９]{1,2}[)）.．]|[(（][ア-ンa-zA-Z一-十][)）]|第[0-9０-９一-十]+[章節編部]"
)
_SENTENCE_END = re.compile(r"[。．！？!?」）)]$")
# A bracket that is open at a line's end, and a line that closes it.
_OPEN = re.compile(r"[（(「『][^（）()「」『』]*$")
_CLOSES = re.compile(r"[^（）()「」『』]*[）)」』]")
_LATIN_WORD = re.compile(r"[!-~]{1,20}")
_WORDS = re.compile(r"[^\W\d_]")


@dataclass
class Line:
    """A printed line with the column it stands in."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool
    left: float
    right: float
    gap: float

    def opens(self, below: str) -> bool:
        """Tell whether a bracket is open at the line's end that the line below closes."""
        return bool(_OPEN.search(self.text) and _CLOSES.match(below))

    def full(self, below: str) -> bool:
        """Tell whether the line below had no room here, so that it may go on with this one."""
        if self.opens(below):
            return True
        word = _LATIN_WORD.match(below)
        least = _FULL_AT_SENTENCE_END if self.text.endswith("。") else _FULL
        room = max(least, (len(word[0]) + 1) * _LATIN_WIDTH if word else 0.0)
        return self.x1 >= self.right - room * self.size


def printed_lines(rows: Iterable[Row | TablePiece], usual: float = 0.0) -> list[Line | TablePiece]:
    """Return a stream's rows as lines that know their column; a wide gap in a row is a space.

    The column ends where several lines end; where only one goes so far, as on a cover, it may end where
    the lines of other pages do, at `usual`.
    """
    rows = list(rows)
    segments = [s for row in rows if isinstance(row, list) for s in row]
    left = min((s.x0 for s in segments), default=0.0)
    right = max((s.x1 for s in segments), default=0.0)
    if sum(s.x1 >= right - _FULL_AT_SENTENCE_END * s.size for s in segments) < _SEVERAL:
        right = max(right, usual)
    tops = [(row[0].top, row[0].bottom) for row in rows if isinstance(row, list)]
    gaps = sorted(b[0] - a[1] for a, b in pairwise(tops) if b[0] >= a[1])
    gap = gaps[len(gaps) // 3] if gaps else 0.0
    return [row if isinstance(row, TablePiece) else _line(row, left, right, gap) for row in rows]


def _line(row: Row, left: float, right: float, gap: float) -> Line:
    text = " ".join(s.text for s in row)
    top, bottom = min(s.top for s in row), max(s.bottom for s in row)
    size = max(s.size for s in row)
    bold = all(s.bold for s in row)
    return Line(text, row[0].x0, row[-1].x1, top, bottom, size, bold, left, right, gap)


class Flow:
    """Write lines as paragraphs, items and headings, and tables between them."""

    def __init__(self, writer: Writer, sizes: Counter[float]) -> None:
        self.writer = writer
        self.body = max(sizes, key=lambda s: sizes[s], default=0.0)
        larger = sorted((s for s in sizes if s >= _BOLD_LARGER * self.body), reverse=True)
        self._levels: list[float] = []
        for size in larger:
            if not self._levels or size < self._levels[-1] * (1 - _SAME_SIZE):
                self._levels.append(size)
        self._text = ""
        self._kind = ""
        self._last: Line | None = None
        self._same_stream = False
        self._left = 0.0
        self._breaks: list[tuple[int, int]] = []
        self._pages: list[int] = []

    def page(self, number: int) -> None:
        """Begin a page; a paragraph that goes on over its top stays one."""
        self._pages.append(number)

    def stream(self, pieces: Iterable[Line | TablePiece]) -> None:
        """Write one stream of lines and tables."""
        self._same_stream = False
        for piece in pieces:
            if isinstance(piece, TablePiece):
                self.flush()
                self._begin_pages()
                self.writer.table(piece.cells, piece.pages)
            else:
                self._add(piece)
            self._same_stream = True

    def finish(self) -> None:
        """Write what is still open."""
        self.flush()
        self._begin_pages()

    def flush(self) -> None:
        """End the open paragraph, item or heading."""
        if self._text:
            start = 0
            for at, number in [*self._breaks, (len(self._text), 0)]:
                part = self._text[start:at]
                if start or not part:
                    self.writer.continue_paragraph(part)
                elif self._kind == "heading" and self._last:
                    self.writer.heading(part, self._level(self._last.size))
                elif self._kind == "item":
                    self.writer.item(part)
                else:
                    self.writer.paragraph(part)
                if number:
                    self.writer.page(number)
                start = at
        self._text, self._kind, self._last = "", "", None
        self._breaks.clear()

    def _add(self, line: Line) -> None:
        kind = self._kind_of(line)
        if self._goes_on(line, kind):
            joined = join(self._text, line.text)
            for number in self._pages:
                self._breaks.append((len(joined) - len(line.text), number))
            self._pages.clear()
            self._text = joined
            self._left = min(self._left, line.x0) if self._same_stream else line.x0
        else:
            self.flush()
            self._begin_pages()
            self._text = _BULLET.sub("", line.text, count=1) if kind == "item" else line.text
            self._kind, self._left = kind, line.x0
        self._last = line

    def _begin_pages(self) -> None:
        for number in self._pages:
            self.writer.page(number)
        self._pages.clear()

    def _kind_of(self, line: Line) -> str:
        if _BULLET.match(line.text):
            return "item"
        larger = line.size >= _LARGER * self.body or (line.bold and line.size >= _BOLD_LARGER * self.body)
        short = len(line.text) <= _LONGEST_HEADING and not line.text.endswith(("。", "、"))
        named = len(_WORDS.findall(line.text)) >= 2
        return "heading" if larger and short and named else "paragraph"

    def _goes_on(self, line: Line, kind: str) -> bool:
        """Tell whether a line goes on with what is open."""
        last = self._last
        if last is None or not self._text or kind == "item":
            return False
        if _MARK.match(line.text) and not last.opens(line.text):
            return False
        if abs(line.size - last.size) > _SAME_SIZE * last.size or (kind == "heading") != (
            self._kind == "heading"
        ):
            return False
        gap = line.top - last.bottom
        if kind == "heading":
            near = self._same_stream and -last.size < gap <= _HEADING_LINES_APART * line.size
            return near and last.full(line.text) and len(self._text) + len(line.text) <= _LONGEST_HEADING
        if self._same_stream:
            far = max(_FAR * last.gap, last.gap + 0.3 * line.size)
            if not -0.5 * line.size < gap <= min(far, _FURTHEST * line.size) or not last.full(line.text):
                return False
        elif not last.full(line.text) or len(last.text) < _SHORT or _SENTENCE_END.search(last.text):
            return False
        return self._kind == "item" or not self._indented(line, last)

    def _indented(self, line: Line, last: Line) -> bool:
        """Tell whether a line begins a new paragraph by its indent."""
        edge = line.left if last.text.endswith("。") or not self._same_stream else min(self._left, last.x0)
        return line.x0 > edge + _INDENT * line.size

    def _level(self, size: float) -> int:
        ranks = (i for i, s in enumerate(self._levels, 1) if size >= s * (1 - _SAME_SIZE))
        return min(next(ranks, len(self._levels) or 1), _DEEPEST)
