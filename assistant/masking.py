"""Masking: personal data in a question is replaced before anything is logged or kept.

Mail addresses, telephone numbers, card numbers and individual numbers (マイナンバー: any twelve digits by
fours, or parted in any way with the right check digit), full-width and with separators too. Figures of a plan
(1,120,226枚, R12) are not touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from stdnum.jp import in_ as individual_number

from corpus.normalize import narrow

# What stands between the digits: up to three blanks, dashes, dots or brackets, as in 「090 - 1234」, or
# characters that are not seen.
_GAP = r"[\s\-‐‑–—―ー−－.()\u00ad\u200b-\u200f\u2060\ufeff]{0,3}"


def _always(_: str) -> bool:
    return True


def _checks(digits: str) -> bool:
    """Tell whether twelve digits end in the check digit of an individual number."""
    return bool(individual_number.is_valid(digits))


_PATTERNS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("[mail]", re.compile(r"[A-Za-z0-9._%+\-]+\s?@\s?[A-Za-z0-9.\-]+\.[A-Za-z]{2,}"), _always),
    ("[card]", re.compile(rf"(?<!\d)(?:\d{{4}}{_GAP}){{3}}\d{{4}}(?!\d)"), _always),
    ("[number]", re.compile(rf"(?<!\d)(?:\d{{4}}{_GAP}){{2}}\d{{4}}(?!\d)"), _always),
    ("[number]", re.compile(rf"(?<!\d)(?:\d{_GAP}){{11}}\d(?!\d)"), _checks),
    ("[phone]", re.compile(rf"(?<!\d)(?:\+?81{_GAP}|0)(?:\d{_GAP}){{8,9}}\d(?!\d)"), _always),
    ("[postcode]", re.compile(rf"〒\s*\d{{3}}{_GAP}\d{{4}}"), _always),
)


def mask(text: str) -> str:
    """Return the text with personal data replaced by what it was."""
    for label, pattern, is_personal in _PATTERNS:
        plain = narrow(text)
        for match in reversed(list(pattern.finditer(plain))):
            if is_personal(re.sub(r"\D", "", match[0])):
                text = text[: match.start()] + label + text[match.end() :]
    return text
