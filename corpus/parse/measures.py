"""Themes and measures: from tables with a row a measure, or from headings with a list under each."""

from __future__ import annotations

import difflib
import itertools
import re
from dataclasses import dataclass

from corpus.document import Block, BlockKind, Cell, Heading, RowGroup, Table
from corpus.normalize import compact
from corpus.parse.fields import NEW, Piece, Pieces
from corpus.parse.roadmap import roadmap_of
from corpus.records import Doubt, Measure, RoadmapRow, Span, Theme

# Two names are of one thing where they share this much (difflib's ratio over the names' compact forms).
SAME_NAME = 0.6
THEME_STYLES = re.compile(r"テーマ|基本目標|基本方針|重点|戦略|柱|プロジェクト|施策|取組")
MEASURE_SECTIONS = re.compile(r"施策|取組|取り組み|事業|具体")
MOVED = "「{text}」は一つ上の行に印刷されていますが、「{title}」の工程とみます"
_BULLET = re.compile(r"[-・●○■◆✓•*]?\s*[①-⑳]?\s*")
_NUMBERED = re.compile(r"[(（]\d{1,2}[)）]|^\d{1,2}[.．]?$|[①-⑳]|施策|取組")


@dataclass(frozen=True)
class Found:
    """What a document says of its themes and measures."""

    themes: tuple[Theme, ...]
    measures: tuple[Measure, ...]
    doubts: tuple[Doubt, ...]

    def __add__(self, other: Found) -> Found:
        """Return both, in this order."""
        return Found(self.themes + other.themes, self.measures + other.measures, self.doubts + other.doubts)


def find_measures(pieces: Pieces) -> Found:
    """Return the themes and measures of a document; headings are asked where no table has measures."""
    found = _from_tables(pieces)
    return found if found.measures else _from_headings(pieces)


def same_name(first: str, second: str) -> bool:
    """Tell whether two printed names are of one thing: one holds the other, or they differ in few letters."""
    a, b = compact(first), compact(second)
    if not a or not b:
        return False
    return a in b or b in a or difflib.SequenceMatcher(None, a, b).ratio() >= SAME_NAME


def is_measure_table(table: Table) -> bool:
    """Tell whether a table has a row a measure."""
    held = {c.role for c in table.columns}
    return "measure" in held and bool(held & {"department", "overview"}) and "target" not in held


def _from_tables(pieces: Pieces) -> Found:
    themes: dict[str, Theme] = {}
    measures: list[Measure] = []
    doubts: list[Doubt] = []
    for i, block in enumerate(pieces.blocks):
        if not block.table or not is_measure_table(block.table):
            continue
        theme = _theme_of(pieces, i, block)
        if theme:
            known = themes.get(theme.number)
            themes[theme.number] = known or theme
        for group in block.table.groups:
            if _is_measure_row(pieces.text, block.table, group):
                measure, more = _measure(pieces, block.table, group, theme.number if theme else None)
                measures.append(measure)
                doubts += more
            elif theme:
                themes[theme.number] = _with_issues(pieces, themes[theme.number], group)
    moved, more = _moved_phases(measures)
    return Found(tuple(themes.values()), tuple(moved), (*doubts, *more))


def _is_measure_row(text: str, table: Table, group: RowGroup) -> bool:
    """A measure's row is numbered, or has a department; 「現状と課題」 above the header is neither."""
    columns = {c.role: c.index for c in table.columns}
    name = group.cell(columns["measure"])
    if table.header and group.start < table.header.start:
        return False
    department = group.cell(columns["department"]) if "department" in columns else None
    return bool(name and (_NUMBERED.match(name.of(text)) or department or "department" not in columns))


