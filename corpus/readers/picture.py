"""A page of a PDF as a picture, with each letter's place on it, for people to look at."""

from __future__ import annotations

import io

import pypdfium2
import pypdfium2.raw as pdfium
from pydantic import Base64Bytes

from corpus.document import Frozen
from corpus.errors import DocumentError

WIDTH, HEIGHT = 1000, 1600
"""The most pixels of a picture: an A4 page of 10.5 point letters is read easily at 1,000 across."""
COLOURS = 64
LETTERS = 30_000
"""The most letters whose places are told; a full page of a newspaper has 15,000."""

Letter = tuple[str, float, float, float, float]
"""A letter and its left, top, right and bottom as shares of the picture's width and height."""


class Picture(Frozen):
    """A page's PNG, its size in pixels, and the letters in the order in which the file draws them."""

    png: Base64Bytes
    width: int
    height: int
    letters: tuple[Letter, ...]


def read(page: str, name: str, data: bytes) -> Picture:
    """Draw a page, which counts from 1; raises DocumentError for one that is not there or cannot be drawn."""
    try:
        document = pypdfium2.PdfDocument(data)
        drawn = document[int(page) - 1]
        scale = min(WIDTH / drawn.get_width(), HEIGHT / drawn.get_height())
        bitmap = drawn.render(scale=scale)
    except (pypdfium2.PdfiumError, IndexError, ValueError, ZeroDivisionError) as error:
        raise DocumentError(f"{name}: page {page} cannot be drawn ({type(error).__name__})") from error
    file = io.BytesIO()
    bitmap.to_pil().convert("RGB").quantize(COLOURS).save(file, "PNG", optimize=True)
    letters = tuple(_letters(drawn, bitmap))
    return Picture.model_construct(
        png=file.getvalue(), width=bitmap.width, height=bitmap.height, letters=letters
    )


def _letters(page: pypdfium2.PdfPage, bitmap: pypdfium2.PdfBitmap) -> list[Letter]:
    text = page.get_textpage()
    count = text.count_chars()
    if count > LETTERS:
        return []
    convert = bitmap.get_posconv(page).to_bitmap
    found = []
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if not 0x20 < code < 0x110000 or 0xD800 <= code < 0xE000:
            continue
        left, low, right, high = text.get_charbox(index, loose=True)
        (x0, y0), (x1, y1) = convert(left, high), convert(right, low)
        box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        found.append((chr(code), *(_share(v, m) for v, m in zip(box, _size(bitmap), strict=True))))
    return found  # type: ignore[return-value]


def _size(bitmap: pypdfium2.PdfBitmap) -> tuple[int, int, int, int]:
    return bitmap.width, bitmap.height, bitmap.width, bitmap.height


def _share(value: float, most: int) -> float:
    return round(min(max(value / most, 0.0), 1.0), 5)
