"""A document's blocks: every printed character belongs to exactly one, in the order of the text."""

from __future__ import annotations

from collections.abc import Callable

from corpus.document import Block, BlockKind, Document, Grid, Region
from corpus.parse.lines import BULLET, Line, lines_of
from corpus.parse.outline import Outline
from corpus.parse.tables import grid_table, parse_table


def parse_blocks(document: Document) -> Document:
    """Return the document with its blocks: headings, prose, lists, tables and what is on the page."""
    lines = lines_of(document.text)
    outline = Outline(lines, document.heading_marks)
    grids = {grid.start: grid for grid in document.grids}
    blocks: list[Block] = []
    i = 0
    while i < len(lines):
        if lines[i].blank:
            i += 1
        elif lines[i].start in grids:
            i += _take_grid(document.text, lines, i, grids[lines[i].start], outline, blocks)
        else:
            i += _take(document.text, lines, i, outline, blocks)
    return document.model_copy(update={"blocks": tuple(blocks)})


def _take_grid(
    text: str, lines: tuple[Line, ...], i: int, grid: Grid, outline: Outline, blocks: list[Block]
) -> int:
    count = _run(lines, i, lambda k: lines[k].start < grid.end)
    block = _block(BlockKind.TABLE, lines[i], lines[i + count - 1], outline)
    blocks.append(block.model_copy(update={"table": grid_table(text, grid)}))
    return count


def _take(text: str, lines: tuple[Line, ...], i: int, outline: Outline, blocks: list[Block]) -> int:
    """Append the block that begins on line i; return the number of lines it takes."""
    line = lines[i]
    if i in outline.contents:
        last = lines[outline.contents[-1]]
        blocks.append(Block(start=line.start, end=last.end, kind=BlockKind.CONTENTS))
        return len(outline.contents)
    if line.page_number or i in outline.running:
        kind = BlockKind.PAGE_NUMBER if line.page_number else BlockKind.RUNNING
        blocks.append(_block(kind, line, line, outline))
        return 1
    if line.tabbed:
        count = _run(lines, i, lambda k: lines[k].tabbed and k not in outline.contents)
        table = parse_table(text, lines[i : i + count])
        blocks.append(
            _block(BlockKind.TABLE, line, lines[i + count - 1], outline).model_copy(update={"table": table})
        )
        return count
    found = outline.heading_at(i)
    if found:
        heading, count = found
        kind = BlockKind.RUNNING if outline.is_running(heading) else BlockKind.HEADING
        outline.open(heading)
        blocks.append(_block(kind, heading.region, heading.region, outline))
        return count
    return _take_prose(lines, i, outline, blocks)


def _take_prose(lines: tuple[Line, ...], i: int, outline: Outline, blocks: list[Block]) -> int:
    kind = BlockKind.ITEM if BULLET.match(lines[i].text) else BlockKind.PARAGRAPH

    def continues(k: int) -> bool:
        line = lines[k]
        prose = not (line.blank or line.tabbed or BULLET.match(line.text))
        return prose and k not in outline.contents and k not in outline.running and not outline.heading_at(k)

    count = 1 + _run(lines, i + 1, continues) if i + 1 < len(lines) else 1
    blocks.append(_block(kind, lines[i], lines[i + count - 1], outline))
    return count


def _run(lines: tuple[Line, ...], start: int, holds: Callable[[int], bool]) -> int:
    count = 0
    while start + count < len(lines) and holds(start + count):
        count += 1
    return count


def _block(kind: BlockKind, first: Line | Region, last: Line | Region, outline: Outline) -> Block:
    return Block(start=first.start, end=last.end, kind=kind, path=outline.path)
