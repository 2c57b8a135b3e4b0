"""Ruled tables of a PDF page: its lines say which places are one cell, its bars which years they span."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, pairwise

from corpus.readers.canonical import Placed
from corpus.readers.pdf_bars import Bar, alike, bars_of, lanes_of
from corpus.readers.pdf_lines import join, lines_of, settle, words
from corpus.readers.pdf_page import Glyph, Shape

# Points.
_THIN = 2.5
_SNAP = 3.0
_SHORTEST = 6.0
_PLACES = 20_000
_FILLS = 500
_BOXES = 2_000
_LEAST_CELLS = 2
# Letters of room at a cell's right side that a wrapped line may leave.
_ROOM = 2.2
_NEW_LINE = re.compile(r"[・●○■◆◎✓※▶►•①-⑳◇□]|[-–]\s|\(?\d{1,2}[).]\s?|[（(]\d{1,2}[)）]")
# In a cell of so few letters' width a number may be cut: 202|6.
_NARROW = 5
_NUMBER_END = re.compile(r"(?<!\d)\d{1,3}$")
_UNIT = re.compile(r"[課室部局係]$")

Interval = tuple[float, float, float]
Region = tuple[int, int, int, int]


@dataclass
class Ruled:
    """A ruled table: its box on the page, its cells, and the letters that stand in it."""

    x0: float
    top: float
    x1: float
    bottom: float
    cells: list[Placed]
    letters: list[Glyph]
    edges: tuple[float, ...] = ()


def find_ruled(shapes: list[Shape], glyphs: list[Glyph], spaced_page: bool) -> tuple[list[Ruled], list[str]]:
    """Return a page's ruled tables, and what is doubtful about its lines."""
    across, down = _rules(shapes)
    notes: list[str] = []
    tables = []
    for h, v in _components(across, down):
        xs = _cluster([*(x for x, _, _ in v), *(x for _, a, b in h for x in (a, b))])
        ys = _cluster([*(y for y, _, _ in h), *(y for _, a, b in v for y in (a, b))])
        places = (len(xs) - 1) * (len(ys) - 1)
        if places > _PLACES:
            notes.append("a drawing has too many lines to be read as a table")
        elif places >= _LEAST_CELLS and len(xs) > 2:
            found = _Table(xs, ys, h, v).read(glyphs, shapes, spaced_page)
            if isinstance(found, Ruled):
                tables.append(found)
            elif found:
                notes.append(found)
    return tables, notes


def _rules(shapes: Iterable[Shape]) -> tuple[list[Interval], list[Interval]]:
    """Return the horizontal and the vertical rules: (where, from, to), pieces of one line put together."""
    across: list[Interval] = []
    down: list[Interval] = []
    shapes = list(shapes)
    bars = _free_boxes(shapes)
    for i, s in enumerate(shapes):
        wide, high = s.x1 - s.x0, s.bottom - s.top
        if high <= _THIN and wide > high:
            across.append(((s.top + s.bottom) / 2, s.x0, s.x1))
        elif wide <= _THIN:
            down.append(((s.x0 + s.x1) / 2, s.top, s.bottom))
        elif s.stroked and s.box and i not in bars:
            across += [(s.top, s.x0, s.x1), (s.bottom, s.x0, s.x1)]
            down += [(s.x0, s.top, s.bottom), (s.x1, s.top, s.bottom)]
    return _merged(across), _merged(down)


def _free_boxes(shapes: list[Shape]) -> set[int]:
    """Return the coloured boxes whose upper and lower edges are not those of cells: they lie on a table."""
    edges: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for i, s in enumerate(shapes):
        for y in (s.top, s.bottom):
            if s.stroked or s.bottom - s.top <= _THIN:
                edges[round(y / _SNAP)].append((y, i))

    def shared(i: int, y: float) -> bool:
        s, near = shapes[i], round(y / _SNAP)
        others = (e for k in (near - 1, near, near + 1) for e in edges.get(k, ())[:_FILLS])
        return any(
            abs(at - y) <= _SNAP
            and n != i
            and shapes[n].x0 - _SNAP <= s.x1
            and s.x0 - _SNAP <= shapes[n].x1
            and not alike(s, shapes[n])
            for at, n in others
        )

    fills = [s for s in shapes if s.coloured and s.bottom - s.top > _THIN][:_FILLS]
    boxes = (i for i, s in enumerate(shapes) if s.stroked and s.box and s.bottom - s.top > _THIN)
    coloured = (
        i for i in islice(boxes, _BOXES) if shapes[i].coloured or any(alike(shapes[i], f) for f in fills)
    )
    return {i for i in coloured if not (shared(i, shapes[i].top) and shared(i, shapes[i].bottom))}


