"""Cues: the words that say what of a subject is asked, kept as data in words/aspects.toml."""

from __future__ import annotations

import functools
import re

from assistant import words
from corpus.normalize import compact, fold


def aspects_of(text: str) -> tuple[str, ...]:
    """Return what is asked about the subject, by the cues in words/aspects.toml."""
    folded = compact(text)
    return tuple(name for name, cues in _cues().items() if any(compact(c) in folded for c in cues))


def without_cues(text: str) -> str:
    """Return the text without the words that only say what is asked."""
    folded = fold(text)
    for cue in sorted((c for cues in _cues().values() for c in cues), key=len, reverse=True):
        folded = folded.replace(cue, " ")
    return folded


@functools.lru_cache(maxsize=1)
def _cues() -> dict[str, tuple[str, ...]]:
    return {name: tuple(fold(c) for c in a["cues"]) for name, a in words.load("aspects")["aspect"].items()}


def roles_of(aspect: str) -> tuple[str, ...]:
    """Return the table columns that answer an aspect."""
    return tuple(words.load("aspects")["aspect"][aspect]["roles"])


def answers_needed(text: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns that the evidence must have for what a question asks."""
    folded = compact(text)
    rows = words.load("aspects")["answer"]
    return tuple(re.compile(r["needs"]) for r in rows if any(compact(c) in folded for c in r["cues"]))
