"""Tables in plain text whose columns only blanks part, as text taken from a PDF has them.

A row of column labels and rows of as many words under it are a table; their blanks become tabs. Prose has
no such rows, and a row that fits nowhere stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

FEWEST_COLUMNS, MOST_COLUMNS = 3, 14
FEWEST_ROWS = 2
FEWEST_LABELS = 2
LONGEST_LABEL = 20
_LABEL = re.compile(
    r"番号|指標|目標|現状|基準|年度|担当|施策|取組|取り組み|項目|区分|単位|内容|実績|名称|所管|現況|時期|年間|事業名|割合|数$|名$"
)
_PROSE = re.compile(r"[。、]")
_NUMBER = re.compile(r"[①-⑳]|[(（]?\d{1,2}(?:[-－.]\d{1,2})*[)）.．]?")


def with_tabs(text: str) -> str:
    """Return the text with tabs between the columns of such tables; a row over two lines is made one."""
    lines = text.split("\n")
    found: list[str] = []
    i = 0
    while i < len(lines):
        labels = _labels(lines[i])
        rows, end = _rows(lines, i + 1, labels) if labels else ([], i + 1)
        if len(rows) < FEWEST_ROWS:
            found.append(lines[i])
            i += 1
            continue
        found += ["\t".join(labels), *rows]
        i = end
    return "\n".join(found)


def _labels(line: str) -> list[str]:
    """Return the labels of a line that is a table's head; none for any other line."""
    words = line.split()
    if "\t" in line or _PROSE.search(line) or not FEWEST_COLUMNS <= len(words) <= MOST_COLUMNS:
        return []
    named = sum(bool(_LABEL.search(w)) for w in words)
    return words if named >= FEWEST_LABELS and all(len(w) <= LONGEST_LABEL for w in words) else []


def _rows(lines: Sequence[str], start: int, labels: Sequence[str]) -> tuple[list[str], int]:
    """Return the rows under a head, and the line behind them."""
    rows: list[str] = []
    i = start
    while i < len(lines):
        for count in (1, 2):
            cells = _cells("".join(lines[i : i + count]), labels)
            if cells and i + count <= len(lines):
                rows.append("\t".join(cells))
                i += count
                break
        else:
            break
    return rows, i


def _cells(line: str, labels: Sequence[str]) -> list[str]:
    """Return the words of a row, as many as there are labels; a number before a name is part of it."""
    words = line.split()
    if "\t" in line or _PROSE.search(line):
        return []
    if len(words) == len(labels) + 1 and _NUMBER.fullmatch(words[0]) and labels[0] != "番号":
        words = [f"{words[0]} {words[1]}", *words[2:]]
    return words if len(words) == len(labels) else []
