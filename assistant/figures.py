"""Figures: the numbers that a text states."""

from __future__ import annotations

import re
import unicodedata

_FIGURE = re.compile(r"\d+(?:\.\d+)?")


def figures_in(text: str) -> list[str]:
    """Return the numbers of a text, narrow and without thousands commas."""
    plain = unicodedata.normalize("NFKC", text)
    return _FIGURE.findall(re.sub(r"(?<=\d),(?=\d{3})", "", plain))
