"""A document's outline: which lines are headings, which belong to the table of contents or the page.

A line is a heading by its style (`headings.toml`) or because it is short, stands alone and text follows
it. A heading that is printed again while it is still open is a running head: it opens nothing. Where
the document lists its own headings, that list decides between a heading and a numbered line.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources

from corpus.document import Heading, HeadingMark, Region
from corpus.normalize import compact, narrow
from corpus.parse.labels import is_labelled
from corpus.parse.lines import BULLET, MARKUP, SENTENCE_END, Line

LONGEST_HEADING = 45
LONGEST_LABEL = 30
AGAIN = 3
MINOR = 8
# Marks, unlisted numbers and bracketed numbers nest in any order: a level each, as they are opened.
INNER = range(5, MINOR)

_CONTENTS_ENTRY = re.compile(r"\s*(?P<title>\S.*?)[\s.…‥・]+(?:[Pp][.]?\s*)?(?P<page>\d{1,3})\s*")
# What counts themes: a word before the number.
THEME_WORD = re.compile(r"[^\W\dIVXⅠ-Ⅻ]{1,8}\s*[(\dIVXⅠ-Ⅻ一二三四五六七八九十]")
_PART_OF = re.compile(r"[(（]\s*\d+\s*[/／]\s*\d+\s*[)）]\s*$")
_BRACKETED = re.compile(r"\(\d{1,2}\)")
_IMPRINT = re.compile(r"発行|編集|電話|〒|tel|fax|e-?mail|問い?合わ?せ先|連絡先")
_UNHEADED = re.compile(r"[、。，．！？!?:：～〜]$|^[(（].*[)）]$")


@dataclass(frozen=True)
class Style:
    """One row of `headings.toml`."""

    name: str
    pattern: re.Pattern[str]
    level: int
    listed: bool


@dataclass(frozen=True)
class Listed:
    """A heading as the table of contents gives it: its number and its level."""

    number: str
    level: int


@functools.lru_cache(maxsize=1)
def styles() -> tuple[Style, ...]:
    """Return the heading styles, in the order in which they are tried."""
    rows = tomllib.loads(resources.files("corpus.parse").joinpath("headings.toml").read_text("utf-8"))[
        "style"
    ]
    return tuple(Style(r["name"], re.compile(r["pattern"]), r["level"], r.get("listed", False)) for r in rows)


def contents_range(lines: tuple[Line, ...]) -> range:
    """Return the lines of the table of contents, its title first; an empty range where there is none."""
    for i, line in enumerate(lines):
        if compact(line.text) in ("目次", "もくじ", "contents"):
            end = last = i + 1
            while end < len(lines) and (lines[end].blank or _contents_entry(lines[end])):
                end += 1
                last = end if not lines[end - 1].blank else last
            return range(i, last)
    return range(0)


def _contents_entry(line: Line) -> re.Match[str] | None:
    return _CONTENTS_ENTRY.fullmatch(narrow(line.text))


def contents_titles(lines: tuple[Line, ...], contents: range) -> dict[str, Listed]:
    """Return the listed headings by the compact form of number and title, and of the title alone."""
    titles: dict[str, Listed] = {}
    for i in contents:
        entry = _contents_entry(lines[i])
        if entry:
            printed = " ".join(entry["title"].split())
            found = match_style(printed)
            title = found[1]["title"] if found else printed
            listed = Listed(found[1]["n"] if found else "", found[0].level if found else 2)
            titles.setdefault(compact(title), listed)
            titles[compact(printed)] = listed
    return titles


def running_key(text: str) -> str:
    """Return what two printings of one heading have in common: no spaces, no 「(1/2)」."""
    return compact(_PART_OF.sub("", text))


def running_lines(lines: tuple[Line, ...]) -> frozenset[int]:
    """Return the lines that are printed again and again beside a page's number, as a plan's title is."""
    printed = [i for i, line in enumerate(lines) if not line.blank]
    beside: dict[str, list[int]] = {}
    for before, i, after in zip([None, *printed], printed, [*printed[1:], None], strict=False):
        numbered = any(k is not None and lines[k].page_number for k in (before, after))
        if numbered and not lines[i].tabbed and len(lines[i].text) <= LONGEST_LABEL:
            beside.setdefault(compact(lines[i].text), []).append(i)
    return frozenset(i for text, found in beside.items() if len(found) >= AGAIN and text for i in found)


class Outline:
    """Decide line by line what is a heading, and keep the headings that are open."""

    def __init__(self, lines: tuple[Line, ...], marks: tuple[HeadingMark, ...] = ()) -> None:
        self.lines = lines
        self.marks = {mark.start: mark.level for mark in marks}
        self.contents = contents_range(lines)
        self.listed = contents_titles(lines, self.contents)
        self.imprint = imprint_start(lines)
        self.running = running_lines(lines) - {self.imprint}
        self.path: tuple[Heading, ...] = ()

    def heading_at(self, i: int) -> tuple[Heading, int] | None:
        """Return the heading that begins on line i and how many lines it takes, or None."""
        line = self.lines[i]
        if i == self.imprint:
            return _heading(1, "", line.text, line, line), 1
        if line.start in self.marks:
            return self._marked(i)
        plain = MARKUP.sub("", line.text)
        if BULLET.match(plain) and plain[0] not in "◆■●◎":
            return None
        if len(plain) > LONGEST_HEADING + 25 or SENTENCE_END.search(plain) or is_labelled(line.text):
            return None
        return self._listed(i) or self._styled(i) or self._minor(i)

    def is_running(self, heading: Heading) -> bool:
        """Tell whether an open heading is printed again, as at the top of a page."""
        key = running_key(heading.label)
        return any(running_key(h.label) == key and h.level == heading.level for h in self.path)

    def open(self, heading: Heading) -> None:
        """Make a heading the innermost one; of a running head, close what stands below it."""
        if self.is_running(heading):
            key = running_key(heading.label)
            kept = next(k for k, h in enumerate(self.path) if running_key(h.label) == key)
            self.path = self.path[: kept + 1]
        else:
            self.path = (*(h for h in self.path if h.level < heading.level), heading)

    def _marked(self, i: int) -> tuple[Heading, int]:
        """Take a heading that the format marks; its level is the format's own."""
        line = self.lines[i]
        found = match_style(narrow(line.text))
        number = found[1]["n"] if found and found[1]["title"] else ""
        title = line.text[found[1].start("title") :] if found and number else line.text
        return _heading(self.marks[line.start], number, title, line, line), 1

    def _listed(self, i: int) -> tuple[Heading, int] | None:
        """Recognise a heading that the table of contents lists, with or without its number."""
        line = self.lines[i]
        listed = None if line.tabbed else self.listed.get(compact(line.text))
        if listed is None:
            return None
        found = match_style(narrow(line.text))
        number = found[1]["n"] if found else listed.number
        title = line.text[found[1].start("title") :] if found else line.text
        return _heading(listed.level, number, title, line, line), 1

    def _styled(self, i: int) -> tuple[Heading, int] | None:
        line = self.lines[i]
        found = None if line.tabbed else match_style(narrow(line.text))
        if found is None:
            return None
        style, match = found
        if style.name == "bracketed" and not self._alone(i):
            return None
        counted = self._of_theme(style, match["n"]) or self._below_theme(style, match["n"])
        inner = style.level in INNER or (style.listed and self.listed) or counted
        level = self._inner_level(match["n"]) if inner else style.level
        title, last = line.text[match.start("title") :], i
        if not title:
            following = self._next_printed(i)
            if (
                following is None
                or self.lines[following].tabbed
                or SENTENCE_END.search(self.lines[following].text)
            ):
                return None
            title, last = self.lines[following].text, following
        title = _PART_OF.sub("", title).strip()
        if len(title) > LONGEST_HEADING:
            return None
        return _heading(level, match["n"], title, line, self.lines[last]), last - i + 1

    def _of_theme(self, style: Style, number: str) -> bool:
        """Tell whether a number such as 1-2 counts what stands under the open heading of theme 1."""
        first = re.match(r"\d+", number) if style.name == "decimal" else None
        themes = [
            h for h in self.path if h.level == style.level and h.number[:1] and not h.number[0].isdigit()
        ]
        return bool(first and any(re.findall(r"\d+", narrow(h.number)) == [first[0]] for h in themes))

    def _below_theme(self, style: Style, number: str) -> bool:
        """Tell whether 基本施策1 stands under 基本目標1: two words count, and the other one is open."""
        if style.name != "theme":
            return False
        open_ones = [h.number for h in self.path if h.level == style.level and THEME_WORD.match(h.number)]
        return any(THEME_WORD.match(n) and _word(n) != _word(number) for n in open_ones)

    def _inner_level(self, number: str) -> int:
        """Return the level of the open heading numbered in the same way, or the one below what is open."""
        above = [h for h in self.path if h.level in INNER]
        same = next((h.level for h in above if _shape(h.number) == _shape(number)), None)
        return same or min(INNER.start + len(above), INNER.stop - 1)

    def _alone(self, i: int) -> bool:
        """Tell whether line i holds one bracketed number only and does not go on with a list of such."""
        above = self.lines[i - 1].text if i else ""
        texts = (self.lines[i].text, above)
        return all(len(_BRACKETED.findall(narrow(t))) <= 1 for t in texts)

    def _minor(self, i: int) -> tuple[Heading, int] | None:
        """Recognise a short line that stands alone and names the text below it, such as a role's name."""
        line = self.lines[i]
        if line.tabbed or len(line.text) > LONGEST_LABEL or _UNHEADED.search(line.text):
            return None
        following = self._next_printed(i)
        if following is None or line.text.isdigit():
            return None
        body = MARKUP.sub("", self.lines[following].text).strip()
        close = (i and not self.lines[i - 1].blank) or following == i + 1
        if close and not BULLET.match(body):
            return None
        names_text = SENTENCE_END.search(body) and len(body) > len(line.text)
        if names_text or self.lines[following].tabbed or BULLET.match(body):
            return _heading(MINOR, "", line.text, line, line), 1
        return None

    def _next_printed(self, i: int) -> int | None:
        """Return the line printed after line i, or None where that is a page number or the contents."""
        following = next((k for k in range(i + 1, len(self.lines)) if not self.lines[k].blank), None)
        if following is None or following in self.contents or self.lines[following].page_number:
            return None
        return following