def _measure(
    pieces: Pieces, table: Table, group: RowGroup, theme: str | None
) -> tuple[Measure, tuple[Doubt, ...]]:
    columns = {c.role: c.index for c in reversed(table.columns)}
    name = group.cell(columns["measure"]) or group.cells[0]
    number, title, is_new = pieces.titled(name.start, name.end)
    departments = _departments(pieces, group.cell(columns.get("department", -1)))
    overview_cell = group.cell(columns.get("overview", -1))
    overview, activities = (
        pieces.described(overview_cell.start, overview_cell.end) if overview_cell else (None, ())
    )
    source = Span(document_id=pieces.document_id, start=group.start, end=group.end)
    rows, doubts = roadmap_of(pieces, table, group, one_line(title.text), source)
    measure = Measure(
        id=measure_id(pieces.document_id, theme, number, title.text),
        theme=theme,
        number=number,
        title=title.text,
        title_normalised=pieces.normalised(title.text),
        departments=tuple(d.text for d in departments if not NEW.fullmatch(d.text)),
        is_new=is_new or any(NEW.fullmatch(d.text) for d in departments),
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
    return pieces.words(cell.start, cell.end) if cell else ()


def measure_id(document_id: str, theme: str | None, number: str, title: str) -> str:
    """Return a measure's id: its document, theme and number; its title where it has no number."""
    digits = "".join(re.findall(r"\d+", number)) or compact(title)
    return f"{document_id}.{theme}-{digits}" if theme else f"{document_id}.{digits}"


def one_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def _theme_of(pieces: Pieces, i: int, block: Block) -> Theme | None:
    heading = next((h for h in reversed(block.path) if THEME_STYLES.search(h.number)), None)
    if heading is None:
        return None
    number = "".join(re.findall(r"\d+", heading.number)) or heading.number
    title = _title_piece(pieces, heading)
    pillar = _pillar(pieces, i)
    spans = {"title": (title.span,)}
    if pillar:
        spans["pillar"] = (pillar.span,)
    return Theme(
        id=f"{pieces.document_id}.theme-{number}",
        number=number,
        title=title.text,
        title_normalised=pieces.normalised(title.text),
        pillar=pillar.text if pillar else None,
        source=Span(document_id=pieces.document_id, start=heading.region.start, end=heading.region.end),
        spans=spans,
    )


def _title_piece(pieces: Pieces, heading: Heading) -> Piece:
    """Return the heading's title where it stands; the heading's region may begin with its number."""
    start = pieces.text.find(heading.title, heading.region.start, heading.region.end)
    if start < 0:
        return pieces.of(heading.region.start, heading.region.end)
    return pieces.of(start, start + len(heading.title))


def _pillar(pieces: Pieces, i: int) -> Piece | None:
    """Return what stands above the theme's heading: on a line of its own, or before it on the same line."""
    headings = [k for k in range(i) if pieces.blocks[k].kind in (BlockKind.HEADING, BlockKind.RUNNING)]
    k = next((k for k in reversed(headings) if THEME_STYLES.search(pieces.blocks[k].of(pieces.text))), None)
    if k is None:
        return None
    lead = re.match(r"(\S+)\s+(?=テーマ|基本目標|基本方針)", pieces.blocks[k].of(pieces.text))
    if lead:
        start = pieces.blocks[k].start
        return pieces.of(start, start + len(lead[1]))
    above = pieces.blocks[k - 1] if k else None
    if above and above.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING) and above.end - above.start <= 30:
        return pieces.of(above.start, above.end)
    return None


def _with_issues(pieces: Pieces, theme: Theme, group: RowGroup) -> Theme:
    cells = [c for c in group.cells if c.end > c.start and re.match(r"[①-⑳]", c.of(pieces.text))]
    issues = [p for c in cells for p in pieces.items(c.start, c.end)]
    spans = {**theme.spans, "issues": (*theme.spans.get("issues", ()), *(p.span for p in issues))}
    return theme.model_copy(update={"issues": (*theme.issues, *(p.text for p in issues)), "spans": spans})


def _from_headings(pieces: Pieces) -> Found:
    """Read measures printed as headings with a list under each, grouped by the heading above them."""
    schedule = _schedule(pieces)
    themes: dict[str, Theme] = {}
    measures: list[Measure] = []
    blocks = pieces.blocks
    for i, block in enumerate(blocks):
        heading = block.path[-1] if block.path else None
        if block.kind is not BlockKind.HEADING or heading is None or not _NUMBERED.match(heading.number):
            continue
        above = block.path[-2] if len(block.path) > 1 else None
        body = _body(blocks, i)
        if not above or not body or not _is_measure_section(block, heading, schedule):
            continue
        themes.setdefault(numbered(above.number) or above.title, _pillar_theme(pieces, above))
        measures.append(_listed_measure(pieces, heading, above, body))
    return Found(tuple(themes.values()), _with_schedule(tuple(measures), schedule), ())


