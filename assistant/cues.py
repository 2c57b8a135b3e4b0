"""Cues: what of a subject a question asks, by the words kept as data in words/aspects.toml."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assistant import words
from corpus.normalize import compact, fold, ordinary_kanji
from index import tokens

# How strong a cue is: where the data give no other strength, where it asks only if no ordinary cue of another
# aspect is there, and where it is put after every other.
ORDINARY, ALONE, WEAK = 3, 2, 1

_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_HIRAGANA = re.compile(r"[ぁ-ゖ]")
_LATIN = re.compile(r"[a-z]")
_DENIED = re.compile(r"「[^「」]+」(?:では|じゃ|で)な(?:く|い)て?")
# What stands for anything in a pattern of the data: .{0,12}, or so many English words.
_GAP = re.compile(r"\.\{\d+,\d+\}\??|\(\?: ?\\[Sw]\+ ?\)\{\d+,\d+\}\??")


@dataclass(frozen=True)
class Look:
    """Patterns and where they are looked for.

    "plain" is the search form without spaces, "chinese" the same where it has no kana, "spaced" the
    search form as it is, where it has Latin letters.
    """

    said: tuple[str, ...]
    strength: int
    form: Literal["plain", "chinese", "spaced"]

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return one pattern for all; made when it is first wanted: there are many, and most are long."""
        return _look_for(self.said, self.form)


@dataclass(frozen=True, slots=True)
class Aspect:
    """Something that can be asked of a subject, and how.

    `needs` and `shows` are None where anything answers.
    """

    name: str
    implies: tuple[str, ...]
    is_content: bool
    looks: tuple[Look, ...]
    masked: re.Pattern[str] | None
    needs: re.Pattern[str] | None
    shows: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Cue:
    """Where a text asks for an aspect: `places` in its search form, without those that a gap takes.

    `remoteness` is the distance to where the main aspect is said: the end, in English the beginning.
    """

    aspect: Aspect
    places: tuple[int, ...]
    strength: int
    remoteness: int


@functools.lru_cache(maxsize=1024)
def aspects_of(text: str) -> tuple[str, ...]:
    """Return what is asked about the subject, the main aspect first.

    Stronger cues come first; among equals what Japanese and Chinese say last and English says first, then
    the longer. An aspect is followed by those that it implies.
    """
    cues = sorted(_asked(fold(text)), key=lambda c: (-c.strength, c.remoteness, -len(c.places)))
    return tuple(dict.fromkeys(name for c in cues for name in (c.aspect.name, *c.aspect.implies)))


@functools.lru_cache(maxsize=1024)
def without_cues(text: str) -> str:
    """Return the search form without the words that only say what is asked.

    The cues of an aspect marked `content` stay: they are words that a plan may have in its names.
    """
    folded = fold(text)
    said = _said_by_cues(folded)
    said |= _endings(folded, said)
    return "".join(" " if place in said else c for place, c in enumerate(folded))


def without_denied(text: str) -> str:
    """Return a compact text without what is named to be left out: 「定着」ではなく「継続」."""
    return _DENIED.sub("", text)


def beyond_cues(text: str, any_cue: bool = False) -> list[tokens.Token]:
    """Return the content words that do more than say what is asked: no cue takes a letter of them.

    Cues that are words of content themselves take none, but where `any_cue` is wanted.
    """
    folded = fold(text)
    said = _said_by_cues(folded, any_cue)
    return [t for t, places in _placed(folded) if t.content and said.isdisjoint(places)]


def things_in(text: str, any_cue: bool = False) -> list[tokens.Token]:
    """Return the content words that name something; what is asked of it, and 計画 or 内容, name nothing."""
    scope = words.load("scope")
    general = {*scope["general"], *scope["attributes"], *scope["english"]}
    return [t for t in beyond_cues(text, any_cue) if general.isdisjoint((t.surface, t.lemma))]


def _said_by_cues(folded: str, any_cue: bool = False) -> set[int]:
    cues = (c for c in _asked(folded) if any_cue or not c.aspect.is_content)
    return {place for cue in cues for place in cue.places}


def _endings(folded: str, said: set[int]) -> set[int]:
    """Return the places of what is left of words whose stem a cue took: the まる of 始まる."""
    if not said or tokens.is_kana(folded):
        return set()
    rests = (set(places) - said for _, places in _placed(folded) if not said.isdisjoint(places))
    return {place for rest in rests if all(_HIRAGANA.match(folded[p]) for p in rest) for place in rest}


def _placed(folded: str) -> Iterator[tuple[tokens.Token, range]]:
    """Yield the tokens of a search form, each with its places; between them is white space alone.

    A token may have another letter than the text: a hyphen that came to stand between katakana is read as ー.
    """
    end = 0
    for token in tokens.tokens(folded):
        while folded[end : end + 1].isspace():
            end += 1
        start, end = end, min(end + len(token.surface), len(folded))
        yield token, range(start, end)


def ends_in_cue(text: str) -> bool:
    """Tell whether the last letter of a text is one that says what is asked (スマホ教室の担当課)."""
    folded = fold(text).rstrip()
    return any(len(folded) - 1 in cue.places for cue in _asked(folded))


