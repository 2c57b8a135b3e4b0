"""Does every figure of an answer stand in what it cites, or follow from it?

Written apart from the assistant's own check, so that a fault of the one is not a fault of the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from corpus.wareki import era_label, find_years
from evals.responses import Response, sentences_of

# 45.3 - 40.1 is not 5.2 in binary.
EXACT = 1e-6

_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_KANJI = {c: n for n, c in enumerate("一二三四五六七八九", 1)}
# What an answer counts that it also lists; people, money and percentages are measured, not listed.
_COUNTER = (
    r"つ|件|個|个|项|点|本の|本柱|種|項目|段階|施策|取組|取り組み|事業|指標|課|部署|部門|テーマ|柱|語|用語|か所|箇所"
    r"|\s*(?:new\s+)?(?:\([^()]*\)\s*)?(?:kpis?|measures?|items?|themes?|pillars?|indicators?|targets?|departments?|steps?)"
)
_COUNTED = re.compile(_COUNTER)
_KANJI_COUNT = re.compile(
    rf"([一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?={_COUNTER})"
)
# How a sentence says that a figure is worked out from others.
_DIFFERENCE = re.compile(
    r"増|減|差|伸|多|少な|加え|上回|下回|残り|あと|短縮|延|上が|下が|上昇|低下|[+−△▲]|增|减"
    r"|more|less|fewer|increas|decreas|ris(?:e|ing)|grow|reduc|differ|gap|additional|change|up by|down by",
    re.IGNORECASE,
)
_PACE = re.compile(r"年あたり|年平均|1年に|毎年|ペース|per year|a year|annual|yearly|每年", re.IGNORECASE)
_A_YEAR = re.compile(r"(?<!\d)1年(?=に|あたり|当たり)")
_PERCENT = re.compile(r"\s*(?:%|パーセント|ポイント|percent|per cent|百分)", re.IGNORECASE)
_TIMES = re.compile(r"\s*(?:倍|times|x\b|-?fold)", re.IGNORECASE)
_YEARS_LONG = re.compile(r"\s*(?:年間|[かカヵヶケ]年|年で|年の間|-?years?)", re.IGNORECASE)
_ERA_YEAR = re.compile(r"\s*年")
# What follows the total: its unit, then its parts in brackets.
_SUM = re.compile(r"[^\d。]{0,40}?\(([\d.]+[^\d()+]{0,4}(?:\+[\d.]+[^\d()+]{0,4})+)\)")
_UNIT = re.compile(r"\s*([^\W\d_]|[%])")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a text as written without thousands commas, and what follows it."""

    text: str
    after: str

    @property
    def value(self) -> float:
        """Return the number."""
        return float(self.text)

    @property
    def unit(self) -> str:
        """Return the first letter of what is counted; empty where nothing follows."""
        match = _UNIT.match(self.after)
        return match[1] if match else ""

    def rounds(self, exact: float) -> bool:
        """Tell whether the figure is a number rounded to the digits that it shows."""
        digits = len(self.text.partition(".")[2])
        return abs(self.value - abs(exact)) <= 0.5 * 10.0**-digits + 1e-9


def figures_of(text: str) -> tuple[str, ...]:
    """Return the numbers of a text, narrow, without thousands commas, years left out."""
    return tuple(f.text for f in _figures(text))


def unsupported_figures(response: Response) -> tuple[str, ...]:
    """Return the figures and years of an answer that its sentences' quotes do not bear.

    A figure is borne where it stands in the quotes cited by its sentence, as a figure there and not as a
    part of a year; where it is a year that they name in another calendar; where it counts the quotations or
    the list that the sentence gives (3件, 4つ), or is a sum that the sentence shows of such counts in the
    answer (7件（3＋4）); or where the sentence says that it is the difference, the
    ratio, the percentage or the yearly pace of two borne figures that it shows, or the years between two.
    Only answers are looked at: a refusal claims nothing.
    """
    if not response.answered:
        return ()
    said = sentences_of(response)
    counts = counts_of(s.text for s in said)
    return tuple(f for s in said for f in unsupported_in(s.text, s.quotes, counts))


def counts_of(sentences: Iterable[str]) -> tuple[str, ...]:
    """Return the counts that sentences give together with the quotations that they count."""
    return tuple(f.text for s in sentences for f in _figures(s) if _quoted(f, s))


