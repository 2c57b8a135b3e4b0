"""The writer of canonical text: readers say what stands in a file, it says where that stands in the text.

Headings, paragraphs and tables are set apart by blank lines; a list item's line begins with "- "; a table
row is a line with one tab between cells.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.document import Cell, Document, Grid, HeadingMark, Page
from corpus.errors import DocumentError
from corpus.readers.limits import COLUMNS, PLACES, TEXT_CHARACTERS

# Marks that print nothing and can carry words past a reader; joiners and variants of letters are kept.
INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]"
)
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_NOT_A_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
_BLANKS = re.compile("[ \t\n\xa0]+")
_LINE_BLANKS = re.compile("[ \t\xa0]+")


@dataclass(frozen=True)
class Placed:
    """A table cell as a reader found it: its text and the places it covers."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1


class Writer:
    """Collect a document's canonical text and the places in it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.length = 0
        self.invisible = 0
        self._parts: list[str] = []
        self._item = False
        self._grids: list[Grid] = []
        self._headings: list[HeadingMark] = []
        self._pages: list[tuple[int, int]] = []
        self._notes: list[str] = []

    def heading(self, text: str, level: int) -> None:
        """Write a heading on a line of its own; 1 is the outermost level."""
        line = self.cell(text)
        if line:
            start = self._block(line)
            self._headings.append(
                HeadingMark(start=start, end=start + len(line), level=min(max(level, 1), 9))
            )

    def paragraph(self, text: str) -> None:
        """Write a paragraph; the line ends that are printed inside it are kept."""
        lines = self.lines(text)
        if lines:
            self._block(lines)

    def continue_paragraph(self, text: str) -> None:
        """Write on without a break, as where a paragraph goes on over the end of a page."""
        self._put(self.lines(text))

    def item(self, text: str) -> None:
        """Write a list item; items that follow each other have no blank line between them."""
        line = self.cell(text)
        if line:
            self._block(f"- {line}", item=True)

    def table(self, cells: Iterable[Placed], pages: Sequence[tuple[int, int]] = ()) -> bool:
        """Write a table and return whether it had any text; `pages` are the rows at which a page begins.

        Rows and columns in which no text begins are left out; what is then one column is written as
        paragraphs, for it says nothing that lines do not.
        """
        cleaned = [replace(c, text=self.cell(c.text)) for c in cells]
        kept = _without_empty(cleaned)
        if not kept:
            return False
        printed = sorted({c.row for c in cleaned if c.text})
        width = max(c.column + c.column_span for c in kept)
        height = max(c.row + c.row_span for c in kept)
        kept = self._apart(kept, width * height)
        if width > COLUMNS or width * height > PLACES:
            raise DocumentError(
                f"{self.name}: a table of {height} rows and {width} columns is more than is read; split it"
            )
        if width == 1:
            for cell in kept:
                self.paragraph(cell.text)
            self._pages += [(number, self.length) for _, number in pages]
            return True
        lines, offsets = _rows(kept, width, height)
        start = self._block("\n".join(lines))
        for row, number in pages:
            above = lines[: bisect_left(printed, row)]
            self._pages.append((number, start + sum(len(line) + 1 for line in above)))
        self._grids.append(_grid(kept, start, lines, offsets))
        return True

    def page(self, number: int) -> None:
        """Begin a page: what is written from now on stands on it."""
        self._pages.append((number, self.length))

    def note(self, text: str) -> None:
        """Say what was left out or is doubtful; the same is said once."""
        line = self.cell(text)
        if line and line not in self._notes:
            self._notes.append(line)

    def document(self, document_id: str) -> Document:
        """Return the document that was written."""
        if self._parts:
            self._put("\n")
        if self.invisible:
            self.note(f"{self.invisible} invisible characters were taken out")
        ends = [start for _, start in self._pages[1:]] + [self.length]
        pages = (Page(number=n, start=s, end=e) for (n, s), e in zip(self._pages, ends, strict=False))
        return Document(
            document_id=document_id,
            text="".join(self._parts),
            pages=tuple(pages),
            grids=tuple(self._grids),
            heading_marks=tuple(self._headings),
            notes=tuple(self._notes),
        )

    def clean(self, text: str) -> str:
        """Return the text without invisible and control characters, its line ends made one kind."""
        text, count = INVISIBLE.subn("", text)
        self.invisible += count
        text = _CONTROL.sub("", _LINE_END.sub("\n", text))
        return _NOT_A_CHARACTER.sub("\ufffd", text)

    def cell(self, text: str) -> str:
        """Return the text on one line, every run of blanks a space; an ideographic space stays one."""
        return _BLANKS.sub(" ", self.clean(text)).strip()

    def lines(self, text: str) -> str:
        """Return the text's printed lines, each without the blanks at its ends."""
        lines = (_LINE_BLANKS.sub(" ", line).strip() for line in self.clean(text).split("\n"))
        return "\n".join(line for line in lines if line)

    def _apart(self, cells: list[Placed], places: int) -> list[Placed]:
        """Return the cells with one at a place; merged cells that lie over each other are not believed."""
        at: dict[tuple[int, int], Placed] = {}
        for c in cells:
            first = at.get((c.row, c.column))
            at[c.row, c.column] = replace(c, text=f"{first.text} {c.text}".strip()) if first else c
        if len(at) == len(cells) and sum(c.row_span * c.column_span for c in cells) <= places:
            return cells
        self.note("a table's merged cells lie over each other; they were read as single cells")
        return [replace(c, row_span=1, column_span=1) for c in at.values()]

    def _block(self, text: str, item: bool = False) -> int:
        if self._parts:
            self._put("\n" if item and self._item else "\n\n")
        self._item = item
        start = self.length
        self._put(text)
        return start

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self.length += len(text)
        if self.length > TEXT_CHARACTERS:
            raise DocumentError(
                f"{self.name}: more than {TEXT_CHARACTERS} characters of text; split the file"
            )


