"""Markdown: headings, lists and pipe tables; other marks are text unless they are clearly markup."""

from __future__ import annotations

import re
from collections.abc import Callable

from corpus.document import Document
from corpus.readers.canonical import Placed, Writer
from corpus.readers.limits import refusing
from corpus.readers.text import decode

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t\u3000]+(.*?)(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|(\d{1,9}[.)]))[ \t]+(\S.*)")
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_QUOTE = re.compile(r" {0,3}(?:> ?)+")
_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_PIPE = re.compile(r"(?<!\\)\|")
_FRONT_MATTER_LINE = re.compile(r"[\w-]+:.*|[ \t]+.*|[ \t]*|- .*")

# Marks that print nothing, and what is left of them.
INLINE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!\[([^\[\]\n]*)\]\([^()\s]*(?:\s+\"[^\"\n]*\")?\)"), r"\1"),
    (re.compile(r"(?<!\\)\[([^\[\]\n]+)\]\([^()\s]*(?:\s+\"[^\"\n]*\")?\)"), r"\1"),
    (re.compile(r"(?<![\\*])\*\*(?=[^\s*])([^*\n]*[^\s*])\*\*(?!\*)"), r"\1"),
    (re.compile(r"(?<![\\_\w])__(?=[^\s_])([^_\n]*[^\s_])__(?![_\w])"), r"\1"),
    (re.compile(r"(?<!~)~~(?=\S)([^~\n]*\S)~~(?!~)"), r"\1"),
    (re.compile(r"(?<![`\\])`([^`\n]+)`(?!`)"), r"\1"),
    (re.compile(r"<br\s*/?>", re.IGNORECASE), "\n"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|~>-])"), r"\1"),
)


@refusing("a Markdown file")
def read(document_id: str, name: str, data: bytes) -> Document:
    """Read a Markdown file; raises DocumentError for bytes that are no text."""
    writer = Writer(name)
    lines = _body(decode(name, data), writer).split("\n")
    i = 0
    while i < len(lines):
        i += max(1, next((n for take in _TAKERS if (n := take(lines, i, writer))), 1))
    return writer.document(document_id)


def _body(text: str, writer: Writer) -> str:
    """Return the text without what is not printed: the settings before it, and comments."""
    lines = text.split("\n")
    end = lines.index("---", 1) if lines[0].rstrip() == "---" and "---" in lines[1:] else 0
    if end and all(_FRONT_MATTER_LINE.fullmatch(line) for line in lines[1:end]):
        writer.note("the settings before the text were left out")
        text = "\n".join(lines[end + 1 :])
    pieces, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (close := text.find("-->", start + 4)) >= 0:
        pieces.append(text[at:start])
        at = close + 3
        writer.note("comments were left out")
    return "".join([*pieces, text[at:]])


def inline(text: str) -> str:
    """Return the text without the marks that print nothing."""
    for pattern, left in INLINE:
        text = pattern.sub(left, text)
    return text


def _blank(lines: list[str], i: int, writer: Writer) -> int:
    return 0 if lines[i].strip() and not _RULE.fullmatch(lines[i]) else 1


def _fence(lines: list[str], i: int, writer: Writer) -> int:
    """Take a fenced block as it is printed."""
    mark = _FENCE.match(lines[i])
    if not mark:
        return 0
    end = next((k for k in range(i + 1, len(lines)) if lines[k].strip().startswith(mark[1])), len(lines))
    writer.paragraph("\n".join(lines[i + 1 : end]))
    return end - i + 1


def _heading(lines: list[str], i: int, writer: Writer) -> int:
    mark = _HEADING.fullmatch(lines[i])
    if mark:
        writer.heading(inline(mark[2]), len(mark[1]))
        return 1
    under = _UNDERLINE.fullmatch(lines[i + 1]) if i + 1 < len(lines) and _plain(lines, i) else None
    if under:
        writer.heading(inline(lines[i]), 1 if under[1].startswith("=") else 2)
        return 2
    return 0


def _table(lines: list[str], i: int, writer: Writer) -> int:
    """Take a pipe table: a header, a delimiter row, and rows; or bare rows that begin and end with pipes."""
    ruled = i + 1 < len(lines) and _PIPE.search(lines[i]) and _delimits(lines[i + 1], lines[i])
    bare = i + 1 < len(lines) and _boxed(lines[i]) and _boxed(lines[i + 1])
    if not (ruled or bare):
        return 0
    end = i
    while end < len(lines) and _PIPE.search(lines[end]) and lines[end].strip():
        end += 1
    rows = [_cells(line) for line in lines[i:end] if not _DELIMITER.fullmatch(line)]
    writer.table(
        Placed(inline(text).replace("\n", " "), r, c)
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    return end - i


def _delimits(line: str, header: str) -> bool:
    return bool(_DELIMITER.fullmatch(line)) and len(_cells(line)) == len(_cells(header)) and "|" in line


def _boxed(line: str) -> bool:
    stripped = line.strip()
    return len(_PIPE.findall(stripped)) >= 3 and stripped.startswith("|") and stripped.endswith("|")


def _cells(line: str) -> list[str]:
    stripped = line.strip().removeprefix("|")
    cells = _PIPE.split(stripped)
    return cells[:-1] if len(cells) > 1 and not cells[-1].strip() else cells


def _item(lines: list[str], i: int, writer: Writer) -> int:
    """Take a list item with the indented lines that go on with it; a number stays as printed."""
    mark = _ITEM.fullmatch(lines[i])
    if not mark:
        return 0
    end = i + 1
    while end < len(lines) and lines[end][:1] in (" ", "\t") and _plain(lines, end):
        end += 1
    words = " ".join([mark[2], *(line.strip() for line in lines[i + 1 : end])])
    writer.item(inline(f"{mark[1]} {words}" if mark[1] else words))
    return end - i


def _paragraph(lines: list[str], i: int, writer: Writer) -> int:
    """Take a paragraph; its line ends stay, and what a quotation's lines begin with goes."""
    end = i + 1
    while end < len(lines) and _plain(lines, end) and not _starts_other(lines, end):
        end += 1
    writer.paragraph(inline("\n".join(_QUOTE.sub("", line) for line in lines[i:end])))
    return end - i


def _plain(lines: list[str], i: int) -> bool:
    marks = (_HEADING, _ITEM, _RULE)
    return (
        bool(lines[i].strip())
        and not any(p.fullmatch(lines[i]) for p in marks)
        and not _FENCE.match(lines[i])
    )


def _starts_other(lines: list[str], i: int) -> bool:
    under = i + 1 < len(lines) and _UNDERLINE.fullmatch(lines[i + 1])
    table = i + 1 < len(lines) and "|" in lines[i] and _delimits(lines[i + 1], lines[i])
    return bool(under or table)


_TAKERS: tuple[Callable[[list[str], int, Writer], int], ...] = (
    _blank,
    _fence,
    _heading,
    _table,
    _item,
    _paragraph,
)
