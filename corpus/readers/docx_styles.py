"""Word's styles and numbering: how a paragraph comes by its outline level, its number and its hiding."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_NAME = re.compile(r"(?:heading|見出し)\s*([1-9])", re.IGNORECASE)
_LIST_NAME = re.compile(r"list (?:bullet|number|paragraph)(?: \d)?|箇条書き.*|段落番号.*", re.IGNORECASE)
_LONGEST_CHAIN = 20
_SMALLEST_HALF_POINTS = 2
_PLACE = re.compile(r"%([1-9])")

_KANJI_DIGITS = "〇一二三四五六七八九"
_AIUEO = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def w(name: str) -> str:
    """Return a WordprocessingML name in full."""
    return _W + name


def child(element: Any, name: str) -> Any:
    """Return an element's child of that name, or None; None has none."""
    return element.find(_W + name) if element is not None else None


def value_of(element: Any, name: str) -> str | None:
    """Return the value that an element's child of that name gives, or None."""
    found = child(element, name)
    return None if found is None else found.get(_W + "val")


def is_on(properties: Any, name: str) -> bool | None:
    """Return whether a switch is on; None where the properties do not say."""
    found = child(properties, name)
    return None if found is None else found.get(_W + "val", "true") not in ("0", "false", "off")


class Styles:
    """The styles of a document, by id."""

    def __init__(self, root: Any) -> None:
        elements = root.iter(_W + "style") if root is not None else ()
        self._by_id = {e.get(_W + "styleId"): e for e in elements}

    def chain(self, style_id: str | None) -> list[Any]:
        """Return a style and the styles it is based on, as far as they go without a loop."""
        found: list[Any] = []
        while style_id in self._by_id and len(found) < _LONGEST_CHAIN:
            found.append(self._by_id[style_id])
            style_id = value_of(found[-1], "basedOn")
        return found

    def _paragraph_properties(self, paragraph: Any) -> list[Any]:
        own = child(paragraph, "pPr")
        return [own, *(child(s, "pPr") for s in self.chain(value_of(own, "pStyle")))]

    def outline_level(self, paragraph: Any) -> int | None:
        """Return a heading's level, 1 for the outermost; None for a paragraph that is none."""
        for properties in self._paragraph_properties(paragraph):
            level = value_of(properties, "outlineLvl")
            if level is not None:
                return int(level) + 1 if level in "012345678" and level else None
        for style in self.chain(value_of(child(paragraph, "pPr"), "pStyle")):
            name = value_of(style, "name") or ""
            match = _HEADING_NAME.fullmatch(name)
            if match or name.lower() in ("title", "表題"):
                return int(match[1]) if match else 1
        return None

    def is_list(self, style_id: str | None) -> bool:
        """Tell whether a style is one of Word's list styles with its own mark."""
        names = (value_of(style, "name") or "" for style in self.chain(style_id)[:1])
        return any(_LIST_NAME.fullmatch(name) and "paragraph" not in name.lower() for name in names)

    def numbering(self, paragraph: Any) -> tuple[str, int] | None:
        """Return the numbering list and level of a paragraph, its own or its style's."""
        number = level = None
        for properties in self._paragraph_properties(paragraph):
            about = child(properties, "numPr")
            number = number if number is not None else value_of(about, "numId")
            level = level if level is not None else value_of(about, "ilvl")
        if number in (None, "0"):
            return None
        return str(number), int(level) if level and level in "012345678" else 0

    def hides(self, run: Any, paragraph: Any) -> bool:
        """Tell whether a run is not to be seen: hidden, of no size, or white without a background."""
        own = child(run, "rPr")
        styles = [*self.chain(value_of(own, "rStyle"))]
        paragraph_properties = child(paragraph, "pPr")
        styles += self.chain(value_of(paragraph_properties, "pStyle"))
        properties = [own, *(child(s, "rPr") for s in styles)]
        if next((on for p in properties if (on := is_on(p, "vanish")) is not None), False):
            return True
        size = next((s for p in properties if (s := value_of(p, "sz"))), "")
        if size.isdecimal() and int(size) <= _SMALLEST_HALF_POINTS:
            return True
        colour = next((c for p in properties if (c := value_of(p, "color"))), "")
        return colour.upper() == "FFFFFF" and not _shaded(run, properties, paragraph_properties)


