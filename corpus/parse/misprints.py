"""Misprints: letters that look alike, and names that are printed almost the same elsewhere.

A correction by a person (plan.toml) decides; else a name that is printed once, one letter off a name that
is printed often, is doubted, and the frequent form is given beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from corpus.document import Document
from corpus.normalize import is_everyday, ordinary
from corpus.records import Doubt, Span

LOOKALIKE = "「{printed}」は「{ordinary}」の誤字とみて検索します"
CORRECTED = "「{printed}」は「{ordinary}」の誤りです（plan.toml の訂正）"
NEAR = "「{printed}」は一度だけ印刷されています。「{ordinary}」の誤りかもしれません"
SHORTEST_NAME = 5
OFTEN = 2
SUFFIX = 2

_NAME = re.compile(r"[一-鿿々ァ-ヺーA-Za-z]+")
_WORD = re.compile(r"[^\s、。，．「」『』（）()【】・･:：;；]+")
_KATAKANA = re.compile(r"[ァ-ヺー]")


@dataclass(frozen=True)
class Spelling:
    """How the names of one document are ordinarily written."""

    corrections: Mapping[str, str] = field(default_factory=dict)
    near: Mapping[str, str] = field(default_factory=dict)

    def normalised(self, text: str) -> str | None:
        """Return a name as it is ordinarily written, or None where it is printed so."""
        mended = ordinary(text)
        for printed, meant in {**self.near, **self.corrections}.items():
            mended = mended.replace(printed, meant)
        return mended if mended != text else None


def spelling_of(document: Document, corrections: Mapping[str, str]) -> Spelling:
    """Return a document's spelling; a person's corrections come before what is only near."""
    return Spelling(corrections, near_names(_NAME.findall(document.text)))


def near_names(names: Iterable[str]) -> dict[str, str]:
    """Return the names printed once that are one letter off a name printed at least twice.

    Only names with katakana count (羽羽ポイント, マイポータル): between names in kanji one letter is
    often the whole difference.
    """
    counts = Counter(n for n in names if len(n) >= SHORTEST_NAME and len(_KATAKANA.findall(n)) >= 3)
    frequent = [n for n, count in counts.items() if count >= OFTEN]
    found = {}
    for name in (n for n, count in counts.items() if count == 1):
        twins = [f for f in frequent if f != name and _one_letter_off(name, f)]
        if len(twins) == 1:
            found[name] = twins[0]
    return found


def _one_letter_off(a: str, b: str) -> bool:
    """Tell whether two names differ by one letter, and not near their end, where suffixes are."""
    if abs(len(a) - len(b)) > 1:
        return False
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if shared >= min(len(a), len(b)) - SUFFIX:
        return False
    if len(a) == len(b):
        return a[shared + 1 :] == b[shared + 1 :]
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return shared > 0 and longer[shared + 1 :] == shorter[shared:]


def find_misprints(document: Document, spelling: Spelling) -> tuple[Doubt, ...]:
    """Return a doubt for each misprint: every place a person corrected, the first of the others."""
    doubts = [
        _doubt(document, CORRECTED, m.start(), printed, meant)
        for printed, meant in spelling.corrections.items()
        for m in re.finditer(re.escape(printed), document.text)
    ]
    doubts += [
        _doubt(document, NEAR, document.text.index(printed), printed, meant)
        for printed, meant in spelling.near.items()
        if printed not in spelling.corrections
    ]
    seen: set[str] = set()
    for match in _WORD.finditer(document.text):
        mended = ordinary(match[0])
        differ = ((i, a) for i, (a, b) in enumerate(zip(match[0], mended, strict=True)) if a != b)
        at = next((i for i, printed in differ if not is_everyday(printed)), None)
        if at is not None and match[0] not in seen:
            seen.add(match[0])
            around = slice(max(0, at - 4), at + 5)
            doubts.append(_doubt(document, LOOKALIKE, match.start() + at, match[0][around], mended[around]))
    return tuple(sorted(doubts, key=lambda d: d.source.start))


def _doubt(document: Document, message: str, start: int, printed: str, meant: str) -> Doubt:
    return Doubt(
        kind="misprint",
        message=message.format(printed=printed, ordinary=meant),
        source=Span(
            document_id=document.document_id,
            start=start,
            end=start + 1 if message is LOOKALIKE else start + len(printed),
        ),
    )