def _merged(rules: list[Interval]) -> list[Interval]:
    """Return the rules with those on one line that touch made one; what is too short is no rule."""
    groups: defaultdict[int, list[Interval]] = defaultdict(list)
    centres = _cluster([at for at, _, _ in rules])
    for rule in rules:
        groups[_nearest(centres, rule[0])].append(rule)
    found = []
    for i, group in groups.items():
        group.sort(key=lambda r: r[1])
        start, end = group[0][1], group[0][2]
        for _, a, b in group[1:]:
            if a - end > _SNAP:
                found.append((centres[i], start, end))
                start, end = a, b
            end = max(end, b)
        found.append((centres[i], start, end))
    return [r for r in found if r[2] - r[1] >= _SHORTEST]


def _cluster(values: list[float]) -> list[float]:
    """Return the values in order, those that lie together as one."""
    found: list[list[float]] = []
    for value in sorted(values):
        if found and value - found[-1][0] <= _SNAP:
            found[-1].append(value)
        else:
            found.append([value])
    return [sum(group) / len(group) for group in found]


def _nearest(values: list[float], value: float) -> int:
    i = bisect_left(values, value)
    near = [k for k in (i - 1, i) if 0 <= k < len(values)]
    return min(near, key=lambda k: abs(values[k] - value))


