"""Which records of a plan a question asks for as a whole, and what it narrows them to."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant import words
from assistant.cues import without_cues, without_denied
from assistant.subjects import Mention
from corpus.normalize import compact, fold
from corpus.records import Measure, Plan, Theme
from corpus.wareki import RELATIVE, without_years
from index import tokens

_ORDINAL = re.compile(r"第([0-9一二三四五六七八九]+)[期次]")
_KANJI = re.compile(r"[㐀-鿿]")
_NUMERALS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")}
# What stands for the number of another plan.
OTHER = "別計画"
# What is no list.
UNLISTED = ("period", "published")
# So many letters of hiragana may be left over: particles and politeness that no list of fillers has.
HIRAGANA_LEFT = 6


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to: themes, one department, new measures; none of them is all."""

    themes: tuple[Theme, ...] = ()
    department: str | None = None
    new: bool = False

    def __bool__(self) -> bool:
        return bool(self.themes or self.department or self.new)

    def keep(self, measure: Measure) -> bool:
        """Tell whether a measure is in the list."""
        in_theme = not self.themes or measure.theme in {t.number for t in self.themes}
        in_charge = self.department is None or self.department in measure.departments
        return in_theme and in_charge and (measure.is_new or not self.new)


@dataclass(frozen=True, slots=True)
class Group:
    """A department, a pillar or a theme by its name, and the filters that keep what is its."""

    name: str
    filters: Filters


@dataclass(frozen=True, slots=True)
class Whole:
    """The kind of record that is asked for as a whole, the filters, and what is to be compared by it."""

    record: str
    filters: Filters
    groups: tuple[Group, ...] = ()


def whole_of(text: str, plan: Plan, mentions: Sequence[Mention], listing: bool) -> Whole | None:
    """Return what a question asks of the plan as a whole; None where it is about something in it.

    `listing` says that the question asks for a list, a count or an extreme: beside a filter it may then
    have words that are not understood.
    """
    asked = _without(without_denied(compact(_undated(text))), [compact(d.title) for d in plan.documents])
    department = department_in(asked, plan)
    themes, named = _themes(asked, plan, mentions)
    groups = _groups(asked, plan, themes)
    named += [compact(g.name) for g in groups]
    new = _has_new(text, asked)
    filters = Filters(themes, department, new)
    taken = [*named, *([compact(department)] if department else []), *_phases(asked, plan)]
    narrowed = _own_ordinal(_without(asked, taken), plan)
    for record in words.load("whole")["record"]:
        if record["name"] == "departments" and department:
            continue
        if not _asks(record, text, narrowed):
            continue
        left = _left(text, narrowed, record)
        # A list of something that is narrowed may be asked for with words that say nothing of the plan.
        fits = listing and bool(filters or groups) and not _is_topic(left, plan)
        plain = listing or record["name"] in UNLISTED
        if not left or fits or (plain and OTHER not in left and not _nouns(left)):
            return Whole(str(record["name"]), filters, groups)
    if not themes and not (department and listing):
        return None
    left = _left(text, narrowed, {"ja": [], "en": [], "zh": []})
    if not left or (listing and not _is_topic(left, plan)):
        return Whole("themes" if themes else "measures", filters)
    return None


def _nouns(text: str) -> list[str]:
    """Return what a text names: its nouns, Latin words too; of one letter only kanji is a name."""
    general = words.load("scope")["general"]
    found = (t for t in tokens.tokens(text) if t.pos == "名詞" or t.surface.isascii())
    named = (t.surface for t in found if len(t.surface) > 1 or _KANJI.match(t.surface))
    return [name for name in named if name not in general]


def _is_topic(left: str, plan: Plan) -> bool:
    """Tell whether what is left of a question is what records of the plan speak of: it asks about that."""
    spoken = _spoken_of(plan)
    return any(noun in spoken for noun in _nouns(left))


@functools.lru_cache(maxsize=64)
def _spoken(texts: tuple[str, ...]) -> str:
    return "\n".join(map(compact, texts))


def _spoken_of(plan: Plan) -> str:
    """Return in the compact form what the measures, indicators and terms of a plan are called and do."""
    told = (t for m in plan.measures for t in (m.title, m.overview or "", *m.activities))
    named = (*(k.indicator for k in plan.kpis), *(t.term for t in plan.terms))
    return _spoken((*told, *named))


def _groups(asked: str, plan: Plan, themes: Sequence[Theme]) -> tuple[Group, ...]:
    """Return the departments, pillars or themes of which a compact text names several, in its order."""
    departments = {d for m in plan.measures for d in m.departments}
    names = dict.fromkeys(t.pillar for t in plan.themes if t.pillar)
    pillars = {name: tuple(t for t in plan.themes if t.pillar == name) for name in names}
    for named in (
        [Group(d, Filters(department=d)) for d in departments],
        [Group(p, Filters(themes=own)) for p, own in pillars.items()],
        [Group(t.title, Filters(themes=(t,))) for t in themes],
    ):
        places = {asked.find(compact(g.name)): g for g in sorted(named, key=lambda g: len(g.name))}
        found = tuple(places[place] for place in sorted(places) if place >= 0)
        if len(found) > 1:
            return found
    return ()


