"""Wordings: the forms in which a right answer may state what a record says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from corpus.records import Quantity
from corpus.wareki import LETTERS, era_label
from evals.metrics.answers import comparable, states

Wordings = tuple[str, ...]

# Of a longer text its beginning will do: an answer may shorten it.
LONG_ITEM = 25
BEGINNING = 12
# A shorter part of a sentence may stand in any answer.
SHORTEST_PART = 8
# A number of this many digits is told without its unit too, as in another language.
TELLING_DIGITS = 3
MAN = 10_000

_JAPANESE = r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
_LAYOUT_SPACE = re.compile(rf"(?:(?<={_JAPANESE})|(?<=\d))\s+(?={_JAPANESE})")
_ASIDE = re.compile(r"\s*[（(][^（()）]*[)）]$")
_PARTICLE = re.compile(r"(?:とは|では|には|は|が|を|に|で|も)$")
_PARTS = re.compile(r"[、。，．\n\t]+")


def one_line(text: str) -> str:
    """Return a name on one line: no blank between Japanese characters or after a digit, one elsewhere."""
    return " ".join(_LAYOUT_SPACE.sub("", text).split())


def without_aside(name: str) -> str:
    """Return a name without the bracket that ends it, or the name itself where nothing else is left."""
    return _ASIDE.sub("", name) or name


def distinct(wordings: Iterable[str]) -> Wordings:
    """Return the wordings in order, each once as answers are compared, none empty."""
    return tuple({comparable(w): w for w in reversed(list(wordings)) if comparable(w)}.values())[::-1]


def item_wordings(*forms: str) -> Wordings:
    """Return how an item of a list may be told, given as printed and as ordinarily written."""
    lines = [one_line(form).rstrip("。") for form in forms]
    beginnings = [comparable(line)[:BEGINNING] for line in lines if len(comparable(line)) > LONG_ITEM]
    return distinct([*lines, *map(without_aside, lines), *beginnings])


def part_wordings(*forms: str) -> Wordings:
    """Return the parts of a text that show that it was told; the whole where no part is long enough."""
    parts = [one_line(part) for form in forms for part in _PARTS.split(form)]
    telling = [part for part in parts if len(comparable(part)) >= SHORTEST_PART]
    return distinct(telling or map(one_line, forms))


def beyond(names: Iterable[str], wordings: Wordings) -> Wordings:
    """Return the wordings that say more than a name, or a name with a particle after it."""
    said = [comparable(name) for name in names]
    return tuple(w for w in wordings if not any(_PARTICLE.sub("", comparable(w)) in name for name in said))


def year_wordings(year: int) -> Wordings:
    """Return how a fiscal year may be told: 令和9年度 → 令和9年, R9, 2027."""
    return distinct((era_label(year, "年"), short_year(year), str(year)))


def short_year(year: int) -> str:
    """Return a fiscal year by its era's letter: 2027 → R9; the Western year before the eras."""
    era = era_label(year, "")
    letter = next((letter for letter, name in LETTERS.items() if era.startswith(name)), "")
    return letter + era[2:].replace("元", "1") if letter else era


def quantity_wordings(quantity: Quantity) -> Wordings:
    """Return how a KPI's value may be told: as printed, without its note, and as a number with its unit."""
    text = one_line(quantity.text)
    if quantity.value is None:
        return distinct((text,))
    return distinct((text, without_aside(text), *number_wordings(quantity.value, quantity.unit or "")))


def change_wordings(baseline: Quantity, target: Quantity) -> Wordings:
    """Return how the difference of two values may be told; nothing where there is none to tell."""
    if baseline.value is None or target.value is None or baseline.unit != target.unit:
        return ()
    difference = abs(Decimal(str(target.value)) - Decimal(str(baseline.value)))
    unit = target.unit or ""
    points = number_wordings(float(difference), "ポイント") if unit in ("%", "％") else ()
    return distinct((*number_wordings(float(difference), unit), *points)) if difference else ()


def number_wordings(value: float, unit: str) -> Wordings:
    """Return a number with its unit: 3,160,000枚 and 316万枚; 「人/年」 may lose what it is counted by."""
    exact = Decimal(str(value)).normalize()
    figures = [f"{exact:,f}"]
    if value >= MAN and exact % (MAN // 100) == 0:
        figures.append(f"{(exact / MAN).normalize():f}万")
    units = (unit, unit.split("/")[0])
    bare = [f"{exact:f}"] if len(f"{exact:f}") >= TELLING_DIGITS else []
    return distinct([figure + each for figure in figures for each in units] + bare)


def told_in(question: str, wordings: Wordings) -> bool:
    """Tell whether a question itself states one of the wordings, so that an echo would."""
    return any(states(question, wording) for wording in wordings)
