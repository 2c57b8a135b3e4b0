"""Support: how well quotes bear a sentence: the share of its content words that they hold, and nearness.

Words weigh as in `coverage`. The line over the two signs is in words/support.toml, fitted by evals/support.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from assistant import words
from assistant.coverage import Vocabulary
from corpus.library import Library
from corpus.normalize import compact, fold
from corpus.sentences import sentences
from corpus.wareki import without_years
from index import tokens
from index.embedders import Embedder, model_of

# Words of these kinds say something; of others (前, 的, もっと) nothing is asked.
TOLD = ("名詞", "動詞", "形容詞", "形状詞")
MOST_PARTS = 24
_LATIN = re.compile(r"[a-z][a-z'-]+")


class Support:
    """Score sentences by the quotes that they cite."""

    def __init__(self, library: Library, vocabulary: Vocabulary, embedder: Embedder) -> None:
        self._library = library
        self._vocabulary = vocabulary
        self._embedder = embedder
        lines = words.load("support")
        self._line: Mapping[str, float] = lines.get(model_of(embedder), lines["other"])

    def strange(self, text: str, held: str, municipalities: Sequence[str], language: str) -> tuple[str, ...]:
        """Return the content words of a sentence that neither its quotes have nor any answer may use."""
        if language == "en":
            return _strange_latin(text, held)
        left = self._left(text, held, municipalities)
        lemmas, plain = set(tokens.words(held)), compact(held)
        return tuple(
            t.surface
            for t in tokens.tokens(left)
            if t.content
            and t.pos in TOLD
            and not _is_ending(t.surface)
            and not _stands(t.lemma, t.surface, lemmas, plain)
        )

    def _left(self, text: str, held: str, municipalities: Sequence[str]) -> str:
        """Return a sentence without years, municipalities, and what the thesaurus knows as a held word."""
        left, plain = fold(without_years(self._library.without_names(text))), compact(held)
        for municipality in municipalities:
            holding = self._library.holding(municipality)
            for mention in reversed(holding.thesaurus.mentions(left) if holding else ()):
                if any(compact(word) in plain for word in mention.plan):
                    left = f"{left[: mention.start]}、{left[mention.end :]}"
        return left

    def signs(self, text: str, quotes: Sequence[str], held: str) -> dict[str, float]:
        """Return the share of a sentence's words that are held, and its nearness to the nearest sentence."""
        lemmas, plain = set(tokens.words(held)), compact(held)
        content = [t for t in tokens.tokens(text) if t.content and t.pos in TOLD]
        weights = [self._vocabulary.weight(t.lemma) for t in content]
        borne = [
            w
            for t, w in zip(content, weights, strict=True)
            if _stands(t.lemma, t.surface, lemmas, plain, free=False)
        ]
        total = math.fsum(weights)
        return {
            "coverage": math.fsum(borne) / total if total else 0.0,
            "nearness": self._nearness(text, quotes),
        }

    def score(self, text: str, quotes: Sequence[str], held: str) -> float:
        """Return the probability that the quotes bear the sentence, 0 to 1."""
        signs = self.signs(text, quotes, held)
        score = self._line["bias"] + math.fsum(self._line[name] * value for name, value in signs.items())
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, score))))

    def bears(self, text: str, quotes: Sequence[str], held: str) -> bool:
        """Tell whether the quotes bear the sentence."""
        return self.score(text, quotes, held) >= self._line["threshold"]

    def _nearness(self, text: str, quotes: Sequence[str]) -> float:
        parts = [s.of(q) for q in quotes for s in sentences(q)]
        texts = list(dict.fromkeys([*(" ".join(q.split()) for q in quotes), *parts]))[:MOST_PARTS]
        vectors = self._embedder.embed_passages([text, *texts])
        return float(np.max(vectors[1:] @ vectors[0])) if texts else 0.0


def _is_ending(surface: str) -> bool:
    """Tell whether a word is one letter of hiragana: what is left of a verb whose stem was a held word."""
    return len(surface) == 1 and "ぁ" <= surface <= "ゖ"


def _stands(lemma: str, surface: str, lemmas: set[str], plain: str, free: bool = True) -> bool:
    if lemma in lemmas or (len(surface) > 1 and compact(surface) in plain):
        return True
    if free and (lemma in _free("ja") or surface in _free("ja")):
        return True
    return any(other in lemmas or other in plain for other in _same().get(lemma, _same().get(surface, ())))


def _strange_latin(text: str, held: str) -> tuple[str, ...]:
    known = set(_LATIN.findall(fold(held).lower())) | _free("en")
    return tuple(w for w in _LATIN.findall(fold(text).lower()) if w not in known)


@cache
def _free(language: str) -> frozenset[str]:
    listed = words.load("guard")["free"][language].split()
    if language == "en":
        return frozenset(listed)
    return frozenset(listed) | {t.lemma for word in listed for t in tokens.tokens(word)}


@cache
def _same() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for row in words.load("guard")["same"]["ja"]:
        lemmas = {t.lemma for word in row for t in tokens.tokens(word) if t.content}
        for word in (*row, *lemmas):
            found[word] = found.get(word, frozenset()) | frozenset(row) | lemmas
    return found
