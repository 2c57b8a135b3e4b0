"""Screen: mask personal data, refuse attacks, answer small talk, before anything else looks. Fails closed."""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from assistant import words
from assistant.disguises import plain, readings
from assistant.masking import mask
from assistant.messages import Turn
from corpus.normalize import fold

# A blank in a pattern, and the sets of characters in which a blank is only a blank.
_BLANK = re.compile(r"(\[(?:\\.|[^\]\\])*\])| ")
# Where a sentence ends, its mark kept; where a courtesy ends, which a comma parts from the next.
_STOP = re.compile(r"(?<=[。?!])")
_SENTENCE = re.compile(r"[。.?!、,\n~…]+")


def screen(turn: Turn) -> Turn:
    """Return the turn with its cleaned text, or ended where the question is an attack or small talk."""
    cleaned = clean(turn.asked.question)
    known = turn.knowing(text=mask(cleaned))
    manner = manner_of(known.text)
    if is_attack(cleaned) and manner not in _urgent():
        return known.ended("refused", "refused")
    return known.ended("out_of_scope", manner) if manner else known


def clean(text: str) -> str:
    """Return the question on one line, without the white space around it."""
    return " ".join(text.split())


def is_attack(text: str) -> bool:
    """Tell whether a text tries to change the assistant, to have its insides, or to do harm with it."""
    return attack_of(text) is not None


def attack_of(text: str) -> str | None:
    """Return the family of words/attacks.toml that a text belongs to, or None."""
    if _repeats(text):
        return "repetition"
    families = _patterns("attacks", "family", "patterns")
    enough = words.load("attacks")["enough"]
    for reading in dict.fromkeys(readings(text)):
        for family, patterns in families.items():
            if _holds(patterns, reading):
                return family
        if _weight(reading) >= enough:
            return "signs"
    return None


def _weight(reading: str) -> int:
    """Return the most that the signs weigh together in any two sentences that follow each other."""
    weights: dict[str, int] = {sign: row["weight"] for sign, row in words.load("attacks")["sign"].items()}
    patterns = _patterns("attacks", "sign", "patterns")
    sentences = _STOP.split(reading)
    pairs = map("".join, zip_longest(sentences, sentences[1:], fillvalue=""))
    return max(sum(weights[sign] for sign, ps in patterns.items() if _holds(ps, two)) for two in pairs)


def _repeats(text: str) -> bool:
    """Tell whether a long text says the same over and over, by how far it can be compressed."""
    limits: dict[str, float] = words.load("attacks")["repetition"]
    said = text.encode(errors="replace")
    return len(text) >= limits["characters"] and len(zlib.compress(said)) < len(said) * limits["ratio"]


def manner_of(text: str) -> str | None:
    """Return the reply of words/manners.toml for what asks nothing of a plan, or None.

    A text of which every sentence is a courtesy takes the reply of the last kind in the file; any other
    takes that of the first kind one of whose patterns it has and none of its exceptions.
    """
    said = tuple(dict.fromkeys((plain(text), fold(text))))
    return next(filter(None, map(_courtesy, said)), None) or next(filter(None, map(_matter, said)), None)


def _courtesy(text: str) -> str | None:
    """Return the kind of a text all of whose sentences are courtesies: the last in the file that it has."""
    courtesies = _patterns("manners", "courtesy", "patterns")
    parts = [part for sentence in _SENTENCE.split(text) if (part := re.sub(r"[\W_]", "", sentence))]
    kinds = [next((kind for kind, ps in courtesies.items() if _whole(ps, part)), "") for part in parts]
    return max(kinds, key=list(courtesies).index) if kinds and all(kinds) else None


def _whole(patterns: Sequence[re.Pattern[str]], text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern in patterns)


def _matter(text: str) -> str | None:
    """Return the first kind of the file that a text has a pattern and no exception of."""
    exceptions = _patterns("manners", "matter", "unless")
    for kind, patterns in _patterns("manners", "matter", "patterns").items():
        if _holds(patterns, text) and not _holds(exceptions[kind], text):
            return kind
    return None


def _urgent() -> set[str]:
    """Return the kinds that are heard before anything else: somebody may need help."""
    return {kind for kind, row in words.load("manners")["matter"].items() if row.get("urgent")}


def _holds(patterns: Sequence[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


@functools.cache
def _patterns(file: str, table: str, field: str) -> Mapping[str, Sequence[re.Pattern[str]]]:
    """Return the compiled patterns of each row of a table of words/<file>.toml."""
    found: Mapping[str, Mapping[str, Any]] = words.load(file)[table]
    shapes: dict[str, str] = words.load(file)["shape"]
    return {name: tuple(_compiled(p, shapes) for p in row.get(field, ())) for name, row in found.items()}


def _compiled(pattern: str, shapes: dict[str, str]) -> re.Pattern[str]:
    """Compile a pattern: shapes of the file written out, a blank as anything between words."""
    for name, shape in reversed(shapes.items()):
        pattern = pattern.replace(f"{{{name}}}", shape)
    return re.compile(_BLANK.sub(lambda blank: blank[1] or r"[\W_]*", pattern))
