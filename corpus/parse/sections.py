"""Sections about one measure: a heading or a table with labelled fields, or with a list, under it."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.document import Block, BlockKind, Heading, Region, Table
from corpus.normalize import compact
from corpus.parse.fields import NEW, Piece, Pieces
from corpus.parse.labels import OTHER, Labelled, fields_of, form_fields, is_label
from corpus.parse.measures import (
    Found,
    best_named,
    measure_id,
    measure_of,
    measures_in_tables,
    one_line,
    same_name,
    unique,
)
from corpus.parse.outline import MINOR
from corpus.parse.roadmap import phases_in_lines, phases_in_table, uncertain
from corpus.parse.themes import MARKS, key_of, names_theme, theme_of, title_of
from corpus.records import Doubt, Measure, RoadmapRow, Span, Theme

MEASURE_SECTIONS = re.compile(r"施策|取組|取り組み|事業|具体")
_NUMBERED = re.compile(
    r"[(（]\d{1,2}[)）]|^\d{1,2}[.．]?$|[①-⑳]|(?:基本|重点|主要)?(?:施策|取組|取り組み|事業)|アクション|^\d{1,2}\s*[-.]\s*\(?\d"
)
_CHAPTER = re.compile(r"第.+[編部章]")
# What the first column of a measure's actions is called.
ACTION_ROLES = frozenset(["activity", "measure"])
# A label is printed under several headings, a measure's name under one.
LABEL_AGAIN = 2
# What a measure of a list takes from the section of its name.
COMPLETED = ("departments", "overview", "activities", "roadmap")
# So many times as many are told of in sections as a table lists.
MANY = 2
# What a measure's section says beside its KPIs.
MEASURE_ROLES = frozenset(["department", "overview", "activity", "roadmap"])


@dataclass(frozen=True)
class Part:
    """A section or a form: the heading it stands under and its fields, in order."""

    heading: Heading | None
    fields: tuple[Labelled, ...]
    region: Region
    block: Block

    @property
    def name(self) -> Region | None:
        """Return where the section's own fields print the measure's title."""
        return next((f.prose[0] for f in self.fields if _names(f)), None)

    @property
    def roles(self) -> set[str]:
        """Return what the labels of the section name, and what its table of actions tells."""
        actions = {role for t in self.actions for role in ("activity", *_told(t))}
        return {f.role for f in self.fields} | actions

    @property
    def actions(self) -> tuple[Table, ...]:
        """Return the section's tables with a row an action: by whom it is done, or when."""
        tables = (f.table for f in self.fields if f.table and f.role in ("table", "roadmap"))
        labelled = {f.role for f in self.fields} & MEASURE_ROLES
        named = ACTION_ROLES if labelled else {"activity"}
        return tuple(t for t in tables if _told(t) and named & {c.role for c in t.columns})


def _told(table: Table) -> set[str]:
    held = {c.role for c in table.columns}
    return {"department"} & held | ({"roadmap"} if "year" in held else set())


def _names(field: Labelled) -> bool:
    return field.role in ("measure", "title") and bool(field.prose)


def parts_of(pieces: Pieces) -> tuple[Part, ...]:
    """Return the sections under the innermost headings, and the forms that stand apart from each other."""
    found: list[Part] = []
    again = _printed_again(pieces.blocks)
    titles = {compact(b.path[-1].title) for b in pieces.blocks if b.kind is BlockKind.HEADING and b.path}
    above: Block | None = None
    for i, block in enumerate(pieces.blocks):
        heading = block.path[-1] if block.path else None
        if block.table and block.table.form:
            forms = _forms(pieces, block, heading)
            rest = form_fields(pieces.text, block.table)
            whole = above is not None and above.table is not None and found and above is found[-1].block
            if whole and not any(map(_names, rest)):
                found[-1] = _with_rest(found[-1], block, rest)
                block = found[-1].block
            found += forms
        elif block.kind is BlockKind.HEADING and heading and heading.level < MINOR and not is_label(heading):
            if _bare(heading) in again:
                continue
            body = _body(pieces.blocks, i, heading, again)
            if body and not _holds_titled_forms(pieces, body):
                region = Region(start=block.start, end=body[-1].end)
                fields = tuple(fields_of(pieces.text, body))
                for f in fields:
                    if f.table and _lists(pieces, f.table, titles):
                        f.role = OTHER
                found.append(Part(heading, fields, region, block))
        if block.kind not in (BlockKind.RUNNING, BlockKind.PAGE_NUMBER):
            above = block
    return tuple(found)