def _is_measure_section(block: Block, heading: Heading, schedule: tuple[Measure, ...]) -> bool:
    if schedule:
        return any(same_name(heading.title, row.title) for row in schedule)
    return any(MEASURE_SECTIONS.search(h.title) for h in block.path[:-1])


def _body(blocks: tuple[Block, ...], i: int) -> tuple[Block, ...]:
    body = []
    for block in blocks[i + 1 :]:
        if block.kind is not BlockKind.ITEM:
            break
        body.append(block)
    return tuple(body)


def _pillar_theme(pieces: Pieces, heading: Heading) -> Theme:
    title = _title_piece(pieces, heading)
    return Theme(
        id=f"{pieces.document_id}.theme-{numbered(heading.number) or heading.title}",
        number=numbered(heading.number),
        title=title.text,
        title_normalised=pieces.normalised(title.text),
        source=Span(document_id=pieces.document_id, start=heading.region.start, end=heading.region.end),
        spans={"title": (title.span,)},
    )


def _listed_measure(pieces: Pieces, heading: Heading, above: Heading, body: tuple[Block, ...]) -> Measure:
    title = _title_piece(pieces, heading)
    items = [_item(pieces, b) for b in body]
    source = Span(document_id=pieces.document_id, start=heading.region.start, end=body[-1].end)
    return Measure(
        id=measure_id(pieces.document_id, numbered(above.number), heading.number, heading.title),
        theme=numbered(above.number) or above.title,
        number=heading.number,
        title=title.text,
        title_normalised=pieces.normalised(title.text),
        activities=tuple(p.text for p in items),
        source=source,
        spans={"title": (title.span,), "activities": tuple(p.span for p in items)},
    )


def _schedule(pieces: Pieces) -> tuple[Measure, ...]:
    """Return the rows of the tables that give phases by year and nothing else, as bare measures."""
    rows: list[Measure] = []
    for block in pieces.blocks:
        table = block.table
        if not table or {c.role for c in table.columns} != {"measure", "year"}:
            continue
        rows += [_measure(pieces, table, group, None)[0] for group in table.groups]
    return tuple(rows)


def _with_schedule(measures: tuple[Measure, ...], schedule: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """Give each measure the phases of its row; a row is used once, the likeliest first."""
    left = list(schedule)
    found = []
    for measure in measures:
        best = max(left, key=lambda r: _likeness(measure.title, r.title), default=None)
        if best is None or not same_name(measure.title, best.title):
            found.append(measure)
            continue
        left.remove(best)
        found.append(_joined(measure, best))
    return tuple(found)


def _likeness(first: str, second: str) -> float:
    return difflib.SequenceMatcher(None, compact(first), compact(second)).ratio()


def _joined(measure: Measure, row: Measure) -> Measure:
    other = () if compact(row.title) == compact(measure.title) else (row.title,)
    spans = {**measure.spans, "schedule": (row.source,), "names": row.spans["title"] if other else ()}
    rows: tuple[RoadmapRow, ...] = row.roadmap
    return measure.model_copy(update={"names": other, "roadmap": rows, "spans": spans})


def with_names(themes: tuple[Theme, ...], pieces: Pieces) -> tuple[Theme, ...]:
    """Give each theme the other spellings of its title that list items print (かなえる beside 叶える)."""
    items = [_item(pieces, b) for b in pieces.blocks if b.kind is BlockKind.ITEM]
    found = []
    for theme in themes:
        others = [
            p
            for p in items
            if _likeness(p.text, theme.title) >= 0.8 and compact(p.text) != compact(theme.title)
        ]
        spans = {**theme.spans, "names": tuple(p.span for p in others)} if others else theme.spans
        found.append(theme.model_copy(update={"names": tuple(p.text for p in others), "spans": spans}))
    return tuple(found)


def _item(pieces: Pieces, block: Block) -> Piece:
    """Return a list item without its bullet and its number."""
    mark = _BULLET.match(pieces.text, block.start, block.end)
    return pieces.of(mark.end() if mark else block.start, block.end)


def numbered(number: str) -> str:
    """Return a heading's number without the blanks that a page's layout put into it: 5. 2 is 5.2."""
    return re.sub(r"\s+", "", number)


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
