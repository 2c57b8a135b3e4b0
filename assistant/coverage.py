"""Coverage: how much of what a question asks stands in a piece of evidence.

Each content word of the question weighs its inverse document frequency over the passages (Robertson and
Spärck Jones 1976); a word that no passage has weighs most. An everyday word counts as covered where one
of the plan's words for it stands. A question in hiragana alone is compared by its reading.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.cues import without_cues
from corpus.library import Library
from corpus.normalize import compact, fold
from corpus.thesaurus import Thesaurus
from index import tokens
from index.passages import Passage

SHORTEST_READING = 4
# A word of another language that no plan has counts so much of what a Japanese one would.
UNKNOWN = 0.3
_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")


@dataclass(frozen=True, slots=True)
class Term:
    """What a question asks about: wordings, their readings, its weight, and whether it is a thing."""

    wordings: tuple[str, ...]
    readings: tuple[str, ...]
    weight: float
    thing: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text made ready to be compared."""

    lemmas: frozenset[str]
    plain: str
    read: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks about, made ready to be compared."""

    terms: tuple[Term, ...]
    triples: frozenset[str] | None

    def covered_by(self, text: Prepared) -> float:
        """Return the share of what is asked, 0 to 1, that stands in the text."""
        if self.triples is not None:
            return len(self.triples & _triples(text.read)) / len(self.triples) if self.triples else 0.0
        total = sum(t.weight for t in self.terms)
        return sum(t.weight for t in self.terms if _stands(t, text)) / total if total else 0.0

    def left_by(self, text: Prepared) -> float:
        """Return the weight of the things asked about that do not stand in the text."""
        return sum(t.weight for t in self.terms if t.thing and not _stands(t, text))


class Vocabulary:
    """The words of all passages and how rare each is."""

    def __init__(self, library: Library, passages: Iterable[Passage]) -> None:
        self._library = library
        self._prepared = {p.id: prepare("\n".join((*p.headings, p.body))) for p in passages}
        self._frequency = Counter(word for p in self._prepared.values() for word in p.lemmas)
        self.asked = functools.lru_cache(maxsize=1024)(self._asked)

    def weight(self, lemma: str) -> float:
        """Return a word's inverse document frequency, log((N + 1) / (n + 0.5))."""
        return math.log((len(self._prepared) + 1) / (self._frequency[lemma] + 0.5))

    def covers(self, question: str, passage: Passage) -> float:
        """Return how much of a question a passage covers with its headings, 0 to 1."""
        return self.asked(question, passage.municipality).covered_by(self._prepared[passage.id])

    def leaves(self, question: str, passages: Sequence[Passage]) -> float:
        """Return the weight of the things a question asks about that none of the passages has."""
        asked = self.asked(question, passages[0].municipality)
        held = [self._prepared[p.id] for p in passages]
        together = Prepared(
            frozenset().union(*(h.lemmas for h in held)),
            "\n".join(h.plain for h in held),
            "\n".join(h.read for h in held),
        )
        return asked.left_by(together)

    def _asked(self, question: str, municipality: str) -> Asked:
        whole = self._library.without_names(question)
        text = without_cues(whole)
        if not re.search(r"\w{2}", text):
            text = whole
        if tokens.is_kana(text):
            return Asked((), _triples(tokens.reading(text)))
        holding = self._library.holding(municipality)
        return Asked(self._terms(text, holding.thesaurus if holding else Thesaurus(())), None)

    def _terms(self, text: str, thesaurus: Thesaurus) -> tuple[Term, ...]:
        """Return the content words of a text; what the thesaurus knows is one term with the plan's words."""
        left = fold(text)
        foreign = not _KANA.search(left)
        found: list[Term] = []
        for mention in reversed(thesaurus.mentions(text)):
            wordings = tuple(dict.fromkeys((mention.wording, *mention.plan)))
            lemmas = [t for word in mention.plan for t in tokens.words(word)]
            weight = max((self.weight(t) for t in lemmas), default=self.weight(""))
            found.append(_term(tuple(compact(w) for w in wordings), weight, True))
            left = f"{left[: mention.start]} {left[mention.end :]}"
        for token in tokens.tokens(left):
            if token.content or token.detail == "数詞":
                wordings = tuple(dict.fromkeys((token.lemma, token.surface)))
                known = not foreign or bool(self._frequency[token.lemma])
                weight = self.weight(token.lemma) * (1.0 if known else UNKNOWN)
                found.append(_term(wordings, weight, known and token.pos == "名詞"))
        return tuple(found)


def prepare(text: str) -> Prepared:
    """Return a text made ready to be compared."""
    found = tokens.tokens(text)
    return Prepared(frozenset(tokens.words_of(found)), compact(text), tokens.reading_of(found))


def _term(wordings: tuple[str, ...], weight: float, thing: bool) -> Term:
    spoken = (tokens.reading(w) for w in wordings)
    return Term(wordings, tuple(s for s in spoken if len(s) >= SHORTEST_READING), weight, thing)


def _stands(term: Term, text: Prepared) -> bool:
    if any(w in text.lemmas or (len(w) > 1 and w in text.plain) for w in term.wordings):
        return True
    return any(spoken in text.read for spoken in term.readings)


def _triples(read: str) -> frozenset[str]:
    letters = "".join(c for c in read if c.isalnum() and c != "ー")
    return frozenset(letters[i : i + 3] for i in range(len(letters) - 2))
