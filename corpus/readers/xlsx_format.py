"""Excel's number formats: a value as the sheet displays it, as far as plans use them."""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_SECTION = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_ERA = re.compile(r"\[\$-[^\]]*(?:411|JP)[^\]]*\]", re.IGNORECASE)
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|[_*].')
# What stands for a literal while the digits are put in.
_PLACEHOLDER = re.compile("\ue000(\\d+)\ue001")
_DIGITS = re.compile(r"[#0?][#0?,.]*")
_DATE_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|(ggge{1,2}|gge{1,2}|ge{1,2}|g+|e{1,2}|y+|m+|d+|h+|s+|a{3,4}|AM/PM)', re.IGNORECASE
)
_ERAS = (
    (datetime.date(2019, 5, 1), "R", "令", "令和"),
    (datetime.date(1989, 1, 8), "H", "平", "平成"),
    (datetime.date(1926, 12, 25), "S", "昭", "昭和"),
    (datetime.date(1912, 7, 30), "T", "大", "大正"),
    (datetime.date(1868, 1, 25), "M", "明", "明治"),
)
_WEEKDAYS = "月火水木金土日"
_GENERAL_DIGITS = 11


def display(value: object, number_format: str | None, is_date: bool) -> str:
    """Return a cell's value as it is displayed; a format that is not known leaves the plain value."""
    form = number_format or "General"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime | datetime.date | datetime.time) and is_date:
        return _date(value, _SECTION.split(form)[0])
    if isinstance(value, int | float):
        return _number(value, form)
    return str(value)


def _number(value: int | float, form: str) -> str:
    sections = _SECTION.split(form)
    if value < 0 and len(sections) > 1:
        section, value = sections[1], -value
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    else:
        section = sections[0]
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        literals.append(match[1] or match[2] or "")
        return f"\ue000{len(literals) - 1}\ue001"

    plain = _BRACKETS.sub("", _LITERAL.sub(keep, section))
    digits = _DIGITS.search(_PLACEHOLDER.sub(lambda m: "\ue002" * len(m[0]), plain))
    if digits is None and literals and "General" not in plain:
        return _PLACEHOLDER.sub(lambda m: literals[int(m[1])], plain).strip()
    if digits is None or "/" in plain or "E+" in plain.upper():
        return plain_number(value)
    percent = plain.count("%")
    figure = _figure(value, digits[0], percent, plain[digits.end() : digits.end() + 1])
    shown = plain[: digits.start()] + figure + plain[digits.end() :]
    return _PLACEHOLDER.sub(lambda m: literals[int(m[1])], shown)


def _figure(value: int | float, digits: str, percent: int, following: str) -> str:
    """Return the value by a run of digit places such as #,##0.0; a comma at its end divides by 1000."""
    places = digits.rstrip(",")
    whole, _, fraction = places.partition(".")
    try:
        exact = Decimal(repr(value)) * 100**percent / 1000 ** (len(digits) - len(places))
        rounded = exact.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    except InvalidOperation:
        return plain_number(value)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    optional = len(fraction) - len(fraction.rstrip("#?"))
    while optional and text.endswith("0"):
        text, optional = text[:-1], optional - 1
    head, point, tail = text.partition(".")
    head = head.zfill(whole.count("0")) if "," not in whole else head
    return f"{head}{point}{tail}" if tail else head


def plain_number(value: int | float) -> str:
    """Return a number as Excel's General shows it: no more than 11 digits, no zeros at the end."""
    if isinstance(value, int) or (abs(value) < 10**_GENERAL_DIGITS and value == int(value)):
        return str(int(value))
    return f"{value:.{_GENERAL_DIGITS - 1}g}"


def _date(value: datetime.datetime | datetime.date | datetime.time, form: str) -> str:
    moment = (
        value
        if isinstance(value, datetime.datetime)
        else datetime.datetime.combine(datetime.date(1899, 12, 30), value)
        if isinstance(value, datetime.time)
        else datetime.datetime.combine(value, datetime.time())
    )
    if form.lower() == "general":
        return str(value)
    hours = False

    def token(match: re.Match[str]) -> str:
        nonlocal hours
        if match[3] is None:
            return match[1] or match[2] or ""
        said = match[3].lower()
        minutes = hours and said[0] == "m"
        hours = said[0] == "h" or (hours and said[0] not in "ymd")
        return _date_part(moment, said, minutes)

    return _DATE_TOKEN.sub(token, _BRACKETS.sub("", form)).rstrip(";@ ")


def _date_part(moment: datetime.datetime, token: str, minutes: bool) -> str:
    """Return what one token of a date format prints; ggge is 令和8, y is the year, m a month or minutes."""
    kind, length = token[0], len(token)
    if kind in "ge":
        return _japanese_year(moment.date(), token)
    if kind == "a":
        if token == "am/pm":
            return "AM" if moment.hour < 12 else "PM"
        return _WEEKDAYS[moment.weekday()] + ("曜日" if length == 4 else "")
    if kind == "y":
        return f"{moment.year:04}" if length > 2 else f"{moment.year % 100:02}"
    if kind == "m" and not minutes and length > 2:
        return moment.strftime("%b" if length == 3 else "%B")
    number = {
        "m": moment.minute if minutes else moment.month,
        "d": moment.day,
        "h": moment.hour,
        "s": moment.second,
    }
    return f"{number[kind]:02}" if length > 1 else str(number[kind])


def _japanese_year(date: datetime.date, token: str) -> str:
    for first, *names in _ERAS:
        if date >= first:
            year = date.year - first.year + 1
            eras, years = token.count("g"), token.count("e")
            name = names[min(eras, 3) - 1] if eras else ""
            return name + (f"{year:02}" if years > 1 else str(year) if years else "")
    return str(date.year)
