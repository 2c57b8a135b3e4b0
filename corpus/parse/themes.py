"""Themes and pillars: the headings and cells under which measures stand."""

from __future__ import annotations

import difflib
import re
import unicodedata

from corpus.document import Block, BlockKind, Heading, RowGroup
from corpus.normalize import compact, narrow
from corpus.parse.fields import Piece, Pieces
from corpus.records import Span, Theme

THEME_STYLES = re.compile(r"テーマ|基本目標|基本方針|重点|政策|戦略|柱|プロジェクト|施策|取組")
_ROMAN = {"I": "1", "V": "5", "X": "10"}
_CHAPTER = re.compile(r"第.+[編部章]")
_NAMED = re.compile(
    r"(?P<n>(?:テーマ|基本目標|基本施策|基本方針|重点施策|重点目標|重点戦略|重点方針|基本政策|政策|戦略|柱|プロジェクト)\s*"
    r"[0-9]+(?:-[0-9]+)?)[.:]?\s*(?=\S)"
)
# Two names are of one thing where they share this much (difflib's ratio over the names' compact forms).
ALIKE = 0.8
LONGEST_PILLAR = 30
MARKS = "■●○◆□◇▼◎ "
_BULLET = re.compile(r"[-・●○■◆✓•*]?\s*[①-⑳]?\s*")


def theme_of(pieces: Pieces, heading: Heading) -> Theme:
    """Return the theme that a heading names."""
    title = title_of(pieces, heading)
    number = heading.number.strip(MARKS)
    named = _NAMED.match(narrow(title.text))
    if named and not THEME_STYLES.search(number):
        number = named["n"]
        title = pieces.of(title.region.start + named.end(), title.region.end)
    return _theme(pieces, theme_number(number), title, heading.region.start, heading.region.end)


def theme_in(pieces: Pieces, start: int, end: int) -> Theme:
    """Return the theme that a table's cell names."""
    number, title, _ = pieces.titled(start, end)
    return _theme(pieces, theme_number(number), title, start, end)


def _theme(pieces: Pieces, number: str, title: Piece, start: int, end: int) -> Theme:
    return Theme(
        id=f"{pieces.document_id}.theme-{number or compact(title.text)}",
        number=number,
        title=title.text,
        title_normalised=pieces.normalised(title.text),
        source=Span(document_id=pieces.document_id, start=start, end=end),
        spans={"title": (title.span,)},
    )


def key_of(theme: Theme) -> str:
    """Return what a measure calls its theme: its number, or its title where it has none."""
    return theme.number or theme.title


def theme_number(printed: str) -> str:
    """Return a theme's number: 1 for テーマ1, 5.2 for a section that is printed as 「5. 2」."""
    figures = re.findall(r"\d+", narrow(printed)) or _roman(printed)
    if THEME_STYLES.search(printed) or printed.endswith("節"):
        return "-".join(figures) or printed
    return re.sub(r"\s+", "", printed)


def _roman(printed: str) -> list[str]:
    """Return the number that one Roman numeral says, printed as one letter: Ⅳ."""
    last = printed.strip()[-1:]
    found = _ROMAN.get(last) or (f"{unicodedata.numeric(last):.0f}" if "Ⅰ" <= last <= "Ⅻ" else "")
    return [found] if found else []


def section_above(block: Block) -> Heading | None:
    """Return the numbered section that a block stands in, where no heading above it is called a theme."""
    return next((h for h in reversed(block.path) if h.number and not _CHAPTER.match(h.number)), None)


def above(block: Block) -> Heading | None:
    """Return the heading of a theme that a block stands under."""
    return next((h for h in reversed(block.path) if names_theme(h)), None)


def names_theme(heading: Heading) -> bool:
    """Tell whether a heading is a theme's by its number, or by what its title begins with."""
    return bool(THEME_STYLES.search(heading.number) or _NAMED.match(narrow(heading.title)))


def title_of(pieces: Pieces, heading: Heading) -> Piece:
    """Return the heading's title where it stands; the heading's region may begin with its number."""
    words = re.compile(r"\s+".join(map(re.escape, heading.title.split())))
    found = words.search(pieces.text, heading.region.start, heading.region.end)
    region = found.span() if found else (heading.region.start, heading.region.end)
    return pieces.of(*region)


def with_pillar(pieces: Pieces, theme: Theme, i: int) -> Theme:
    """Give a theme the pillar that is printed above block i's theme."""
    pillar = _pillar(pieces, i)
    if pillar is None:
        return theme
    return theme.model_copy(
        update={"pillar": pillar.text, "spans": {**theme.spans, "pillar": (pillar.span,)}}
    )


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
    before = pieces.blocks[k - 1] if k else None
    short = before and before.end - before.start <= LONGEST_PILLAR
    plain = before and not (before.kind is BlockKind.HEADING and before.path[-1].number)
    if before and short and plain and before.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING):
        return pieces.of(before.start, before.end)
    return None


def with_issues(pieces: Pieces, theme: Theme, group: RowGroup) -> Theme:
    """Give a theme the numbered issues that a row above its measures lists."""
    cells = [c for c in group.cells if c.end > c.start and re.match(r"[①-⑳]", c.of(pieces.text))]
    issues = [p for c in cells for p in pieces.items(c.start, c.end)]
    spans = {**theme.spans, "issues": (*theme.spans.get("issues", ()), *(p.span for p in issues))}
    return theme.model_copy(update={"issues": (*theme.issues, *(p.text for p in issues)), "spans": spans})


def with_names(themes: tuple[Theme, ...], pieces: Pieces) -> tuple[Theme, ...]:
    """Give each theme the other spellings of its title that list items print (かなえる beside 叶える)."""
    items = [item_of(pieces, b) for b in pieces.blocks if b.kind is BlockKind.ITEM]
    found = []
    for theme in themes:
        others = [
            p
            for p in items
            if likeness(p.text, theme.title) >= ALIKE and compact(p.text) != compact(theme.title)
        ]
        spans = {**theme.spans, "names": tuple(p.span for p in others)} if others else theme.spans
        found.append(theme.model_copy(update={"names": tuple(p.text for p in others), "spans": spans}))
    return tuple(found)


def item_of(pieces: Pieces, block: Block) -> Piece:
    """Return a list item without its bullet and its number."""
    mark = _BULLET.match(pieces.text, block.start, block.end)
    return pieces.of(mark.end() if mark else block.start, block.end)


def likeness(first: str, second: str) -> float:
    """Return how much two names share, 1 where they are the same."""
    return difflib.SequenceMatcher(None, compact(first), compact(second)).ratio()
