"""The glossary: tables with a term and what it means."""

from __future__ import annotations

from corpus.parse.fields import Pieces
from corpus.records import Span, Term


def find_terms(pieces: Pieces) -> tuple[Term, ...]:
    """Return a document's glossary in order."""
    found = []
    for block in pieces.blocks:
        columns = {c.role: c.index for c in block.table.columns} if block.table else {}
        if not block.table or not {"term", "definition"} <= columns.keys():
            continue
        for group in block.table.groups:
            name, meaning = group.cell(columns["term"]), group.cell(columns["definition"])
            if name and meaning:
                term, definition = pieces.of(name.start, name.end), pieces.of(meaning.start, meaning.end)
                found.append(
                    Term(
                        term=term.text,
                        term_normalised=pieces.normalised(term.text),
                        definition=definition.text,
                        source=Span(document_id=pieces.document_id, start=group.start, end=group.end),
                        spans={"term": (term.span,), "definition": (definition.span,)},
                    )
                )
    return tuple(found)
