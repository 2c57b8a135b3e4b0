"""One form for searching, with the way back to the source's own characters.

The search form is NFKC, lower case, with look-alike letters, old and simplified characters under their
ordinary Japanese spelling, and without the white space that layout put between Japanese characters. It
is for finding only: what is quoted is always the source.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

import opencc

# Letters of other scripts that scanning puts in the place of kana, and what they stand for.
LOOKALIKES = {"й": "イ", "д": "ド", "о": "o", "а": "a", "е": "e", "р": "p", "с": "c", "х": "x"}

# Kanji that look like katakana: they are katakana between a kana and a katakana.
KANJI_AS_KATAKANA = {
    "力": "カ",
    "二": "ニ",
    "口": "ロ",
    "工": "エ",
    "夕": "タ",
    "八": "ハ",
    "卜": "ト",
    "一": "ー",
}

# Dashes written for the long vowel mark: they are one where a kana stands before and after or ends a word.
DASHES = "-‐‑‒–—―−ー一"

# The rows of JIS X 0208 at which its kanji begin, and those of its second level, the rarer ones.
FIRST_OF_FIRST_LEVEL = 16
FIRST_OF_SECOND_LEVEL = 48

# No name is longer: what is, is searched once and not kept.
NAME_LENGTH = 80

_BLANK = re.compile(r"\s+")
_KATAKANA = re.compile(r"[ァ-ヺー]")
_KANA = re.compile(r"[ぁ-ゖァ-ヺー]")
_MARKS = frozenset("\u3099\u309aﾞﾟ")
_MENDED = re.compile(f"[{re.escape(DASHES)}{''.join(KANJI_AS_KATAKANA)}]")
_JAPANESE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef、。「」（）]")


@dataclass(frozen=True, slots=True)
class SearchForm:
    """A text's search form; `starts[i]` and `ends[i]` bound the source of its i-th character."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """Return the source range of the non-empty range [start, end) of the search form."""
        return self.starts[start], self.ends[end - 1]


@functools.lru_cache(maxsize=1)
def _converters() -> tuple[opencc.OpenCC, opencc.OpenCC]:
    return opencc.OpenCC("s2t"), opencc.OpenCC("t2jp")


@functools.lru_cache(maxsize=65536)
def ordinary_kanji(character: str) -> str:
    """Return the ordinary Japanese form of a 旧字体 or 簡体字, or the character itself.

    A character that JIS X 0208 has is Japanese as it stands (机, 里, 叶 are not taken for simplified
    Chinese); only its old form is replaced. Source of the tables: OpenCC.
    """
    if unicodedata.category(character) == "Cs":
        return character  # half a surrogate pair, which OpenCC cannot take
    simplified, old = _converters()
    try:
        japanese = len(character.encode("iso2022_jp")) > 0
    except UnicodeEncodeError:
        japanese = False
    traditional = character if japanese else simplified.convert(character)
    converted = old.convert(traditional)
    return converted if len(converted) == 1 else character


def is_everyday(kanji: str) -> bool:
    """Tell whether a kanji is of JIS X 0208's first level: 曾 is written beside 曽, 沒 is not beside 没."""
    try:
        row = kanji.encode("euc_jp")[0] - 0xA0
        return FIRST_OF_FIRST_LEVEL <= row < FIRST_OF_SECOND_LEVEL
    except UnicodeEncodeError:
        return False


@functools.lru_cache(maxsize=65536)
def _fold(cluster: str) -> str:
    folded = unicodedata.normalize("NFKC", cluster).lower()
    if not folded.isascii():
        folded = "".join(_fold_character(c) for c in folded)
    return folded


def _fold_character(character: str) -> str:
    if character in LOOKALIKES:
        return LOOKALIKES[character]
    if unicodedata.category(character) in ("Cc", "Cf", "Cs") and not character.isspace():
        return ""
    if "\u3400" <= character <= "\ufaff":
        return ordinary_kanji(character)
    return "~" if character == "〜" else character


def _clusters(text: str) -> list[tuple[int, int]]:
    bounds: list[tuple[int, int]] = []
    for i, character in enumerate(text):
        if character in _MARKS and bounds:
            bounds[-1] = (bounds[-1][0], i + 1)
        else:
            bounds.append((i, i + 1))
    return bounds


def search_form(text: str) -> SearchForm:
    """Return the search form of a text of any length and content; never fails."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        for character in _fold(text[start:end]):
            characters.append(character)
            starts.append(start)
            ends.append(end)
    _mend_katakana(characters)
    kept = _without_layout_space(characters)
    return SearchForm(
        "".join(characters[i] for i in kept), tuple(starts[i] for i in kept), tuple(ends[i] for i in kept)
    )


def narrow(text: str) -> str:
    """Return the text with full-width letters, digits and signs made narrow, one character for one."""
    return "".join(n if len(n := unicodedata.normalize("NFKC", c)) == 1 else c for c in text)


def fold(text: str) -> str:
    """Return the text of the search form alone."""
    return _kept_fold(text) if len(text) <= NAME_LENGTH else _folded(text)


@functools.lru_cache(maxsize=32768)
def _kept_fold(text: str) -> str:
    """Return the search form of a name: one question compares the same few hundred names again."""
    return _folded(text)


def _folded(text: str) -> str:
    """Return the text that `search_form` gives, without the places: in a tenth of the time."""
    apart = _MARKS.isdisjoint(text)
    clusters = text if apart else [text[start:end] for start, end in _clusters(text)]
    characters = list("".join(map(_fold, clusters)))
    _mend_katakana(characters)
    return "".join(characters[i] for i in _without_layout_space(characters))


def ordinary(text: str) -> str:
    """Return a name as it is ordinarily written: look-alike and old letters mended.

    Unlike the search form it keeps blanks, capitals and full-width brackets: it is for reading.
    """
    characters = [LOOKALIKES.get(c) or (ordinary_kanji(c) if "\u3400" <= c <= "\ufaff" else c) for c in text]
    _mend_katakana(characters)
    return "".join(characters)


def compact(text: str) -> str:
    """Return the search form without any white space: for comparing names."""
    return _BLANK.sub("", fold(text))


def _mend_katakana(characters: list[str]) -> None:
    for candidate in _MENDED.finditer("".join(characters)):
        i = candidate.start()
        character = characters[i]
        before = characters[i - 1] if i else ""
        after = characters[i + 1] if i + 1 < len(characters) else ""
        if (
            character in DASHES
            and _KANA.fullmatch(before)
            and (character != "一" or _KATAKANA.fullmatch(after))
        ):
            characters[i] = "ー"
        elif character in KANJI_AS_KATAKANA and _KANA.fullmatch(before) and _KATAKANA.fullmatch(after):
            characters[i] = KANJI_AS_KATAKANA[character]


def _without_layout_space(characters: list[str]) -> list[int]:
    """Return the indices to keep: no blank beside a Japanese character, one blank elsewhere."""
    kept: list[int] = []
    end = 0
    for run in _BLANK.finditer("".join(characters)):
        kept += range(end, run.start())
        start, end = run.span()
        breaks = any(c in "\n\t\r\f" for c in run[0])
        before = characters[start - 1] if start else ""
        after = characters[end] if end < len(characters) else ""
        beside_japanese = bool(_JAPANESE.match(before) or _JAPANESE.match(after))
        if before and after and (breaks or not beside_japanese):
            characters[start] = "\n" if breaks else " "
            kept.append(start)
    return [*kept, *range(end, len(characters))]
