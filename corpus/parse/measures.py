"""Themes and measures: from tables with a row a measure, or from the sections that are about one each."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.document import Block, Cell, RowGroup, Table
from corpus.normalize import compact, narrow
from corpus.parse.fields import NEW, Piece, Pieces
from corpus.parse.roadmap import roadmap_of
from corpus.parse.themes import (
    above,
    key_of,
    likeness,
    section_above,
    theme_in,
    theme_of,
    with_issues,
    with_pillar,
)
from corpus.records import Doubt, Measure, Span, Theme

# Two names are of one thing where they share this much (difflib's ratio over the names' compact forms).
SAME_NAME = 0.6
MOVED = "「{text}」は一つ上の行に印刷されていますが、「{title}」の工程とみます"
_NUMBERED = re.compile(r"[(（]\d{1,2}[)）]|^\d{1,2}[.．]?$|[①-⑳]|^\d{1,2}[-.－．]\d|施策|取組")


@dataclass(frozen=True)
class Found:
    """What a document says of its themes and measures."""

    themes: tuple[Theme, ...] = ()
    measures: tuple[Measure, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def same_name(first: str, second: str) -> bool:
    """Tell whether two printed names are of one thing: one holds the other, or they differ in few letters."""
    a, b = compact(first), compact(second)
    if not a or not b:
        return False
    return a in b or b in a or likeness(first, second) >= SAME_NAME


def best_named(title: str, measures: Iterable[Measure]) -> Measure | None:
    """Return the measure of that name: the same, one that holds it or is held by it, the likeliest."""

    def rank(measure: Measure) -> tuple[bool, bool, float]:
        a, b = compact(title), compact(measure.title)
        return a == b, a in b or b in a, likeness(title, measure.title)

    best = max(measures, key=rank, default=None)
    return best if best and same_name(best.title, title) else None


def is_measure_table(table: Table) -> bool:
    """Tell whether a table has a row a measure."""
    held = {c.role for c in table.columns}
    return "measure" in held and bool(held & {"department", "overview"}) and "target" not in held


def measures_in_tables(pieces: Pieces) -> Found:
    """Return the themes and measures of the tables with a row a measure."""
    themes: dict[str, Theme] = {}
    measures: list[Measure] = []
    doubts: list[Doubt] = []
    listed = [b for b in pieces.blocks if b.table and is_measure_table(b.table)]
    sections = {h.region.start for b in listed if (h := section_above(b))}
    for i, block in enumerate(pieces.blocks):
        if not block.table or not is_measure_table(block.table):
            continue
        theme = None
        for group in block.table.groups:
            theme = _theme(pieces, i, block, group, len(sections) > 1) or theme
            if theme:
                theme = themes.setdefault(key_of(theme), theme)
            if _is_measure_row(pieces.text, block.table, group):
                measure, more = measure_of(pieces, block.table, group, key_of(theme) if theme else None)
                measures.append(measure)
                doubts += more
            elif theme:
                themes[key_of(theme)] = with_issues(pieces, theme, group)
    moved, more = _moved_phases(measures)
    return Found(tuple(themes.values()), unique(moved), (*doubts, *more))


def _theme(pieces: Pieces, i: int, block: Block, group: RowGroup, in_sections: bool) -> Theme | None:
    """Return the theme that a row names in a column of its own, else the one above the table.

    `in_sections`: the tables stand in several sections, so that these are the themes.
    """
    column = next((c for c in block.table.columns if c.role == "pillar"), None) if block.table else None
    cell = group.cell(column.index) if column else None
    if cell:
        return theme_in(pieces, cell.start, cell.end)
    heading = None if column else above(block) or (section_above(block) if in_sections else None)
    return with_pillar(pieces, theme_of(pieces, heading), i) if heading else None


def _is_measure_row(text: str, table: Table, group: RowGroup) -> bool:
    """A measure's row is numbered, or has a department; 「現状と課題」 above the header is neither."""
    columns = {c.role: c.index for c in reversed(table.columns)}
    name = group.cell(columns["measure"])
    if table.header and group.start < table.header.start:
        return False
    department = any(group.cell(c.index) for c in table.columns if c.role == "department")
    return bool(name and (_NUMBERED.match(name.of(text)) or department or "department" not in columns))


