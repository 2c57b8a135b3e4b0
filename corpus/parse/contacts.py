"""Contacts: who published a document and how to reach them, from its imprint."""

from __future__ import annotations

import re

from corpus.parse.fields import Piece, Pieces
from corpus.parse.lines import lines_of
from corpus.parse.outline import imprint_start
from corpus.records import Contact, Span

_PHONE = re.compile(r"(?<![\d-])0\d{1,4}[-(（]\d{1,4}[-)）]\d{3,4}(?!\d)")
_FAX = re.compile(r"(?:FAX|ＦＡＸ|ファクス|ファックス)\D*$", re.IGNORECASE)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_ADDRESS = re.compile(r"〒\s*\d{3}-?\d{4}[^\n]*")
_NAME = re.compile(r"(?:編集・?発行|発行・?編集|編集|発行|問い?合わ?せ先?|担当)[\s:：]+(?P<name>[^\n]+)")


def find_contacts(pieces: Pieces) -> tuple[Contact, ...]:
    """Return the contact of a document's imprint; none where it has no imprint or no way to reach anyone."""
    lines = lines_of(pieces.text)
    first = imprint_start(lines)
    if first is None:
        return ()
    start, end = lines[first].start, max(line.end for line in lines[first:])

    def all_of(pattern: re.Pattern[str], group: str | int = 0) -> list[Piece]:
        found = pattern.finditer(pieces.text, start, end)
        return [pieces.of(m.start(group), m.end(group)) for m in found]

    names = all_of(_NAME, "name")
    phones = [p for p in all_of(_PHONE) if not _FAX.search(pieces.text[: p.region.start].split("\n")[-1])]
    emails, addresses = all_of(_EMAIL), all_of(_ADDRESS)
    if not (names and (phones or emails or addresses)):
        return ()
    return (
        Contact(
            name=names[-1].text,
            phone=tuple(p.text for p in phones),
            email=emails[0].text if emails else None,
            address=addresses[0].text if addresses else None,
            source=Span(document_id=pieces.document_id, start=start, end=end),
            spans={
                "name": (names[-1].span,),
                "phone": tuple(p.span for p in phones),
                "email": tuple(p.span for p in emails[:1]),
                "address": tuple(p.span for p in addresses[:1]),
            },
        ),
    )
