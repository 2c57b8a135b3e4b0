"""Japanese tokens: lemmas, content words and readings, by fugashi with unidic-lite."""

from __future__ import annotations

import functools
import re
import threading
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

import fugashi

from corpus.normalize import fold

CONTENT = ("名詞", "動詞", "形容詞", "形状詞", "副詞", "接頭辞", "接尾辞", "記号")
EMPTY_NOUNS = ("数詞", "助動詞語幹")
LONGEST_ACRONYM = 5

_WORD = re.compile(r"[^\W_]", re.UNICODE)
# MeCab's words are read from memory that its next call overwrites, whichever thread calls.
_tagging = threading.Lock()
_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a text's search form."""

    surface: str
    lemma: str
    pos: str
    detail: str
    reading: str

    @property
    def content(self) -> bool:
        """Tell whether the token means something by itself."""
        if not _WORD.search(self.surface) or self.lemma in stop_words() or self.surface in stop_words():
            return False
        return self.pos in CONTENT and self.detail not in EMPTY_NOUNS


@functools.lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("index").joinpath("tokens.toml").read_text("utf-8"))


@functools.lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Return the words that carry no content of their own in a question, by lemma."""
    return frozenset(_data()["stop"].split())


@functools.lru_cache(maxsize=1)
def letters() -> dict[str, str]:
    """Return how each Latin letter is read aloud."""
    return dict(zip("abcdefghijklmnopqrstuvwxyz", _data()["letters"].split(), strict=True))


@functools.lru_cache(maxsize=1)
def _tagger() -> fugashi.Tagger:
    return fugashi.Tagger()


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of the text's search form."""
    lines = fold(text).split("\n")
    with _tagging:
        return tuple(_token(word) for line in lines for word in _tagger()(line))


def printed_words(text: str) -> tuple[tuple[str, str], ...]:
    """Return the words of a text as it is printed, each with its reading in hiragana, "" where none is known.

    White space stands in no word.
    """
    with _tagging:
        return tuple(
            (w.surface, hiragana(w.feature.kana or "")) for line in text.split("\n") for w in _tagger()(line)
        )


def _token(word: fugashi.fugashi.Node) -> Token:
    feature = word.feature
    lemma = (feature.lemma or word.surface).split("-")[0]
    reading = feature.kana or word.surface
    return Token(word.surface, lemma, feature.pos1, feature.pos2 or "", hiragana(reading))


def words(text: str) -> list[str]:
    """Return the lemmas of the content words, numbers too: the terms of the lexical index."""
    return words_of(tokens(text))


def words_of(found: Iterable[Token]) -> list[str]:
    """Return the lemmas of the content words among tokens."""
    return [t.lemma for t in found if t.content or t.detail == "数詞"]


def bigrams(text: str) -> list[str]:
    """Return the overlapping pairs of letters of each unbroken run; a run of one is itself."""
    return list(_grams(fold(text), 2))


def readings(text: str) -> list[str]:
    """Return the overlapping pairs and triples of the text's reading in hiragana."""
    read = reading(text)
    return [*_grams(read, 2), *_grams(read, 3)]


def reading(text: str) -> str:
    """Return how the text is read, in hiragana; short Latin words are read letter by letter (AI えーあい)."""
    return reading_of(tokens(text))


def reading_of(found: Iterable[Token]) -> str:
    """Return how tokens are read, one after the other."""
    return "".join(map(spoken, found))


def spoken(token: Token) -> str:
    """Return how a token is read, in hiragana."""
    return _spelt(token.surface) or token.reading


def is_kana(text: str) -> bool:
    """Tell whether a text is written in hiragana alone, as by someone who does not convert to kanji."""
    letters = [c for c in fold(text) if c.isalnum()]
    return bool(letters) and all("ぁ" <= c <= "ゖ" or c == "ー" for c in letters)


def _spelt(surface: str) -> str:
    short = len(surface) <= LONGEST_ACRONYM and surface.isascii() and surface.isalpha()
    return "".join(letters()[c] for c in surface) if short else ""


def hiragana(text: str) -> str:
    """Return the text with its katakana as hiragana."""
    return text.translate(_HIRAGANA)


def romaji(read: str) -> str:
    """Return a reading in Latin letters, without marks of length: のるまいかー is norumaika."""
    table = _romaji()
    found: list[str] = []
    i = 0
    while i < len(read):
        pair = read[i : i + 2]
        step = 2 if pair in table else 1
        found.append(table.get(pair) or table.get(read[i], read[i] if read[i].isascii() else ""))
        i += step
    return "".join(found)


@functools.lru_cache(maxsize=1)
def _romaji() -> dict[str, str]:
    words = _data()["romaji"].split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _grams(text: str, size: int) -> Iterator[str]:
    for run in re.findall(r"[^\W_]+", text.replace("ー", "")):
        yield from (run[i : i + size] for i in range(max(1, len(run) - size + 1)))
