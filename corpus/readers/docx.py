"""Word: headings by style, numbers as Word prints them, lists, tables with merged cells.

Deleted and hidden text, comments and what stands in the margins are left out; inserted text is kept.
"""

from __future__ import annotations

from typing import Any

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.readers.canonical import Placed, Writer
from corpus.readers.docx_styles import Numbers, Styles, child, value_of, w
from corpus.readers.docx_text import paragraph_text
from corpus.readers.limits import COLUMNS, PLACES, refusing
from corpus.readers.package import Package

_TRANSPARENT = frozenset(w(t) for t in ("sdt", "sdtContent", "smartTag", "customXml", "ins", "moveTo"))
_LEFT_OUT = frozenset(w(t) for t in ("del", "moveFrom"))
_LONGEST_HEADING = 120


@refusing("a Word document")
def read(document_id: str, name: str, data: bytes) -> Document:
    """Read a .docx file; raises DocumentError for one that is encrypted, damaged, a bomb or without text."""
    package = Package(name, data, ".docx")
    main = package.related("", "officeDocument") or "word/document.xml"
    body = package.xml(main).find(w("body"))
    if body is None:
        raise DocumentError(f"{name}: not a Word document; save it as .docx")
    writer = Writer(name)
    reader = _Reader(writer, package, main)
    reader.blocks(body)
    reader.footnotes()
    if package.related(main, "comments"):
        writer.note("comments were left out")
    document = writer.document(document_id)
    if not document.text.strip():
        raise DocumentError(f"{name}: the document has no text; if its pages are pictures, run OCR on them")
    return document


class _Reader:
    """Write a body's paragraphs and tables in order."""

    def __init__(self, writer: Writer, package: Package, main: str) -> None:
        styles, numbering = package.related(main, "styles"), package.related(main, "numbering")
        self.writer = writer
        self.styles = Styles(package.xml(styles) if styles else None)
        self.numbers = Numbers(package.xml(numbering) if numbering else None)
        notes = package.related(main, "footnotes")
        self._footnotes = package.xml(notes) if notes else None

    def blocks(self, element: Any) -> None:
        """Write the blocks of the body, or of what only wraps some of them."""
        for block in element:
            if block.tag == w("p"):
                self._paragraph(block)
            elif block.tag == w("tbl"):
                self._table(block)
            elif block.tag in _TRANSPARENT:
                self.blocks(block)
            elif block.tag in _LEFT_OUT:
                self.writer.note("deleted text (tracked changes) was left out")

    def footnotes(self) -> None:
        """Write the footnotes' text after the body."""
        if self._footnotes is not None:
            for note in self._footnotes.iter(w("footnote")):
                if note.get(w("type")) in (None, "normal"):
                    self.blocks(note)

    def _paragraph(self, paragraph: Any) -> None:
        text, boxes = paragraph_text(paragraph, self.styles, self.writer)
        self._write(paragraph, text)
        for box in boxes:
            self.blocks(box)

    def _write(self, paragraph: Any, text: str) -> None:
        if not text.strip():
            return
        style = value_of(child(paragraph, "pPr"), "pStyle")
        level = self.styles.outline_level(paragraph)
        number, bullet = self.numbers.next(self.styles.numbering(paragraph))
        words = f"{number} {text.strip()}" if number else text
        if level is not None and len(words) <= _LONGEST_HEADING:
            self.writer.heading(words, level)
        elif bullet or number or self.styles.is_list(style):
            self.writer.item(words)
        else:
            self.writer.paragraph(words)

    def _table(self, table: Any) -> None:
        cells: list[Placed] = []
        open_at: dict[int, int] = {}
        for row, tr in enumerate(_rows(table)):
            properties = child(tr, "trPr")
            if child(properties, "del") is not None:
                self.writer.note("deleted text (tracked changes) was left out")
                continue
            column = _number(value_of(properties, "gridBefore"), 0)
            for tc in _through(tr, "tc"):
                about = child(tc, "tcPr")
                span = max(_number(value_of(about, "gridSpan"), 1), 1)
                if column + span > COLUMNS or len(cells) > PLACES:
                    raise DocumentError(
                        f"{self.writer.name}: a table with more than {COLUMNS} columns; split it"
                    )
                merge = child(about, "vMerge")
                goes_on = merge is not None and merge.get(w("val"), "continue") == "continue"
                above = open_at.get(column) if goes_on else None
                if above is not None:
                    first = cells[above]
                    cells[above] = Placed(
                        first.text, first.row, column, row - first.row + 1, first.column_span
                    )
                else:
                    open_at[column] = len(cells)
                    cells.append(Placed(self._cell(tc), row, column, 1, span))
                column += span
        self.writer.table(cells)

    def _cell(self, cell: Any) -> str:
        """Return a cell's text, that of its tables and boxes included; its lists keep their marks."""
        lines: list[str] = []
        for paragraph in cell.iter(w("p")):
            if any(e.tag in (w("txbxContent"), *_LEFT_OUT) for e in paragraph.iterancestors()):
                continue
            text, boxes = paragraph_text(paragraph, self.styles, self.writer)
            number, bullet = self.numbers.next(self.styles.numbering(paragraph))
            mark = "・" if bullet and not number else f"{number} " if number else ""
            lines.append(f"{mark}{text}" if text.strip() else "")
            inner = (p for box in boxes for p in box.iter(w("p")))
            lines += [paragraph_text(p, self.styles, self.writer)[0] for p in inner]
        return "\n".join(line for line in lines if line.strip())


def _rows(table: Any) -> list[Any]:
    return _through(table, "tr")


def _through(element: Any, name: str) -> list[Any]:
    """Return an element's children of one name, looking through what only wraps them."""
    found = []
    for inner in element:
        if inner.tag == w(name):
            found.append(inner)
        elif inner.tag in _TRANSPARENT:
            found += _through(inner, name)
    return found


def _number(value: str | None, otherwise: int) -> int:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 7 else otherwise
