"""PDF: text in reading order and tables, without running heads, page numbers and hidden text."""

from __future__ import annotations

import io
import itertools
import logging
from typing import Any

from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, resolve1

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.readers.canonical import Writer
from corpus.readers.limits import PAGES, refusing
from corpus.readers.pdf_columns import TablePiece, streams
from corpus.readers.pdf_flow import Flow, printed_lines
from corpus.readers.pdf_joined import joined
from corpus.readers.pdf_lines import segments_of, settle, spaced, without_overprints
from corpus.readers.pdf_page import UNREADABLE, Sheet, read_page
from corpus.readers.pdf_running import PagePieces, letter_sizes, right_edges, take_running
from corpus.readers.pdf_tables import find_ruled
from corpus.readers.pdf_unruled import rows_of, with_tables

_UNREADABLE_SHARE = 0.3
_FEW_LETTERS = 20

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)


@refusing("a PDF")
def read(document_id: str, name: str, data: bytes) -> Document:
    """Read a PDF; raises DocumentError for one that is encrypted, damaged, a scan, or too large."""
    writer = Writer(name)
    pages = []
    for number, (page, manager) in enumerate(_open(name, data, writer), 1):
        try:
            sheet = read_page(page, number, manager)
        except (MemoryError, RecursionError):
            raise
        except Exception as error:
            writer.note(f"page {number} is damaged and was not read ({type(error).__name__})")
            sheet = Sheet(number)
        pages.append(_pieces(sheet, writer))
    if not any(page.pieces for page in pages):
        raise DocumentError(
            f"{name}: none of {len(pages)} pages has text to be read: it is a scan, or damaged; "
            "run OCR on it and add the result"
        )
    running = take_running(pages)
    if running:
        writer.note(f"{running} running heads and page numbers were left out")
    _write(pages, writer)
    return writer.document(document_id)


def _open(name: str, data: bytes, writer: Writer) -> list[tuple[PDFPage, PDFResourceManager]]:
    """Return the pages; one more than the limit is looked for, none of the others."""
    if b"%PDF" not in data[:1024]:
        raise DocumentError(f"{name}: not a PDF; give the original file")
    try:
        document = _Document(PDFParser(io.BytesIO(data)))
        pages = list(itertools.islice(PDFPage.create_pages(document), PAGES + 1))
    except (PDFPasswordIncorrect, PDFEncryptionError):
        raise DocumentError(f"{name}: the PDF is encrypted; save it without a password") from None
    if not pages:
        raise DocumentError(f"{name}: the PDF has no pages, or is cut off; give the original file")
    if len(pages) > PAGES:
        raise DocumentError(f"{name}: more than {PAGES} pages; split the file")
    said = _page_count(document)
    if said > len(pages):
        writer.note(f"the PDF names {said} pages and {len(pages)} were found; it may be damaged")
    manager = PDFResourceManager(caching=True)
    return [(page, manager) for page in pages]


class _Document(PDFDocument):
    """A PDF whose references end: one that leads back to itself is nothing."""

    def getobj(self, objid: int) -> object:
        """Return an object, following references to references."""
        seen = {objid}
        found = super().getobj(objid)
        while isinstance(found, PDFObjRef):
            if found.objid in seen:
                return None
            seen.add(found.objid)
            found = super().getobj(found.objid)
        return found


def _page_count(document: PDFDocument) -> int:
    tree: Any = resolve1(document.catalog.get("Pages"))
    count = resolve1(tree.get("Count")) if isinstance(tree, dict) else None
    return count if isinstance(count, int) else 0


def _pieces(sheet: Sheet, writer: Writer) -> PagePieces:
    """Return a page's segments and ruled tables; what was held back or is missing is noted."""
    page = PagePieces(sheet.number, sheet.width, sheet.height)
    glyphs = without_overprints(sheet.glyphs)
    letters = [g for g in glyphs if g.text.strip()]
    unreadable = sum(g.text == UNREADABLE for g in letters)
    _note(sheet, len(letters), unreadable, writer)
    if unreadable > _UNREADABLE_SHARE * len(letters):
        return page
    is_spaced = spaced(s.text for s in segments_of(glyphs))
    tables, notes = find_ruled(sheet.shapes, glyphs, is_spaced)
    for note in notes:
        writer.note(f"page {sheet.number}: {note}")
    held = {id(g) for table in tables for g in table.letters}
    segments = segments_of(g for g in glyphs if id(g) not in held)
    for segment in segments:
        segment.text = settle(segment.text, is_spaced).strip()
    page.pieces = [s for s in segments if s.text]
    page.pieces += [TablePiece(t.x0, t.top, t.x1, t.bottom, t.cells, t.edges) for t in tables]
    return page


def _note(sheet: Sheet, letters: int, unreadable: int, writer: Writer) -> None:
    where = f"page {sheet.number}"
    if sheet.cut:
        writer.note(f"{where}: {sheet.cut}")
    if sheet.hidden:
        writer.note(f"{where}: {sheet.hidden} hidden letters were held back")
    if sheet.layer:
        writer.note(f"{where}: a scan; its text is what OCR made of it")
    elif sheet.scanned and letters < _FEW_LETTERS:
        writer.note(f"{where} is a picture; run OCR if it shows text")
    elif not letters and not sheet.cut:
        writer.note(f"{where} has no text")
    if unreadable:
        writer.note(f"{where}: {unreadable} of {letters} letters have no known character")


def _write(pages: list[PagePieces], writer: Writer) -> None:
    flow = Flow(writer, letter_sizes(pages))
    edges = right_edges(pages)
    parted = joined([(page.number, streams(page.pieces, page.width)) for page in pages])
    inside = {
        n for _, parts in parted for s in parts for p in s if isinstance(p, TablePiece) for _, n in p.pages
    }
    for page, (number, parts) in zip(pages, parted, strict=True):
        if number not in inside:
            flow.page(number)
        for stream in parts:
            right = edges[page.width] if len(parts) == 1 else 0.0
            flow.stream(printed_lines(with_tables(rows_of(stream)), right))
    flow.finish()
