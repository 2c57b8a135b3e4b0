"""Fiscal years however they are written: 令和8年度 = R8 = 2026年度 = 2026（R8）.

A Japanese fiscal year begins on 1 April and bears the number of the calendar year it begins in. Years are
Western integers. Era starts: 明治 1868, 大正 1912, 昭和 1926, 平成 1989, 令和 2019 (元年 is year 1).
"""

from __future__ import annotations

import datetime
import itertools
import re
from dataclasses import dataclass

from corpus.normalize import narrow

ERAS = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019}
LETTERS = {"M": "明治", "T": "大正", "S": "昭和", "H": "平成", "R": "令和"}

_ERA_YEAR = (
    r"(?P<era>明治|大正|昭和|平成|令和)[ \u3000]*(?P<n>元|\d{1,2})"
    r"[ \u3000]*(?P<unit>年度|年|(?=[~～〜\-－・,、/)\s]|$))"
)
_LETTER_YEAR = (
    r"(?<![A-Za-z0-9])(?P<letter>[MTSHR])[ ]?(?P<m>\d{1,2})(?![0-9A-Za-z.])"
    r"(?:(?P<lunit>年度|年)|(?<=[HR]\d)|(?<=[HR]\d\d))"
)
_WESTERN = r"(?<![\d,.])(?P<w>(?:19|20)\d{2})[ \u3000]*(?P<wunit>年度|年|(?=[(~〜]))"
_YEAR = re.compile(f"{_ERA_YEAR}|{_LETTER_YEAR}|{_WESTERN}")
_JOINED = re.compile(r"\s*(?:年度?)?\s*[~～〜]\s*")
_BARE = re.compile(r"(?<![\d.,])(\d{1,2})[ \u3000]*(年度|年)")


@dataclass(frozen=True, slots=True)
class YearMention:
    """A year in a text: its place, its Western number, and whether it is said to be a fiscal year."""

    start: int
    end: int
    year: int
    fiscal: bool


def find_years(text: str) -> tuple[YearMention, ...]:
    """Return every year that the text names, in order.

    Full-width digits and letters count; the second year of a range such as 令和4～7年度 takes the first
    one's era.
    """
    plain = narrow(text)
    found = [_mention(m) for m in _YEAR.finditer(plain)]
    found += _range_ends(plain, found)
    return tuple(sorted(found, key=lambda y: y.start))


def without_years(text: str) -> str:
    """Return the text with a blank in the place of every year that it names."""
    for year in reversed(find_years(text)):
        text = f"{text[: year.start]} {text[year.end :]}"
    return text


def covered_years(text: str) -> frozenset[int]:
    """Return the years that a text names, and those between the two of a range such as 2026～2028年度."""
    plain = narrow(text)
    found = find_years(plain)
    covered = {y.year for y in found}
    for first, last in itertools.pairwise(found):
        if _JOINED.fullmatch(plain[first.end : last.start]) and first.year < last.year:
            covered |= set(range(first.year, last.year + 1))
    return frozenset(covered)


def _mention(match: re.Match[str]) -> YearMention:
    if match["era"]:
        number = 1 if match["n"] == "元" else int(match["n"])
        year, unit = ERAS[match["era"]] + number - 1, match["unit"]
    elif match["letter"]:
        year, unit = ERAS[LETTERS[match["letter"]]] + int(match["m"]) - 1, match["lunit"] or "年度"
    else:
        year, unit = int(match["w"]), match["wunit"]
    return YearMention(match.start(), match.end(), year, unit == "年度")


def _range_ends(text: str, found: list[YearMention]) -> list[YearMention]:
    """Give the bare year after 「～」 or 「・」 the era of the year before it."""
    ends = []
    for first in found:
        match = re.compile(r"[ ]*(?:[~～〜\-－・、]|から)[ ]*").match(text, first.end)
        bare = match and _BARE.match(text, match.end())
        if bare:
            base = next((start for start in sorted(ERAS.values(), reverse=True) if start <= first.year), 0)
            year = base + int(bare[1]) - 1
            if year >= first.year:
                ends.append(YearMention(bare.start(), bare.end(), year, bare[2] == "年度"))
    return ends


def fiscal_year_of(day: datetime.date) -> int:
    """Return the fiscal year in which a day lies (April to March)."""
    return day.year if day.month >= 4 else day.year - 1


def era_label(year: int, unit: str = "年度") -> str:
    """Return a year in the era of its 1 April, e.g. 2026 → 令和8年度; 2019 → 令和元年度."""
    name, start = max(((n, s) for n, s in ERAS.items() if s <= year), key=lambda e: e[1], default=("", 0))
    if not name:
        return f"{year}{unit}"
    number = year - start + 1
    return f"{name}{'元' if number == 1 else number}{unit}"


RELATIVE = {
    "一昨年度": -2,
    "昨年度": -1,
    "前年度": -1,
    "今年度": 0,
    "本年度": 0,
    "来年度": 1,
    "次年度": 1,
    "再来年度": 2,
}


def find_relative_years(text: str, today: datetime.date) -> tuple[YearMention, ...]:
    """Return the fiscal years that 今年度, 来年度 and the like name on the given day."""
    pattern = re.compile("|".join(sorted(RELATIVE, key=len, reverse=True)))
    current = fiscal_year_of(today)
    return tuple(
        YearMention(m.start(), m.end(), current + RELATIVE[m[0]], True) for m in pattern.finditer(text)
    )
