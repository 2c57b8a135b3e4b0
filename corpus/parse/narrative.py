"""What a plan tells in prose: the review of the plan before, roles, background figures, other plans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from corpus.document import Block, BlockKind, Heading
from corpus.normalize import narrow
from corpus.parse.fields import Piece, Pieces
from corpus.parse.measures import one_line
from corpus.parse.outline import MINOR
from corpus.records import Period, Relation, Review, Role, Span, Statistic
from corpus.sentences import sentences
from corpus.wareki import find_years

# A cover prints the period among its first blocks.
COVER_BLOCKS = 8

_REVIEWED = re.compile(r"評価|振り返り|振返り|検証|総括")
_PRINCIPLE = re.compile(r"基本理念|基本目標|基本方針|施策|重点")
_ACHIEVED = re.compile(r"取組実績|実績|主な取組")
_ORGANISED = re.compile(r"推進体制|体制|組織|役割")
_DUTY = re.compile(r"役割|職務|所掌|担うこと|内容")
_BACKGROUND = re.compile(r"背景|動向|現状|情勢|評価")
_FIGURE = re.compile(
    r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s*[万億千百]*\s*(?:人|世帯|%|件|枚|台|か所|箇所|円|手続|施設|町会|割|歳|倍)"
)
_PLAN = re.compile(
    r"[「『](?P<title>[^「」『』]*(?:計画|戦略|ビジョン)[^「」『』]*)[」』](?:[(（](?P<dated>[^()（）]*(?:[(（][^()（）]*[)）][^()（）]*)*)[)）])?"
)
_NATIONAL = re.compile(r"国[のは、に]|政府")
_PREFECTURAL = re.compile(r"県|東京都|北海道|大阪府|京都府")


def find_reviews(pieces: Pieces) -> tuple[Review, ...]:
    """Return how each principle of the earlier plan went, from the chapter that reviews it."""
    groups: dict[int, tuple[Heading, list[Block]]] = {}
    for block in pieces.blocks:
        reviewed = any(_REVIEWED.search(h.title) for h in block.path)
        principle = next((h for h in block.path if _PRINCIPLE.match(h.number)), None)
        if reviewed and principle:
            groups.setdefault(principle.region.start, (principle, []))[1].append(block)
    return tuple(_review(pieces, heading, blocks) for heading, blocks in groups.values())


def _review(pieces: Pieces, heading: Heading, blocks: list[Block]) -> Review:
    fields: dict[str, list[Piece]] = {"achievements": [], "results": [], "issues": [], "carried_over": []}
    roles = {"result": "results", "issue": "issues", "carried_over": "carried_over"}
    for block in blocks:
        if block.kind in (BlockKind.ITEM, BlockKind.PARAGRAPH) and any(
            _ACHIEVED.search(h.title) for h in block.path
        ):
            fields["achievements"] += pieces.items(block.start, block.end)
        for column, group in _cells(block):
            cell = group.cell(column.index)
            if cell and column.role in roles:
                fields[roles[column.role]] += pieces.items(cell.start, cell.end)
    title = pieces.of(pieces.text.find(heading.title, heading.region.start), heading.region.end)
    return Review(
        number=heading.number,
        title=title.text,
        **{name: tuple(p.text for p in found) for name, found in fields.items()},
        source=Span(document_id=pieces.document_id, start=heading.region.start, end=blocks[-1].end),
        spans={
            "title": (title.span,),
            **{name: tuple(p.span for p in found) for name, found in fields.items()},
        },
    )


def _cells(block: Block) -> Iterator[tuple]:  # type: ignore[type-arg]
    if block.table:
        yield from ((column, group) for group in block.table.groups for column in block.table.columns)


def find_roles(pieces: Pieces) -> tuple[Role, ...]:
    """Return who does what: the named paragraphs that follow the section on the organisation."""
    found: dict[int, tuple[Heading, list[Block]]] = {}
    organised: tuple[Heading, ...] = ()
    for block in pieces.blocks:
        if block.kind is BlockKind.HEADING and block.path[-1].level < MINOR:
            organised = block.path[:1] if _ORGANISED.search(block.path[-1].title) else ()
        named = block.path[-1] if block.path and block.path[-1].level == MINOR else None
        if organised and named and block.path[:1] == organised and block.kind is BlockKind.PARAGRAPH:
            found.setdefault(named.region.start, (named, []))[1].append(block)
    named_so = [_role(pieces, heading, blocks) for heading, blocks in found.values()]
    return tuple(sorted((*named_so, *_roles_in_tables(pieces)), key=lambda r: r.source.start))


def _roles_in_tables(pieces: Pieces) -> Iterator[Role]:
    """Yield a role for each row of a table on the organisation: who it is, and what stands beside that."""
    for block in pieces.blocks:
        organised = any(_ORGANISED.search(h.title) for h in block.path)
        if not block.table or not organised or block.table.form:
            continue
        first = [c.of(pieces.text) for g in block.table.groups[:1] for c in g.cells]
        labelled = any(_DUTY.search(c.label) for c in block.table.columns)
        if not labelled and not any(_DUTY.fullmatch(said) for said in first):
            continue
        for group in block.table.groups if labelled else block.table.groups[1:]:
            cells = sorted((c for c in group.cells if c.end > c.start), key=lambda c: (c.row, c.column))
            if len(cells) < 2 or cells[0].column:
                continue
            name = pieces.of(cells[0].start, cells[0].end)
            duty = pieces.of(cells[1].start, cells[-1].end)
            source = Span(document_id=pieces.document_id, start=name.region.start, end=duty.region.end)
            spans = {"name": (name.span,), "duty": (duty.span,)}
            yield Role(name=name.text, duty=duty.text, source=source, spans=spans)


def _role(pieces: Pieces, heading: Heading, blocks: list[Block]) -> Role:
    name = pieces.of(heading.region.start, heading.region.end)
    duty = pieces.of(blocks[0].start, blocks[-1].end)
    source = Span(document_id=pieces.document_id, start=name.region.start, end=duty.region.end)
    return Role(
        name=name.text, duty=duty.text, source=source, spans={"name": (name.span,), "duty": (duty.span,)}
    )


def find_statistics(pieces: Pieces) -> tuple[Statistic, ...]:
    """Return the sentences of the background that state figures."""
    found = []
    for sentence in _background(pieces):
        piece = pieces.of(sentence[0], sentence[1])
        figures = [
            pieces.of(sentence[0] + m.start(), sentence[0] + m.end())
            for m in _FIGURE.finditer(narrow(pieces.text[sentence[0] : sentence[1]]))
        ]
        if figures:
            found.append(
                Statistic(
                    text=piece.text,
                    figures=tuple(f.text for f in figures),
                    source=piece.span,
                    spans={"text": (piece.span,), "figures": tuple(f.span for f in figures)},
                )
            )
    return tuple(found)


def _background(pieces: Pieces) -> Iterator[tuple[int, int]]:
    for block in pieces.blocks:
        if not any(_BACKGROUND.search(h.title) for h in block.path):
            continue
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            yield from ((s.start, s.end) for s in sentences(pieces.text, block.start, block.end))
        for group in block.table.groups if block.table else ():
            for cell in group.cells:
                yield from ((s.start, s.end) for s in sentences(pieces.text, cell.start, cell.end))


def find_period(pieces: Pieces) -> tuple[Period, Span] | None:
    """Return the fiscal years that a plan covers: from its section on the period, else from its cover."""
    about = [b for b in pieces.blocks if b.path and "期間" in b.path[-1].title]
    cover = pieces.blocks[:COVER_BLOCKS]
    for block in (*about, *cover):
        if block.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            continue
        for sentence in sentences(pieces.text, block.start, block.end):
            years = [y.year for y in find_years(sentence.of(pieces.text))]
            if len(set(years)) == 2 and min(years) < max(years):
                span = pieces.of(sentence.start, sentence.end).span
                return Period(start=min(years), end=max(years)), span
    return None


def find_relations(pieces: Pieces) -> tuple[Relation, ...]:
    """Return the other plans that the text names with their dates, and the tables of periods."""
    found: dict[tuple[str, str | None], Relation] = {}
    for block in pieces.blocks:
        if block.kind is BlockKind.PARAGRAPH:
            for match in _PLAN.finditer(pieces.text, block.start, block.end):
                relation = _named_plan(pieces, block, match)
                found.setdefault((relation.title, relation.dated), relation)
        if block.table and {c.role for c in block.table.columns} == {"year"}:
            for relation in _period_rows(pieces, block):
                found[(relation.title, relation.dated)] = relation
    return tuple(found.values())


def _named_plan(pieces: Pieces, block: Block, match: re.Match[str]) -> Relation:
    title = pieces.of(match.start("title"), match.end("title"))
    dated = pieces.of(match.start("dated"), match.end("dated")) if match["dated"] else None
    before = pieces.text[max(block.start, match.start() - 12) : match.start()]
    about = block.path[-1].title if block.path else ""
    return Relation(
        title=title.text,
        issuer=_issuer(before, title.text, about),
        dated=dated.text if dated and find_years(dated.text) else None,
        source=Span(document_id=pieces.document_id, start=match.start(), end=match.end()),
        spans={
            "title": (title.span,),
            **({"dated": (dated.span,)} if dated and find_years(dated.text) else {}),
        },
    )


def _issuer(before: str, title: str, about: str) -> Literal["national", "prefectural", "municipal"] | None:
    """Return whose plan it is: by its own name, by the words before it, by what the section is about."""
    if _PREFECTURAL.search(title) or re.search(r"県の$|県は、?$|県では", before):
        return "prefectural"
    if re.search(r"市(?!国)|町|村", title):
        return "municipal"
    if _NATIONAL.search(before) or about.startswith("国の"):
        return "national"
    return "prefectural" if about.startswith("県の") else None


def _period_rows(pieces: Pieces, block: Block) -> Iterator[Relation]:
    for group in block.table.groups if block.table else ():
        filled = [c for c in group.cells if c.end > c.start]
        for cell in filled[1:]:
            mentions = find_years(cell.of(pieces.text))
            years = [y.year for y in mentions]
            title = pieces.of(cell.start, cell.start + mentions[0].start if mentions else cell.end)
            if len(years) == 2 and title.text:
                yield Relation(
                    title=one_line(title.text),
                    issuer="municipal",
                    dated=None,
                    period=Period(start=years[0], end=years[1]),
                    source=Span(document_id=pieces.document_id, start=group.start, end=group.end),
                    spans={"title": (title.span,)},
                )
