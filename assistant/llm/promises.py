"""Promises: how much a text promises of what it speaks of; 検討 is not 導入, and 予定 is not 完了."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from enum import IntEnum

from assistant import words
from index import tokens

# How far behind a word its predicate is looked for, in letters.
FAR = 80
# Lemmas of what denies the word before it.
_NOT = frozenset({"ない", "無い", "ず", "ぬ", "無し", "無くなる"})
_HIRAGANA = re.compile(r"[ぁ-ゖ]")
_BOUNDARY = re.compile(r"[。．！？!?\t\n|]")
_DENIED = re.compile(r"(?:は|が|を|も)?(?:し|され|でき|行わ)?(?:ません|ない|なく|ず(?:、|に|$))")
_DONE = re.compile(r"(?:を|が)?(?:し|され|でき)?(?:ました|た(?:$|[、。])|済)")
_ONGOING = re.compile(r"(?:を|が)?(?:し|され)て(?:い|お)")
# The word is itself the predicate, and nothing takes it back: 導入します, 導入し、.
_PLAIN = re.compile(
    r"(?:を|が)?(?:(?:し|され)(?:ます|、|$|て(?!い|お))|する$|される$|でき(?:ます|、|る$)|行(?:います|う$|い、))"
)


class Level(IntEnum):
    """How much is promised, least first."""

    DENIED = 0
    CONSIDERED = 1
    INTENDED = 2
    PLAIN = 3
    ONGOING = 4
    DONE = 5


def level_after(text: str) -> Level:
    """Return what is promised of a word by what follows it in its sentence or cell, the least first."""
    rest = _BOUNDARY.split(text[:FAR], maxsplit=1)[0]
    for pattern, level in ((_DENIED, Level.DENIED), (_DONE, Level.DONE), (_ONGOING, Level.ONGOING)):
        if pattern.match(rest):
            return level
    if _PLAIN.match(rest):
        return Level.PLAIN
    for level, heard in _heard():
        if heard.search(rest):
            return level
    return Level.PLAIN


def levels_of(word: str, text: str) -> list[Level]:
    """Return what a text promises of a word, a level an occurrence; a name alone in a cell says nothing.

    Where it stands nowhere but as a name, that is a plain promise: a step of a roadmap.
    """
    rests = [text[m.end() : m.end() + FAR] for m in re.finditer(re.escape(word), text)]
    told = [level_after(rest) for rest in rests if rest and not _BOUNDARY.match(rest.lstrip(" "))]
    return told or [Level.PLAIN] * bool(rests)


def promises_more(word: str, sentence: str, quotes: str) -> bool:
    """Tell whether a sentence promises more of a word than any of the quotes that have it."""
    held = levels_of(word, quotes)
    return bool(held) and max(levels_of(word, sentence), default=Level.DENIED) > max(held)


def says_done(text: str) -> bool:
    """Tell whether a text says of anything that it is done or under way."""
    return any(w in text for name in ("done", "ongoing") for w in words.load("guard")["promise"]["ja"][name])


def denies(text: str, language: str) -> bool:
    """Tell whether a text denies anything."""
    table = words.load("guard")["denial"]
    return any(w in text for w in table.get(language, table["ja"]))


def denied_in(text: str) -> frozenset[str]:
    """Return what a Japanese text denies: the word before each ない or ません, as a lemma; 中止 as itself."""
    nouns = {w for w in words.load("guard")["denial"]["ja"] if not _HIRAGANA.search(w)}
    found: set[str] = set()
    last = ""
    for token in tokens.tokens(text):
        if token.surface in nouns:
            found.add(token.surface)
        elif token.lemma in _NOT:
            found.add(last)
        elif token.content:
            last = token.lemma
    return frozenset(found - {""})


def denies_more(text: str, quotes: str, language: str) -> bool:
    """Tell whether a text denies what its quotes do not: 書かない窓口 does not say that 窓口は設けません."""
    if language == "ja" and denied_in(text) - denied_in(quotes):
        return True
    return denies(text, language) and not denies(quotes, language)


def without_reports(text: str) -> str:
    """Return a text without the endings that only say that the plan says so, as としています."""
    return _reports().sub("", text)


def only_in_text(listed: Iterable[str], text: str, held: str) -> list[str]:
    """Return the listed words that stand in a text and not in what holds it."""
    return [w for w in listed if w in text and w not in held]


@functools.cache
def _reports() -> re.Pattern[str]:
    stems = sorted(words.load("guard")["promise"]["ja"]["reported"], key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, stems))})[てで](?:い|お)(?:ます|る|り|て)?")


@functools.cache
def _heard() -> tuple[tuple[Level, re.Pattern[str]], ...]:
    table = words.load("guard")["promise"]["ja"]
    named = (
        (Level.CONSIDERED, table["considered"]),
        (Level.INTENDED, table["intended"]),
        (Level.DONE, table["done"]),
        (Level.ONGOING, table["ongoing"]),
    )
    return tuple((level, re.compile("|".join(map(re.escape, found)))) for level, found in named)
