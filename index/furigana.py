"""Furigana: a text cut into pieces, each with how it is read.

Kana are never given a reading. The readings are the dictionary's (by `index.tokens`), those of the counters
in furigana.toml, and the ones that a caller knows better: names of places and services.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from index.tokens import hiragana, printed_words

_KANJI = "\u3400-\u9fff\uf900-\ufaff々〆〇"
_RUN = re.compile(rf"[{_KANJI}]+|[^{_KANJI}]+")
_PART = re.compile(r"\s+|\S+")
_HAS_KANJI = re.compile(rf"[{_KANJI}]")
_DIGITS = str.maketrans("０１２３４５６７８９，", "0123456789,")


@dataclass(frozen=True, slots=True)
class Ruby:
    """A piece of a text and its reading in hiragana; "" for what is read as it is written."""

    text: str
    reading: str = ""


def furigana(text: str, known: Mapping[str, str] | None = None) -> tuple[Ruby, ...]:
    """Return a text's pieces, which joined are the text.

    `known` gives words whose reading is certain; of two that fit at one place the longer is taken.
    """
    pieces: list[Ruby] = []
    at = 0
    words = dict(known or {})
    for match in _fixed(tuple(sorted(words, key=len, reverse=True))).finditer(text):
        pieces += _by_dictionary(text[at : match.start()])
        pieces += _counted(text, match) if match["number"] else _aligned(match[0], words[match[0]])
        at = match.end()
    return _joined([*pieces, *_by_dictionary(text[at:])])


@functools.lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("index").joinpath("furigana.toml").read_text("utf-8"))


@functools.lru_cache(maxsize=64)
def _fixed(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of what the dictionary is not asked: known words, and numbers with counters."""
    counters = "|".join(map(re.escape, sorted(_data()["counters"], key=len, reverse=True)))
    number = rf"(?P<number>(?<![\d０-９])[\d０-９][\d０-９,，]*)(?P<counter>{counters})"
    return re.compile("|".join([*map(re.escape, words), number]))


def _counted(text: str, match: re.Match[str]) -> list[Ruby]:
    """Return the pieces of a number and its counter: one where they are read as one word."""
    counter = match["counter"]
    number = match["number"].translate(_DIGITS).replace(",", "")
    whole = number.lstrip("0") + counter
    day = match.start() > 0 and text[match.start() - 1] == "月"
    one_word = (_data()["dates"].get(whole) if day else None) or _data()["whole"].get(whole)
    if one_word:
        return [Ruby(match[0], one_word)]
    reading = _data()["last"].get(counter, {}).get(number[-1]) or _data()["counters"][counter]
    return [Ruby(match["number"]), *_aligned(counter, reading)]


def _by_dictionary(text: str) -> Iterator[Ruby]:
    """Yield the pieces of a text; what white space sets apart is read apart (not 4本 for 「4 本計画」)."""
    for part in _PART.findall(text):
        at = 0
        for surface, reading in printed_words(part) if _HAS_KANJI.search(part) else ():
            start = part.find(surface, at)
            if start < 0:
                continue
            yield Ruby(part[at:start])
            yield from _aligned(surface, reading)
            at = start + len(surface)
        yield Ruby(part[at:])


def _aligned(word: str, reading: str) -> list[Ruby]:
    """Return a word's pieces: its kanji with their part of the reading, its kana alone (学(まな)び)."""
    if not reading or not _HAS_KANJI.search(word):
        return [Ruby(word)]
    runs: list[str] = _RUN.findall(word)
    pattern = "".join("(.+?)" if _HAS_KANJI.match(run) else f"({re.escape(hiragana(run))})" for run in runs)
    match = re.fullmatch(pattern, reading)
    if match is None:
        return [Ruby(word, reading)]
    return [
        Ruby(run, read if _HAS_KANJI.match(run) else "")
        for run, read in zip(runs, match.groups(), strict=True)
    ]


def _joined(pieces: list[Ruby]) -> tuple[Ruby, ...]:
    """Return the pieces without empty ones, neighbours that have no reading made one."""
    joined: list[Ruby] = []
    for piece in pieces:
        if not piece.text:
            continue
        if joined and not piece.reading and not joined[-1].reading:
            joined[-1] = Ruby(joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return tuple(joined)
