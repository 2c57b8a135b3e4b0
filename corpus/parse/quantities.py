"""Quantities: a KPI's value as printed, and as a number where it is one."""

from __future__ import annotations

import re

from corpus.normalize import narrow
from corpus.records import Quantity
from corpus.wareki import find_years

_MYRIADS = {"万": 10**4, "億": 10**8, "兆": 10**12}
_TENS = {"十": 10, "百": 100, "千": 1000}
_DIGITS = dict(zip("〇一二三四五六七八九", "0123456789", strict=True))
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_KANJI = r"[〇一二三四五六七八九十百千万億兆]"
# A figure in kanji is of two letters or more: 一部 and 十分 hold no figure.
_NUMBER = re.compile(
    rf"(?P<sign>[-−▲△])?(?P<n>{_ARABIC}(?:\s*[十百千万億兆]+(?:{_ARABIC})?)*|{_KANJI}{{2,}}(?:・[〇一二三四五六七八九]+)?)"
    r"\s*(?P<unit>[^\s\d()、。]*(?:/[^\s\d()]+)?)"
)
_RANGE = re.compile(r"\s*[^\s\d]{0,3}[~〜]\s*\d")
_PART = re.compile(
    rf"(?P<arabic>{_ARABIC})|(?P<digits>[〇一二三四五六七八九]+(?:・[〇一二三四五六七八九]+)?)|(?P<scale>[十百千万億兆])"
)
_NOTE = re.compile(r"\(([^()]*)\)")


def quantity(text: str, fiscal_year: int | None) -> Quantity:
    """Return what a baseline's or target's cell says.

    The number before the brackets counts, else the one inside (全公民館(11施設) is 11施設); a year printed
    in the cell is the value's own year. A cell without a number, such as 未導入, or with a range of two
    has no value.
    """
    plain = narrow(" ".join(text.split()))
    notes = _NOTE.findall(plain)
    outside = _without_year(_NOTE.sub(" ", plain))
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


def _without_year(text: str) -> str:
    """Return the text without the year that it begins with: 「R6：12か所」 says 12か所."""
    first = next(iter(find_years(text)), None)
    if first is None or text[: first.start].strip():
        return text
    rest = text[first.end :].lstrip(" :の末")
    return rest if re.search(r"\d", rest) else text


def _number(text: str) -> tuple[float, str | None] | None:
    match = _NUMBER.search(text)
    if not match or _RANGE.match(text, match.end("n")):
        return None
    value = float(round(_value(match["n"]), 6))
    return (-value if match["sign"] else value), match["unit"].strip() or None


def _value(figure: str) -> float:
    """Return the number that a figure says: 1,200, 316万, 1万2千, 六百九十億六千六百万, 二三・九."""
    total = section = number = 0.0
    given = False
    for part in _PART.finditer(figure):
        scale = part["scale"]
        if scale is None:
            number, given = float(_digits(part[0])), True
            continue
        if scale in _TENS:
            section += (number if given else 1) * _TENS[scale]
        else:
            total += ((section + number) or 1) * _MYRIADS[scale]
            section = 0
        number, given = 0, False
    return total + section + number


def _digits(part: str) -> str:
    return "".join(_DIGITS.get(c, c) for c in part.replace(",", "").replace("・", "."))
