"""The thesaurus: what plans print, and how people say it in Japanese, English and Chinese.

Its concepts stand in thesaurus.toml and hold for every municipality; a municipality's plan.toml adds its
own. They serve to find what a question is about; an answer never quotes them.
"""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import opencc
from pydantic import Field, StringConstraints, ValidationError

from corpus.document import Frozen
from corpus.errors import CorpusError
from corpus.normalize import fold, ordinary_kanji

Wording = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

# A short word in katakana is only part of another where it touches more katakana: サル in コンサルタント.
SHORT_KATAKANA = 3

_HIRAGANA = re.compile(r"[ぁ-ゖ]")
_KATAKANA = re.compile(r"[ァ-ヺー]")
_KANJI = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
# Any of these may stand between the words of an English wording: "e mail", "e-mail".
_BLANKS = str.maketrans(dict.fromkeys("-‐–—\n", " "))


class Concept(Frozen):
    """What plans print for one thing, its head first, and what is said for it in each language."""

    plan: tuple[Wording, ...] = Field(min_length=1)
    said: tuple[Wording, ...] = ()
    en: tuple[Wording, ...] = ()
    zh: tuple[Wording, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        """Return every wording of the concept, the plan's first."""
        return tuple(dict.fromkeys((*self.plan, *self.said, *self.en, *self.zh)))


@dataclass(frozen=True, slots=True)
class Mention:
    """A wording found at [start, end) of a text's search form, and the plan's words for what it means."""

    start: int
    end: int
    wording: str
    plan: tuple[str, ...]


class _Kind(Enum):
    LATIN = auto()
    KATAKANA = auto()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A wording's search form, and the kinds of letters that may not stand before and after it."""

    form: str
    wording: str
    plan: tuple[str, ...]
    own: bool
    before: _Kind | None
    after: _Kind | None


# The entries by the first two letters of their form, or by its only one.
_Index = Mapping[str, tuple[_Entry, ...]]


@dataclass(frozen=True)
class Thesaurus:
    """Concepts, found in a text by any of their wordings; a municipality's own go before the common ones."""

    common: tuple[Concept, ...]
    own: tuple[Concept, ...] = ()

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """Return all concepts, the municipality's own first."""
        return (*self.own, *self.common)

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Return what is mentioned, in the order of the text; offsets are those of `corpus.normalize.fold`.

        The municipality's own wordings are taken first, then the longest, and none overlaps another. A Latin
        word stands between word boundaries, and a short katakana word between other letters; everything else
        is found anywhere.
        Chinese is looked for only in what may be Chinese: 活动 is 活動, which is Japanese for other things.
        """
        folded = fold(text).translate(_BLANKS)
        taken = bytearray(len(folded))
        found: list[Mention] = []
        index = self._with_chinese if _may_be_chinese(text) else self._without_chinese
        for start, entry in sorted(_candidates(index, folded), key=_rank):
            end = start + len(entry.form)
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append(Mention(start, end, entry.wording, entry.plan))
        return tuple(sorted(found, key=lambda m: m.start))

    @functools.cached_property
    def _with_chinese(self) -> _Index:
        return _index_of(self, lambda c: (*c.wordings, *_traditional(c.zh)))

    @functools.cached_property
    def _without_chinese(self) -> _Index:
        return _index_of(self, lambda c: (*c.plan, *c.said, *c.en))


@functools.lru_cache(maxsize=1)
def common_concepts() -> tuple[Concept, ...]:
    """Return the concepts that hold for every municipality."""
    return read_concepts(Path(str(resources.files("corpus"))) / "thesaurus.toml")


def read_concepts(path: Path) -> tuple[Concept, ...]:
    """Read the concepts of a file; raises CorpusError naming the file, the place and what is wrong."""
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"{path}: {error}") from error
    try:
        return _File.model_validate(data).concept
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise CorpusError(f"{path}: {key}: {first['msg']}") from error


class _File(Frozen):
    concept: tuple[Concept, ...]


def _index_of(thesaurus: Thesaurus, wordings_of: Callable[[Concept], Iterable[str]]) -> _Index:
    wordings: dict[str, str] = {}
    plan: dict[str, dict[str, None]] = defaultdict(dict)
    for concept in thesaurus.concepts:
        for wording in wordings_of(concept):
            form = _form(wording)
            wordings.setdefault(form, wording)
            plan[form].update(dict.fromkeys(concept.plan))
    own = {_form(w) for concept in thesaurus.own for w in concept.wordings}
    entries: dict[str, list[_Entry]] = defaultdict(list)
    for form, wording in wordings.items():
        if form:
            bounds = (_bound(form), _bound(form[::-1]))
            entries[form[:2]].append(_Entry(form, wording, tuple(plan[form]), form in own, *bounds))
    return {head: tuple(found) for head, found in entries.items()}


def _candidates(index: _Index, folded: str) -> Iterable[tuple[int, _Entry]]:
    for start in range(len(folded)):
        for head in (folded[start : start + 2], folded[start]):
            for entry in index.get(head, ()):
                if folded.startswith(entry.form, start) and _stands_alone(entry, folded, start):
                    yield start, entry


def _rank(candidate: tuple[int, _Entry]) -> tuple[bool, int, int]:
    start, entry = candidate
    return not entry.own, -len(entry.form), start


@functools.lru_cache(maxsize=65536)
def _form(wording: str) -> str:
    return fold(wording).translate(_BLANKS)


def _traditional(wordings: Iterable[str]) -> Iterator[str]:
    """Yield Chinese wordings in traditional characters.

    The search form alone does not bring them together: 机 stays as it is, for it is Japanese as well.
    """
    for wording in wordings:
        yield _converter().convert(wording)


@functools.lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def _may_be_chinese(text: str) -> bool:
    """Tell whether a text has no hiragana, or a character that is not ordinary in Japanese."""
    return not _HIRAGANA.search(text) or any(ordinary_kanji(c) != c for c in text if _KANJI.match(c))


def _stands_alone(entry: _Entry, folded: str, start: int) -> bool:
    """Tell whether an entry found at a place is not merely a part of a longer word."""
    end = start + len(entry.form)
    before = entry.before and start > 0 and _kind(folded[start - 1]) is entry.before
    after = entry.after and end < len(folded) and _kind(folded[end]) is entry.after
    return not (before or after)


def _bound(form: str) -> _Kind | None:
    """Return the kind of letters that may not stand before the form; of its reverse, after it."""
    kind = _kind(form[0])
    run = sum(1 for _ in itertools.takewhile(lambda c: _kind(c) is kind, form))
    return None if kind is _Kind.KATAKANA and run > SHORT_KATAKANA else kind


def _kind(letter: str) -> _Kind | None:
    if letter.isascii() and letter.isalnum():
        return _Kind.LATIN
    return _Kind.KATAKANA if _KATAKANA.match(letter) else None
