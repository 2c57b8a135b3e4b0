"""What a language model may say of a record, truly and falsely, for the guard to tell apart.

A record is asked about as a person would; what the service answers without a model is the draft, and the
record's fields fill the sentences of said.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from corpus.library import Library
from corpus.normalize import compact, narrow
from corpus.records import Kpi, Measure, Plan, RoadmapRow
from corpus.wareki import era_label
from evals.sets.wordings import one_line
from index.evidence import subject_name

LONGEST = 120
UNITS = ("人", "件", "台", "回", "冊", "枚", "円")
# The fields of a record that its true sentences state.
STATED = {
    "kpi": ("b", "t"),
    "department": ("department",),
    "phase": ("phase",),
    "overview": ("overview",),
    "term": ("definition",),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A question about one record, and what may be said of it: truly, and by the name of the lie.

    `stated` is what the true sentences state: they are true only of quotes that hold it.
    """

    kind: str
    municipality: str
    question: str
    true: tuple[str, ...]
    lies: Mapping[str, str]
    stated: tuple[str, ...]

    def is_held(self, quotes: str) -> bool:
        """Tell whether quotes hold all that the true sentences state."""
        held = compact(quotes)
        return all(compact(s) in held for s in self.stated)


def cases(library: Library) -> Iterator[Case]:
    """Yield a case for each record of the public plans that has what the sentences need."""
    for holding in library.holdings:
        plan = holding.public_records
        others = [h.plan.municipality.name for h in library.holdings if h.id != holding.id]
        more = {"other_city": others[0] if others else "月見市"}
        for kind, question, fields in _records(plan):
            yield _case(kind, holding.id, question, {**more, **fields})


def forms() -> Mapping[str, str]:
    """Return the lies of form: what is put to any true sentence."""
    return dict(_said()["lie"]["form"])


def _records(plan: Plan) -> Iterator[tuple[str, str, dict[str, str]]]:
    for n, kpi in enumerate(plan.kpis):
        fields = _kpi_fields(plan.kpis, n, kpi)
        if fields:
            yield "kpi", f"{fields['indicator']}の目標と基準値は？", fields
    for n, measure in enumerate(plan.measures):
        name = subject_name(measure.title)
        if measure.departments:
            fields = _department_fields(plan.measures, n, measure)
            yield "department", f"「{name}」の担当課は？", fields
        if (
            measure.overview
            and len(measure.overview) <= LONGEST
            and "。" not in one_line(measure.overview)[:-1]
        ):
            overview = one_line(measure.overview).rstrip("。")
            yield "overview", f"「{name}」の概要は？", {"measure": name, "overview": overview, "word": name}
        for row in (r for r in measure.roadmap if r.certain and r.fiscal_years and len(r.text) < 40):
            fields = _phase_fields(measure, row)
            yield "phase", f"「{name}」は{fields['year']}に何をしますか？", fields
            break
    for term in plan.terms:
        if len(term.definition) <= LONGEST:
            definition = one_line(term.definition).rstrip("。")
            yield "term", f"{term.term}とは？", {"term": one_line(term.term), "definition": definition}


def _kpi_fields(kpis: Sequence[Kpi], n: int, kpi: Kpi) -> dict[str, str] | None:
    b, t = kpi.baseline, kpi.target
    if not (b and t and b.value and t.value and b.fiscal_year and t.fiscal_year and b.text != t.text):
        return None
    if any("（" in q.text or "(" in q.text or "\n" in q.text for q in (b, t)):
        return None
    other = kpis[(n + 1) % len(kpis)]
    unit = t.unit or ""
    number = (re.match(r"[\d,.]+", narrow(t.text)) or [t.text])[0]
    return {
        "indicator": one_line(kpi.indicator_normalised or kpi.indicator),
        "b": one_line(b.text).replace(" ", ""),
        "t": one_line(t.text).replace(" ", ""),
        "yb": era_label(b.fiscal_year),
        "yt": era_label(t.fiscal_year),
        "y_wrong": era_label(t.fiscal_year - 2),
        "t_wrong": f"{t.value * 1.1 + 7:.0f}{unit}",
        "t_ten": f"{t.value * 10:.0f}{unit}",
        "t_number": number,
        "unit": unit,
        "unit_wrong": next(u for u in UNITS if u not in (unit or "人", "名") and u not in t.text),
        "opposite": "減らす" if t.value > b.value else "増やす",
        "other_indicator": one_line(other.indicator_normalised or other.indicator),
    }


def _department_fields(measures: Sequence[Measure], n: int, measure: Measure) -> dict[str, str]:
    others = [
        m for m in (*measures[n + 1 :], *measures[:n]) if not set(m.departments) & set(measure.departments)
    ]
    other = next((m for m in others if m.departments), None)
    return {
        "measure": subject_name(measure.title),
        "department": "、".join(one_line(d) for d in measure.departments),
        "other_department": one_line(other.departments[0]) if other else "秘書広報課",
        "other_measure": subject_name(other.title) if other else "空の港の整備",
    }


def _phase_fields(measure: Measure, row: RoadmapRow) -> dict[str, str]:
    years = row.fiscal_years or ()
    same = {y for r in measure.roadmap if r.text == row.text for y in r.fiscal_years or ()}
    return {
        "measure": subject_name(measure.title),
        "phase": one_line(row.text),
        "year": era_label(years[0]),
        "y_other": era_label(next(y for y in range(years[0], years[0] + 20) if y not in same)),
    }


def _case(kind: str, municipality: str, question: str, fields: Mapping[str, str]) -> Case:
    said = _said()
    true = tuple(s.format(**fields) for s in said["true"][kind])
    lies = {f"{kind}.{name}": s.format(**fields) for name, s in said["lie"].get(kind, {}).items()}
    stated = tuple(part for name in STATED[kind] for part in fields[name].split("、"))
    return Case(kind, municipality, question, true, lies, stated)


@cache
def _said() -> dict[str, Any]:
    return tomllib.loads(resources.files("evals.sets").joinpath("said.toml").read_text("utf-8"))
