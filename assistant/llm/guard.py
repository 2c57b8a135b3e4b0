"""The guard: a model's sentence goes out only where its quotes bear it, word by word.

Every check is one function that gives the faults of a sentence; one fault and the sentence is dropped. What
gives away what the model was told ends the whole answer. Nothing here asks a model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from assistant import words
from assistant.llm import promises
from assistant.llm.bindings import Bindings
from assistant.llm.material import UNSEEN, Drafted, Exhibit, Material
from assistant.llm.pieces import LONGEST_SENTENCE, Said
from assistant.llm.support import Support
from assistant.messages import Language
from assistant.steps.verify import quoted_in, unsupported
from assistant.subjects import Subjects, unjointed
from corpus.library import SUFFIXES, Library
from corpus.normalize import compact, fold, narrow
from corpus.wareki import without_years
from index import tokens

# So many letters of the instructions in a row, in a sentence, give the instructions away.
LEAK = 16
_MARKUP = re.compile(r"[<>`*#|_~\\{}]|\]\(|^\s*(?:[-+・•]|\d+[.)])\s|&\w+;")
_ADDRESS = re.compile(
    r"(?:https?|ftp|javascript|data|mailto)\s*:|//|www\.|@|[\w-]+\.(?:jp|com|net|org|info|io|cn|ru|xyz|co|biz|top|site|app|dev)\b"
    r"|(?:[a-z0-9-]+\s*(?:\.|ドット|dot)\s*)+(?:com|jp|net|org)\b",
    re.IGNORECASE,
)
_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_UNIT = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*")
SCALES = tuple("百千万億兆")
_KANJI_FIGURE = re.compile(
    r"[一二三四五六七八九十百千万億]+(?:倍|つ|年|人|件|割|か所|回|本|種類|名|台|枚|円|番目|位)"
)
_PLAN = re.compile(r"[第一-龠ァ-ヶーA-Z0-9・]{3,30}(?:計画|プラン|ビジョン|戦略|条例|構想)(?![一-龠])")
# A body that acts: 庁内 and 省略 are none.
_BODY = re.compile(
    r"[一-龠ァ-ヶーA-Za-z]{1,12}(?:庁|省|委員会|会社|協会|センター|大学|病院|組合|部)(?![一-龠])"
)
_PLACE = re.compile(rf"[一-龠ぁ-ゖァ-ヶ]{{1,6}}?[{''.join(SUFFIXES)}都府県](?![一-龠ァ-ヶ])")


class Verdict(Enum):
    """What is done with a sentence; anything else than these is a guard that has failed."""

    PASS = "pass"
    FAIL = "fail"
    ABORT = "abort"


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on a sentence and, for a log, the name of the check it failed."""

    verdict: Verdict
    check: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence with what it may rest on: the exhibits it cites, and the draft's statements on those.

    `quotes` is what is cited; `held` is that with the headings above it and the draft.
    """

    text: str
    language: Language
    exhibits: tuple[Exhibit, ...]
    drafted: tuple[Drafted, ...]
    computed: frozenset[str]

    @property
    def quotes(self) -> str:
        """Return the cited quotes."""
        return "\n".join(e.text for e in self.exhibits)

    @property
    def drafts(self) -> list[str]:
        """Return the statements of the draft that rest on what is cited."""
        return [d.statement.text for d in self.drafted]

    @property
    def told(self) -> str:
        """Return what is cited and what was made of it."""
        return "\n".join((self.quotes, *self.drafts))

    @property
    def held(self) -> str:
        """Return what is cited, what was made of it, and the headings above."""
        return "\n".join((self.told, *(e.where for e in self.exhibits)))

    @property
    def municipalities(self) -> tuple[str, ...]:
        """Return whose plans are cited."""
        return tuple(dict.fromkeys(e.municipality for e in self.exhibits))


class Guard:
    """Check a model's sentences against the material it was given."""

    def __init__(self, library: Library, subjects: Subjects, support: Support) -> None:
        self._library = library
        self._subjects = subjects
        self._support = support
        self._bindings = Bindings(library, subjects)
        self._checks: tuple[tuple[str, Callable[[Checked], Sequence[str]]], ...] = (
            ("language", _language),
            ("figures", _unsupported),
            ("units", _units),
            ("names", self._names),
            ("bindings", self._bound),
            ("promise", self._promise),
            ("words", self._strange),
        )

    def check(self, said: Said, material: Material, secrets: Sequence[str] = ()) -> Finding:
        """Return the finding on one sentence; `secrets` are the canary and the instructions."""
        if leaks(said.text, secrets, material):
            return Finding(Verdict.ABORT, "leak")
        if not _is_plain(said.text):
            return Finding(Verdict.FAIL, "markup")
        if said.text.endswith(("？", "?")):
            return Finding(Verdict.FAIL, "question")
        cited = [material.exhibit(n) for n in said.numbers]
        exhibits = tuple(e for e in cited if e)
        if not exhibits or len(exhibits) < len(cited):
            return Finding(Verdict.FAIL, "marker")
        checked = _checked(said, exhibits, material)
        for name, check in self._checks:
            if check(checked):
                return Finding(Verdict.FAIL, name)
        quotes = [e.text for e in exhibits]
        if not self._support.bears(said.text, [*quotes, *checked.drafts], checked.held):
            return Finding(Verdict.FAIL, "support")
        return Finding(Verdict.PASS)

    def faults(self, said: Said, material: Material) -> dict[str, Sequence[str]]:
        """Return the faults of every check on a sentence whose markers are real: for tuning and for tests."""
        exhibits = tuple(e for n in said.numbers if (e := material.exhibit(n)))
        checked = _checked(said, exhibits, material)
        return {name: found for name, check in self._checks if (found := check(checked))}

    def _names(self, checked: Checked) -> list[str]:
        """Return the municipalities, plans and measures of a sentence that are not those it cites."""
        held = compact(checked.held)
        found = [
            h.id
            for h in self._library.holdings
            if h.is_named(checked.text)
            and h.id not in checked.municipalities
            and not h.is_named(checked.quotes)
        ]
        own = {n for h in self._library.holdings for n in h.plan.municipality.names}
        found += [
            p
            for p in _PLACE.findall(self._library.without_names(checked.text))
            if p not in own and compact(p) not in held and _is_place(p)
        ]
        found += [p for p in _PLAN.findall(checked.text) if compact(p) not in held and not _in_words(p, held)]
        found += [b for b in _BODY.findall(checked.text) if compact(b) not in held and not _in_words(b, held)]
        mentions = [m for p in checked.municipalities for m in self._subjects.mentions(checked.text, p)]
        found += [
            m.name
            for m in mentions
            if m.whole
            and m.end > m.start
            and not any(unjointed(n) in unjointed(held) for n in m.subject.names)
        ]
        return found

    def _bound(self, checked: Checked) -> list[str]:
        return list(self._bindings.faults(checked.text, checked.exhibits, checked.drafts))

    def _promise(self, checked: Checked) -> list[str]:
        """Return what a sentence promises, denies or makes more of than its quotes do."""
        text, told = fold(checked.text), fold(checked.told)
        bare, bare_told = self._bare(text, checked), self._bare(told, checked)
        stronger = words.load("guard")["stronger"]
        if checked.language == "en":
            listed = [w for w in stronger["en"] if re.search(rf"\b{re.escape(w)}\b", text.lower())]
            found = [w for w in listed if w not in told.lower()]
            return [*found, *(["denied"] if promises.denies_more(text.lower(), told.lower(), "en") else [])]
        found = promises.only_in_text(stronger["ja"], bare, told)
        if promises.denies_more(bare, bare_told, "ja"):
            found.append("denied")
        if promises.says_done(bare) and not promises.says_done(bare_told):
            found.append("done")
        nouns = {
            t.surface for t in tokens.tokens(bare) if t.pos == "名詞" and len(t.surface) > 1 and t.content
        }
        found += [w for w in nouns if promises.promises_more(w, bare, bare_told)]
        return found

    def _bare(self, text: str, checked: Checked) -> str:
        """Return a text without years and reports, names and quotations: 書かない窓口 denies nothing.

        Nor does デジタル推進室 mean to do anything.
        """
        text = fold(without_years(promises.without_reports(text)))
        for quoted in quoted_in(text):
            text = text.replace(f"「{quoted}」", "＊")
        for name in self._named(checked):
            text = text.replace(name, "＊")
        return text

    def _named(self, checked: Checked) -> Iterator[str]:
        """Yield the names of what is cited and of its departments, in the search form."""
        for place in checked.municipalities:
            subjects = (s for s in self._subjects.all(place) if s.kind in ("measure", "kpi", "term"))
            yield from (fold(s.name) for s in subjects)
            departments = {fold(d) for m in self._subjects.plans[place].measures for d in m.departments}
            yield from sorted(departments, key=lambda name: (-len(name), name))

    def _strange(self, checked: Checked) -> Sequence[str]:
        return self._support.strange(checked.text, checked.held, checked.municipalities, checked.language)


