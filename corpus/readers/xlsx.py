"""Excel: each sheet's name as a heading and its used range as a table, values as the sheet displays them."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
from openpyxl.utils.cell import range_boundaries

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.readers.canonical import Placed, Writer
from corpus.readers.limits import COLUMNS, PLACES, refusing
from corpus.readers.package import Package
from corpus.readers.xlsx_format import display

_UNCOUNTED = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^<>]*)?/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</(?:\w+:)?c>"
)
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?ref=[\"']([A-Z0-9:$]{1,40})")
_WHITE = ("FFFFFFFF", "00FFFFFF")


@refusing("an Excel workbook")
def read(document_id: str, name: str, data: bytes) -> Document:
    """Read an .xlsx file; raises DocumentError for one that is encrypted, damaged, a bomb or empty."""
    package = Package(name, data, ".xlsx")
    package.check_entities()
    _check_merges(name, package)
    writer = Writer(name)
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False, keep_vba=False)
    uncounted = _uncounted(package)
    if uncounted:
        writer.note(f"{uncounted} formulas have no stored value; open the file in Excel and save it")
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            writer.note(f"sheet {sheet.title!r} is hidden and was held back")
            continue
        cells = _cells(sheet, name, writer)
        if cells:
            writer.heading(sheet.title, 1)
            writer.table(cells)
        else:
            writer.note(f"sheet {sheet.title!r} has no text")
    document = writer.document(document_id)
    if not document.text.strip():
        raise DocumentError(f"{name}: no sheet has a value to be seen; open the file in Excel and save it")
    return document


def _uncounted(package: Package) -> int:
    return sum(len(_UNCOUNTED.findall(package.part(p))) for p in _sheets(package))


def _check_merges(name: str, package: Package) -> None:
    """Raise DocumentError for merged cells of a size that no table has; each place would become a cell."""
    for part in _sheets(package):
        for ref in _MERGE.findall(package.part(part)):
            try:
                left, top, right, low = range_boundaries(ref.decode("ascii", "replace"))
            except (ValueError, TypeError):
                continue
            if (right - left + 1) * (low - top + 1) > PLACES:
                raise DocumentError(f"{name}: {part}: merged cells over {ref.decode()}; unmerge them")


def _sheets(package: Package) -> list[str]:
    return sorted(p for p in package.parts if p.startswith("xl/worksheets/") and p.endswith(".xml"))


def _cells(sheet: Any, name: str, writer: Writer) -> list[Placed]:
    """Return the cells of a sheet that show something, and where merged ones reach."""
    hidden_rows = {r for r, d in sheet.row_dimensions.items() if d.hidden}
    hidden_columns = _hidden_columns(sheet)
    spans = {(m.min_row, m.min_col): m for m in sheet.merged_cells.ranges}
    cells: list[Placed] = []
    for (row, column), cell in sorted(sheet._cells.items()):
        merged = spans.get((row, column))
        if cell.value is None:
            continue
        if row in hidden_rows or column in hidden_columns or _unseen(cell):
            writer.note(f"sheet {sheet.title!r}: hidden cells were held back")
            continue
        text = display(cell.value, cell.number_format, cell.is_date)
        if text.strip():
            high = merged.max_row - row + 1 if merged else 1
            wide = merged.max_col - column + 1 if merged else 1
            cells.append(Placed(text, row, column, high, wide))
        if len(cells) > PLACES:
            raise DocumentError(f"{name}: sheet {sheet.title!r} has more than {PLACES} values; split it")
    width = max((c.column for c in cells), default=0)
    if width > COLUMNS:
        raise DocumentError(f"{name}: sheet {sheet.title!r} has more than {COLUMNS} columns; split it")
    return cells


def _hidden_columns(sheet: Any) -> set[int]:
    hidden: set[int] = set()
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden and dimension.min and dimension.max:
            hidden.update(range(dimension.min, min(dimension.max, 16384) + 1))
    return hidden


def _unseen(cell: Any) -> bool:
    """Tell whether a cell shows nothing: a format that prints nothing, or white letters on no colour."""
    if (cell.number_format or "").replace(" ", "") == ";;;":
        return True
    colour = getattr(cell.font, "color", None)
    white = colour is not None and (colour.rgb in _WHITE or (colour.type == "theme" and colour.theme == 0))
    return bool(white) and cell.fill.fill_type is None
