"""Do the cited quotes support the sentences? Citation recall and precision as ALCE defines them.

Gao et al., "Enabling Large Language Models to Generate Text with Citations", EMNLP 2023, section 4:
a sentence has recall 1 where all its citations together support it; a citation is irrelevant where it does
not support the sentence by itself and the others support it without it. Support is decided here without a
model: every figure, year and quotation of the sentence stands in the quotes, and so does a share of its
content words; what the sentence denies they deny, and what it promises they do not merely study.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.normalize import compact
from corpus.wareki import find_years
from evals.metrics.figures import counts_of, figures_of, unsupported_in
from evals.responses import Response, Sentence, sentences_of
from index.tokens import tokens

# The share of a sentence's content words that its quotes must hold; the rest are the words that join them.
SUPPORT = 0.5
JAPANESE = ("ja", "easy")

_QUOTED = re.compile(r"「[^「」]*」")
_DENIAL = re.compile(
    r"ません|(?:で|では|し|され|い|き|が|は|も|れ)ない|せず|(?<![みて])なし"
    r"|未(?:定|導入|実施|整備|対応|設置|利用)|対象外|廃止|中止|見送"
)
_PROMISE = re.compile(
    r"([一-龠ァ-ヶー]{2,6}?)(?:を|が)?(?:します|する|されます|される|いたします|開始)[。．]?$"
)
_STUDIED = re.compile(r"[^。、]{0,8}?(?:検討|調査|研究|協議|可否|是非|未定|見送)")
_NEAR = 12


@dataclass(frozen=True, slots=True)
class Citations:
    """How an answer is cited: supported of all sentences, relevant of all citations."""

    supported: int
    sentences: int
    relevant: int
    citations: int

    @property
    def recall(self) -> float:
        """Return the share of sentences that their citations support; 1 where nothing is said."""
        return self.supported / self.sentences if self.sentences else 1.0

    @property
    def precision(self) -> float:
        """Return the share of citations that are relevant; 1 where nothing is cited."""
        return self.relevant / self.citations if self.citations else 1.0


def citations_of(response: Response) -> Citations:
    """Return how well an answer's sentences are cited."""
    supported = relevant = cited = 0
    said = sentences_of(response)
    counts = counts_of(s.text for s in said)
    for sentence in said:
        holds = supports(sentence.text, sentence.quotes, response.language, counts)
        supported += holds
        cited += len(sentence.quotes)
        relevant += (
            sum(_relevant(sentence, n, response.language, counts) for n in range(len(sentence.quotes)))
            if holds
            else 0
        )
    return Citations(supported, len(said), relevant, cited)


def supports(text: str, quotes: tuple[str, ...], language: str = "ja", counts: Sequence[str] = ()) -> bool:
    """Tell whether quotes together bear a sentence: figures, years, quotations and most content words.

    Of a sentence in another language than the source only figures, years and quotations are compared.
    `counts` are those that the whole answer gives with what they count.
    """
    source = "\n".join(quotes)
    if not source.strip() or unsupported_in(text, quotes, counts):
        return False
    held = compact(source)
    if any(compact(q) not in held for q in re.findall(r"「([^「」]+)」", text)):
        return False
    if language not in JAPANESE:
        return True
    return (
        _coverage(text, source) >= SUPPORT and not _denies_alone(text, source) and not _overstates(text, held)
    )


def _relevant(sentence: Sentence, number: int, language: str, counts: Sequence[str]) -> bool:
    alone = (sentence.quotes[number],)
    others = sentence.quotes[:number] + sentence.quotes[number + 1 :]
    return supports(sentence.text, alone, language, counts) or not supports(
        sentence.text, others, language, counts
    )


def _coverage(text: str, source: str) -> float:
    """Return the share of a sentence's content words, numbers apart, that stand in the source."""
    words = [t for t in tokens(text) if t.content]
    if not words:
        return float(bool(figures_of(text) or find_years(text)))
    lemmas, plain = {t.lemma for t in tokens(source)}, compact(source)
    return sum(w.lemma in lemmas or w.surface in plain for w in words) / len(words)


def _denies_alone(text: str, source: str) -> bool:
    """Tell whether a sentence says that something is not so, and nothing in the source is denied."""
    return _denies(text) and not _denies(source)


def _denies(text: str) -> bool:
    return bool(_DENIAL.search(_QUOTED.sub("", text)))


def _overstates(text: str, source: str) -> bool:
    """Tell whether a sentence ends in a promise (導入します) that the source only studies (導入の検討)."""
    promise = _PROMISE.search(compact(text))
    if promise is None:
        return False
    after = [source[m.end() :][:_NEAR] for m in re.finditer(re.escape(promise[1]), source)]
    return bool(after) and all(_STUDIED.match(a) for a in after)