def _checked(said: Said, exhibits: tuple[Exhibit, ...], material: Material) -> Checked:
    numbers = set(said.numbers)
    drafted = tuple(d for d in material.drafted if numbers & set(d.numbers))
    whole = [d for d in drafted if set(d.numbers) <= numbers]
    computed = frozenset(f for d in whole for f in d.statement.computed)
    return Checked(said.text, material.language, exhibits, drafted, computed)


def leaks(text: str, secrets: Sequence[str], material: Material) -> bool:
    """Tell whether a text holds a secret, or a run of one, in whatever disguise; quotes are no secret."""
    plain = _letters(text)
    held = _letters(
        "\n".join(
            (
                material.question,
                *(e.text for e in material.exhibits),
                *(d.statement.text for d in material.drafted),
            )
        )
    )
    for secret in secrets:
        told = _letters(secret)
        runs = {told} if len(told) <= LEAK else {told[i : i + LEAK] for i in range(len(told) - LEAK + 1)}
        if any(r and (r in plain or r[::-1] in plain) and r not in held for r in runs):
            return True
    return False


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def _is_plain(text: str) -> bool:
    """Tell whether a text is nothing but letters to be read: no markup, address, or hidden letter."""
    if len(text) > LONGEST_SENTENCE or any(unicodedata.category(c) in UNSEEN for c in text):
        return False
    plain = unicodedata.normalize("NFKC", text)
    return not (_MARKUP.search(text) or _MARKUP.search(plain) or _ADDRESS.search(plain))


