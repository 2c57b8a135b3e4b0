"""Labelled fields: 「担当課：…」, 「【概要】 …」, a label on a line of its own, a table's first column.

What a label means is what a column with that header holds (`columns.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from corpus.document import Block, BlockKind, Cell, Heading, Region, Table
from corpus.normalize import narrow
from corpus.parse.columns import label_role, stacked_at
from corpus.parse.lines import BULLET
from corpus.parse.tables import rows_table

OTHER = "other"

_MARKED = r"(?:^|(?<=\s))(?:[■●○◆□◇▼・*-]\s*)?"
_BOXED = r"[【\[［〔〈<](?P<boxed>[^】\]］〕〉>\n]{2,20})[】\]］〕〉>]\s*:?"
_PLAIN = r"(?P<plain>[^\s:。、()\[\]【】]{2,14}?(?:\s?\([^()\n]*\))?)\s*:"
_NAMED_NUMBER = re.compile(r"[第編章節施策取組事業]")
_LABEL = re.compile(rf"{_MARKED}(?:{_BOXED}|{_PLAIN})\s*")
# A label without a colon, at a line's beginning: 「担当　総務課」.
_BARE = re.compile(r"\s*(?:[■●○◆□◇▼・*-]\s*)?(?P<plain>[^\s:。、()\[\]【】]{2,8}) +(?P<value>\S.*)")
_BARE_LABEL = re.compile(r"\s*(?:[■●○◆□◇▼・*-]\s*)?(?P<boxed>(?!))?(?P<plain>[^\s:。、()\[\]【】]{2,8}) +")
_OFFICE = re.compile(r"[課室部局署係院所館園会団]$|全庁|センター$")


@dataclass(slots=True)
class Labelled:
    """A label's role and what stands under it; the role is empty before the first label."""

    role: str
    label: Region | None = None
    prose: list[Region] = field(default_factory=list)
    items: list[Region] = field(default_factory=list)
    table: Table | None = None

    @property
    def regions(self) -> tuple[Region, ...]:
        """Return the places of everything that stands under the label."""
        table = tuple(Region(start=g.start, end=g.end) for g in self.table.groups) if self.table else ()
        return (*self.prose, *self.items, *table)


def labels_in(line: str) -> tuple[re.Match[str], ...]:
    """Return the labels of one line; a match's end is where its value begins."""
    found = tuple(m for m in _LABEL.finditer(narrow(line)) if _named_by(m["boxed"] or m["plain"]))
    bare = None if found else _BARE.fullmatch(narrow(line))
    if not bare or not _valued(label_role(bare["plain"]), bare["value"]):
        return found
    first = _BARE_LABEL.match(narrow(line))
    return (first,) if first else ()


def _valued(role: str, value: str) -> bool:
    """Tell whether a value is such as follows a label of that role without a colon."""
    if role == "department":
        return all(_OFFICE.search(word) for word in re.split(r"[、,・\s]+", value.strip()))
    return role in ("indicator", "baseline", "target") and bool(re.search(r"\d", value))


def _named_by(label: str) -> str:
    """Return the field that a label in prose names; 「施策1：…」 is a heading, 「施策名：…」 is a label."""
    role = label_role(label)
    return role if role != "measure" or "名" in label else ""


def is_labelled(line: str) -> bool:
    """Tell whether a line holds a label and its value."""
    found = labels_in(line)
    return bool(found) and found[-1].end() < len(line.rstrip())


def is_label(heading: Heading) -> bool:
    """Tell whether a heading only names a field of what is above it, as 「主な取組」 does."""
    return bool(label_role(heading.title)) and not _NAMED_NUMBER.search(heading.number)


def fields_of(text: str, blocks: Iterable[Block]) -> list[Labelled]:
    """Return the labelled fields of a section's blocks, first what stands before any label."""
    found = [Labelled("")]
    for block in blocks:
        if block.table:
            form = form_fields(text, block.table)
            found += form or [Labelled("table", table=block.table)]
        elif block.kind is BlockKind.HEADING:
            role = label_role(block.of(text))
            if role or found[-1].role in ("", OTHER) or found[-1].regions:
                _open(found, block, role or OTHER)
            else:
                found[-1].prose.append(Region(start=block.start, end=block.end))
        elif block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            _read(found, text, block)
    return found


