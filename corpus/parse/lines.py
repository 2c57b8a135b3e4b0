"""A text's lines with their places, and the small questions one asks of a line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.normalize import fold

BULLET = re.compile(r"[-・●○■◆◎✓✔※▶►•*–]\s*|[①-⑳]\s*")
SENTENCE_END = re.compile(r"[。．！？!?]")
# A tag's name is followed by a blank or the bracket: <http://…> and <name@…> are addresses, not markup.
MARKUP = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without the white space at its ends; [start, end) is where its text stands."""

    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        """Tell whether nothing is printed on the line."""
        return self.start == self.end

    @property
    def tabbed(self) -> bool:
        """Tell whether the line is a table row: cells set apart by tabs."""
        return "\t" in self.text

    @property
    def page_number(self) -> bool:
        """Tell whether the line is a page's number alone."""
        return self.text.isdecimal() and len(self.text) <= 3

    @property
    def folded(self) -> str:
        """Return the line's search form."""
        return fold(self.text)


def lines_of(text: str) -> tuple[Line, ...]:
    """Return every line of the text; a table row keeps the tabs at its ends.

    Rows of one cell before a table's first full row are its captions: they are given as prose.
    """
    lines: list[Line] = []
    offset = 0
    in_table = False
    for raw in text.split("\n"):
        row = "\t" in raw and bool(raw.strip())
        caption = (
            row and not in_table and not raw.startswith("\t") and "\t" not in MARKUP.sub("", raw).strip()
        )
        body = raw if row and not caption else raw.strip()
        in_table = row and not caption
        start = offset + (raw.find(body) if body else 0)
        lines.append(Line(start, start + len(body), body))
        offset += len(raw) + 1
    return tuple(lines)
