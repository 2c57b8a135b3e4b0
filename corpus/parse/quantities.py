"""Quantities: a KPI's value as printed, and as a number where it is one."""

from __future__ import annotations

import re

from corpus.normalize import narrow
from corpus.records import Quantity
from corpus.wareki import find_years

_SCALES = {"": 1, "千": 1e3, "万": 1e4, "百万": 1e6, "億": 1e8, "兆": 1e12}
_DIGITS = dict(zip("〇一二三四五六七八九", range(10), strict=True))
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = re.compile(
    r"(?P<sign>[-−▲△])?(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(?P<scale>百万|千|万|億|兆)?\s*"
    r"(?P<unit>[^\s\d()、。]*(?:/[^\s\d()]+)?)"
)
_KANJI = re.compile(r"[〇一二三四五六七八九十百千万億兆・]{2,}")
_NOTE = re.compile(r"\(([^()]*)\)")


def quantity(text: str, fiscal_year: int | None) -> Quantity:
    """Return what a baseline's or target's cell says.

    The number before the brackets counts, else the one inside (全公民館(11施設) is 11施設); a year printed
    in the cell is the value's own year. A cell without a number, such as 未導入, has no value.
    """
    plain = narrow(" ".join(text.split()))
    notes = _NOTE.findall(plain)
    outside = _NOTE.sub(" ", plain)
    years = find_years(text)
    number = _number(outside) or next(
        (n for note in notes if not find_years(note) and (n := _number(note))), None
    )
    return Quantity(
        text=text,
        value=number[0] if number else None,
        unit=number[1] if number else None,
        fiscal_year=years[0].year if years else fiscal_year,
        note="、".join(notes) or None,
    )


def _number(text: str) -> tuple[float, str | None] | None:
    match = _NUMBER.search(_with_digits(text))
    if not match:
        return None
    value = float(match["n"].replace(",", "")) * _SCALES[match["scale"] or ""]
    return (-value if match["sign"] else value), match["unit"].strip() or None


def _with_digits(text: str) -> str:
    """Return the text with figures in kanji (六百九十億, 二三・九) as digits."""
    return _KANJI.sub(lambda m: _kanji_number(m[0]), text)


def _kanji_number(kanji: str) -> str:
    if not any(c in "十百千万億兆" for c in kanji):
        return "".join("." if c == "・" else str(_DIGITS[c]) for c in kanji)
    total = section = digit = 0
    for c in kanji:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[c], 0
        elif c in "万億兆":
            total, section, digit = total + (section + digit) * int(_SCALES[c]), 0, 0
    return str(total + section + digit)
