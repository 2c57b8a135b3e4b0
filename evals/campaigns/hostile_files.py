"""Hostile documents: each attack that is known by name, and honest files damaged at random."""

from __future__ import annotations

import functools
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reportlab.lib.pdfencrypt import StandardEncryption

from evals.campaigns.honest_files import FONT, honest, packed, page_canvas, parts, pdf, with_part

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT, _SHEET = "word/document.xml", "xl/worksheets/sheet1.xml"
_LAUGHS = "".join(
    f'<!ENTITY a{i} "{("&a" + str(i - 1) + ";") * 10}">' if i else '<!ENTITY a0 "笑い">' for i in range(10)
)
_DTDS = {
    "laughs": f"<!DOCTYPE x [{_LAUGHS}]>",
    "xxe": '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>',
    "xxe-http": '<!DOCTYPE x [<!ENTITY a9 SYSTEM "http://127.0.0.1:9/">]>',
    "xxe-parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p; <!ENTITY a9 "x">]>',
    "quadratic": f'<!DOCTYPE x [<!ENTITY a9 "{"笑" * 50_000}">]>',
}


@dataclass(frozen=True)
class Hostile:
    """A hostile file: its name says what it is and of what format."""

    name: str
    data: bytes


def hostile_files(count: int, seed: int = 1) -> Iterator[Hostile]:
    """Give so many files: every known attack first, then damaged honest ones."""
    made = 0
    for name, make in CRAFTED.items():
        if made == count:
            return
        yield Hostile(name, make())
        made += 1
    chance = random.Random(seed)
    while made < count:
        suffix = chance.choice(tuple(honest()))
        damage = chance.choice(DAMAGES)
        data = _inner(suffix, damage, chance) if chance.random() < 0.6 else damage(honest()[suffix], chance)
        yield Hostile(f"{made:05}-{damage.__name__.strip('_')}{suffix}", data)
        made += 1


def _inner(suffix: str, damage: Callable[[bytes, random.Random], bytes], chance: random.Random) -> bytes:
    """Damage one part of an Office file, so that the archive itself is whole; else the file."""
    if suffix not in (".docx", ".xlsx"):
        return damage(honest()[suffix], chance)
    contents = parts(honest()[suffix])
    name = chance.choice([n for n in contents if n.endswith((".xml", ".rels"))])
    return packed(contents | {name: damage(contents[name], chance)})


def cut(data: bytes, chance: random.Random) -> bytes:
    """Cut the end off."""
    return data[: chance.randrange(len(data))]