def unsupported_in(text: str, quotes: Iterable[str], counts: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the figures and years of one sentence that its quotes do not bear.

    `counts` are those that the answer gives with what they count, of which the sentence may show a sum.
    """
    source = "\n".join(quotes)
    years = {y.year for y in find_years(_plain(source))}
    held = {str(year) for year in years} | set(figures_of(source)) | _kanji_counts(source)
    figures = _figures(text)
    said = sorted({y.year for y in find_years(_plain(text))})
    shown = [f for f in figures if f.text in held]
    summed = _summed(_plain(text), held, counts)
    strange = [str(year) for year in said if year not in years]
    strange += [
        f.text
        for f in figures
        if f.text not in held
        and f.text not in summed
        and not (_ERA_YEAR.match(f.after) and f.text in _era_numbers(years))
        and not _counts(f, text)
        and not _follows(f, shown, said, text)
    ]
    return tuple(strange)


def _plain(text: str) -> str:
    return _THOUSANDS.sub("", unicodedata.normalize("NFKC", text))


def _figures(text: str) -> tuple[Figure, ...]:
    plain = _A_YEAR.sub(" ", _plain(text))
    for year in reversed(find_years(plain)):
        plain = f"{plain[: year.start]} {plain[year.end :]}"
    return tuple(Figure(m[0], plain[m.end() :]) for m in _FIGURE.finditer(plain))


def _kanji_counts(text: str) -> set[str]:
    """Return the counts of a text that are written in kanji (三つ, 十二項目), in digits."""
    found = set()
    for number in _KANJI_COUNT.findall(text):
        tens, ten, ones = number.rpartition("十")
        found.add(str((_KANJI.get(tens, 1) * 10 if ten else 0) + _KANJI.get(ones, 0)))
    return found


def _era_numbers(years: Iterable[int]) -> set[str]:
    """Return the years' numbers in their eras: a second year is said without its era (令和8年度、9年度)."""
    return {n for year in years for n in _FIGURE.findall(era_label(year).replace("元", "1"))}


def _counts(figure: Figure, text: str) -> bool:
    """Tell whether a figure is the number of the quotations, or else of the list's items, in the sentence."""
    if not _COUNTED.match(figure.after):
        return False
    if "「" in text:
        return _quoted(figure, text)
    marks = len(re.findall(r"[、・,，]", text))
    # A clause may stand before or after the list: 担当は3つで、A課、B課、C課です.
    return figure.value >= 2 and figure.value in (marks, marks + 1)


def _quoted(figure: Figure, text: str) -> bool:
    """Tell whether a figure counts the quotations before it or those after it."""
    plain = _plain(text)
    before = plain[: len(plain) - len(figure.after)]
    counted = _COUNTED.match(figure.after) is not None
    return counted and figure.value > 0 and figure.value in (_quotations(before), _quotations(figure.after))


def _summed(text: str, held: Collection[str], counts: Sequence[str]) -> set[str]:
    """Return the figures of a sum that is right and whose parts are borne: 7件（3＋4）."""
    found = set()
    for total, after in ((f, f.after) for f in _figures(text)):
        shown = _SUM.match(after)
        parts = _FIGURE.findall(shown[1]) if shown else []
        lacking = Counter(p for p in parts if p not in held) - Counter(counts)
        if parts and not lacking and abs(total.value - sum(map(float, parts))) < EXACT:
            found |= {total.text, *parts}
    return found


def _quotations(text: str) -> int:
    """Return the number of quotations; one within another is not one of a list."""
    depth = found = 0
    for character in text:
        found += character == "「" and depth == 0
        depth = max(0, depth + (character == "「") - (character == "」"))
    return found


def _follows(figure: Figure, shown: Sequence[Figure], years: Sequence[int], text: str) -> bool:
    """Tell whether the sentence says how a figure is worked out from two that it shows, and it is right."""
    span = years[-1] - years[0] if len(years) > 1 else 0
    if span and _YEARS_LONG.match(figure.after) and figure.value in (span, span + 1):
        return True  # from one to the other, or both of them counted
    pairs = ((a, b) for a in shown for b in shown if a.value != b.value and _alike(a.unit, b.unit))
    return any(_worked_out(figure, a, b, span, _plain(text)) for a, b in pairs)


def _worked_out(figure: Figure, a: Figure, b: Figure, span: int, text: str) -> bool:
    """Tell whether a figure is a difference, exactly, or a pace, percentage or ratio of two, rounded."""
    difference = a.value - b.value
    percent = _PERCENT.match(figure.after)
    alike = _alike(figure.unit, a.unit) or (percent is not None and a.unit == "%")
    if alike and _DIFFERENCE.search(text) and abs(figure.value - abs(difference)) < EXACT:
        return True
    results = []
    if alike and span and _PACE.search(text):
        results.append(difference / span)
    if b.value and percent:
        results += [100 * a.value / b.value, 100 * difference / b.value]
    if b.value and _TIMES.match(figure.after):
        results.append(a.value / b.value)
    return any(figure.rounds(r) for r in results)


def _alike(one: str, other: str) -> bool:
    """Tell whether two units may be the same; one that is not said may be any."""
    return not one or not other or one == other
