"""Kana: a question written without kanji, or with the wrong ones, put into the words that the plans print.

Who does not convert to kanji writes こうみんかんのまどぐち, who types half-width kana ｺｳﾐﾝｶﾝﾉﾏﾄﾞｸﾞﾁ; who takes
the first kanji that are offered, or speaks to a telephone, 住民支店DX for 住民視点DX. The words of the plans
and of the thesaurus are known by their readings; the longest that stand in such a text take their place, and
the rest stays as it was said.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from corpus.library import Library
from corpus.normalize import compact, fold
from corpus.records import Plan
from corpus.thesaurus import common_concepts
from index import tokens
from index.evidence import one_line, subject_name
from index.tokens import Token

# A reading of fewer kana is a part of too many others.
SHORTEST = 3
# A word that was put wrongly into kanji may be so many words: 総号 for 総合.
LONGEST_HOMOPHONE = 4
# A reading of so many kana is no other word's by chance.
LONG = 6
# One of so few may be a verb with its ending: きてい of きていますか is no 規定.
SHORT = 4
# So many words put apart by blanks are a way of writing.
SPACED = 3
_HALF = re.compile(r"[\uff66-\uff9f]{2,}")
_DASH = re.compile(r"(?<=[ァ-ヺー])[―‐－—–−-](?=[ァ-ヺぁ-ゖ\s?？]|$)")
_WORD = re.compile(r"[ァ-ヺー]{2,}|[㐀-鿿々][ァ-ヺー㐀-鿿々]+|[A-Za-z]{2,}")
_KANA = re.compile(r"[ぁ-ヺ]")
_KANJI = re.compile(r"[㐀-鿿]")
# えっと、あのー、: between pauses, and more than once.
_FILLER = re.compile(
    r"(?:(?:^|(?<=[、。，,？?\s]))(?:えー?っ?と(?:ですね)?|ええと|えー+|あの[うー]?(?:ですね)?|そのー?|うーん(?:と)?|んー|まあ|ほら|なんか)[、，,…\s]+)+"
)
# 「まどぐち で 字を かく」: words put apart, as for those who learn to read.
_APART = re.compile(r"(?<=[ぁ-ヺー㐀-鿿、]) +(?=[ぁ-ヺ㐀-鿿])")
_RUN = re.compile(r"(?<![ァ-ヺー㐀-鿿])[ぁ-ゖー][ぁ-ヺー]{2,}")
_NAMED = re.compile(r"[「『]([^「」『』。、]{3,12})[」』]")


class Kana:
    """Write out what is written in kana alone."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def written(self, text: str) -> str:
        """Return the text in its narrow form, with known words for their readings where it is all kana.

        What only fills a pause in speech is left out.
        """
        text = _FILLER.sub("", text)
        plain = _HALF.sub(lambda run: tokens.hiragana(unicodedata.normalize("NFKC", run[0])), text)
        half = plain != text
        plain = _DASH.sub("ー", unicodedata.normalize("NFKC", plain))
        if not half and len(_APART.findall(plain)) >= SPACED:
            return _RUN.sub(lambda run: self._words(tokens.hiragana(run[0])), plain)
        if not half and not is_spoken(plain):
            return self._respelt(plain) if _KANA.search(plain) else plain
        spoken = tokens.hiragana(plain)
        return "".join(self._words(part) for part in re.split(r"([^ぁ-ゖー]+)", spoken))

    def _respelt(self, text: str) -> str:
        """Return the text with printed words for their homophones: 住民支店DX is 住民視点DX.

        A short word is taken for another only where that one is printed beside the noun next to it, or joined
        to it by の.
        """
        found = tokens.tokens(text)
        for start, count in itertools.product(range(len(found)), range(1, LONGEST_HOMOPHONE + 1)):
            part = found[start : start + count]
            said, read = "".join(t.surface for t in part), "".join(t.reading for t in part)
            word = self._known[0].get(read, "")
            if not word or not _KANJI.search(said) or said in self._printed or word not in self._printed:
                continue
            beside = (
                _last_noun(found[:start]) + fold(word),
                fold(word) + _first_noun(found[start + count :]),
            )
            near = any(len(b) > len(word) and b in self._printed for b in beside)
            if near or len(read) >= LONG:
                text = text.replace(said, word)
        return text

    @functools.cached_property
    def _printed(self) -> str:
        return "\n".join(compact(d.text) for h in self._library.holdings for d in h.documents)

    def _words(self, spoken: str) -> str:
        """Return a run of hiragana with the longest known readings, from the left, written as words."""
        known, longest = self._known
        grammar = _grammar(spoken)
        found: list[str] = []
        start = 0
        while start < len(spoken):
            length = next(
                (
                    n
                    for n in range(min(longest, len(spoken) - start), SHORTEST - 1, -1)
                    if spoken[start : start + n] in known
                    and (n > SHORT or not grammar.issuperset(range(start, start + n)))
                ),
                0,
            )
            found.append(known[spoken[start : start + length]] if length else spoken[start])
            start += length or 1
        return "".join(found)

    @functools.cached_property
    def _known(self) -> tuple[dict[str, str], int]:
        """Return the words by their readings, the most frequent one of each, and the longest reading."""
        words = Counter(w for h in self._library.holdings for d in h.documents for w in _WORD.findall(d.text))
        words.update(w for h in self._library.holdings for d in h.documents for w in _NAMED.findall(d.text))
        words.update(n for h in self._library.holdings for n in h.plan.municipality.names)
        words.update(n for h in self._library.holdings for n in _names(h.public_records))
        words.update(w for c in common_concepts() for w in c.plan if _WORD.fullmatch(w))
        said = (w for h in self._library.holdings for c in h.thesaurus.concepts for w in c.said)
        known: dict[str, str] = {}
        for word, reading in _readings((*(w for w, _ in words.most_common()), *filter(_KANJI.search, said))):
            if len(reading) >= SHORTEST and re.fullmatch(r"[ぁ-ゖー]+", reading):
                known.setdefault(reading, word)
        return known, max(map(len, known), default=0)


