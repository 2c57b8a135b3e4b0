"""The glossary: tables with a term and what it means, and what is listed below a glossary's heading."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from corpus.document import Block, BlockKind, Heading
from corpus.normalize import compact
from corpus.parse.columns import label_role
from corpus.parse.fields import Piece, Pieces
from corpus.parse.lines import BULLET
from corpus.parse.outline import MINOR
from corpus.parse.themes import title_of
from corpus.records import Span, Term

_GLOSSARY = re.compile(r"用語")
_EXPLAINED = re.compile(
    rf"(?:{BULLET.pattern})?(?:[【［\[](?P<boxed>[^】］\]\n]{{1,30}})[】］\]]|(?P<plain>[^：:。、\n]{{1,30}}?)\s*(?:[：:]|…+))\s*"
    r"(?P<definition>\S.{4,})",
    re.DOTALL,
)
# A note to a word: ※1 空き家バンク：…; the text above prints ※1 beside the word.
_NOTED = re.compile(
    r"(?P<mark>[※＊*注](?:[(（]?\d{1,2}[)）]?)?)\s*(?P<plain>[^：:。、\n]{2,30}?)\s*[：:]\s*(?P<definition>\S.{4,})",
    re.DOTALL,
)
_TOLD = re.compile(
    rf"(?:{BULLET.pattern})?[「『]?(?P<plain>[^「」『』。、\n]{{1,30}}?)[」』]?とは、?\s*(?P<definition>\S.{{4,}})",
    re.DOTALL,
)
_HEAD = re.compile(r"[^\s　。、：:][^。、：:]{0,24}")
_NOTE_MARK = re.compile(r"(?m:^)[※＊*注]")
_SPACED = re.compile(r"[※＊*・●○■◆]\s*(?P<plain>[^\s。、]{2,20})\s+(?P<definition>\S.{4,}。)", re.DOTALL)


def find_terms(pieces: Pieces) -> tuple[Term, ...]:
    """Return a document's glossary in order."""
    found = []
    for block in pieces.blocks:
        found += [*_in_table(pieces, block), *_in_section(pieces, block)]
    return tuple(found)


def _in_table(pieces: Pieces, block: Block) -> Iterator[Term]:
    columns = {c.role: c.index for c in block.table.columns} if block.table else {}
    if len(columns) == 2 and "overview" in columns:
        columns.setdefault("definition", columns["overview"])  # 用語 | 内容
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
        yield from _in_note(pieces, block)
        return
    hanging = tuple(_hanging(pieces, block))
    if hanging:
        yield from hanging
        return
    inner = block.path[-1]
    styles = (_EXPLAINED, _SPACED, _TOLD)
    found = (style.fullmatch(pieces.text, block.start, block.end) for style in styles)
    explained = next((match for match in found if match), None)
    if explained and not label_role(explained.groupdict().get("boxed") or explained["plain"] or ""):
        style = "boxed" if explained.groupdict().get("boxed") else "plain"
        yield _term(pieces, pieces.of(*explained.span(style)), pieces.of(*explained.span("definition")))
    elif _is_term(inner) and block.kind is BlockKind.PARAGRAPH:
        name = title_of(pieces, inner)
        yield _term(pieces, name, pieces.of(block.start, block.end))


def _hanging(pieces: Pieces, block: Block) -> Iterator[Term]:
    """Return the terms of lines of their own, each with what it means on indented lines below it."""
    lines = list(re.finditer(r"[^\n]+", pieces.text[block.start : block.end]))
    heads = [a for a, b in itertools.pairwise(lines) if _HEAD.fullmatch(a[0]) and b[0][0] in " 　"]
    for head, after in itertools.pairwise([*heads, None]):
        if head is not None:
            end = after.start() if after else block.end - block.start
            meaning = pieces.text[block.start + head.end() : block.start + end]
            start = block.start + head.end() + len(meaning) - len(meaning.lstrip())
            yield _term(
                pieces,
                pieces.of(block.start + head.start(), block.start + head.end()),
                pieces.of(start, block.start + end - (len(meaning) - len(meaning.rstrip()))),
            )


def _is_term(heading: Heading) -> bool:
    """Tell whether a heading in the glossary is a term: it has no number, but perhaps a mark."""
    return heading.level == MINOR or (heading.number != "" and not re.search(r"\w", heading.number))


def _in_note(pieces: Pieces, block: Block) -> Iterator[Term]:
    """Return the terms that notes below the text explain: the note's mark stands beside the word above."""
    starts = [m.start() for m in _NOTE_MARK.finditer(pieces.text, block.start, block.end)]
    for start, end in itertools.pairwise([*starts, block.end]):
        note = _NOTED.fullmatch(pieces.text[start:end].rstrip())
        if note and _beside(pieces.text[:start], note["plain"], note["mark"]):
            yield _term(
                pieces,
                pieces.of(start + note.start("plain"), start + note.end("plain")),
                pieces.of(start + note.start("definition"), start + note.end("definition")),
            )


def _beside(text: str, word: str, mark: str) -> bool:
    return re.search(rf"{re.escape(word)}\s*[(（]?{re.escape(mark)}(?!\d)", text) is not None


def _term(pieces: Pieces, term: Piece, definition: Piece) -> Term:
    return Term(
        term=term.text,
        term_normalised=pieces.normalised(term.text),
        definition=definition.text,
        source=Span(document_id=pieces.document_id, start=term.region.start, end=definition.region.end),
        spans={"term": (term.span,), "definition": (definition.span,)},
    )