def flip(data: bytes, chance: random.Random) -> bytes:
    """Change bytes here and there."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 10, 100))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def digits(data: bytes, chance: random.Random) -> bytes:
    """Make some numbers others: lengths, offsets, spans."""
    changed = bytearray(data)
    places = [i for i, b in enumerate(data) if 0x30 <= b <= 0x39]
    for i in chance.sample(places, min(len(places), chance.choice((1, 5, 30)))):
        changed[i] = 0x30 + chance.randrange(10)
    return bytes(changed)


def lose(data: bytes, chance: random.Random) -> bytes:
    """Take a piece out of the middle."""
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randrange(1, 2000) :]


def repeat(data: bytes, chance: random.Random) -> bytes:
    """Write a piece many times."""
    start = chance.randrange(len(data))
    piece = data[start : start + chance.randrange(1, 200)]
    return data[:start] + piece * chance.randrange(2, 500) + data[start:]


def splice(data: bytes, chance: random.Random) -> bytes:
    """Write a piece of a file of another format into it."""
    other = honest()[chance.choice(tuple(honest()))]
    start, at = chance.randrange(len(other)), chance.randrange(len(data))
    return data[:at] + other[start : start + chance.randrange(1, 3000)] + data[at:]


def noise(data: bytes, chance: random.Random) -> bytes:
    """Write nothing but noise."""
    return chance.randbytes(chance.randrange(1, 20_000))


def recode(data: bytes, chance: random.Random) -> bytes:
    """Save the text in another encoding than it says."""
    text = data.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "cp932", "euc_jp", "iso2022_jp", "utf-7")), "replace")


DAMAGES = (cut, flip, digits, lose, repeat, splice, noise, recode)


def _zip(sizes: dict[str, int]) -> bytes:
    return packed({name: b"\0" * size for name, size in sizes.items()})


def _lying_zip() -> bytes:
    """Give an archive whose directory says that its bomb is small."""
    data = bytearray(with_part(".docx", _DOCUMENT, b" " * 30_000_000))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        said = struct.pack("<L", archive.getinfo(_DOCUMENT).file_size)
    return bytes(data).replace(said, struct.pack("<L", 1000))


def _encrypted_zip() -> bytes:
    data = bytearray(honest()[".docx"])
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _word(body: str, dtd: str = "") -> bytes:
    xml = f'<?xml version="1.0"?>{dtd}<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
    return with_part(".docx", _DOCUMENT, xml.encode())


def _excel(rows: str, rest: str = "", dtd: str = "") -> bytes:
    xml = f'<?xml version="1.0"?>{dtd}<worksheet xmlns="{_S}"><sheetData>{rows}</sheetData>{rest}</worksheet>'
    return with_part(".xlsx", _SHEET, xml.encode())


def _said(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _cell(ref: str, text: str = "x") -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def _word_with(dtd: str) -> bytes:
    return _word(_said("&a9;"), dtd)


def _excel_with(dtd: str) -> bytes:
    return _excel(f"<row>{_cell('A1', '&a9;')}</row>", dtd=dtd)


def _page_with(dtd: str) -> bytes:
    return f"{dtd}<p>言葉 &a9;</p>".encode()


def pdf_of(objects: dict[int, bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """Return a PDF of raw objects with a true cross-reference table."""
    data = b"%PDF-1.7\n"
    offsets = {}
    for number, body in objects.items():
        offsets[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    size = max(objects) + 1
    data += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        data += b"%010d 00000 n \n" % offsets.get(number, 0)
    return data + b"trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)


def _pages(kids: bytes = b"3 0 R", page: bytes = b"", **more: bytes) -> bytes:
    """Return a PDF of one page; `more` names further objects as o5, o6 …"""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%s]/Count 1/MediaBox[0 0 595 842]>>" % kids,
        3: b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R %s>>" % page,
        4: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        5: _stream(b"BT /F 12 Tf 72 700 Td (words) Tj ET"),
    }
    return pdf_of(objects | {int(k[1:]): v for k, v in more.items()})


def _stream(content: bytes, packed_times: int = 0, about: bytes = b"") -> bytes:
    for _ in range(packed_times):
        content = zlib.compress(content)
    filters = b"/Filter[%s]" % (b"/FlateDecode " * packed_times) if packed_times else b""
    return b"<</Length %d%s%s>>stream\n%s\nendstream" % (len(content), filters, about, content)


def _encrypted_pdf(user: str) -> bytes:
    file = io.BytesIO()
    canvas = page_canvas(file)
    canvas._doc.encrypt = StandardEncryption(user, ownerPassword="owner", strength=128)
    canvas.setFont(FONT, 12)
    canvas.drawString(72, 700, "計画の本文です。")
    canvas.save()
    return file.getvalue()


_LONG_TEXT = b"BT /F 1.5 Tf 72 700 Td (words) Tj ET\n"
_LINES = b"".join(b"0 %d m 595 %d l S %d 0 m %d 842 l S\n" % (i, i, i, i) for i in range(1, 800))
_FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X 6 0 R>>>>"
_FORM_PAGE = b"/Resources<</XObject<</X 6 0 R>>>>"
_WIDE = 10_001
_COLUMN = f"<w:tc>{_said('x')}</w:tc>"

_MANY = {f"o{n}": b"<</Type/Page/Parent 2 0 R>>" for n in range(6, 900)}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIAGONAL = [(i + 1, _LETTERS[i // 26 - 1] + _LETTERS[i % 26] if i > 25 else _LETTERS[i]) for i in range(700)]

CRAFTED: dict[str, Callable[[], bytes]] = {
    "empty.pdf": lambda: b"",
    "empty.docx": lambda: b"",
    "bomb.docx": lambda: with_part(".docx", _DOCUMENT, b"<w>" + b" " * 150_000_000),
    "bomb.xlsx": lambda: with_part(".xlsx", _SHEET, b"<w>" + b" " * 150_000_000),
    "bomb-many.docx": lambda: _zip({f"word/{i}.xml": 900_000 for i in range(300)}),
    "bomb-parts.docx": lambda: _zip({f"word/{i}.xml": 0 for i in range(11_000)}),
    "bomb-nested.docx": lambda: with_part(".docx", "word/a.zip", _zip({"a.xml": 900_000})),
    "bomb-lying.docx": _lying_zip,
    "bomb-runs.docx": lambda: _word("<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 900_000),
    "bomb-cells.xlsx": lambda: _excel(f"<row>{'<c><v>1</v></c>' * 50}</row>" * 9_000),
    "encrypted.docx": _encrypted_zip,
    "old.docx": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096,
    "page.docx": lambda: honest()[".html"],
    "word.xlsx": lambda: honest()[".docx"],
    "excel.docx": lambda: honest()[".xlsx"],
    "word.pdf": lambda: honest()[".docx"],
    "pdf.html": lambda: honest()[".pdf"],
    **{f"{name}.docx": functools.partial(_word_with, dtd) for name, dtd in _DTDS.items()},
    **{f"{name}.xlsx": functools.partial(_excel_with, dtd) for name, dtd in _DTDS.items()},
    **{f"{name}.html": functools.partial(_page_with, dtd) for name, dtd in _DTDS.items()},
    "xxe-utf16.docx": lambda: with_part(
        ".docx",
        _DOCUMENT,
        f'<?xml version="1.0" encoding="utf-16"?>{_DTDS["laughs"]}<x>&a9;</x>'.encode("utf-16"),
    ),
    "deep.docx": lambda: _word(
        "<w:sdt><w:sdtContent>" * 5_000 + _said("x") + "</w:sdtContent></w:sdt>" * 5_000
    ),
    "deep-tables.docx": lambda: _word(
        "<w:tbl><w:tr><w:tc>" * 60 + _said("x") + "</w:tc></w:tr></w:tbl>" * 60
    ),
    "deep.html": lambda: b"<div>" * 50_000 + b"x",
    "deep-tables.html": lambda: b"<table><tr><td>" * 3_000 + b"x",
    "deep-lists.html": lambda: b"<ul><li>x" * 90,
    "deep-inline.html": lambda: b"<p>" + b"<b><i>" * 20_000 + b"x",
    "wide.html": lambda: b"<table><tr>" + b"<td>x" * _WIDE + b"</table>",
    "wide.docx": lambda: _word(f"<w:tbl><w:tr>{_COLUMN * _WIDE}</w:tr></w:tbl>"),
    "wide.xlsx": lambda: _excel(f"<row>{'<c><v>1</v></c>' * _WIDE}</row>"),
    "wide.md": lambda: b"|" + b"a|" * _WIDE + b"\n|" + b"-|" * _WIDE + b"\n|" + b"1|" * _WIDE,
    "wide.txt": lambda: b"x\t" * _WIDE,
    "span.html": lambda: b"<table>" + b'<tr><td colspan="1000" rowspan="65534">x<td>y' * 50 + b"</table>",
    "span.docx": lambda: _word(
        f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999"/></w:tcPr>{_said("x")}</w:tc></w:tr></w:tbl>'
    ),
    "merged.xlsx": lambda: _excel(
        f"<row>{_cell('A1')}</row>", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ),
    "far.xlsx": lambda: _excel(f'<row r="1">{_cell("A1")}</row><row r="1048576">{_cell("XFD1048576")}</row>'),
    "diagonal.xlsx": lambda: _excel("".join(f'<row r="{i}">{_cell(c + str(i))}</row>' for i, c in _DIAGONAL)),
    "stars.md": lambda: (
        b"**" * 50_000 + b"\n" + b"[" * 50_000 + b"\n" + b"`" * 50_001 + b"\n" + b"__a" * 20_000
    ),
    "comment.md": lambda: b"<!--" * 100_000,
    "pipes.md": lambda: b"|" * 200_000 + b"\n" + b"|" * 200_000,
    "rules.md": lambda: b"- " * 100_000 + b"x\n" + b"#" * 100_000 + b"\n> " * 10_000,
    "matter.md": lambda: b"---\n" + b"a: b\n \n" * 30_000,
    "spaces.html": lambda: b"<p>" + (b"\xe3\x81\x82" + b" \n" * 2_000) * 50 + b" " * 500_000,
    "attribute.html": lambda: b'<p style="' + b"color : " * 50_000 + b'">x',
    "comment.html": lambda: b"<!--" + b"-" * 500_000 + b"x",
    "wrong.txt": lambda: "計画".encode("utf-16") * 1000,
    "lie.html": lambda: '<meta charset="utf-8"><p>計画の本文'.encode("euc_jp"),
    "encrypted.pdf": lambda: _encrypted_pdf("secret"),
    "encrypted-open.pdf": lambda: _encrypted_pdf(""),
    "bomb.pdf": lambda: _pages(o5=_stream(b" " * 300_000_000, 1)),
    "bomb-twice.pdf": lambda: _pages(o5=_stream(b" " * 300_000_000, 2)),
    "bomb-drawing.pdf": lambda: _pages(o5=_stream(_LONG_TEXT * 250_000, 1)),
    "bomb-words.pdf": lambda: _pages(o5=_stream(b"BT /F 9 Tf 9 9 Td (%s) Tj ET" % (b"x" * 9_000_000), 1)),
    "bomb-font.pdf": lambda: _pages(
        o4=b"<</Type/Font/Subtype/Type1/BaseFont/X/ToUnicode 6 0 R>>", o6=_stream(b" " * 300_000_000, 1)
    ),
    "lines.pdf": lambda: _pages(o5=_stream(_LINES, 1)),
    "boxes.pdf": lambda: _pages(o5=_stream(b"1 0 0 rg 10 10 50 50 re B 12 11 40 40 re B\n" * 40_000, 1)),
    "loop-pages.pdf": lambda: _pages(kids=b"2 0 R 3 0 R 2 0 R"),
    "loop-parent.pdf": lambda: _pages(page=b"/Parent 3 0 R"),
    "loop-contents.pdf": lambda: _pages(o5=b"5 0 R"),
    "loop-length.pdf": lambda: _pages(o5=b"<</Length 5 0 R>>stream\nBT ET\nendstream"),
    "loop-form.pdf": lambda: _pages(
        page=_FORM_PAGE, o5=_stream(b"/X Do"), o6=_stream(b"/X Do /X Do", 0, _FORM)
    ),
    "loop-xref.pdf": lambda: pdf().replace(b"trailer\n<<", b"trailer\n<< /Prev 9"),
    "loop-prev.pdf": lambda: _pages() + b"xref\n0 0\ntrailer\n<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
    "many-pages.pdf": lambda: _pages(kids=b" ".join(b"%d 0 R" % n for n in range(3, 900)), **_MANY),
    "huge-count.pdf": lambda: _pages().replace(b"/Count 1", b"/Count 999999999"),
    "huge-page.pdf": lambda: _pages(page=b"/MediaBox[-1e300 -1e300 1e300 1e300]"),
    "no-page.pdf": lambda: _pages(page=b"/MediaBox[0 0 0 0]"),
    "array.pdf": lambda: _pages(page=b"/A " + b"[" * 100_000),
    "dictionary.pdf": lambda: _pages(page=b"/A " + b"<</A " * 100_000),
    "brackets.pdf": lambda: _pages(o5=_stream(b"[" * 100_000 + b"(" * 100_000)),
    "saves.pdf": lambda: _pages(o5=_stream(b"q " * 300_000 + b"BT /F 9 Tf 72 700 Td (words) Tj ET")),
    "numbers.pdf": lambda: _pages(
        o5=_stream(b"BT /F 1e308 Tf 1e308 9e99 Td (words) Tj ET 1e308 0 0 1 0 0 cm")
    ),
    "image.pdf": lambda: _pages(o5=_stream(b"BI /W 99999 /H 99999 ID " + b"x" * 100_000)),
    "cut.pdf": lambda: pdf()[:900],
    "header.pdf": lambda: b"%PDF-1.7\n",
}