def _lists(pieces: Pieces, table: Table, titles: set[str]) -> bool:
    """Tell whether a table's rows are measures that have headings of their own."""
    names = (pieces.titled(c.start, c.end)[1].text for c in _column(table, "measure"))
    return any(compact(name) in titles for name in names)


def _with_rest(part: Part, block: Block, rest: list[Labelled]) -> Part:
    """Return a form with what stands of it on the next page."""
    region = Region(start=part.region.start, end=block.end)
    return dataclasses.replace(part, fields=(*part.fields, *rest), region=region)


def _bare(heading: Heading) -> str:
    """Return the title of a heading without a number of its own, which may be a label; else nothing."""
    return (
        ""
        if re.search(r"\w", heading.number)
        else compact(heading.title.strip(f"{MARKS}【】[]［］＜＞<>〈〉"))
    )


def _printed_again(blocks: tuple[Block, ...]) -> frozenset[str]:
    """Return the titles that stand under several headings, such as 現状と課題: they are labels."""
    under: dict[str, set[int]] = {}
    for block in blocks:
        if block.kind is BlockKind.HEADING and len(block.path) > 1 and _bare(block.path[-1]):
            parent = next((h for h in reversed(block.path[:-1]) if re.search(r"\w", h.number)), None)
            if parent:
                under.setdefault(_bare(block.path[-1]), set()).add(parent.region.start)
    return frozenset(title for title, parents in under.items() if len(parents) >= LABEL_AGAIN)


def _body(
    blocks: tuple[Block, ...], i: int, heading: Heading, again: frozenset[str] = frozenset()
) -> tuple[Block, ...]:
    """Return the blocks under a heading up to the next one that is more than a label."""
    body = []
    for block in blocks[i + 1 :]:
        if block.kind is BlockKind.HEADING and block.path:
            inner = block.path[-1]
            label = inner.level >= MINOR or is_label(inner) or _bare(inner) in again
            if inner.level <= heading.level or not label:
                break
        if block.kind not in (BlockKind.RUNNING, BlockKind.PAGE_NUMBER, BlockKind.CONTENTS):
            body.append(block)
    return tuple(body)


def _holds_titled_forms(pieces: Pieces, body: tuple[Block, ...]) -> bool:
    forms = [b.table for b in body if b.table and b.table.form]
    return any(_names(f) for t in forms for f in form_fields(pieces.text, t))


def _forms(pieces: Pieces, block: Block, heading: Heading | None) -> list[Part]:
    """Return one part for each measure that a form names; none where its heading names the measure."""
    fields = form_fields(pieces.text, block.table) if block.table else []
    starts = [i for i, f in enumerate(fields) if _names(f)]
    parts = []
    for first, last in itertools.pairwise([*starts, len(fields)]):
        own = tuple(fields[first:last])
        regions = [r for f in own for r in (*((f.label,) if f.label else ()), *f.regions)]
        if len({f.role for f in own}) > 1:
            region = Region(start=min(r.start for r in regions), end=max(r.end for r in regions))
            parts.append(Part(heading, own, region, block))
    return parts


def find_measures(pieces: Pieces, parts: tuple[Part, ...]) -> Found:
    """Return the themes and measures of a document; sections are asked where no table has measures."""
    found = measures_in_tables(pieces)
    told = _in_sections(pieces, parts)
    # A table of a few beside sections of many is of something else: of projects that span them.
    if len(told.measures) > MANY * len(found.measures):
        found = told
    elif not all(m.overview or m.activities for m in found.measures):
        found = _completed(found, told)
    return dataclasses.replace(found, measures=with_schedule(found.measures, schedule_of(pieces, parts)))


