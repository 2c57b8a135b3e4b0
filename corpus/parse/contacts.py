"""Contacts: who published a document and how to reach them, from its imprint."""

from __future__ import annotations

import re

from corpus.normalize import narrow
from corpus.parse.fields import Piece, Pieces
from corpus.parse.lines import lines_of
from corpus.parse.outline import imprint_start
from corpus.records import Contact, Span
from corpus.wareki import find_years

_PHONE = re.compile(r"(?<![\d-])0\d{1,4}[-(]\d{1,4}[-)]\d{3,4}(?!\d)")
_FAX = re.compile(r"(?:FAX|ファクス|ファックス|ファクシミリ)\D*$", re.IGNORECASE)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
# What follows a name or an address on one line.
_NEXT = r"(?:〒|電話|TEL|Tel|FAX|ファクス|ファックス|E-?mail|メール|住所|所在地|0\d{1,4}[-(]\d)"
_ADDRESS = re.compile(rf"〒\s*\d{{3}}-?\d{{4}}(?:(?!{_NEXT})[^\n])*")
_NAME = re.compile(
    r"^[\s■●○◆・【\[〔]*(?P<label>編集[・/]?発行|発行[・/]?編集|編集|発行|お?問い?合わ?せ先?|担当(?:課|部署|部局)?|連絡先|事務局)"
    rf"(?:[】\]〕]\s*:?|[^\S\n]*:[^\S\n]*|[^\S\n]+)(?P<name>(?:(?!{_NEXT})[^\n])+)",
    re.MULTILINE,
)
_HEADED = re.compile(
    r"^[\s■●○◆・【\[〔\d.]*(?:お?問い?合わ?せ先?|担当(?:課|部署|部局)?|連絡先|編集[・/]?発行|発行[・/]?編集|編集|発行)"
    rf"[】\]〕]?[^\S\n]*\n\s*(?!{_NEXT})(?P<name>[^\n]+)",
    re.MULTILINE,
)


def find_contacts(pieces: Pieces) -> tuple[Contact, ...]:
    """Return the contact of a document's imprint; none where it has no imprint or no way to reach anyone."""
    lines = lines_of(pieces.text)
    first = imprint_start(lines)
    if first is None:
        return ()
    start, end = lines[first].start, max(line.end for line in lines[first:])
    printed = narrow(pieces.text)

    def all_of(pattern: re.Pattern[str]) -> tuple[Piece, ...]:
        return tuple(pieces.of(m.start(), m.end()) for m in pattern.finditer(printed, start, end))

    name = _name(pieces, printed, start, end)
    phones = [p for p in all_of(_PHONE) if not _FAX.search(printed[: p.region.start].split("\n")[-1])]
    emails, addresses = all_of(_EMAIL), all_of(_ADDRESS)
    if not (name and (phones or emails or addresses)):
        return ()
    return (
        Contact(
            name=name.text,
            phone=tuple(p.text for p in phones),
            email=emails[0].text if emails else None,
            address=addresses[0].text if addresses else None,
            source=Span(document_id=pieces.document_id, start=start, end=end),
            spans={
                "name": (name.span,),
                "phone": tuple(p.span for p in phones),
                "email": tuple(p.span for p in emails[:1]),
                "address": tuple(p.span for p in addresses[:1]),
            },
        ),
    )


def _name(pieces: Pieces, printed: str, start: int, end: int) -> Piece | None:
    """Return whom to ask: who edited before who published, then what stands below 「お問い合わせ」."""
    labelled = [m for m in _NAME.finditer(printed, start, end) if not find_years(m["name"])]
    edited = [m for m in labelled if m["label"] != "発行"]
    found = (edited or labelled or [*_HEADED.finditer(printed, start, end)])[-1:]
    return pieces.of(found[0].start("name"), found[0].end("name")) if found else None
