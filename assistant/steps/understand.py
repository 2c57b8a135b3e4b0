"""Understand: which municipality, what of it, which years, and the question as one would ask it alone."""

from __future__ import annotations

import itertools
import re
import unicodedata

from assistant import words
from assistant.clauses import clauses_of
from assistant.cues import aspects_of, things_in, without_cues
from assistant.editions import Editions
from assistant.kana import Kana
from assistant.messages import Exchange, Language, Part, Turn
from assistant.subjects import Subjects
from corpus.library import SUFFIXES, Library
from corpus.normalize import compact, fold
from corpus.records import Measure
from corpus.wareki import find_relative_years, find_years, without_years
from index import tokens

_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_HAN = re.compile(r"[㐀-鿿]")
_BACK = re.compile(
    r"^(その|それ(?!ぞれ)|この(?!計画)|これ|あの|そこ|そっち|じゃあ|じゃ|では|ちなみに|あと|ほかに|他に|もう一方|ほんなら|ほんで|ほいで|ほな|そしたら|ほしたら|そんで|それなら|"
    r"and |what about|how about|那|它|该)"
)
# What goes on to another thing, if it names one.
_BESIDES = re.compile(
    r"^(?:あと|ちなみに|それと|それから|また|ついでに|ところで|えー|じゃあ?|では|ほんなら|ほな|そしたら|ほしたら|ほんで|そんで)、?"
)
_THAT_DEPARTMENT = re.compile(r"(?<!ど)(?:その|この|同じ|当該)(?:課|部署|係|室)(?=の|が|で|は(?:ほか|他))")
_AS_WELL = re.compile(r"同様|についても|も(?:教|お願|知|同じ)|は[?？]?$")
_PRONOUN = re.compile(r"\b(?:it|its|they|their)\b", re.I)
_ENGLISH_YEAR = re.compile(r"\b(?:fy ?|fiscal(?: year)? |in |by |for |since |year )((?:19|20)\d\d)\b", re.I)
_NTH_YEAR = re.compile(r"([1-9一二三四五六七八九])年目|(?<![期代章])第([1-9一二三四五六七八九])年(?![次度])")
# Aspects that say for themselves what a year is named for.
DATED = (
    "in_year",
    "target",
    "baseline",
    "quantity",
    "change",
    "indicator",
    "period",
    "result",
    "background",
    "begins",
    "schedule",
    "list",
    "count",
)


# What a text that only names something seems to ask.
VAGUE = {"overview", "summary", "status"}

# A shorter name may be a word of the question.
SHORTEST_NAME = 3