def _grammar(spoken: str) -> set[int]:
    """Return the places of verbs, their endings and particles in a run of kana."""
    places: set[int] = set()
    start = 0
    for token in tokens.tokens(spoken):
        if token.pos in ("動詞", "助動詞", "助詞"):
            places.update(range(start, start + len(token.surface)))
        start += len(token.surface)
    return places


def _last_noun(found: Sequence[Token]) -> str:
    """Return the noun that a text ends with, or with の behind it; "" for none."""
    joint = "の" if found and found[-1].surface == "の" else ""
    nouns = found[:-1] if joint else found
    return nouns[-1].surface + joint if nouns and nouns[-1].pos == "名詞" else ""


def _first_noun(found: Sequence[Token]) -> str:
    """Return the noun that a text begins with, or with の before it; "" for none."""
    joint = "の" if found and found[0].surface == "の" else ""
    nouns = found[1:] if joint else found
    return joint + nouns[0].surface if nouns and nouns[0].pos == "名詞" else ""


def is_spoken(text: str) -> bool:
    """Tell whether a text is kana alone, hiragana or katakana, as long as a question is."""
    letters = [c for c in text if c.isalnum() and not c.isdigit()]
    return len(letters) > 4 and all("ぁ" <= c <= "ヺ" or c == "ー" for c in letters)


def _names(plan: Plan) -> Iterator[str]:
    """Give the names of a plan's records, and what stands before their last の (通いの場 of 通いの場の数)."""
    titles = (subject_name(m.title) for m in plan.measures)
    indicators = (one_line(k.indicator_normalised or k.indicator) for k in plan.kpis)
    terms = (one_line(t.term) for t in plan.terms)
    for name in (*titles, *indicators, *terms):
        yield name
        if head := name.rpartition("の")[0]:
            yield head


def _readings(words: Iterable[str]) -> Iterable[tuple[str, str]]:
    for word in words:
        yield word, tokens.reading(word)
