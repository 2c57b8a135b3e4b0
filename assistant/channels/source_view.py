"""A document as its source page shows it: headings, prose, lists and tables, made of runs.

Every printed character of the canonical text is in exactly one run, also where the reading put it in
no block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from assistant.channels.source_runs import Row, Run, rows_of, runs_of, spoken
from assistant.channels.source_table import TableRow, keeps_years_apart, table_rows
from corpus.document import Block, BlockKind, Document, Page, Region

DEEPEST_HEADING = 6
DEEPEST_ENTRY = 3


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of the printed table of contents: its number and title, and its page's runs."""

    title: tuple[Row, ...]
    page: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One piece of the page; `kind` says which of the other fields are filled."""

    kind: str
    rows: tuple[Row, ...] = ()
    level: int = 0
    anchor: str = ""
    label: str = ""
    items: tuple[tuple[Row, ...], ...] = ()
    table: tuple[TableRow, ...] = ()
    years_apart: bool = False
    entries: tuple[ContentsEntry, ...] = ()
    page: Page | None = None


@dataclass(slots=True)
class Entry:
    """A heading in the page's own table of contents, with the headings under it."""

    anchor: str
    label: str
    level: int
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SourceView:
    """What the template needs of a document."""

    sections: tuple[Section, ...]
    entries: tuple[Entry, ...]
    has_stray: bool


def source_view(document: Document) -> SourceView:
    """Return the view of a document."""
    sections = tuple(_with_pages(document, _sections(document)))
    headings = (s for s in sections if s.kind == "heading")
    has_stray = any(run.stray for section in sections for run in runs_in(section))
    return SourceView(sections, tuple(_entries(headings)), has_stray)


def runs_in(section: Section) -> Iterator[Run]:
    """Yield every run of a section, in the order in which the page shows them."""
    rows = [*section.rows, *(row for item in section.items for row in item)]
    rows += [row for line in section.table for cell in line.cells for row in cell.rows]
    for row in rows:
        yield from row.runs
    for entry in section.entries:
        yield from (*(run for row in entry.title for run in row.runs), *entry.page)


def _sections(document: Document) -> Iterator[Section]:
    items: list[Region] = []
    tables = 0
    for block in _gapless(document):
        if block.kind is BlockKind.ITEM:
            items.append(block)
            continue
        yield from _list(document.text, items)
        items = []
        tables += block.kind is BlockKind.TABLE
        yield _section(document.text, block, tables)
    yield from _list(document.text, items)


def _gapless(document: Document) -> Iterator[Block]:
    """Yield the blocks and, as paragraphs, what is printed between them."""
    at = 0
    for block in (*document.blocks, None):
        upto = block.start if block else len(document.text)
        if document.text[at:upto].strip():
            yield Block(start=at, end=upto, kind=BlockKind.PARAGRAPH)
        if block:
            yield block
            at = block.end


def _list(text: str, items: list[Region]) -> Iterator[Section]:
    if items:
        yield Section("list", items=tuple(rows_of(text, i) for i in items), anchor=f"b{items[0].start}")


def _section(text: str, block: Block, tables: int) -> Section:
    """Return the section of a block that is no list item; `tables` numbers the tables, this one included."""
    anchor = f"b{block.start}"
    if block.kind is BlockKind.TABLE and block.table:
        label = f"表{tables} {block.path[-1].label if block.path else ''}".strip()
        rows = table_rows(text, block, block.table)
        return Section(
            "table", anchor=anchor, label=label, table=rows, years_apart=keeps_years_apart(block.table)
        )
    if block.kind is BlockKind.CONTENTS:
        return _contents(text, block)
    rows_shown = rows_of(text, block)
    if block.kind is BlockKind.HEADING:
        level = min(1 + max(1, len(block.path)), DEEPEST_HEADING)
        return Section("heading", rows_shown, level, anchor, spoken(text, block))
    quiet = block.kind in (BlockKind.RUNNING, BlockKind.PAGE_NUMBER)
    return Section("running" if quiet else "paragraph", rows_shown, anchor=anchor)


def _contents(text: str, block: Block) -> Section:
    """Return the printed table of contents: its title as rows, its lines as entries."""
    title: tuple[Row, ...] = ()
    entries = []
    start = block.start
    for line in block.of(text).split("\n"):
        region = Region(start=start, end=start + len(line))
        if line.strip() and not title:
            title = rows_of(text, region)
        elif line.strip():
            entries.append(_contents_entry(text, region))
        start = region.end + 1
    return Section("contents", title, anchor=f"b{block.start}", entries=tuple(entries))


def _contents_entry(text: str, region: Region) -> ContentsEntry:
    cells = []
    start = region.start
    for cell in region.of(text).split("\t"):
        runs = runs_of(text, start, start + len(cell))
        cells += [runs] if runs else []
        start += len(cell) + 1
    page = cells.pop() if len(cells) > 1 else ()
    return ContentsEntry(tuple(Row(" " if i else "", runs) for i, runs in enumerate(cells)), page)


def _with_pages(document: Document, sections: Iterable[Section]) -> Iterator[Section]:
    """Yield the sections with a mark before the first one of each printed page."""
    at = 0
    for section in sections:
        first = next(runs_in(section), None)
        begun = (p for p in document.pages[at:] if first and p.start <= first.start)
        for page in tuple(begun):
            at += 1
            yield Section("page", label=str(page.number), anchor=f"p{page.number}", page=page)
        yield section


def _entries(headings: Iterable[Section]) -> list[Entry]:
    roots: list[Entry] = []
    path: list[Entry] = []
    for heading in headings:
        while path and path[-1].level >= heading.level:
            path.pop()
        if len(path) >= DEEPEST_ENTRY:
            continue
        entry = Entry(heading.anchor, heading.label, heading.level)
        (path[-1].entries if path else roots).append(entry)
        path.append(entry)
    return roots