def _shaded(run: Any, properties: list[Any], paragraph_properties: Any) -> bool:
    if any(value_of(p, "highlight") for p in properties):
        return True
    around = [child(e, "tcPr") for e in run.iterancestors(_W + "tc")]
    around += [child(e, "tblPr") for e in run.iterancestors(_W + "tbl")]
    if (
        any(value_of(e, "tblStyle") for e in around)
        or next(run.iterancestors(_W + "txbxContent"), None) is not None
    ):
        return True
    shades = (child(p, "shd") for p in (*properties, paragraph_properties, *around))
    return any(
        s is not None and (s.get(_W + "fill") or "auto").upper() not in ("AUTO", "FFFFFF") for s in shades
    )


@dataclass
class _Level:
    form: str
    text: str
    start: int


@dataclass
class _List:
    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class Numbers:
    """The numbers that Word prints before paragraphs and does not write into their text."""

    def __init__(self, root: Any) -> None:
        self._lists: dict[str, _List] = {}
        if root is None:
            return
        abstract = {e.get(_W + "abstractNumId"): _List(_levels(e)) for e in root.iter(_W + "abstractNum")}
        for num in root.iter(_W + "num"):
            shared = abstract.get(value_of(num, "abstractNumId"))
            if shared is not None:
                own = any(True for _ in num.iter(_W + "startOverride"))
                self._lists[num.get(_W + "numId")] = _List(shared.levels) if own else shared

    def next(self, place: tuple[str, int] | None) -> tuple[str, bool]:
        """Count a paragraph; return its printed number ("" for none) and whether it has a bullet."""
        found = self._lists.get(place[0]) if place else None
        if place is None or found is None or place[1] not in found.levels:
            return "", place is not None
        at = place[1]
        level = found.levels[at]
        if level.form in ("bullet", "none"):
            return "", level.form == "bullet"
        found.counts[at] = found.counts.get(at, level.start - 1) + 1
        found.counts = {k: n for k, n in found.counts.items() if k <= at}

        def printed(match: re.Match[str]) -> str:
            k = int(match[1]) - 1
            of = found.levels.get(k, level)
            return spell(found.counts.get(k, of.start), of.form)

        return _PLACE.sub(printed, level.text).strip(), False


def _levels(abstract: Any) -> dict[int, _Level]:
    levels = {}
    for element in abstract.iter(_W + "lvl"):
        index, start = element.get(_W + "ilvl") or "", value_of(element, "start") or "1"
        if index.isdecimal() and len(index) == 1:
            first = int(start) if start.isdecimal() and len(start) < 6 else 1
            text = value_of(element, "lvlText") or ""
            levels[int(index)] = _Level(value_of(element, "numFmt") or "decimal", text, first)
    return levels


def spell(number: int, form: str) -> str:
    """Return a number as one of Word's number formats prints it; as digits for one that is not known."""
    letters = {"aiueoFullWidth": _AIUEO, "aiueo": _AIUEO, "iroha": _IROHA, "irohaFullWidth": _IROHA}
    if form in letters and 1 <= number <= len(letters[form]):
        return letters[form][number - 1]
    if form in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if form in ("decimalFullWidth", "decimalFullWidth2"):
        return str(number).translate({ord("0") + d: 0xFF10 + d for d in range(10)})
    if form in ("japaneseCounting", "chineseCounting", "chineseCountingThousand") and 1 <= number <= 99:
        tens, ones = divmod(number, 10)
        ten = ("" if tens == 1 else _KANJI_DIGITS[tens]) + "十" if tens else ""
        return ten + (_KANJI_DIGITS[ones] if ones else "")
    if form in ("lowerLetter", "upperLetter") and 1 <= number <= 26:
        return chr((0x61 if form == "lowerLetter" else 0x41) + number - 1)
    if form in ("lowerRoman", "upperRoman") and 1 <= number <= 399:
        said = ""
        for value, letters_of in _ROMAN:
            said, number = said + letters_of * (number // value), number % value
        return said if form == "lowerRoman" else said.upper()
    return str(number)