def _completed(listed: Found, told: Found) -> Found:
    """Give the measures of a list what the sections of the same names tell of them."""
    sections = {compact(m.title): m for m in told.measures}
    measures = []
    for measure in listed.measures:
        section = sections.get(compact(measure.title))
        lacking = [f for f in COMPLETED if section and getattr(section, f) and not getattr(measure, f)]
        more = {f: getattr(section, f) for f in lacking}
        spans = {f: section.spans[f] for f in lacking if section and f in section.spans}
        measures.append(measure.model_copy(update={**more, "spans": {**measure.spans, **spans}}))
    kept = {row.source for m in measures for row in m.roadmap}
    doubts = (d for d in told.doubts if any(d.source.start <= s.start < d.source.end for s in kept))
    return Found(listed.themes, tuple(measures), (*listed.doubts, *doubts))


def _in_sections(pieces: Pieces, parts: tuple[Part, ...]) -> Found:
    """Return the themes and measures of the sections that are about one measure each."""
    schedule = schedule_of(pieces, parts)
    themes: dict[str, Theme] = {}
    measures: dict[tuple[str | None, str], Measure] = {}
    doubts: list[Doubt] = []
    for part in parts:
        if not _is_measure(part, schedule):
            continue
        theme = _theme(pieces, part)
        measure, more = _measure(pieces, part, key_of(theme) if theme else None)
        key = (measure.theme, compact(measure.title))
        if theme:
            themes.setdefault(key_of(theme), theme)
        if key not in measures:
            measures[key] = measure
            doubts += more
    return Found(tuple(themes.values()), unique(measures.values()), tuple(doubts))


def _is_measure(part: Part, schedule: tuple[Measure, ...]) -> bool:
    """Tell whether a section is a measure's: by its labels, or by its list and its name."""
    if part.name:
        return True
    heading = part.heading
    held = part.roles & MEASURE_ROLES
    if heading is None or _CHAPTER.match(heading.number):
        return False
    if held and (len(held) > 1 or _NUMBERED.match(heading.number)):
        return True
    if not _NUMBERED.match(heading.number) or not part.fields[0].items or _intro(part.fields[0]):
        return False
    if schedule:
        return any(same_name(heading.title, row.title) for row in schedule)
    return any(MEASURE_SECTIONS.search(h.title) for h in part.block.path[:-1])


def _intro(field: Labelled) -> list[Region]:
    """Return the prose of a field that stands before its list; what follows a list closes the section."""
    return [r for r in field.prose if not field.items or r.start < field.items[0].start]


def _theme(pieces: Pieces, part: Part) -> Theme | None:
    """Return the theme above a measure; a chapter is one only where it is numbered as one."""
    path = part.block.path
    outer = path[:-1] if part.block.kind is BlockKind.HEADING else path
    named = next((h for h in reversed(outer) if names_theme(h)), None)
    if named:
        return theme_of(pieces, named)
    last = outer[-1] if outer else None
    return theme_of(pieces, last) if last and last.number and not _CHAPTER.match(last.number) else None


def _measure(pieces: Pieces, part: Part, theme: str | None) -> tuple[Measure, tuple[Doubt, ...]]:
    number, title, is_new = _titled(pieces, part)
    number = number or next(
        (r.of(pieces.text) for f in part.fields if f.role == "number" for r in f.prose), ""
    )
    overview, activities = _described(pieces, part)
    said = [r for f in part.fields if f.role == "department" for r in f.prose + f.items]
    cells = [c for t in part.actions for c in _column(t, "department")]
    departments = _distinct(word for r in (*said, *cells) for word in pieces.departments(r.start, r.end))
    status = [pieces.of(r.start, r.end) for f in part.fields if f.role == "status" for r in f.prose]
    taken = [p.region.end for p in (title, *departments, *activities, *((overview,) if overview else ()))]
    kept = [r.end for f in part.fields if f.role not in ("", "other") for r in f.regions]
    source = Span(document_id=pieces.document_id, start=part.region.start, end=max(taken + kept))
    rows: tuple[RoadmapRow, ...] = ()
    for f in part.fields:
        if f.role in ("roadmap", "table"):
            lines = [pieces.of(r.start, r.end) for r in f.prose + f.items]
            rows += phases_in_table(pieces, f.table) if f.table else phases_in_lines(pieces, lines)
    measure = Measure(
        id=measure_id(pieces.document_id, theme, number, title.text),
        theme=theme,
        number=number,
        title=title.text,
        title_normalised=pieces.normalised(title.text),
        departments=tuple(d.text for d in departments),
        is_new=is_new or any(NEW.fullmatch(s.text) for s in status),
        overview=overview.text if overview else None,
        activities=tuple(p.text for p in activities),
        roadmap=rows,
        source=source,
        spans=_spans(title, departments, overview, activities),
    )
    return measure, uncertain(rows, one_line(title.text), source)


