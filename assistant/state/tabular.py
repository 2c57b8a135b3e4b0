"""Rows as CSV or JSON Lines; a cell is never taken for a formula by a spreadsheet."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

FORMATS = ("csv", "jsonl")
# OWASP, CSV Injection: what a spreadsheet begins a formula with.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_rows(
    file: TextIO,
    output_format: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    *,
    headed: bool = True,
) -> None:
    """Write rows in one of the formats; a table that goes on is not `headed` again."""
    if output_format == "jsonl":
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")
        return
    writer = csv.writer(file)
    if headed:
        writer.writerow(columns)
    writer.writerows([_cell(row[c]) for c in columns] for row in rows)


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False, default=_plain)
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime.datetime) else str(value)
