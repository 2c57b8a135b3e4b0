"""A Word paragraph's words: what is printed of its runs, and the text boxes that hang on it."""

from __future__ import annotations

from typing import Any

from corpus.readers.canonical import Writer
from corpus.readers.docx_styles import Styles, child, w

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_PRINTED = {
    w("tab"): "\t",
    w("br"): "\n",
    w("cr"): "\n",
    w("noBreakHyphen"): "-",
    w("ptab"): "\t",
}
_DELETED = frozenset(w(t) for t in ("del", "moveFrom", "delText"))
_SILENT = frozenset(w(t) for t in ("instrText", "rPr", "pPr", "rt", "commentReference", "fldData", "tbl"))
_DELETED_NOTE = "deleted text (tracked changes) was left out"
_HIDDEN_NOTE = "hidden text was held back"


def paragraph_text(paragraph: Any, styles: Styles, writer: Writer) -> tuple[str, list[Any]]:
    """Return a paragraph's printed text and its text boxes; what was left out is noted."""
    pieces: list[str] = []
    boxes: list[Any] = []
    for element in paragraph:
        _collect(element, paragraph, styles, writer, pieces, boxes)
    return "".join(pieces), boxes


def _collect(
    element: Any, paragraph: Any, styles: Styles, writer: Writer, pieces: list[str], boxes: list[Any]
) -> None:
    tag = element.tag
    if tag in _DELETED:
        writer.note(_DELETED_NOTE)
    elif tag in _SILENT or tag == _MC + "Fallback":
        return
    elif tag == w("txbxContent"):
        boxes.append(element)
    elif tag in (w("t"), _MATH + "t"):
        pieces.append(element.text or "")
    elif tag in _PRINTED:
        pieces.append(_PRINTED[tag])
    elif tag == w("r") and styles.hides(element, paragraph):
        if any((t.text or "").strip() for t in element.iter(w("t"))):
            writer.note(_HIDDEN_NOTE)
    elif tag == w("sym"):
        _symbol(element, writer, pieces)
    elif tag == w("ruby"):
        base = child(element, "rubyBase")
        for inner in base if base is not None else ():
            _collect(inner, paragraph, styles, writer, pieces, boxes)
    else:
        for inner in element:
            _collect(inner, paragraph, styles, writer, pieces, boxes)


def _symbol(element: Any, writer: Writer, pieces: list[str]) -> None:
    """Give a symbol font's character, which has no meaning outside its font, as a bullet."""
    pieces.append("・")
    writer.note("characters of a symbol font are given as ・")