def measure_of(
    pieces: Pieces, table: Table, group: RowGroup, theme: str | None
) -> tuple[Measure, tuple[Doubt, ...]]:
    """Return the measure of a table's row, and the doubts about its roadmap."""
    columns = {c.role: c.index for c in reversed(table.columns)}
    name = group.cell(columns["measure"]) or group.cells[0]
    number, title, is_new = pieces.titled(name.start, name.end)
    held = [c.index for c in table.columns if c.role == "department"]
    departments = tuple(d for k in held for d in _departments(pieces, group.cell(k)))
    status = _departments(pieces, group.cell(columns.get("status", -1)))
    overview_cell = group.cell(columns.get("overview", -1))
    overview, activities = (
        pieces.described(overview_cell.start, overview_cell.end) if overview_cell else (None, ())
    )
    listed = group.cell(columns.get("activity", -1))
    activities = (*activities, *(pieces.listed(listed.start, listed.end) if listed else ()))
    source = Span(document_id=pieces.document_id, start=group.start, end=group.end)
    rows, doubts = roadmap_of(pieces, table, group, one_line(title.text), source)
    measure = Measure(
        id=measure_id(pieces.document_id, theme, number, title.text),
        theme=theme,
        number=number,
        title=title.text,
        title_normalised=pieces.normalised(title.text),
        departments=tuple(d.text for d in departments if not NEW.fullmatch(d.text)),
        is_new=is_new or any(NEW.fullmatch(d.text) for d in (*departments, *status)),
        overview=overview.text if overview else None,
        activities=tuple(a.text for a in activities),
        roadmap=rows,
        source=source,
        spans={
            "title": (title.span,),
            "departments": tuple(d.span for d in departments if not NEW.fullmatch(d.text)),
            "overview": (overview.span,) if overview else (),
            "activities": tuple(a.span for a in activities),
        },
    )
    return measure, doubts


def _departments(pieces: Pieces, cell: Cell | None) -> tuple[Piece, ...]:
    return pieces.departments(cell.start, cell.end) if cell else ()


def measure_id(document_id: str, theme: str | None, number: str, title: str) -> str:
    """Return a measure's id: its document, theme and number; its title where it has no number."""
    name = "-".join(re.findall(r"\d+", narrow(number))) or compact(title)
    return f"{document_id}.{theme}-{name}" if theme else f"{document_id}.{name}"


def unique(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """Return the measures with an id of its own for each: a number that is used again is counted on."""
    used: Counter[str] = Counter()
    found = []
    for measure in measures:
        used[measure.id] += 1
        again = used[measure.id]
        found.append(measure.model_copy(update={"id": f"{measure.id}~{again}"}) if again > 1 else measure)
    return tuple(found)


def one_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def _moved_phases(measures: list[Measure]) -> tuple[list[Measure], tuple[Doubt, ...]]:
    """Give the last phase of a row to the next measure where it bears that measure's whole name.

    In a flattened table the first bar of a measure can be printed above the row that names it.
    """
    moved, doubts = list(measures), []
    for i, (measure, after) in enumerate(itertools.pairwise(measures)):
        last = measure.roadmap[-1] if len(measure.roadmap) > 1 else None
        if last is None or last.certain or compact(after.title) not in compact(last.text):
            continue
        if compact(measure.title) in compact(last.text):
            continue
        moved[i] = moved[i].model_copy(update={"roadmap": measure.roadmap[:-1]})
        moved[i + 1] = after.model_copy(update={"roadmap": (last, *after.roadmap)})
        message = MOVED.format(text=last.text, title=after.title)
        doubts.append(Doubt(kind="roadmap_row", message=message, source=last.source))
    return moved, tuple(doubts)
