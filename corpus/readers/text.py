"""Plain text: the encodings that Japanese offices use, told apart by what they make of the bytes."""

from __future__ import annotations

import functools
import re

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.readers.canonical import INVISIBLE
from corpus.readers.limits import check_size
from corpus.readers.text_tables import with_tabs

OTHER_ENCODINGS = ("cp932", "euc_jp")

# How far each kind of character speaks for the encoding that gave it; what is not listed speaks against it.
_PLAIN = re.compile("[\u3001-\u30ff\uff01-\uff5e\u2010-\u22ff\u2460-\u25ff]")
_KANJI = re.compile("[\u4e00-\u9fff\uf900-\ufaff]")
_WEIGHT_COMMON, _WEIGHT_RARE, _WEIGHT_OTHER = 0.9, 0.3, 0.1
# Common kanji (JIS level 1) are the rows 16 to 47 of the character set.
_LEVEL_1 = range(0xB0, 0xD0)
_DOUBTFUL = 0.6
_DAMAGED = 0.05


def read(document_id: str, name: str, data: bytes) -> Document:
    """Decode a text file; raises DocumentError with the first byte that no encoding explains."""
    check_size(name, len(data) or 1)
    text = with_tabs(decode(name, data))
    count = len(INVISIBLE.findall(text))
    notes = (f"{count} invisible characters are in the text",) if count else ()
    return Document(document_id=document_id, text=text, notes=notes)


def decode(name: str, data: bytes) -> str:
    """Return the text with line ends made "\\n": UTF-8, else the likelier of Shift_JIS and EUC-JP."""
    if b"\0" in data:
        raise DocumentError(f"{name}: this is not a text file (it has NUL bytes); save it as UTF-8 text")
    decoded = plausible(data)
    if decoded is None:
        line = data.count(b"\n", 0, _first_fault(data)) + 1
        raise DocumentError(f"{name}: line {line} is not UTF-8, Shift_JIS or EUC-JP; save the file as UTF-8")
    return decoded.replace("\r\n", "\n").replace("\r", "\n")


def plausible(data: bytes) -> str | None:
    """Return the bytes as the likeliest text, or None where they are in no encoding that is read.

    Bytes that are UTF-8 but for a little damage are not believed to be another encoding's rare characters.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    texts = []
    for encoding in OTHER_ENCODINGS:
        try:
            texts.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    best = max(texts, key=likeness, default=None)
    doubtful = best is not None and likeness(best) < _DOUBTFUL and _nearly_utf8(data)
    return None if doubtful else best


def likeness(text: str) -> float:
    """Return how much a text's characters beyond ASCII look like Japanese as it is written, from 0 to 1."""
    beyond = [c for c in text if c > "\x7f"]
    return sum(map(_weight, beyond)) / len(beyond) if beyond else 1.0


@functools.lru_cache(maxsize=16384)
def _weight(character: str) -> float:
    if _PLAIN.match(character):
        return 1.0
    if _KANJI.match(character):
        common = character.encode("euc_jp", "replace")[0] in _LEVEL_1
        return _WEIGHT_COMMON if common else _WEIGHT_RARE
    return _WEIGHT_OTHER


def _nearly_utf8(data: bytes) -> bool:
    beyond = [c for c in data.decode("utf-8", "replace") if c > "\x7f"]
    return beyond.count("\ufffd") <= max(1, _DAMAGED * len(beyond))


def _first_fault(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0
