"""Correct: what staff have set right: an answer of theirs to a question, or a name said in another way.

An override is given to the question it was made for, however that is put: with the same nouns and years, and
asking for the same. It goes through the same verification as any answer; one whose source no longer
says what was cited is left aside until someone has looked at it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant import words
from assistant.cues import aspects_of
from assistant.messages import Source, Statement, Turn
from assistant.state.corrections import Cited, Correction
from corpus.library import Library
from corpus.normalize import compact
from corpus.wareki import find_years
from index import tokens

_STOP = re.compile(r"。\s*|\n+")


class Corrected(Protocol):
    """Give a municipality's corrections in force."""

    def of(self, municipality: str) -> Sequence[Correction]:
        """Return them, the latest first."""


class NoCorrections:
    """Give none."""

    def of(self, municipality: str) -> Sequence[Correction]:
        """Return none."""
        return ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What makes two questions the same: their nouns, the years, and something that both ask for."""

    nouns: frozenset[str]
    aspects: frozenset[str]
    years: frozenset[int]

    def same_as(self, other: Asked) -> bool:
        """Say whether two questions are one."""
        alike = self.aspects == other.aspects or bool(self.aspects & other.aspects)
        return alike and (self.nouns, self.years) == (other.nouns, other.years)


class Correct:
    """Apply a municipality's corrections to a turn."""

    def __init__(self, library: Library, corrected: Corrected) -> None:
        self._library = library
        self._corrected = corrected
        self.asked = functools.lru_cache(maxsize=4096)(self._asked)

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn with the statements of an override, or with names as the plan has them."""
        corrections = self._corrected.of(turn.municipalities[0])
        if not corrections:
            return turn
        turn = self._said_anew(turn, [c for c in corrections if c.kind == "synonym"])
        asked = (self.asked(turn.text), self.asked(turn.standalone))
        for correction in corrections:
            if correction.kind == "override" and self.holds(correction):
                meant = self.asked(correction.words)
                if any(meant.same_as(a) for a in asked):
                    return self._overridden(turn, correction)
        return turn

    def holds(self, correction: Correction) -> bool:
        """Say whether the sources of a correction still say what was cited; those of a synonym always do."""
        return all(self.stands(source) for source in correction.sources)

    def stands(self, source: Cited) -> bool:
        """Say whether a document of this library has the quote in its place."""
        found = self._library.document(source.document_id)
        return found is not None and found[1].text[source.start : source.end] == source.quote

    def _said_anew(self, turn: Turn, synonyms: Sequence[Correction]) -> Turn:
        used = []
        text = turn.standalone
        for synonym in synonyms:
            meant = synonym.meant or ""
            if compact(synonym.words) in compact(text) and compact(meant) not in compact(text):
                text = _replaced(text, synonym.words, meant)
                used.append(synonym.id)
        return turn.knowing(standalone=text, corrections=(*turn.corrections, *used)) if used else turn

    def _overridden(self, turn: Turn, correction: Correction) -> Turn:
        return turn.knowing(
            statements=statements_of(correction.answer or "", correction.sources),
            municipality=turn.municipalities[0],
            corrections=(*turn.corrections, correction.id),
            notices=(*turn.notices, words.load("replies")["notices"]["corrected"]),
        )

    def _asked(self, text: str) -> Asked:
        plain = self._library.without_names(text)
        nouns = frozenset(t.lemma for t in tokens.tokens(plain) if t.pos == "名詞") or frozenset(
            [compact(plain)]
        )
        years = frozenset(y.year for y in find_years(plain))
        return Asked(nouns, frozenset(aspects_of(plain)), years)


def statements_of(answer: str, sources: Sequence[Cited]) -> tuple[Statement, ...]:
    """Return an override's sentences, each with all of its sources."""
    cited = tuple(map(Source.of, sources))
    sentences = (s.strip() for s in _STOP.split(answer))
    return tuple(Statement(text=s, sources=cited) for s in sentences if s)


def _replaced(text: str, said: str, meant: str) -> str:
    """Return the text with what was said replaced; where it is written otherwise, what is meant is added."""
    exact = re.sub(re.escape(said), lambda _: meant, text, flags=re.IGNORECASE)
    return exact if exact != text else f"{meant} {text}"