class Understand:
    """Read a question against the municipalities there are."""

    def __init__(self, library: Library, subjects: Subjects, editions: Editions) -> None:
        self._library = library
        self._editions = editions
        self._subjects = subjects
        self._kana = Kana(library)
        self._known = fold("\n".join(d.text for h in library.holdings for d in h.documents))
        named = {d for h in library.holdings for m in h.public_records.measures for d in m.departments}
        self._departments = tuple(fold(d) for d in sorted(named, key=len, reverse=True))

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn with what was understood, or ended for a municipality that is not here."""
        text = self._kana.written(turn.text)
        named = self.named(text)
        municipalities = self._municipalities(turn, text, named)
        place = None if named else self.foreign_place(text)
        parts = tuple(self._parts(turn, text, municipalities))
        known = turn.knowing(
            municipalities=municipalities,
            decided=bool(named or turn.asked.municipality or _last_place(turn)),
            standalone=parts[0].standalone,
            aspects=parts[0].aspects,
            years=parts[0].years,
            parts=parts,
        )
        if place:
            return known.ended("not_in_plan", "unknown_municipality", place=place)
        return (
            known.ended("clarify", "clarify_subject")
            if self._is_back_reference(text, turn.history)
            else known
        )

    def _is_back_reference(self, text: str, history: tuple[Exchange, ...]) -> bool:
        """Tell whether a text asks of what was said before where nothing was: その担当課は？ at the start."""
        left = without_cues(_BACK.sub("", self._library.without_names(text)))
        return not history and bool(_BACK.match(text)) and not any(t.content for t in tokens.tokens(left))

    def alone(self, turn: Turn) -> Part:
        """Return a text understood as one question, without a conversation before it."""
        text = self._kana.written(turn.text)
        return self._part(turn, text, (), (turn.asked.municipality,) if turn.asked.municipality else ())

    def named(self, text: str) -> tuple[str, ...]:
        """Return the municipalities that a text names, in their order; all of them where it says both."""
        folded = compact(text)
        if any(compact(w) in folded for w in words.load("scope")["all_municipalities"]):
            return tuple(h.id for h in self._library.holdings)
        return tuple(h.id for h in self._library.holdings if h.is_named(text))

    def _municipalities(self, turn: Turn, text: str, named: tuple[str, ...]) -> tuple[str, ...]:
        other = any(compact(w) in compact(text) for w in words.load("scope")["other_municipality"])
        here = turn.asked.municipality or _last_place(turn)
        if other and here and len(self._library.holdings) > 1:
            others = tuple(h.id for h in self._library.holdings if h.id != here)
            return (here, *others) if "compare" in aspects_of(text) else others
        if named:
            compares = here and here not in named and "compare" in aspects_of(text)
            return (here, *named) if here and compares else named
        if here:
            return (here,)
        return tuple(h.id for h in self._library.holdings)

    def _parts(self, turn: Turn, text: str, municipalities: tuple[str, ...]) -> list[Part]:
        """Return the questions that a text holds, each made whole by what was said before it."""
        found: list[Part] = []
        history = turn.history
        pieces = clauses_of(text, self.named, self._is_printed)
        for piece in pieces:
            own = tuple(m for m in self.named(piece) if m in municipalities) or municipalities
            if piece != text and not (self.named(piece) or turn.asked.municipality):
                own = self._only_of(piece) or own
            part = self._part(turn, piece, history, own)
            if len(pieces) == 1 and piece != text and not history:
                part = part.model_copy(update={"told": text})
            found.append(part)
            # What follows is asked of what the first question was about.
            first = found[0].standalone
            asked = self._library.without_names(first)
            named = [m for place in own[:1] for m in self._subjects.mentions(asked, place)]
            about = next((m.subject.name for m in named if len(m.name) >= SHORTEST_NAME), None)
            said = Exchange(question=piece, standalone=first, subject=about, aspects=part.aspects)
            history = (*turn.history, said)
        return found

    def _is_printed(self, text: str) -> bool:
        """Tell whether a text stands in a document as it is."""
        return fold(text) in self._known

    def _only_of(self, text: str) -> tuple[str, ...]:
        """Return the one municipality that has a record which a text names; none where several have."""
        holders = [
            h.id
            for h in self._library.holdings
            if any(len(m.name) >= SHORTEST_NAME for m in self._subjects.mentions(text, h.id))
        ]
        return tuple(holders) if len(holders) == 1 else ()

    def _part(
        self, turn: Turn, text: str, history: tuple[Exchange, ...], municipalities: tuple[str, ...]
    ) -> Part:
        years = [y.year for y in (*find_years(text), *find_relative_years(text, turn.today))]
        years += [int(y) for y in _ENGLISH_YEAR.findall(text)]
        years += self._plan_years(text, municipalities)
        years += _shifted_years(text, history)
        aspects = aspects_of(self._library.without_names(self._subjects.without_quoted(text)))
        standalone = self._of_edition(self.standalone(text, history), text, history, municipalities)
        goes_on = standalone != text or bool(_AS_WELL.search(compact(text)))
        # What the plan did not say of one thing is not asked of another.
        # 「…についても同様に」 asks what was asked before, whatever else it seems to ask.
        vague = not aspects or (bool(_AS_WELL.search(compact(text))) and set(aspects) <= VAGUE)
        if history and goes_on and vague and (history[-1].answered or standalone != text):
            aspects = history[-1].aspects
        if history and standalone != text and not years and not aspects_of(text):
            years = list(history[-1].years)
        if years and not set(aspects) & set(DATED):
            aspects = ("in_year", *aspects)
        return Part(
            text=text,
            standalone=standalone,
            continued=self._continued(text, history) if standalone == _BESIDES.sub("", text) else "",
            aspects=aspects,
            years=tuple(dict.fromkeys(years)),
            municipalities=municipalities,
        )

    def _continued(self, text: str, history: tuple[Exchange, ...]) -> str:
        """Return a text that names nothing of its own with what was spoken of last; "" for any other."""
        about = history[-1].subject if history else None
        if not about or self.named(text) or self._names_its_own(text):
            return ""
        return f"{about} {_BESIDES.sub('', text)}"

    def _names_its_own(self, text: str) -> bool:
        """Tell whether a text names a record, or asks for the records of one sort."""
        asked = self._library.without_names(text)
        sorts = (r for r in words.load("whole")["record"] if r["name"] in ("themes", "terms"))
        folded = compact(asked)
        return any(compact(word) in folded for r in sorts for word in r["ja"]) or any(
            len(m.name) >= SHORTEST_NAME and m.subject.kind != "role"
            for h in self._library.holdings
            for m in self._subjects.mentions(asked, h.id)
        )

    def _plan_years(self, text: str, municipalities: tuple[str, ...]) -> list[int]:
        """Return the years that a text names by their place in the plan: its first, its fourth, its last."""
        folded = compact(text)
        scope = words.load("scope")
        periods = [
            d.period
            for m in municipalities
            if (h := self._library.holding(m))
            for d in h.plan.documents
            if d.period
        ]
        nth = _NTH_YEAR.search(folded)
        found: list[int] = []
        for period in periods:
            if any(compact(w) in folded for w in scope["last_year"]):
                found.append(period.end)
            if any(compact(w) in folded for w in scope["first_year"]):
                found.append(period.start)
            if nth:
                found.append(period.start + int(narrow_numeral(nth[1] or nth[2])) - 1)
        return found

    def standalone(self, text: str, history: tuple[Exchange, ...]) -> str:
        """Return a follow-up with what it is about; a question that stands alone as it is."""
        if not history:
            return text
        last = history[-1]
        of_department = self._with_department(text, last)
        if of_department != text:
            return of_department
        without = self._library.without_names(text)
        if self._names_its_own(_BACK.sub("", text)):
            return text
        left = self._without_departments(without_years(fold(_BACK.sub("", without))))
        alone = things_in(left)
        if alone and _BESIDES.match(text):
            return _BESIDES.sub("", text)
        dated = find_years(without) or _shifted_years(text, history)
        if not alone and not aspects_of(without) and not dated:
            return f"{text} {self._library.without_names(last.standalone)}" if self.named(text) else text
        if _BACK.match(text.lower()) or _PRONOUN.search(text) or not alone:
            about = last.subject or self._library.without_names(last.standalone)
            return f"{about} {_BACK.sub('', text)}"
        return text

    def _of_edition(
        self, alone: str, text: str, history: tuple[Exchange, ...], municipalities: tuple[str, ...]
    ) -> str:
        """Return a question put alone, of the plan before where that was spoken of and nothing is named."""
        if not history or not municipalities:
            return alone
        place = municipalities[0]
        spoken = self._editions.before(history[-1].standalone, place)
        if not spoken or self._editions.named(alone, place) or self._names_its_own(text):
            return alone
        return f"{words.load('scope')['plan_before'][0]} {alone}"

    def _with_department(self, text: str, last: Exchange) -> str:
        """Return a text with the department of what was spoken of last in the place of その課."""
        subjects = (s for h in self._library.holdings for s in self._subjects.all(h.id))
        spoken = next((s for s in subjects if s.name == last.subject), None)
        measure = self._subjects.measure_of(spoken) if spoken else None
        departments = measure.record.departments if measure and isinstance(measure.record, Measure) else ()
        return _THAT_DEPARTMENT.sub("、".join(departments), text) if departments else text

    def _without_departments(self, text: str) -> str:
        """Return a text without the departments of the plans: who asks of one asks of something's."""
        for department in self._departments:
            text = text.replace(department, " ")
        return text

    def foreign_place(self, text: str) -> str | None:
        """Return a place with a municipal ending that no document mentions and that is not held here."""
        found = tokens.tokens(text)
        for place, suffix in itertools.pairwise(found):
            name = place.surface + suffix.surface
            is_place = place.detail == "固有名詞" and suffix.surface in SUFFIXES
            if is_place and fold(name) not in self._known:
                return name
        return None


