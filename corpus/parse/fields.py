"""Fields of a record: a piece of the text with its place, and the pieces of a cell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.document import Document, Region
from corpus.parse.lines import MARKUP
from corpus.parse.misprints import Spelling
from corpus.records import Span
from corpus.sentences import sentences

BULLETS = re.compile(r"[✓✔●○■◆▶►•]|[①-⑳]|(?:^|(?<=[\s>]))[・\-](?=\s|[^\s\d])")
NEW = re.compile(r"[【\[(（]新規[】\])）]|新規(?=\s|$)")
# Items that lost their bullets: what follows the last sentence and is none itself.
_TAIL = re.compile(r"(?P<prose>\s*\S.*。)\s+(?P<items>[^。、\s][^。]*)", re.DOTALL)
# What stands before a title: (1), ①, 1., 1-2, 施策1-2, and 1 where it counts nothing (24 時間).
_NUMBER = re.compile(
    r"(?P<n>[(（]\d{1,2}[)）]|[①-⑳]|"
    r"(?:施策|取組|取り組み|事業|アクション|テーマ|政策|基本政策|基本目標|基本施策|基本方針|重点施策|重点目標|重点戦略|戦略|柱)"
    r"\s*\d{1,2}(?:[-.－．]\d{1,2}){0,2}[.．:：]?(?=[\s\D])|"
    r"\d{1,2}(?:[-－.．]\d{1,2}){1,2}[.．]?(?=\s|[^\d\s.%％])|\d{1,2}[.．](?!\d)|"
    r"\d{1,2}(?=\s+(?!時間|年|か月|人|次|歳|日|つ)[^\d\s]))\s*"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """What a region of one document says."""

    document_id: str
    text: str
    region: Region

    @property
    def span(self) -> Span:
        """Return the piece's place."""
        return Span(document_id=self.document_id, start=self.region.start, end=self.region.end)


class Pieces:
    """One document's text and blocks, from which the records' pieces are cut."""

    def __init__(self, document: Document, spelling: Spelling | None = None) -> None:
        self.document_id = document.document_id
        self.text = document.text
        self.blocks = document.blocks
        self._spelling = spelling or Spelling()

    def normalised(self, name: str) -> str | None:
        """Return a name as it is ordinarily written, or None where it is printed so."""
        return self._spelling.normalised(name)

    def of(self, start: int, end: int) -> Piece:
        """Return the piece between two offsets, without the white space and the markup at its ends."""
        while True:
            while start < end and self.text[start].isspace():
                start += 1
            while end > start and self.text[end - 1].isspace():
                end -= 1
            tag = MARKUP.match(self.text, start, end)
            if not tag:
                return Piece(self.document_id, self.text[start:end], Region(start=start, end=end))
            start = tag.end()

    def words(self, start: int, end: int) -> tuple[Piece, ...]:
        """Return the pieces between blanks and enumeration commas; 「・」 is one after 課 and the like."""
        found = re.finditer(r"(?:[^\s、，,・/／]|(?<![課室部局署係])[・/／])+", self.text[start:end])
        return tuple(self.of(start + m.start(), start + m.end()) for m in found)

    def departments(self, start: int, end: int) -> tuple[Piece, ...]:
        """Return the departments between blanks and commas; a dash says that there is none."""
        found = self.words(start, end)
        return tuple(p for p in found if re.search(r"\w", p.text) and p.text not in ("なし", "該当なし"))

    def items(self, start: int, end: int) -> tuple[Piece, ...]:
        """Return the items of a list printed in one run: between bullets, or between blanks without any."""
        body = self.text[start:end]
        marks = [*BULLETS.finditer(body)] or [*MARKUP.finditer(body)]
        if not marks:
            return self.sentences(start, end)
        bounds = [m.end() for m in marks]
        ends = [m.start() for m in marks[1:]] + [len(body)]
        found = [self.of(start + a, start + b) for a, b in zip(bounds, ends, strict=True)]
        if not BULLETS.search(body):
            found = [piece for p in found for piece in self._split(p.region.start, p.region.end)]
        return tuple(p for p in found if p.text)

    def _split(self, start: int, end: int) -> tuple[Piece, ...]:
        """Return the pieces between blanks; a bracket belongs to what stands before it."""
        found = re.finditer(r"\S+(?:\s+[(（]\S+)*", self.text[start:end])
        return tuple(self.of(start + m.start(), start + m.end()) for m in found)

    def listed(self, start: int, end: int) -> tuple[Piece, ...]:
        """Return the items of a list whose bullets may be lost: without sentences, blanks set them apart."""
        body = self.text[start:end]
        bare = not (BULLETS.search(body) or MARKUP.search(body) or "。" in body)
        return self._split(start, end) if bare else self.items(start, end)

    def sentences(self, start: int, end: int) -> tuple[Piece, ...]:
        """Return the sentences."""
        return tuple(self.of(s.start, s.end) for s in sentences(self.text, start, end))

    def described(self, start: int, end: int) -> tuple[Piece | None, tuple[Piece, ...]]:
        """Return the description that a cell begins with, and the items listed after it."""
        body = self.text[start:end]
        mark = BULLETS.search(body) or MARKUP.search(body)
        tail = None if mark else _TAIL.fullmatch(body)
        if tail:
            return self.of(start, start + tail.end("prose")), self._split(start + tail.start("items"), end)
        if not mark:
            return (self.of(start, end) if body.strip() else None), ()
        before = self.of(start, start + mark.start())
        return (before if before.text else None), self.items(start + mark.start(), end)

    def titled(self, start: int, end: int) -> tuple[str, Piece, bool]:
        """Return the number, the title and whether 新規 is printed with it."""
        number = _NUMBER.match(self.text, start, end)
        first = number.end() if number else start
        last = end
        is_new = False
        mark = NEW.match(self.text, first, last)
        if mark:
            first, is_new = mark.end(), True
        tail = re.search(rf"\s*(?:{NEW.pattern})\s*$", self.text[first:last])
        if tail:
            last, is_new = first + tail.start(), True
        return (number["n"] if number else ""), self.of(first, last), is_new
