"""Passages: what is found. One is a paragraph, a list or a table row, with the headings above it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from pydantic import Field

from corpus.document import Block, BlockKind, Document, Frozen, Region, RowGroup, Table
from corpus.library import Holding
from corpus.parse.lines import MARKUP
from corpus.records import Visibility
from corpus.sentences import sentences

# Raise this when the rules below change what a passage is: an index built by other rules is refused.
RULES = "5"

LONGEST = 400
SHORT = 60


class Passage(Frozen):
    """A passage of one document: where it stands, and the text by which it is found.

    `body` is what is searched: the printed text with its column labels, without markup. What is quoted
    is always the document's `text[start:end]`.
    """

    id: str
    municipality: str
    document_id: str
    visibility: Visibility
    kind: str
    start: int
    end: int
    headings: tuple[str, ...]
    body: str

    @property
    def collection(self) -> str:
        """Return the name of the index that holds the passage: one a municipality and visibility."""
        return f"{self.municipality}.{self.visibility}"

    @property
    def embedded(self) -> str:
        """Return the text whose vector finds the passage: two headings give a row its subject."""
        return "\n".join((*self.headings[-2:], self.body))

    @property
    def indexed(self) -> str:
        """Return the text whose words find the passage."""
        return "\n".join((*self.headings[-1:], self.body))


class Near(Region):
    """A sentence or cell of a passage with its cosine to the question."""

    similarity: float


class Hit(Frozen):
    """A passage found, with its fused score and its rank in each list that found it (1 is the first).

    `scores` are those of each list, the lexical ones as shares of the list's best; `near` are the
    passage's own sentences and cells that the vectors found.
    """

    passage: Passage
    score: float
    ranks: dict[str, int]
    similarity: float
    scores: dict[str, float] = Field(default_factory=dict)
    near: tuple[Near, ...] = ()


def passages_of(holding: Holding) -> tuple[Passage, ...]:
    """Return every passage of a municipality's documents, in the order of the text."""
    found: list[Passage] = []
    for document in holding.documents:
        visibility = holding.info(document.document_id).visibility
        for kind, region, headings, body in _pieces(document):
            identity = "\0".join((document.document_id, str(region.start), *headings, body))
            found.append(
                Passage(
                    id=hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:24],
                    municipality=holding.id,
                    document_id=document.document_id,
                    visibility=visibility,
                    kind=kind,
                    start=region.start,
                    end=region.end,
                    headings=headings,
                    body=body,
                )
            )
    return tuple(found)


Piece = tuple[str, Region, tuple[str, ...], str]


def _pieces(document: Document) -> Iterator[Piece]:
    text = document.text
    for run in _runs(document.blocks):
        headings = tuple(h.label for h in run[0].path)
        if run[0].table:
            yield from _rows(text, run[0].table, headings)
            continue
        kind = run[0].kind.value
        for part in _parts(text, Region(start=run[0].start, end=run[-1].end)):
            yield kind, part, headings, _clean(part.of(text))


def _runs(blocks: tuple[Block, ...]) -> Iterator[list[Block]]:
    """Group what reads as one: the items of a list with the line before it, short lines in one section."""
    run: list[Block] = []
    for block in blocks:
        if block.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.TABLE):
            if run:
                yield run
            run = []
            continue
        joins = bool(run) and run[-1].path == block.path and _joins(run, block)
        if run and not joins:
            yield run
            run = []
        run = [*run, block]
    if run:
        yield run


def _joins(run: list[Block], block: Block) -> bool:
    if block.kind is BlockKind.TABLE or run[-1].kind is BlockKind.TABLE:
        return False
    if block.end - run[0].start > LONGEST:
        return False
    if block.kind is BlockKind.ITEM:
        return run[-1].kind is BlockKind.ITEM or run[-1].end - run[-1].start <= SHORT
    return run[-1].end - run[-1].start <= SHORT and block.end - block.start <= SHORT


def _parts(text: str, region: Region) -> Iterator[Region]:
    """Cut a long paragraph between sentences; a sentence longer than the limit stays whole."""
    first: Region | None = None
    last = first
    for sentence in sentences(text, region.start, region.end):
        if first is not None and last is not None and sentence.end - first.start > LONGEST:
            yield Region(start=first.start, end=last.end)
            first = None
        first = first or sentence
        last = sentence
    if first is not None and last is not None:
        yield Region(start=first.start, end=last.end)


def _rows(text: str, table: Table, headings: tuple[str, ...]) -> Iterator[Piece]:
    for group in table.groups:
        if group.end > group.start:
            yield "row", Region(start=group.start, end=group.end), headings, _clean(_row(text, table, group))


def _row(text: str, table: Table, group: RowGroup) -> str:
    labels = {c.index: c.label for c in table.columns}
    first = group.cells[0].row
    lines = []
    for cell in group.cells:
        body = cell.of(text)
        if body:
            label = (
                labels.get(cell.column) if cell.row == first and (cell.column < 3 or table.exact) else None
            )
            lines.append(f"{label}: {body}" if label else body)
    return "\n".join(lines)


def _clean(body: str) -> str:
    return re.sub(r"[ \t]+", " ", MARKUP.sub(" ", body)).strip()
