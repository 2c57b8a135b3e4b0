"""One PDF page as it is printed: its letters, lines and areas, with what is not to be seen held back."""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdffont import PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.utils import Matrix, apply_matrix_pt, mult_matrix

from corpus.readers.limits import MEGABYTE

PAGE_BYTES = 10 * MEGABYTE
"""What one page's drawing commands may unpack to; a page of text has 0.05 MB, a map 5."""
SHAPES = 30_000
"""The most lines and areas of a page that are looked at; maps have more, tables have not."""
GLYPHS = 200_000
"""The most letters of a page; a full page of a newspaper has 15,000."""

_SMALLEST = 1.0
_WHITE = 0.95
_UNSEEN_MODES = (3, 7)
_BOLD = re.compile(r"bold|heavy|black|demi|-eb|-ub|-w[6-9]|w[6-9]$", re.IGNORECASE)
_INK = ("Separation", "DeviceN", "Indexed", "Pattern")
_SCAN_SHARE = 0.5
_COVERS = 2_000
# Fonts name some letters by others that look the same: a kanji by its radical, ・ by a hyphenation point.
LOOKALIKES = dict(
    zip("⺟⺠⺒⺝⻁⻄⻆⻑⻘⻝⻤⻨⻩⻫⻭⻯⻲‧", "母民巳月虎西角長青食鬼麦黄斉歯竜亀・", strict=True)
)
# Radicals and ligatures whose letters normalisation knows.
_BY_SHAPE = re.compile("[\u2e80-\u2fdf\ufb00-\ufb06]")
UNREADABLE = "\ufffd"


@dataclass(slots=True)
class Glyph:
    """One printed letter; tops and bottoms count down from the page's top."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        """Return the letter's centre."""
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


@dataclass(slots=True)
class Shape:
    """A drawn line or area; `coloured` where it is filled with another colour than white."""

    x0: float
    top: float
    x1: float
    bottom: float
    stroked: bool
    coloured: bool
    box: bool


@dataclass
class Sheet:
    """What is printed on a page, and what was held back of it."""

    number: int
    width: float = 0.0
    height: float = 0.0
    glyphs: list[Glyph] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    hidden: int = 0
    unreadable: int = 0
    scanned: bool = False
    layer: bool = False
    cut: str = ""


def read_page(page: PDFPage, number: int, manager: PDFResourceManager) -> Sheet:
    """Return what is printed on a page; `cut` says where a limit kept it from being read whole."""
    sheet = Sheet(number)
    size = unpacked(page.contents)
    if size > PAGE_BYTES:
        sheet.cut = f"its drawing is more than {PAGE_BYTES // MEGABYTE} MB and was not read"
        return sheet
    device = _Device(manager, sheet)
    try:
        PDFPageInterpreter(manager, device).process_page(page)
    except _Full as full:
        sheet.cut = str(full)
    device.finish()
    return sheet


def unpacked(streams: Sequence[Any]) -> int:
    """Return how much a page's streams unpack to, as far as the limit and one byte more."""
    total = 0
    for stream in streams:
        raw = getattr(stream, "rawdata", None)
        if raw is None:
            continue
        if stream.decipher:
            raw = stream.decipher(stream.objid, stream.genno, raw, stream.attrs)
        for name, _ in stream.get_filters():
            if getattr(name, "name", "") in ("FlateDecode", "Fl"):
                try:
                    raw = zlib.decompressobj().decompress(raw, PAGE_BYTES + 1)
                except zlib.error:
                    break
        total += len(raw)
    return total


class _Full(Exception):
    """Say that a page has more on it than is read."""