def narrow_numeral(letter: str) -> str:
    """Return a numeral of one letter, 1 or 一, as a digit."""
    return letter if letter.isdigit() else str("〇一二三四五六七八九".index(letter))


def _shifted_years(text: str, history: tuple[Exchange, ...]) -> list[int]:
    """Return the year before or after the one that was last spoken of, where a text asks for it so."""
    spoken = history[-1].years if history else ()
    folded, scope = compact(text), words.load("scope")
    for name, step in (("next_year", 1), ("year_before", -1)):
        if spoken and not find_years(text) and any(compact(w) in folded for w in scope[name]):
            return [spoken[-1] + step]
    return []


def _last_place(turn: Turn) -> str | None:
    return turn.history[-1].municipality if turn.history else None


def language_of(question: str) -> Language:
    """Return the language of a question, by its letters and by words that only one language has.

    Han letters without kana are Chinese where one of them, or a word, is written so in Chinese only.
    """
    plain = unicodedata.normalize("NFKC", question)
    scope = words.load("scope")
    latin = re.findall(r"[a-z]+", plain.lower())
    if sum(w in scope["english"] for w in latin) > 1:
        return "en"
    unquoted = re.sub(r"[「『（(][^」』）)]*[」』）)]", " ", plain)
    text = unquoted if re.search(r"\w{2}", unquoted) else plain
    kana, han = len(_KANA.findall(text)), len(_HAN.findall(text))
    if any(w in text for w in scope["chinese"]) and kana < han / 3:
        return "zh"
    if kana or han:
        return "ja"
    words_alone = [w for w in re.findall(r"[A-Za-z]+", plain) if len(w) > 2 and not w.isupper()]
    return "en" if len(latin) > 1 or words_alone else "ja"
