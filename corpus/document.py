"""A document: its canonical text and the blocks it is made of.

The canonical text is the decoded file with its line ends made "\\n" and nothing else changed. Offsets
are Unicode code points of that text, half open, so `text[start:end]` is always what is meant.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Be the base of every value that crosses a module: immutable, and no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Region(Frozen):
    """Name the half-open range [start, end) of one document's canonical text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return what the region says."""
        return text[self.start : self.end]

    def contains(self, other: Region) -> bool:
        """Tell whether the other region lies wholly inside this one."""
        return self.start <= other.start and other.end <= self.end


class BlockKind(StrEnum):
    """Say what a block is; a running head or a page number is kept, but never answers."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    TABLE = "table"
    CONTENTS = "contents"
    RUNNING = "running"
    PAGE_NUMBER = "page_number"


class Page(Region):
    """One printed page; `number` counts from 1."""

    number: int


class Cell(Region):
    """One table cell without the white space and markup around it; an empty cell has start == end.

    `row_span` and `column_span` are above 1 where the format says that cells were merged.
    """

    row: int
    column: int
    row_span: int = 1
    column_span: int = 1


class Grid(Region):
    """A table whose cells the format itself places: columns are certain, merged cells are known."""

    cells: tuple[Cell, ...]


class HeadingMark(Region):
    """A line that the format itself calls a heading, such as <h2> or a Word style; 1 is the outermost."""

    level: int


class Column(Frozen):
    """One column of a table: its printed label, where that stands, and what it holds.

    `span` is how many of the format's columns the label covers.
    """

    index: int
    label: str
    role: str
    header: Region
    fiscal_year: int | None = None
    fiscal_years: tuple[int, ...] = ()
    span: int = 1

    @property
    def years(self) -> tuple[int, ...]:
        """Return the fiscal years that the label names, one or a range such as 令和8～10年度."""
        return self.fiscal_years or ((self.fiscal_year,) if self.fiscal_year else ())


class RowGroup(Region):
    """A table row together with the rows under it whose first cell is empty."""

    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell | None:
        """Return the first row's cell in that column, or None where it is empty or missing."""
        first = self.cells[0].row
        found = (c for c in self.cells if c.row == first and c.column == column and c.end > c.start)
        return next(found, None)


class Table(Frozen):
    """A table's columns, in order, and its rows.

    `exact` is true where every row has one filled cell for each column, so that a cell's place says
    which column it belongs to; a table that lost its merged cells is not exact. `placed` is true where
    the format itself gave the cells their places. `form` is true where each row begins with its label.
    """

    columns: tuple[Column, ...]
    groups: tuple[RowGroup, ...]
    header: Region | None
    exact: bool
    placed: bool = False
    form: bool = False


class Heading(Frozen):
    """A heading on the way from the document's top to a block."""

    level: int
    number: str
    title: str
    region: Region

    @property
    def label(self) -> str:
        """Return number and title as a reader would say them."""
        return f"{self.number} {self.title}".strip()


class Block(Region):
    """One piece of a document, with the headings above it."""

    kind: BlockKind
    path: tuple[Heading, ...] = ()
    table: Table | None = None


class Document(Frozen):
    """A document's canonical text, what its format knows of it, and its blocks in order.

    A reader writes a table's rows as lines with a tab between cells, a merged cell's text once in its
    first place; `grids` and `heading_marks` then say what the format knows. `notes` are a reader's
    doubts, such as a page without text.
    """

    document_id: str
    text: str
    pages: tuple[Page, ...] = ()
    grids: tuple[Grid, ...] = ()
    heading_marks: tuple[HeadingMark, ...] = ()
    notes: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()

    def page_of(self, offset: int) -> int | None:
        """Return the page on which the offset lies, or None where the format has no pages."""
        return next((p.number for p in self.pages if p.start <= offset < p.end), None)