def match_style(narrowed: str) -> tuple[Style, re.Match[str]] | None:
    """Return the first style that the narrow form of a line has, with its match."""
    for style in styles():
        match = style.pattern.fullmatch(narrowed)
        if match:
            return style, match
    return None


def _shape(number: str) -> str:
    return re.sub(r"\d+|[IVX]+|[Ⅰ-Ⅻ]|[一二三四五六七八九十]+$", "0", number)


def _word(number: str) -> str:
    return _shape(number).partition("0")[0].strip(" (")


def _heading(level: int, number: str, title: str, first: Line, last: Line) -> Heading:
    clean = " ".join(MARKUP.sub("", title).split())
    return Heading(level=level, number=number, title=clean, region=Region(start=first.start, end=last.end))


def imprint_start(lines: tuple[Line, ...]) -> int | None:
    """Return the first line of the imprint (奥付): the short lines at the end that say who published it."""
    first = len(lines)
    for i in range(len(lines) - 1, max(-1, len(lines) - 40), -1):
        if lines[i].blank:
            continue
        longest = 90 if _IMPRINT.search(lines[i].folded) else 60
        if lines[i].tabbed or len(lines[i].text) > longest or SENTENCE_END.search(lines[i].text):
            break
        first = i
    marks = [mark for line in lines[first:] for mark in set(_IMPRINT.findall(line.folded))]
    return first if len(marks) >= 2 else None
