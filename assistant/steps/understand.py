"""Understand: which municipality, what of it, which years, and the question as one would ask it alone."""

from __future__ import annotations

import itertools
import re

from assistant.cues import aspects_of, without_cues
from assistant.messages import Exchange, Language, Turn
from corpus.library import Library
from corpus.normalize import compact, fold
from corpus.wareki import find_relative_years, find_years
from index import tokens

_JAPANESE = re.compile(r"[぀-ヿ㐀-鿿]")
_BACK = re.compile(
    r"^(その|それ|この(?!計画)|これ|あの|そこ|じゃあ|じゃ|では|ちなみに|あと|ほかに|他に|もう一方|"
    r"and |what about|how about)"
)
_MUNICIPAL_SUFFIX = ("市", "町", "村", "区", "県", "府", "都", "道")


class Understand:
    """Read a question against the municipalities there are."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known = fold("\n".join(d.text for h in library.holdings for d in h.documents))

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn with what was understood, or ended for a municipality that is not here."""
        named = self.named(turn.text)
        municipalities = self._municipalities(turn, named)
        place = None if named else self.foreign_place(turn.text)
        standalone = self.standalone(turn.text, turn.history)
        years = [y.year for y in (*find_years(turn.text), *find_relative_years(turn.text, turn.today))]
        known = turn.knowing(
            municipalities=municipalities,
            standalone=standalone,
            aspects=aspects_of(turn.text),
            years=tuple(dict.fromkeys(years)),
        )
        return known.ended("not_in_plan", "unknown_municipality", place=place) if place else known

    def named(self, text: str) -> tuple[str, ...]:
        """Return the municipalities that a text names, in their order."""
        folded = compact(text)
        return tuple(
            h.id
            for h in self._library.holdings
            if any(compact(n) in folded for n in h.plan.municipality.names)
        )

    def _municipalities(self, turn: Turn, named: tuple[str, ...]) -> tuple[str, ...]:
        if named:
            return named
        if turn.asked.municipality:
            return (turn.asked.municipality,)
        if turn.history and turn.history[-1].municipality:
            return (turn.history[-1].municipality,)
        return tuple(h.id for h in self._library.holdings)

    def standalone(self, text: str, history: tuple[Exchange, ...]) -> str:
        """Return a follow-up with what it is about; a question that stands alone as it is."""
        if not history:
            return text
        last = history[-1]
        without = self._library.without_names(text)
        alone = [t for t in tokens.tokens(without_cues(_BACK.sub("", without))) if t.content]
        if not alone and not aspects_of(without) and not find_years(without):
            return f"{text} {last.standalone}" if self.named(text) else text
        if _BACK.match(text) or not alone:
            return f"{last.subject or last.standalone} {_BACK.sub('', text)}"
        return text

    def foreign_place(self, text: str) -> str | None:
        """Return a place with a municipal ending that no document mentions and that is not held here."""
        found = tokens.tokens(text)
        for place, suffix in itertools.pairwise(found):
            name = place.surface + suffix.surface
            is_place = place.detail == "固有名詞" and suffix.surface in _MUNICIPAL_SUFFIX
            if is_place and fold(name) not in self._known:
                return name
        return None


def language_of(text: str) -> Language:
    """Return the language a question is in: Japanese where it has a Japanese letter, else English."""
    return "ja" if _JAPANESE.search(text) or not re.search(r"[A-Za-z]{2}", text) else "en"