class _Device(PDFTextDevice):
    """Collect what a page's drawing commands print."""

    def __init__(self, manager: PDFResourceManager, sheet: Sheet) -> None:
        super().__init__(manager)
        self.sheet = sheet
        self._mode = 0
        self._count = 0
        self._matrices: list[Matrix] = []
        self._page: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
        self._white: list[Glyph] = []
        self._layer: list[Glyph] = []
        self._images: list[Shape] = []
        self._bold: dict[str, bool] = {}

    def begin_page(self, page: PDFPage, ctm: Matrix) -> None:
        """Take the page's size and the part of it that is shown."""
        x0, y0, x1, y1 = _box(ctm, page.mediabox)
        self.sheet.width, self.sheet.height = x1 - x0, y1 - y0
        cx0, cy0, cx1, cy1 = _box(ctm, page.cropbox) if page.cropbox else (x0, y0, x1, y1)
        self._page = (max(x0, cx0), max(y0, cy0), min(x1, cx1), min(y1, cy1))
        if self._page[0] >= self._page[2] or self._page[1] >= self._page[3]:
            self._page = (x0, y0, x1, y1)
        self._origin = (x0, y1)

    def begin_figure(self, name: str, bbox: Any, matrix: Matrix) -> None:
        """Enter a form or a picture."""
        assert self.ctm is not None
        self._matrices.append(mult_matrix(matrix, self.ctm))

    def end_figure(self, name: str) -> None:
        """Leave it."""
        if self._matrices:
            self._matrices.pop()

    def render_image(self, name: str, stream: Any) -> None:
        """Remember where a picture stands: white letters are seen on it."""
        if self._matrices:
            box = self._down(_box(self._matrices[-1], (0, 0, 1, 1)))
            self._images.append(Shape(*box, stroked=False, coloured=True, box=True))

    def paint_path(
        self, graphicstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]
    ) -> None:
        """Take the box around each part of a drawn path."""
        assert self.ctm is not None
        part: list[tuple[float, float]] = []
        for step in (*path, ("m",)):
            if step[0] == "m":
                self._shape(part, graphicstate, stroke, fill)
                part = []
            if len(step) >= 3:
                part.append(apply_matrix_pt(self.ctm, (float(step[-2]), float(step[-1]))))

    def _shape(self, points: list[tuple[float, float]], state: Any, stroke: bool, fill: bool) -> None:
        if len(points) < 2:
            return
        xs, ys = [x for x, _ in points], [y for _, y in points]
        values = (min(xs), min(ys), max(xs), max(ys))
        if not all(map(math.isfinite, values)):
            return
        box = all(_near(x, values[0], values[2]) and _near(y, values[1], values[3]) for x, y in points)
        slanted = len(points) == 2 and values[2] - values[0] > 1 and values[3] - values[1] > 1
        coloured = fill and not _is_white(state.ncolor, getattr(state, "ncs", None))
        if not slanted and (stroke or coloured) and len(self.sheet.shapes) < SHAPES:
            self.sheet.shapes.append(Shape(*self._down(values), stroke, coloured, box))

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        """Remember how the letters that follow are drawn."""
        self._mode = textstate.render
        super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(
        self,
        matrix: Matrix,
        font: PDFFont,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,
        graphicstate: Any,
    ) -> float:
        """Take a letter with its box; one that is not to be seen is counted or kept apart."""
        width, place = font.char_width(cid), font.char_disp(cid)
        advance = width * fontsize * scaling
        low = font.get_descent() * fontsize + rise
        box = (0.0, low, advance, low + fontsize)
        if isinstance(place, tuple):
            across = fontsize * 0.5 if place[0] is None else place[0] * fontsize * 0.001
            down = (1000 - place[1]) * fontsize * 0.001 + rise
            box = (-across, down + advance, fontsize - across, down)
        values = _box(matrix, box)
        if all(map(math.isfinite, values)):
            self._letter(self._text(font, cid), values, font, ncs, graphicstate)
        return advance

    def _letter(
        self, text: str, values: tuple[float, float, float, float], font: PDFFont, ncs: Any, state: Any
    ) -> None:
        x0, y0, x1, y1 = values
        size = min(y1 - y0, (x1 - x0) * 4) if text.strip() else y1 - y0
        glyph = Glyph(text, *self._down(values), size, self._is_bold(font))
        left, low, right, high = self._page
        middle = ((x0 + x1) / 2, (y0 + y1) / 2)
        self._count += 1
        if self._count > GLYPHS:
            raise _Full(f"it has more than {GLYPHS} letters and was not read to its end")
        if not text.strip():
            self.sheet.glyphs.append(glyph)
        elif y1 - y0 < _SMALLEST or not (left <= middle[0] <= right and low <= middle[1] <= high):
            self.sheet.hidden += 1
        elif self._mode in _UNSEEN_MODES:
            self._layer.append(glyph)
        elif _is_white(state.scolor if self._mode == 1 else state.ncolor, ncs):
            self._white.append(glyph)
        else:
            self.sheet.glyphs.append(glyph)

    def _text(self, font: PDFFont, cid: int) -> str:
        try:
            text = font.to_unichr(cid)
        except PDFUnicodeNotDefined:
            text = ""
        if not text or text.startswith("(cid:") or "\0" in text:
            self.sheet.unreadable += 1
            return UNREADABLE
        if text in LOOKALIKES:
            return LOOKALIKES[text]
        return unicodedata.normalize("NFKC", text) if _BY_SHAPE.match(text) else text

    def _is_bold(self, font: PDFFont) -> bool:
        name = str(font.fontname)
        if name not in self._bold:
            self._bold[name] = bool(_BOLD.search(name))
        return self._bold[name]

    def finish(self) -> None:
        """Decide on white letters, which are seen on a colour, and on the text layer of a scan."""
        sheet = self.sheet
        area = max(sheet.width * sheet.height, 1.0)
        covered = sum(abs((i.x1 - i.x0) * (i.bottom - i.top)) for i in self._images)
        sheet.scanned = covered > _SCAN_SHARE * area
        backgrounds = [s for s in (*self._images, *sheet.shapes) if s.coloured]
        backgrounds.sort(key=lambda s: (s.x1 - s.x0) * (s.bottom - s.top), reverse=True)
        for glyph in self._white:
            x, y = glyph.middle
            seen = any(b.x0 <= x <= b.x1 and b.top <= y <= b.bottom for b in backgrounds[:_COVERS])
            if seen:
                sheet.glyphs.append(glyph)
            else:
                sheet.hidden += 1
        visible = any(g.text.strip() for g in sheet.glyphs)
        if self._layer and sheet.scanned and not visible:
            sheet.glyphs, sheet.layer = self._layer, True
        else:
            sheet.hidden += len(self._layer)

    def _down(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """Return a box as left, top, right, bottom, counted down from the page's top."""
        left, high = self._origin
        return box[0] - left, high - box[3], box[2] - left, high - box[1]


def _box(matrix: Matrix, box: Sequence[float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = box
    points = [apply_matrix_pt(matrix, p) for p in ((x0, y0), (x1, y1), (x0, y1), (x1, y0))]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def _near(value: float, low: float, high: float) -> bool:
    return abs(value - low) < 0.5 or abs(value - high) < 0.5


def _is_white(colour: Any, space: Any) -> bool:
    """Tell whether a colour is as good as white; of inks nothing is known, so they are not."""
    if getattr(space, "name", "") in _INK:
        return False
    parts = colour if isinstance(colour, tuple | list) else (colour,)
    if not all(isinstance(p, int | float) for p in parts):
        return False
    if len(parts) == 4:
        return all(p <= 1 - _WHITE for p in parts)
    return len(parts) in (1, 3) and all(p >= _WHITE for p in parts)