def _open(found: list[Labelled], label: Region, role: str) -> None:
    found.append(Labelled(role, Region(start=label.start, end=label.end)))


def _read(found: list[Labelled], text: str, block: Block) -> None:
    """Put each line of a block under the label before it; lines without one go on in one place."""
    run: Region | None = None
    for start, end in _lines(text, block):
        labels = labels_in(text[start:end])
        role = label_role(text[start:end])
        if not labels and not role:
            item = block.kind is BlockKind.ITEM and run is None
            first = _after_bullet(text, start, end) if item else start
            run = _append(found[-1], Region(start=first, end=end), item, run)
            continue
        run = None
        if not labels:
            _open(found, Region(start=start, end=end), role)
            continue
        if text[start : start + labels[0].start()].strip():
            _append(found[-1], Region(start=start, end=start + labels[0].start()), False, None)
        ends = [start + m.start() for m in labels[1:]] + [end]
        for match, last in zip(labels, ends, strict=True):
            name = match["boxed"] or match["plain"]
            region = Region(start=start + match.start(), end=start + match.end())
            _open(found, region, label_role(name))
            if text[start + match.end() : last].strip():
                run = _append(found[-1], Region(start=start + match.end(), end=last), False, None)


def _append(to: Labelled, region: Region, item: bool, run: Region | None) -> Region:
    """Append a line; one that goes on with the line before it makes that longer."""
    values = to.items if item or (run and run in to.items) else to.prose
    if run and values and values[-1] == run and to.role != "roadmap":
        values[-1] = Region(start=run.start, end=region.end)
    else:
        values.append(region)
    return values[-1]


def _lines(text: str, block: Region) -> Iterator[tuple[int, int]]:
    start = block.start
    for line in block.of(text).split("\n"):
        if line.strip():
            yield start, start + len(line)
        start += len(line) + 1


def _after_bullet(text: str, start: int, end: int) -> int:
    mark = re.compile(rf"\s*(?:{BULLET.pattern})").match(text, start, end)
    return mark.end() if mark else start


def form_fields(text: str, table: Table) -> list[Labelled]:
    """Return the fields of a table with a label in each row's first cell; none where it is no such table."""
    if not table.form:
        return []
    found: list[Labelled] = []
    for group in table.groups:
        cells = [c for c in group.cells if c.end > c.start]
        rest = [c for c in cells if c.column > cells[0].column]
        inner = rows_table(text, rest, table.placed)
        if label_role(cells[0].of(text)) and inner.columns:
            region = Region(start=cells[0].start, end=cells[0].end)
            found.append(Labelled(label_role(cells[0].of(text)), region, table=inner))
        else:
            _pairs(found, text, cells)
    return found


def _pairs(found: list[Labelled], text: str, cells: list[Cell]) -> None:
    """Read a row of label and value, and perhaps of a second label and value beside them.

    A label beside several rows is the label of each of them; a cell may print its label above its value.
    """
    for i, cell in enumerate(cells):
        region = Region(start=cell.start, end=cell.end)
        role = label_role(cell.of(text))
        followed = i + 1 < len(cells) and cells[i + 1].row == cell.row
        value = stacked_at(cell.of(text))
        if (
            i > 1
            and cell.row != cells[i - 1].row
            and not role
            and not value
            and label_role(cells[0].of(text))
        ):
            _open(found, Region(start=cells[0].start, end=cells[0].end), label_role(cells[0].of(text)))
        if value:
            label = Region(start=cell.start, end=cell.start + len(cell.of(text)[:value].rstrip()))
            _open(found, label, label_role(label.of(text)))
            found[-1].prose.append(Region(start=cell.start + value, end=cell.end))
        elif i == 0 and (role or followed):
            _open(found, region, role or OTHER)
        elif role and followed and found[-1].prose:
            _open(found, region, role)
        elif found and i > 0:
            found[-1].prose.append(region)
        else:
            found.append(Labelled("title", None, [region]))
