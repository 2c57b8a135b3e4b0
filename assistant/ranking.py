"""Ranking: the signs that a passage answers a question, weighed as words/ranking.toml says.

The signs are the scores of the lists that found the passage, its coverage of the question's words, whether
the question names what the passage is about, and whether the passage is of the kind that the question's
aspects ask for. The weights are fitted (`evals/calibrate`), not written by hand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from assistant import words
from assistant.coverage import Vocabulary
from assistant.cues import counters_of, without_cues
from assistant.messages import Language, Turn
from assistant.steps.understand import language_of
from assistant.subjects import Subject, Subjects
from corpus.library import Library
from corpus.normalize import compact, fold
from index.embedders import Embedder
from index.evidence import Evidence
from index.late import Met, met
from index.search import VECTORS, VIEWS
from index.tokens import is_kana

LEXICAL = ("words", "bigrams", "readings")
TOKENS, LEAST = "tokens", "least_token"
# So many of those that lead are held against the question token by token.
MET = 8
# What has no number of the counter asked for (何台) fits so much less.
OTHER_COUNTER = 0.3
JAPANESE: tuple[Language, ...] = ("ja", "easy")
# A similarity that no passage falls below in practice stands in for one that the lists did not give.
BELOW = 0.02


@dataclass(frozen=True, slots=True)
class Ranked:
    """Evidence with its signs and its score; scores compare within one question."""

    evidence: Evidence
    signs: Mapping[str, float]
    score: float


class Ranking:
    """Rank the evidence found for a turn."""

    def __init__(
        self, library: Library, vocabulary: Vocabulary, subjects: Subjects, embedder: Embedder
    ) -> None:
        self._library = library
        self._vocabulary = vocabulary
        self._subjects = subjects
        self._embedder = embedder

    def __call__(self, turn: Turn, evidence: Sequence[Evidence]) -> list[Ranked]:
        """Return the evidence with its signs, the best first."""
        weights = words.load("ranking")[way_of(turn)]
        asked = compact(self._library.without_names(turn.standalone))
        mentions = self._subjects.mentions(asked, turn.municipalities[0])
        mentioned = {m.subject for m in mentions}
        signs = [self._signs(turn, e, asked, mentioned) for e in evidence]
        for name in (VECTORS, VIEWS):
            _from_best(signs, name)
        self._meet(turn, evidence, signs, weights)
        ranked = [Ranked(e, s, _weighed(s, weights)) for e, s in zip(evidence, signs, strict=True)]
        return sorted(ranked, key=lambda r: (-r.score, r.evidence.hit.passage.id))

    def _meet(
        self,
        turn: Turn,
        evidence: Sequence[Evidence],
        signs: Sequence[dict[str, float]],
        weights: Mapping[str, float],
    ) -> None:
        """Add how well the question's tokens are met to the signs of those that lead without it."""
        question = self._library.without_names(turn.standalone)
        order = sorted(range(len(signs)), key=lambda i: -_weighed(signs[i], weights))
        for rank, index in enumerate(order):
            near = met(self._embedder, question, evidence[index].hit.passage) if rank < MET else Met()
            signs[index][TOKENS] = near.mean
            signs[index][LEAST] = near.least
        for name in (TOKENS, LEAST):
            _from_best(signs, name)

    def _signs(self, turn: Turn, evidence: Evidence, asked: str, mentioned: Set[Subject]) -> dict[str, float]:
        hit = evidence.hit
        found = {name: hit.scores.get(name, 0.0) for name in (VECTORS, VIEWS, *LEXICAL)}
        return found | {
            "coverage": self._vocabulary.covers(turn.standalone, hit.passage),
            "named": self._named(evidence, asked, mentioned),
            "fits": self._fits(turn, evidence),
            "heading": self._heading(turn, evidence),
        }

    def _named(self, evidence: Evidence, asked: str, mentioned: Set[Subject]) -> float:
        """Return how much of the name of what the passage is about stands in the question, 0 to 1."""
        here = self._subjects.at(evidence.hit.passage)
        if not mentioned.isdisjoint(here):
            return 1.0
        pairs = _pairs(asked)
        names = [compact(evidence.subject), *(compact(s.name) for s in here)]
        return max((len(_pairs(n) & pairs) / len(_pairs(n)) for n in names if _pairs(n)), default=0.0) * 0.8

    def _fits(self, turn: Turn, evidence: Evidence) -> float:
        """Return 1 where the passage is of a kind, or has a column, that the main aspect asks for."""
        roles = {u.role for u in evidence.units}
        kinds = {s.kind for s in self._subjects.at(evidence.hit.passage)}
        best = 0.0
        for rank, aspect in enumerate(turn.aspects[:3]):
            asked = words.load("kinds").get(aspect, {})
            wanted = [i for i, role in enumerate(asked.get("roles", ())) if role in roles]
            wanted += [i for i, kind in enumerate(asked.get("kinds", ())) if kind in kinds]
            if wanted:
                best = max(best, 1 / (1 + min(wanted)) / (1 + rank / 2))
        counted = counters_of(turn.standalone)
        if counted and best:
            text = fold(evidence.hit.passage.body)
            best *= 1.0 if all(pattern.search(text) for pattern in counted) else OTHER_COUNTER
        return best

    def _heading(self, turn: Turn, evidence: Evidence) -> float:
        """Return 1 where a heading above the passage is one that an aspect asks for."""
        above = compact(" ".join(evidence.hit.passage.headings))
        kinds = words.load("kinds")
        wanted = (h for a in turn.aspects[:2] for h in kinds.get(a, {}).get("headings", ()))
        return float(any(compact(h) in above for h in wanted))


def way_of(turn: Turn) -> str:
    """Return how a question is written, whatever language it is to be answered in."""
    if language_of(turn.standalone) not in JAPANESE:
        return "foreign"
    return "kana" if is_kana(without_cues(turn.standalone)) else "ja"


def _weighed(signs: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return math.fsum(weights[name] * value for name, value in signs.items())


def _from_best(signs: Sequence[dict[str, float]], name: str) -> None:
    """Make similarities differences to the best one; one that was not found is a little below the least."""
    found = [s[name] for s in signs if s[name]]
    if not found:
        return
    best, least = max(found), min(found) - BELOW
    for sign in signs:
        sign[name] = (sign[name] or least) - best


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