def needs_of(aspects: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """Return the patterns that the search form of the evidence must match to hold what is asked."""
    return tuple(needs for name in aspects if (needs := _aspects()[name].needs))


def shows(aspects: Iterable[str], text: str) -> bool:
    """Tell whether a text has the form of what the main aspect asks for: a year, a number, a price."""
    pattern = next((_aspects()[name].shows for name in aspects), None)
    return bool(pattern and pattern.search(fold(text)))


@functools.lru_cache(maxsize=1)
def _counters() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = words.load("counters")
    ordered = sorted(table, key=len, reverse=True)
    return tuple((counter, re.compile(rf"[0-9万千] *(?:{table[counter]})")) for counter in ordered)


@functools.lru_cache(maxsize=1024)
def counters_of(text: str) -> tuple[re.Pattern[str], ...]:
    """Return what must stand in an answer to a question's counters (何台: a number of 台)."""
    asked = compact(text)
    # 何枚も is many, and asks for no number.
    return tuple(p for counter, p in _counters() if re.search(rf"(?:何|なん|幾){counter}(?!も)", asked))


def _asked(folded: str) -> list[Cue]:
    """Return the cues that ask: those that do so only alone are left out where something else is asked."""
    cues = _cues(folded)
    outright = {c.aspect.name for c in cues if c.strength >= ORDINARY}
    return [c for c in cues if c.strength != ALONE or outright <= {c.aspect.name}]


def _cues(folded: str) -> list[Cue]:
    """Return every cue in a text's search form, in no order."""
    places = [i for i, c in enumerate(folded) if not c.isspace()]
    plain = _blanked("".join(folded[i] for i in places), _names())
    unquoted = re.sub(
        r"[「『][^「」『』]*[」』]", "", plain
    )  # a name in kana does not make a question Japanese
    chinese = "" if _KANA.search(unquoted) else plain
    spaced = folded if _LATIN.search(folded) else ""
    texts = {"plain": (plain, places), "chinese": (chinese, places), "spaced": (spaced, range(len(folded)))}
    found: list[Cue] = []
    for aspect in _aspects().values():
        for look in aspect.looks:
            text, origin = texts[look.form]
            if not text:
                continue
            for hit in look.pattern.finditer(_blanked(text, aspect.masked)):
                if said := tuple(origin[i] for i in _said(hit)):
                    remoteness = said[0] if look.form == "spaced" else len(folded) - said[-1]
                    found.append(Cue(aspect, said, look.strength, remoteness))
    return found


def _said(hit: re.Match[str]) -> list[int]:
    """Return the places of a match that no gap took."""
    gaps = [hit.span(group) for group in range(1, hit.re.groups + 1)]
    return [i for i in range(*hit.span()) if not any(start <= i < end for start, end in gaps)]


def _blanked(text: str, masked: re.Pattern[str] | None) -> str:
    """Return the text with as many characters in the place of what is masked, of a kind that no cue has."""
    return masked.sub(lambda hit: "\0" * len(hit[0]), text) if masked else text


@functools.lru_cache(maxsize=1)
def _aspects() -> dict[str, Aspect]:
    rows = words.load("aspects")["aspect"]
    return {name: _aspect(name, row) for name, row in rows.items()}


@functools.lru_cache(maxsize=1)
def _names() -> re.Pattern[str]:
    return re.compile(_joined(words.load("aspects")["names"]))


def _aspect(name: str, row: Mapping[str, Any]) -> Aspect:
    nouns = [f"{noun}{{tail}}" for noun in _literal(row.get("nouns", ()))]
    strength = int(row.get("strength", ORDINARY))
    forms: tuple[tuple[Sequence[str], int, Literal["plain", "chinese", "spaced"]], ...] = (
        ([*row.get("patterns", ()), *nouns, *_literal(row.get("cues", ()))], strength, "plain"),
        (row.get("weak", ()), WEAK, "plain"),
        (row.get("alone", ()), ALONE, "plain"),
        (_literal(row.get("zh", ())), strength, "chinese"),
        (_literal(row.get("zh_alone", ())), ALONE, "chinese"),
        (row.get("en", ()), strength, "spaced"),
        (row.get("en_alone", ()), ALONE, "spaced"),
        (row.get("en_weak", ()), WEAK, "spaced"),
    )
    return Aspect(
        name=name,
        implies=tuple(row.get("implies", ())),
        is_content=bool(row.get("content", False)),
        looks=tuple(Look(tuple(said), weight, form) for said, weight, form in forms if said),
        masked=re.compile(_joined(row["not"])) if "not" in row else None,
        needs=re.compile(row["needs"]) if "needs" in row else None,
        shows=re.compile(pattern) if (pattern := row.get("shows", row.get("needs"))) else None,
    )


def _literal(said: Sequence[str]) -> list[str]:
    """Return patterns for words as they stand, the longest first."""
    return [re.escape(compact(word)) for word in sorted(said, key=len, reverse=True)]


def _look_for(said: Sequence[str], form: str) -> re.Pattern[str]:
    """Return one pattern for several, each gap in it a group."""
    joined = _GAP.sub(lambda gap: f"({gap[0]})", _joined(said))
    return re.compile(f"(?<![a-z0-9])(?:{joined})(?![a-z0-9])" if form == "spaced" else joined)


def _joined(patterns: Sequence[str]) -> str:
    """Return one pattern for several: the named shapes written out, kanji in their ordinary form."""
    joined = "|".join(patterns)
    for name, shape in words.load("aspects")["shape"].items():
        joined = joined.replace(f"{{{name}}}", shape)
    return "".join(ordinary_kanji(c) if "\u3400" <= c <= "\ufaff" else c for c in joined)
