"""The figures of a run: headline and slices, each with its interval and its change against a baseline."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evals.report.names import Measure, Names, Unit

NO_FIGURE = "—"
INTERVALS = "intervals"
OUTCOMES = "outcomes"
SLICES = "by_{}"

SCALE: dict[Unit, float] = {"share": 100, "score": 1, "count": 1, "ms": 1}
DECIMALS: dict[Unit, int] = {"share": 1, "score": 3, "count": 0, "ms": 1}
SUFFIX: dict[Unit, str] = {"share": "%", "score": "", "count": "件", "ms": " ms"}
CHANGE_SUFFIX: dict[Unit, str] = {**SUFFIX, "share": "ポイント"}


@dataclass(frozen=True, slots=True)
class Figures:
    """A reading of metrics.json, or of one slice in it, that takes what is absent for absent."""

    data: Mapping[str, object]

    def value(self, name: str) -> float | None:
        """Return the figure at a dotted path, or None where there is none."""
        return number(self._at(self.data, name))

    def interval(self, name: str) -> tuple[float, float] | None:
        """Return the ends of a figure's 95 % interval, the lower first, or None."""
        ends = self._at(mapping(self.data.get(INTERVALS)), name)
        if not isinstance(ends, Sequence) or isinstance(ends, str) or len(ends) != 2:
            return None
        low, high = number(ends[0]), number(ends[1])
        return None if low is None or high is None else (low, high)

    def slices(self, dimension: str) -> dict[str, Figures]:
        """Return the figures of each value of a dimension, such as `kind`, in the order of the data."""
        by_value = mapping(self.data.get(SLICES.format(dimension)))
        return {value: Figures(mapping(figures)) for value, figures in by_value.items()}

    def correct_by_question(self) -> dict[str, bool]:
        """Return which question was answered correctly, by the question's id."""
        outcomes = {q: mapping(o).get("correct") for q, o in mapping(self.data.get(OUTCOMES)).items()}
        return {q: correct for q, correct in outcomes.items() if isinstance(correct, bool)}

    @staticmethod
    def _at(data: Mapping[str, object], name: str) -> object:
        """Return what is at `a.b`: under that very key, or under `b` in the mapping under `a`."""
        if name in data:
            return data[name]
        first, _, rest = name.partition(".")
        return mapping(data.get(first)).get(rest) if rest else None


@dataclass(frozen=True, slots=True)
class Change:
    """A change against the baseline in words; `verdict` is 改善, 悪化 or 変化なし, `style` its CSS class."""

    text: str
    verdict: str
    style: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, printed."""

    measure: Measure
    value: str
    interval: str = ""
    baseline: str = ""
    change: Change | None = None
    within: bool = False


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """Headline figures that are read together."""

    title: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class SliceRow:
    """The figures of one value of a dimension; `id` is None where the label is the id itself."""

    label: str
    id: str | None
    n: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class SliceTable:
    """A table by slice: one row a value, the worst first; one column a measure."""

    dimension: str
    label: str
    measures: tuple[Measure, ...]
    rows: tuple[SliceRow, ...]


def mapping(data: object) -> Mapping[str, object]:
    """Return what should be a mapping, an empty one where it is none."""
    return data if isinstance(data, Mapping) else {}


def number(data: object) -> float | None:
    """Return what should be a finite number, None where it is none."""
    if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
        return None
    return float(data)


def printed(value: float | None, unit: Unit) -> str:
    """Return a figure as people read it: a share in per cent, a time in milliseconds."""
    return NO_FIGURE if value is None else _digits(value, unit) + SUFFIX[unit]


def printed_interval(ends: tuple[float, float] | None, unit: Unit) -> str:
    """Return an interval with its unit once; empty where there is none."""
    return "" if ends is None else f"{_digits(ends[0], unit)}〜{_digits(ends[1], unit)}{SUFFIX[unit]}"


def change_of(measure: Measure, now: float | None, before: float | None) -> Change | None:
    """Return how a figure moved, judged by what is printed of it; None where one of the two is missing."""
    if now is None or before is None:
        return None
    shown = _digits(now - before, measure.unit)
    if not float(shown.replace(",", "")):
        return Change(f"±0{CHANGE_SUFFIX[measure.unit]}", "変化なし", "same")
    sign = "+" if now > before else "−"
    text = f"{sign}{shown.removeprefix('-')}{CHANGE_SUFFIX[measure.unit]}"
    better = (now > before) is (measure.better == "higher")
    return Change(text, "改善", "better") if better else Change(text, "悪化", "worse")


def figure_of(measure: Measure, now: Figures, before: Figures | None) -> Figure:
    """Return a measure's figure with its interval and its change."""
    value, ends = now.value(measure.name), now.interval(measure.name)
    base = before.value(measure.name) if before else None
    return Figure(
        measure,
        printed(value, measure.unit),
        printed_interval(ends, measure.unit),
        "" if base is None else printed(base, measure.unit),
        change_of(measure, value, base),
        within=ends is not None and base is not None and ends[0] <= base <= ends[1],
    )


def headline(now: Figures, before: Figures | None, names: Names) -> tuple[FigureGroup, ...]:
    """Return the figures that the run has, group by group."""
    groups = (
        FigureGroup(
            group.title,
            tuple(figure_of(m, now, before) for m in group.measure if now.value(m.name) is not None),
        )
        for group in names.group
    )
    return tuple(group for group in groups if group.figures)


def slice_tables(now: Figures, before: Figures | None, names: Names) -> Iterator[SliceTable]:
    """Give a table for each dimension that the run was sliced by, without columns that say nothing."""
    for dimension, label in names.dimension.items():
        slices = now.slices(dimension)
        measures = tuple(
            m
            for m in names.measures
            if m.in_slices and any(s.value(m.name) is not None for s in slices.values())
        )
        if not measures:
            continue
        earlier = before.slices(dimension) if before else {}
        order = sorted(slices, key=lambda value: _share(slices[value]))
        rows = (
            _slice_row(dimension, value, slices[value], earlier.get(value), measures, names)
            for value in order
        )
        yield SliceTable(dimension, label, measures, tuple(rows))


def _slice_row(
    dimension: str,
    value: str,
    now: Figures,
    before: Figures | None,
    measures: Sequence[Measure],
    names: Names,
) -> SliceRow:
    label = names.of(dimension, value)
    n = now.value("n")
    return SliceRow(
        label,
        None if label == value else value,
        NO_FIGURE if n is None else _digits(n, "count"),
        tuple(figure_of(m, now, before) for m in measures),
    )


def _share(figures: Figures) -> float:
    """Return what slices are sorted by: the share that is correct, where there is none after all others."""
    correct = figures.value("correct")
    return math.inf if correct is None else correct


def _digits(value: float, unit: Unit) -> str:
    return f"{value * SCALE[unit]:,.{DECIMALS[unit]}f}"
