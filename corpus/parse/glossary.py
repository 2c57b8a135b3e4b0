"""The glossary: tables with a term and what it means, and what is listed below a glossary's heading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.document import Block, BlockKind
from corpus.normalize import compact
from corpus.parse.fields import Piece, Pieces
from corpus.parse.lines import BULLET
from corpus.parse.outline import MINOR
from corpus.records import Span, Term

_GLOSSARY = re.compile(r"用語")
_EXPLAINED = re.compile(
    rf"(?:{BULLET.pattern})?(?:[【［\[](?P<boxed>[^】］\]\n]{{1,30}})[】］\]]|(?P<plain>[^：:。、\n]{{1,30}}?)\s*[：:])\s*"
    r"(?P<definition>\S.{4,})",
    re.DOTALL,
)


def find_terms(pieces: Pieces) -> tuple[Term, ...]:
    """Return a document's glossary in order."""
    found = []
    for block in pieces.blocks:
        found += [*_in_table(pieces, block), *_in_section(pieces, block)]
    return tuple(found)


def _in_table(pieces: Pieces, block: Block) -> Iterator[Term]:
    columns = {c.role: c.index for c in block.table.columns} if block.table else {}
    if not block.table or not {"term", "definition"} <= columns.keys():
        return
    for group in block.table.groups:
        name, meaning = group.cell(columns["term"]), group.cell(columns["definition"])
        if name and meaning:
            yield _term(pieces, pieces.of(name.start, name.end), pieces.of(meaning.start, meaning.end))


def _in_section(pieces: Pieces, block: Block) -> Iterator[Term]:
    """Return the terms of a paragraph or list item below a heading such as 「用語の解説」."""
    if block.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM):
        return
    if not any(_GLOSSARY.search(compact(h.title)) for h in block.path):
        return
    inner = block.path[-1]
    explained = _EXPLAINED.fullmatch(pieces.text, block.start, block.end)
    if explained:
        style = "boxed" if explained["boxed"] else "plain"
        yield _term(pieces, pieces.of(*explained.span(style)), pieces.of(*explained.span("definition")))
    elif inner.level == MINOR and block.kind is BlockKind.PARAGRAPH:
        name = pieces.of(inner.region.start, inner.region.end)
        yield _term(pieces, name, pieces.of(block.start, block.end))


def _term(pieces: Pieces, term: Piece, definition: Piece) -> Term:
    return Term(
        term=term.text,
        term_normalised=pieces.normalised(term.text),
        definition=definition.text,
        source=Span(document_id=pieces.document_id, start=term.region.start, end=definition.region.end),
        spans={"term": (term.span,), "definition": (definition.span,)},
    )