def _without_empty(cells: Sequence[Placed]) -> list[Placed]:
    """Return the cells in order, without the rows and columns in which no text begins."""
    rows = sorted({c.row for c in cells if c.text})
    columns = sorted({c.column for c in cells if c.text})
    kept = []
    for c in cells:
        row, column = bisect_left(rows, c.row), bisect_left(columns, c.column)
        row_span = bisect_left(rows, c.row + c.row_span) - row
        column_span = bisect_left(columns, c.column + c.column_span) - column
        if row_span > 0 and column_span > 0:
            kept.append(Placed(c.text, row, column, row_span, column_span))
    return sorted(kept, key=lambda c: (c.row, c.column))


def _rows(cells: Sequence[Placed], width: int, height: int) -> tuple[list[str], list[list[int]]]:
    """Return the rows as lines, and for each row where each column's text begins on its line."""
    texts = [[""] * width for _ in range(height)]
    for cell in cells:
        texts[cell.row][cell.column] = cell.text
    offsets = []
    for row in texts:
        at, starts = 0, []
        for text in row:
            starts.append(at)
            at += len(text) + 1
        offsets.append(starts)
    return ["\t".join(row) for row in texts], offsets


def _grid(cells: Sequence[Placed], start: int, lines: list[str], offsets: list[list[int]]) -> Grid:
    """Return the table's grid; places that no cell covers are cells without text."""
    line_starts, at = [], start
    for line in lines:
        line_starts.append(at)
        at += len(line) + 1
    covered = {
        (r, c)
        for x in cells
        for r in range(x.row, x.row + x.row_span)
        for c in range(x.column, x.column + x.column_span)
    }
    bare = [
        Placed("", r, c) for r, row in enumerate(offsets) for c in range(len(row)) if (r, c) not in covered
    ]
    grid = []
    for x in sorted([*cells, *bare], key=lambda c: (c.row, c.column)):
        first = line_starts[x.row] + offsets[x.row][x.column]
        grid.append(
            Cell(
                start=first,
                end=first + len(x.text),
                row=x.row,
                column=x.column,
                row_span=x.row_span,
                column_span=x.column_span,
            )
        )
    return Grid(start=start, end=at - 1, cells=tuple(grid))
