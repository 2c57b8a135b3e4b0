"""HTML: a page's main content, with its headings, lists and tables; nothing is fetched and no script runs."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.readers.canonical import Writer
from corpus.readers.html_table import is_data, place_cells
from corpus.readers.html_text import BLOCKS, DROPPED, HEADINGS, hides, inline_text, pieces, printed, tag_of
from corpus.readers.limits import DEPTH, refusing
from corpus.readers.text import plausible

# Where a city's page keeps its content, the surest sign first.
MAIN_IDS = frozenset(
    [
        "content",
        "contents",
        "main",
        "maincontent",
        "maincontents",
        "main-content",
        "main-contents",
        "maincont",
        "honbun",
        "pagebody",
        "page-body",
        "tmp_contents",
        "tmp_honbun",
        "contents-in",
        "main_contents",
        "main_content",
        "content_main",
        "main_body",
    ]
)
# Ids and classes of what stands around the content.
AROUND = frozenset(
    [
        "header",
        "footer",
        "nav",
        "gnav",
        "globalnav",
        "global-nav",
        "globalnavi",
        "navi",
        "navigation",
        "breadcrumb",
        "breadcrumbs",
        "pankuzu",
        "topicpath",
        "topic-path",
        "sidebar",
        "side-bar",
        "sidemenu",
        "side-menu",
        "sidenav",
        "pagetop",
        "page-top",
        "sns",
        "sns-share",
        "share",
        "skip",
        "skiplink",
        "skip-link",
        "tmp_header",
        "tmp_footer",
        "tmp_gnavi",
        "tmp_pankuzu",
        "tmp_lnavi",
        "lnavi",
        "menu",
    ]
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_CHARSET_HEAD = 4096
_NOT_UTF8 = {
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
}
_DAMAGED = 0.02


@refusing("an HTML page")
def read(document_id: str, name: str, data: bytes) -> Document:
    """Read an HTML page; raises DocumentError where it has no text."""
    writer = Writer(name)
    body = _parse(name, decode(name, data, writer))
    _Page(writer).flow(main_content(body))
    document = writer.document(document_id)
    if not document.text.strip():
        raise DocumentError(f"{name}: the page has no text; save the page after it has loaded")
    return document


def decode(name: str, data: bytes, writer: Writer) -> str:
    """Return the page's text: what is UTF-8 is UTF-8, whatever the page says; else what it says, if true."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    found = _CHARSET.search(data, 0, _CHARSET_HEAD)
    declared = found[1].decode("ascii").lower() if found else ""
    if b"\x1b$" in data and "2022" in declared:
        return data.decode("iso2022_jp_ext", "replace")
    text = plausible(data)
    if text is not None:
        return text
    for encoding in (_NOT_UTF8.get(declared, declared), "utf-8"):
        try:
            text = data.decode(encoding, "replace")
        except LookupError:
            continue
        if text.count("\ufffd") <= _DAMAGED * len(text):
            writer.note(f"{text.count(chr(0xFFFD))} damaged characters")
            return text
    raise DocumentError(f"{name}: the page is in no known encoding; save it as UTF-8")


def _parse(name: str, text: str) -> Any:
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    data = text.replace("\0", "").encode("utf-8", "replace")
    try:
        root = etree.fromstring(data, parser) if data.strip() else None
    except etree.XMLSyntaxError as error:
        raise DocumentError(f"{name}: not an HTML page ({error.msg}); save the page again") from None
    if root is None:
        raise DocumentError(f"{name}: the page has no text; save the page after it has loaded")
    if any("depth" in entry.message.lower() for entry in parser.error_log) or _depth(root) > DEPTH:
        raise DocumentError(
            f"{name}: elements lie more than {DEPTH} deep in one another; save it more simply"
        )
    return root


def _depth(root: Any) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def main_content(root: Any) -> Any:
    """Return the element that holds the page's content: by its tag, its role, its id, or the most text."""
    body = root.find("body") if root.find("body") is not None else root
    named = (
        [e for e in body.iter("main") if _letters(e)],
        [e for e in body.iter() if e.get("role") == "main"],
        [e for e in body.iter("div", "section", "td") if (e.get("id") or "").lower() in MAIN_IDS],
        list(body.iter("article")),
    )
    total = _letters(body)
    for found in named:
        best = max(found, key=_letters, default=None)
        if best is not None and (len(found) == 1 or found is not named[3]) and _letters(best) * 4 > total:
            return best
    return body


def _letters(element: Any) -> int:
    return sum(len(t.strip()) for t in element.itertext() if t)


class _Page:
    """Write a page's elements in order; text between blocks is a paragraph."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self._loose: list[str] = []

    def flow(self, element: Any) -> None:
        """Write what stands in an element, and whatever was loose before its end."""
        self._within(element)
        self._flush()

    def _within(self, element: Any) -> None:
        self._loose.append(element.text or "")
        for child in element:
            self._child(child)
            self._loose.append(child.tail or "")

    def _child(self, child: Any) -> None:
        tag = tag_of(child)
        if not tag or tag in DROPPED or _stands_around(child, tag):
            return
        if hides(child):
            self.writer.note("hidden text was held back")
        elif tag == "table" and is_data(child):
            self._flush()
            caption = child.find("caption")
            if caption is not None:
                self.writer.paragraph(inline_text(caption, self.writer))
            self.writer.table(place_cells(child, self.writer))
        elif tag in HEADINGS:
            self._flush()
            self.writer.heading(inline_text(child, self.writer), int(tag[1]))
        elif tag == "li":
            self._item(child)
        elif tag == "pre":
            self._flush()
            self.writer.paragraph("".join(child.itertext()))
        elif tag in BLOCKS:
            self._flush()
            self._within(child)
            self._flush()
        elif any(tag_of(e) in BLOCKS for e in child.iter() if e is not child):
            self._within(child)
        else:
            self._loose += pieces(child, self.writer)

    def _item(self, item: Any) -> None:
        """Write a list item's own words, then the lists and tables in it; a number stays as printed."""
        self._flush()
        parent = item.getparent()
        number = ""
        if parent is not None and tag_of(parent) == "ol":
            first = parent.get("start", "1")
            at = sum(1 for e in item.itersiblings("li", preceding=True))
            number = f"{int(first) + at}. " if first.isdecimal() and len(first) < 6 else f"{at + 1}. "
        own: list[str] = [item.text or ""]
        inner: list[Any] = []
        for child in item:
            nested = tag_of(child) in ("ul", "ol", "table", "dl")
            if nested:
                inner.append(child)
            else:
                own += pieces(child, self.writer)
            own.append(child.tail or "")
        words = printed("".join(own))
        if words:
            self.writer.item(f"{number}{words}")
        for child in inner:
            self._child(child)
        self._flush()

    def _flush(self) -> None:
        self.writer.paragraph(printed("".join(self._loose)))
        self._loose.clear()


def _stands_around(element: Any, tag: str) -> bool:
    """Tell whether an element is part of the page around the content."""
    if tag in ("nav", "footer", "aside"):
        return True
    if tag == "header":
        return not any(tag_of(e) in HEADINGS for e in element.iter())
    if tag not in ("div", "ul", "ol", "p", "section", "form"):
        return False
    words = {(element.get("id") or "").lower(), *(element.get("class") or "").lower().split()}
    role = element.get("role") in ("navigation", "banner", "contentinfo", "search")
    return role or bool(words & AROUND)
