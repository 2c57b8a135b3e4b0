"""Plain text: the encodings that Japanese offices use, told apart by what decodes without a fault."""

from __future__ import annotations

import re

from corpus.document import Document
from corpus.errors import DocumentError

ENCODINGS = ("utf-8-sig", "cp932", "euc_jp")

# Half-width katakana and private letters: what a short text looks like in the wrong one of two encodings.
_ODD = re.compile("[\uff61-\uff9f\ue000-\uf8ff]")


def read(document_id: str, name: str, data: bytes) -> Document:
    """Decode a text file; raises DocumentError with the first byte that no encoding explains."""
    return Document(document_id=document_id, text=decode(name, data))


def decode(name: str, data: bytes) -> str:
    """Return the text with line ends made "\\n": UTF-8, else the likelier of Shift_JIS and EUC-JP."""
    texts: dict[str, str] = {}
    faults: list[int] = []
    for encoding in ENCODINGS:
        try:
            texts[encoding] = data.decode(encoding)
        except UnicodeDecodeError as error:
            faults.append(error.start)
    if not texts:
        line = data.count(b"\n", 0, faults[0]) + 1
        raise DocumentError(f"{name}: line {line} is not UTF-8, Shift_JIS or EUC-JP; save the file as UTF-8")
    likely = ENCODINGS[0] if ENCODINGS[0] in texts else min(texts, key=lambda e: len(_ODD.findall(texts[e])))
    decoded = texts[likely]
    if "\0" in decoded:
        raise DocumentError(f"{name}: this is not a text file (it has NUL bytes); give the original file")
    return decoded.replace("\r\n", "\n").replace("\r", "\n")