def _components(across: list[Interval], down: list[Interval]) -> list[tuple[list[Interval], list[Interval]]]:
    """Return the rules in groups that hang together by crossing."""
    parent = list(range(len(across) + len(down)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    order = sorted(range(len(down)), key=lambda k: down[k][0])
    where = [down[k][0] for k in order]
    for i, (y, x0, x1) in enumerate(across):
        for k in order[bisect_left(where, x0 - _SNAP) : bisect_right(where, x1 + _SNAP)]:
            if down[k][1] - _SNAP <= y <= down[k][2] + _SNAP:
                parent[root(len(across) + k)] = root(i)
    groups: defaultdict[int, tuple[list[Interval], list[Interval]]] = defaultdict(lambda: ([], []))
    for i, rule in enumerate(across):
        groups[root(i)][0].append(rule)
    for k, rule in enumerate(down):
        groups[root(len(across) + k)][1].append(rule)
    return [g for g in groups.values() if g[0] and g[1]]


class _Table:
    """One group of rules, read as a grid of places."""

    def __init__(
        self, xs: list[float], ys: list[float], across: list[Interval], down: list[Interval]
    ) -> None:
        self.xs, self.ys = xs, ys
        self.height, self.width = len(ys) - 1, len(xs) - 1
        self._above = _walls(ys, xs, across)
        self._left = _walls(xs, ys, down)

    def read(self, glyphs: list[Glyph], shapes: list[Shape], spaced_page: bool) -> Ruled | str | None:
        """Return the table; a note where it has no text, None where it is no table."""
        box = (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])
        regions = self._regions()
        at = {(r, c): n for n, g in enumerate(regions) for r in range(g[0], g[2]) for c in range(g[1], g[3])}
        held: defaultdict[int, list[Glyph]] = defaultdict(list)
        letters = []
        for glyph in glyphs:
            x, y = glyph.middle
            if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                row = min(bisect_right(self.ys, y), self.height) - 1
                column = min(bisect_right(self.xs, x), self.width) - 1
                held[at[row, column]].append(glyph)
                letters.append(glyph)
        filled = [n for n, g in held.items() if any(x.text.strip() for x in g)]
        if len({regions[n][1] for n in filled}) < 2:
            grid = len(regions) >= 6 and not filled
            return "a ruled table has no text" if grid else None
        cells = self._cells(regions, held, shapes, spaced_page)
        return Ruled(*box, cells, letters, tuple(self.xs))

    def _regions(self) -> list[Region]:
        """Return the cells as (row, column, row after, column after): places without a rule between them."""
        cells: list[Region] = []
        taken: set[tuple[int, int]] = set()
        for r in range(self.height):
            for c in range(self.width):
                if (r, c) in taken:
                    continue
                right = c + 1
                while right < self.width and (right, r) not in self._left and (r, right) not in taken:
                    right += 1
                low = r + 1
                while low < self.height and self._open_below(low, c, right, taken):
                    low += 1
                taken.update((y, x) for y in range(r, low) for x in range(c, right))
                cells.append((r, c, low, right))
        return cells

    def _open_below(self, row: int, left: int, right: int, taken: set[tuple[int, int]]) -> bool:
        """Tell whether the row belongs to the cell above it: no rule crosses, none divides."""
        crossed = any((row, c) in self._above or (row, c) in taken for c in range(left, right))
        divided = any((c, row) in self._left for c in range(left + 1, right))
        closed = all((x, row) in self._left or x in (0, self.width) for x in (left, right))
        return not crossed and not divided and closed

    def _cells(
        self, regions: list[Region], held: dict[int, list[Glyph]], shapes: list[Shape], spaced_page: bool
    ) -> list[Placed]:
        bars = self._bars(regions, held, shapes)
        lanes = {r: lanes_of(row) for r, row in bars.items()}
        offsets = [0]
        for r in range(self.height):
            offsets.append(offsets[-1] + max((lane + 1 for _, lane in lanes.get(r, ())), default=1))
        cells = []
        for n, (r, c, low, right) in enumerate(regions):
            if any(b.column < right and c < b.end for b in bars.get(r, ())):
                continue
            wide = self.xs[right] - self.xs[c]
            text = cell_text(held.get(n, []), wide, spaced_page)
            cells.append(Placed(text, offsets[r], c, offsets[low] - offsets[r], right - c))
        for r, row in lanes.items():
            for bar, lane in row:
                text = cell_text(bar.letters, bar.width, spaced_page)
                cells.append(Placed(text, offsets[r] + lane, bar.column, 1, bar.end - bar.column))
        return cells

    def _bars(
        self, regions: list[Region], held: dict[int, list[Glyph]], shapes: list[Shape]
    ) -> dict[int, list[Bar]]:
        """Return each row's bars, where they alone explain what stands in the places they cover."""
        found: dict[int, list[Bar]] = {}
        for r in range(self.height):
            band = (self.ys[r], self.ys[r + 1])
            row = {
                c: n
                for n, (top, c, low, right) in enumerate(regions)
                if (top, low, right) == (r, r + 1, c + 1)
            }
            letters = {c: held.get(n, []) for c, n in row.items()}
            bars = bars_of(shapes, self.xs, band, letters)
            if bars:
                found[r] = bars
        return found


def _walls(lines: list[float], ends: list[float], rules: list[Interval]) -> set[tuple[int, int]]:
    """Return (line, place) wherever a rule on that line bounds that place."""
    walls: set[tuple[int, int]] = set()
    middles = [(a + b) / 2 for a, b in pairwise(ends)]
    for at, start, end in rules:
        line = _nearest(lines, at)
        first, last = bisect_left(middles, start), bisect_right(middles, end)
        walls.update((line, k) for k in range(first, last))
    return walls


def cell_text(glyphs: list[Glyph], width: float, spaced_page: bool) -> str:
    """Return a cell's text: its lines joined where they only wrapped, else with a space."""
    text, end, size = "", 0.0, 0.0
    for line in lines_of(glyphs):
        said = settle(words(line), spaced_page).strip()
        printed = [g for g in line if g.text.strip()]
        wrapped = width - end < _ROOM * size and not _NEW_LINE.match(said)
        listed = _UNIT.search(text) and _UNIT.search(said)
        split = width < _NARROW * size and _NUMBER_END.search(text) and said[:1].isdigit()
        if wrapped and split:
            text += said
        else:
            text = join(text, said) if wrapped and not listed else f"{text} {said}".strip()
        size = max(g.size for g in printed)
        end = printed[-1].x1 - printed[0].x0
    return text