def _language(checked: Checked) -> list[str]:
    """Return whether a sentence is in another language than asked; quotations do not count."""
    outside = checked.text
    for quoted in sorted(quoted_in(checked.text), key=len, reverse=True):
        outside = outside.replace(quoted, "")
    latin = sum(c.isascii() and c.isalpha() for c in outside)
    letters = sum(c.isalpha() for c in outside)
    if checked.language == "en":
        return ["not English"] if latin * 2 < letters or not latin else []
    # A sentence of Japanese has kana; names in Latin letters (EBPM, AI) stand in many.
    return [] if _KANA.search(outside) and latin * 2 <= max(letters, 1) else ["not Japanese"]


def _unsupported(checked: Checked) -> list[str]:
    """Return figures, years, quotations and departments that are not cited.

    What the draft or a heading says may be named and quoted too; a figure must stand in the quotes.
    """
    held = compact(checked.held)
    faults = (f for f in unsupported(checked.text, checked.quotes) if f not in checked.computed)
    return [f for f in faults if f[0].isdigit() or compact(f) not in held]


def _units(checked: Checked) -> list[str]:
    """Return figures with another unit than they have in the quotes, and figures written in kanji."""
    said, told = dict(_with_units(checked.text)), list(_with_units(checked.told))
    faults = []
    for figure, unit in said.items():
        held = {u for f, u in told if f == figure and u}
        if (unit and held and unit not in held) or (
            unit and not held and figure not in checked.computed and unit not in narrow(checked.held)
        ):
            faults.append(f"{figure}{unit}")
    plain = compact(checked.held)
    return faults + [f for f in _KANJI_FIGURE.findall(checked.text) if compact(f) not in plain]


def _with_units(text: str) -> Iterator[tuple[str, str]]:
    """Yield each figure of a text with its scale and unit, the unit as the first of its row."""
    plain = narrow(text)
    rows = words.load("guard")["units"]["rows"]
    listed = sorted(((u, row[0]) for row in rows for u in row), key=lambda pair: -len(pair[0]))
    for found in _UNIT.finditer(plain):
        scale = plain[found.end() : found.end() + 1]
        scale = scale if scale in SCALES else ""
        unit = next((name for u, name in listed if plain.startswith(u, found.end() + len(scale))), "")
        yield found[1].replace(",", ""), scale + unit


def _is_place(name: str) -> bool:
    found = tokens.tokens(name)
    return (
        len(found) > 1
        and found[0].detail == "固有名詞"
        and found[-1].surface in (*SUFFIXES, "都", "府", "県")
    )


def _in_words(name: str, held: str) -> bool:
    """Tell whether a name's last word is held and the others are too, as 計画 in 羽咋市の計画."""
    return all(t.surface in held for t in tokens.tokens(name))