def _spans(
    title: Piece, departments: tuple[Piece, ...], overview: Piece | None, activities: tuple[Piece, ...]
) -> dict[str, tuple[Span, ...]]:
    spans = {"title": (title.span,), "activities": tuple(p.span for p in activities)}
    if departments:
        spans["departments"] = tuple(d.span for d in departments)
    if overview:
        spans["overview"] = (overview.span,)
    return spans


def _titled(pieces: Pieces, part: Part) -> tuple[str, Piece, bool]:
    """Return a measure's number, title and whether it is new: from its own field, else from its heading."""
    if part.name:
        return pieces.titled(part.name.start, part.name.end)
    assert part.heading is not None
    title = title_of(pieces, part.heading)
    number, title, is_new = pieces.titled(title.region.start, title.region.end)
    return part.heading.number.strip(MARKS) or number, title, is_new


def _described(pieces: Pieces, part: Part) -> tuple[Piece | None, tuple[Piece, ...]]:
    """Return what a measure is about and what is done: its prose, and its lists."""
    overview: Piece | None = None
    activities: list[Piece] = []
    order = sorted(part.fields, key=lambda f: f.role != "overview")
    for f in (f for f in order if f.role in ("", "overview", "activity")):
        prose = _intro(f)
        if prose and overview is None and f.role != "activity":
            overview, listed = pieces.described(prose[0].start, prose[-1].end)
            activities += listed
        elif prose and f.role == "overview":
            activities += pieces.described(prose[0].start, prose[-1].end)[1]
        elif f.role == "activity":
            activities += [p for r in f.prose for p in pieces.listed(r.start, r.end)]
        activities += [pieces.of(r.start, r.end) for r in f.items]
    named = [c for t in part.actions for role in ACTION_ROLES for c in _column(t, role)]
    activities += [pieces.of(c.start, c.end) for c in named]
    return overview, tuple(sorted(_distinct(activities), key=lambda p: p.region.start))


def _column(table: Table, role: str) -> list[Region]:
    """Return the filled cells of the column of that role."""
    index = next((c.index for c in table.columns if c.role == role), -1)
    return [c for g in table.groups if (c := g.cell(index))]


def _distinct(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return the pieces without those whose text was there before: what is printed twice is said once."""
    found: dict[str, Piece] = {}
    for piece in pieces:
        found.setdefault(compact(piece.text), piece)
    return tuple(found.values())


def schedule_of(pieces: Pieces, parts: tuple[Part, ...]) -> tuple[Measure, ...]:
    """Return the rows of the tables that give phases by year and nothing else, as bare measures.

    A table in a section that tells more of one measure is of that measure's actions.
    """
    inner = [t for p in parts if len(p.roles & MEASURE_ROLES) > 2 for t in p.actions]
    rows: list[Measure] = []
    for block in pieces.blocks:
        table = block.table
        if not table or any(table is t for t in inner):
            continue
        if {c.role for c in table.columns} - {""} != {"measure", "year"}:
            continue
        rows += [
            measure_of(pieces, table, g, None)[0] for g in table.groups if g.cells[0].start > block.start
        ]
    return tuple(rows)


def with_schedule(measures: tuple[Measure, ...], schedule: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """Give each measure without phases those of its row; a row is used once, the likeliest first."""
    left = list(schedule)
    found = []
    for measure in measures:
        best = best_named(measure.title, left) if not measure.roadmap else None
        if best is None:
            found.append(measure)
            continue
        left.remove(best)
        found.append(_joined(measure, best))
    return tuple(found)


def _joined(measure: Measure, row: Measure) -> Measure:
    other = () if compact(row.title) == compact(measure.title) else (row.title,)
    spans = {**measure.spans, "schedule": (row.source,), "names": row.spans["title"] if other else ()}
    return measure.model_copy(update={"names": other, "roadmap": row.roadmap, "spans": spans})