def department_in(asked: str, plan: Plan) -> str | None:
    """Return the longest name of a department that a compact text names."""
    names = {d for m in plan.measures for d in m.departments}
    return next((n for n in sorted(names, key=len, reverse=True) if compact(n) in asked), None)


def _themes(asked: str, plan: Plan, mentions: Sequence[Mention]) -> tuple[tuple[Theme, ...], list[str]]:
    """Return the themes named by number, title or pillar, and the words that name them."""
    found: list[Theme] = []
    named: list[str] = []
    for match in re.finditer(words.load("whole")["filter"]["theme"], asked):
        number = "".join(_NUMERALS.get(c, c) for c in match[1] or match[2])
        by_number = [t for n, t in enumerate(plan.themes, 1) if number in (t.number, str(n))]
        if by_number:
            found += by_number[:1]
            named.append(match[0])
    for mention in mentions:
        if isinstance(mention.subject.record, Theme):
            found.append(mention.subject.record)
            named.append(mention.name)
    for pillar in {t.pillar for t in plan.themes if t.pillar}:
        if compact(pillar) in asked and not found:
            found += [t for t in plan.themes if t.pillar == pillar]
            named.append(compact(pillar))
    return tuple({t.id: t for t in found}.values()), named


def _undated(text: str) -> str:
    text = without_years(text)
    for word in RELATIVE:
        text = text.replace(word, " ")
    return text


def _phases(asked: str, plan: Plan) -> list[str]:
    """Return the names of phases that the text has in quotation marks or as a whole."""
    rows = {compact(r.text) for m in plan.measures for r in m.roadmap if r.certain}
    return [r for r in rows if len(r) > 1 and r in asked]


def _own_ordinal(asked: str, plan: Plan) -> str:
    """Leave out the plan's own number (第二期計画, 第2次計画); another plan's stays to be asked about."""
    own = {_number(m) for d in plan.documents for m in _ORDINAL.finditer(compact(d.title))}
    return _ORDINAL.sub(lambda m: " " if _number(m) in own else OTHER, asked)


def _number(match: re.Match[str]) -> str:
    return "".join(_NUMERALS.get(c, c) for c in match[1])


def _has_new(text: str, asked: str) -> bool:
    data = words.load("whole")["filter"]
    return any(compact(w) in asked for w in data["new_ja"]) or bool(set(_english(text)) & set(data["new_en"]))


def _asks(record: dict[str, list[str]], text: str, asked: str) -> bool:
    plain = " ".join(_english(text))
    return any(compact(c) in asked for c in (*record["ja"], *record["zh"])) or any(
        re.search(rf"\b{re.escape(c)}\b", plain) for c in record["en"]
    )


def _left(text: str, asked: str, record: dict[str, list[str]]) -> str:
    """Return what is left to ask about, without cues, fillers and a little hiragana."""
    data = words.load("whole")
    new = (*data["filter"]["new_ja"], *data["filter"]["new_en"])
    known = [*record["ja"], *record["zh"], *data["left"]["ja"], *data["left"]["zh"], *new]
    left = _without(asked, [compact(c) for c in (*record["ja"], *record["zh"])])
    left = _without(compact(without_cues(left)), [compact(k) for k in known])
    latin = [w for w in re.findall(r"[a-z]+", left) if not _known_word(w, record)]
    other = re.sub(r"[\W_\da-zA-Z]", "", left)
    hiragana = re.sub(r"[^ぁ-ゖー]", "", other)
    if len(hiragana) <= HIRAGANA_LEFT:
        other = re.sub(r"[ぁ-ゖー]", "", other)
    return "".join(latin) + other


def _known_word(word: str, record: dict[str, list[str]]) -> bool:
    data = words.load("whole")
    known = {w for c in (*record["en"], *data["left"]["en"], *data["filter"]["new_en"]) for w in c.split()}
    return word in known or _made_of(word, known)


def _made_of(word: str, known: set[str], before: str = "") -> bool:
    """Tell whether a run of Latin letters is known words without the blanks between; ai is not a and i."""
    if not word:
        return True
    fitting = (k for k in known if word.startswith(k) and (len(k) > 1 or len(before) != 1))
    return any(_made_of(word[len(k) :], known, k) for k in fitting)


def _without(text: str, parts: Sequence[str]) -> str:
    for part in sorted(set(parts), key=len, reverse=True):
        if part:
            text = text.replace(part, " ")
    return text


def _english(text: str) -> list[str]:
    return re.findall(r"[a-z]+", fold(text))
