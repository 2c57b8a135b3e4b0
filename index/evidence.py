"""Evidence: a hit opened into the sentences and cells that an answer can be made of."""

from __future__ import annotations

import re

from corpus.document import Block, BlockKind, Cell, Column, Document, Frozen, Region, RowGroup, Table
from corpus.library import Library
from corpus.sentences import sentences
from index.passages import Hit

SUBJECT_ROLES = ("measure", "term", "indicator")
PHASE = "phase"
TEXT = "text"
ITEM = "item"

_NUMBER = re.compile(r"^(?:【[^】]*】)?[\s\-‐–]*(?:[(（]\d+[)）]|\d+[.．]|\d+[-－]\d+(?=\s))?\s*")
_NEW = re.compile(r"^新規[\s　]+|[\s　]+新規$|[【\[(（]新規[】\])）]")


class Unit(Frozen):
    """One sentence or cell: where it stands, what it says on one line, and what its column holds."""

    region: Region
    text: str
    role: str
    label: str = ""
    header: Region | None = None
    year: int | None = None


class Evidence(Frozen):
    """A hit's passage, what it is about, and its units in the order of the text."""

    hit: Hit
    subject: str
    subject_region: Region | None
    units: tuple[Unit, ...]

    def of_role(self, *roles: str) -> tuple[Unit, ...]:
        """Return the units whose column holds one of these."""
        return tuple(u for u in self.units if u.role in roles)


def open_evidence(library: Library, hit: Hit) -> Evidence:
    """Return a hit's evidence; KeyError for a document that is not in the library."""
    found = library.document(hit.passage.document_id)
    if found is None:
        raise KeyError(hit.passage.document_id)
    document = found[1]
    blocks = [b for b in document.blocks if b.start < hit.passage.end and hit.passage.start < b.end]
    if blocks and blocks[0].table:
        group = next(g for g in blocks[0].table.groups if g.start == hit.passage.start)
        return _row_evidence(document, hit, blocks[0], blocks[0].table, group)
    units = [u for b in blocks for u in _prose_units(document.text, b, hit)]
    heading = blocks[0].path[-1] if blocks and blocks[0].path else None
    return Evidence(
        hit=hit,
        subject=heading.title if heading else "",
        subject_region=heading.region if heading else None,
        units=tuple(units),
    )


def one_line(text: str) -> str:
    """Return the text on one line: no blanks beside Japanese characters but where they set words apart."""
    return " ".join(text.split())


def subject_name(text: str) -> str:
    """Return a measure's name without its number and the 新規 mark."""
    return _NEW.sub("", _NUMBER.sub("", one_line(text))).strip()


def _prose_units(text: str, block: Block, hit: Hit) -> list[Unit]:
    role = ITEM if block.kind is BlockKind.ITEM else TEXT
    start, end = max(block.start, hit.passage.start), min(block.end, hit.passage.end)
    return [Unit(region=s, text=one_line(s.of(text)), role=role) for s in sentences(text, start, end)]


def _row_evidence(document: Document, hit: Hit, block: Block, table: Table, group: RowGroup) -> Evidence:
    text = document.text
    columns = {c.index: c for c in table.columns}
    units: list[Unit] = []
    first_row = group.cells[0].row
    phases_from = min((c.index for c in table.columns if c.role in ("year", "roadmap")), default=None)
    below_header = table.header is None or group.start > table.header.start
    for cell in group.cells:
        if cell.end == cell.start:
            continue
        column = columns.get(cell.column) if cell.row == first_row and below_header else None
        in_roadmap = cell.row != first_row or (phases_from is not None and cell.column >= phases_from)
        if in_roadmap and below_header and not (table.exact or (table.placed and cell.column_span == 1)):
            units.append(Unit(region=_region(cell), text=one_line(cell.of(text)), role=PHASE))
        else:
            units += _cell_units(text, cell, column)
    subject = _subject_cell(table, group)
    name = subject_name(subject.of(text)) if subject else ""
    return Evidence(
        hit=hit, subject=name, subject_region=_region(subject) if subject else None, units=tuple(units)
    )


def _subject_cell(table: Table, group: RowGroup) -> Cell | None:
    for role in SUBJECT_ROLES:
        index = next((c.index for c in table.columns if c.role == role), None)
        if index is not None and (cell := group.cell(index)):
            return cell
    return next((c for c in group.cells if c.end > c.start), None)


def _cell_units(text: str, cell: Cell, column: Column | None) -> list[Unit]:
    role, label = (column.role, column.label) if column else ("", "")
    whole = role in ("department", "year", "baseline", "target", "indicator", "measure", "term", "definition")
    parts = (_region(cell),) if whole else sentences(text, cell.start, cell.end)
    return [
        Unit(
            region=part,
            text=one_line(part.of(text)),
            role=role,
            label=label,
            header=column.header if column else None,
            year=column.fiscal_year if column else None,
        )
        for part in parts
    ]


def _region(cell: Cell) -> Region:
    return Region(start=cell.start, end=cell.end)
