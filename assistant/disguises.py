"""What a text says under its disguises: hidden, look-alike, split, mirrored and encoded letters."""

from __future__ import annotations

import base64
import binascii
import codecs
import functools
import html
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator

from assistant import words
from corpus.normalize import fold

# Tag characters U+E0020 to U+E007E spell ASCII that no screen shows.
TAGS = range(0xE0020, 0xE007F)
# Up to here letters are Latin with marks that can be taken off; further on a mark makes another letter (が).
LAST_LATIN = 0x24F
VIETNAMESE = range(0x1E00, 0x1F00)
# The shortest encoded run that is read, in characters.
SHORTEST_RUN = 12

_UNSEEN = ("Cc", "Cf", "Cs", "Mn", "Me")
_BASE64 = re.compile(rf"[A-Za-z0-9+/_-]{{{SHORTEST_RUN},}}")
_HEX = re.compile(rf"(?:(?:0x|\\x)?[0-9a-fA-F]{{2}}[ ,]?){{{SHORTEST_RUN // 2},}}")
_BITS = re.compile(r"(?:[01]{8}[ ,]?){3,}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_DIGITS_FOR_LETTERS = re.compile(r"[a-z0-9@$!]*[a-z][a-z0-9@$!]*[a-z0-9@$]")


def readings(text: str) -> Iterator[str]:
    """Yield a text in lower case as typed, in its search form, joined up, and as it reads decoded.

    Mirror writing and shifted letters (ROT13), which any text can be put through, are read only where a
    telltale word of words/attacks.toml comes out.
    """
    for typed in (plain(text), *map(plain, _decoded(text))):
        folded = fold(typed.translate(_letters("drawn")))
        spelt = _DIGITS_FOR_LETTERS.sub(lambda said: said[0].translate(_letters("digits")), folded)
        yield from (typed, folded, joined(folded), spelt, joined(spelt))
        yield from (t for t in (folded[::-1], codecs.encode(typed, "rot13")) if _telltale().search(t))


def plain(text: str) -> str:
    """Return a text in NFKC and lower case without what is not seen; tag characters as what they spell."""
    shown = "".join(chr(ord(c) - 0xE0000) if ord(c) in TAGS else c for c in html.unescape(text))
    seen = (c for c in unicodedata.normalize("NFKC", shown) if unicodedata.category(c) not in _UNSEEN)
    return "".join(_unmarked(c) for c in seen).lower()


def joined(text: str) -> str:
    """Return a text without what stands between its letters; ends of sentences stay, but for full stops."""
    return "".join(c for c in text if c.isalnum() or c in "。?!")


def _unmarked(character: str) -> str:
    if ord(character) > LAST_LATIN and ord(character) not in VIETNAMESE:
        return character
    return unicodedata.normalize("NFD", character)[0]


def _decoded(text: str) -> Iterator[str]:
    """Yield what is written in a text in base64, hexadecimal, binary, percent or backslash escapes."""
    narrow = unicodedata.normalize("NFKC", text)
    for said in (
        urllib.parse.unquote(narrow),
        _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)), narrow),
    ):
        if said != narrow:
            yield said
    for pattern, decode in ((_BASE64, _of_base64), (_HEX, _of_hex), (_BITS, _of_bits)):
        for run in pattern.findall(narrow):
            try:
                said = decode(run).decode()
            except (binascii.Error, ValueError):
                continue
            if said.isprintable():
                yield said


def _of_base64(run: str) -> bytes:
    return base64.b64decode(run + "=" * (-len(run) % 4), altchars=b"-_" if set("-_") & set(run) else None)


def _of_hex(run: str) -> bytes:
    return bytes.fromhex(re.sub(r"0x|\\x|[ ,]", "", run))


def _of_bits(run: str) -> bytes:
    return bytes(int(octet, 2) for octet in re.findall(r"[01]{8}", run))


@functools.cache
def _letters(table: str) -> dict[int, str]:
    """Return what the signs of a table of words/attacks.toml stand for, for str.translate."""
    rows = words.load("attacks")["letters"][table]
    return {ord(sign): letter for signs, letter in rows for sign in signs}


@functools.cache
def _telltale() -> re.Pattern[str]:
    return re.compile(words.load("attacks")["telltale"])
