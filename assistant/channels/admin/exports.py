"""Exports: answers, feedback and corrections as files, sent piece by piece and noted before the first."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from assistant.channels.admin.access import HOME, Inside, Refused, page, sent, visitor
from assistant.channels.admin.console import console_of
from assistant.service import JAPAN
from assistant.state.database import Database
from assistant.state.people import rows_of
from assistant.state.tabular import FORMATS, write_rows

EXPORTED = "console export"
KINDS = ("answers", "feedback", "corrections")
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}
BATCH = 500
# By this spreadsheets know that the file is UTF-8.
MARK = "\ufeff"

router = APIRouter(prefix=HOME, include_in_schema=False, route_class=Inside)


@router.api_route("/exports", methods=["GET", "HEAD"])
def exports(request: Request) -> Response:
    """Show what can be taken out."""
    return page(request, "exports.html", kinds=KINDS, formats=FORMATS)


@router.post("/exports")
def export(request: Request) -> Response:
    """Send one kind of records in one format."""
    what, output_format = sent(request, "what"), sent(request, "format")
    if what not in KINDS or output_format not in FORMATS:
        raise Refused(422, "書き出すものと形式を選んでください。")
    console = console_of(request)
    with console.state.database.read() as session:  # a database that is away is told before anything is sent
        rows_of(session, what, most=1)
    console.note(visitor(request).actor, EXPORTED, what, {"format": output_format})
    today = datetime.datetime.now(JAPAN).date().isoformat()
    named = {"Content-Disposition": f'attachment; filename="{what}-{today}.{output_format}"'}
    pieces = pieces_of(console.state.database, what, output_format)
    return StreamingResponse(pieces, headers=named, media_type=MEDIA_TYPES[output_format])


def pieces_of(database: Database, what: str, output_format: str) -> Iterator[bytes]:
    """Yield a file's text in pieces; each is read by itself, so that a slow reader holds nothing open."""
    after = 0
    while True:
        with database.read() as session:
            columns, found = rows_of(session, what, after=after, most=BATCH)
            rows = list(found)
        text = io.StringIO(newline="")
        write_rows(text, output_format, columns, rows, headed=after == 0)
        mark = MARK if output_format == "csv" and after == 0 else ""
        yield (mark + text.getvalue()).encode("utf-8", "replace")
        if len(rows) < BATCH:
            return
        after = int(rows[-1]["id"])
