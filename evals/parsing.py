"""Measure the reading of plans: are the records that a person reads in a plan what the parser reads?

    python -m evals.parsing [--plans DIR] [--fail-under 0.95] [--time] [--json]

A plan is a folder with its document and `expected.toml`, the records that a person wrote down. A record is
taken apart into fields, a list into one field an item. A field that was read is right where a field of the
same name, of the same compact text (search form without blanks) and of the same parent record was written
down: a measure's parent is its theme's title, a department's its measure's title, a baseline's its measure's
title and its indicator. Each is counted once. Precision is the share of the fields read that are right,
recall the share of those written down that were read. A figure counts as value, unit and year, or by its
text where it is no number; a phase as its text with its years, which are empty where they are not certain.
"""

from __future__ import annotations

import argparse
import json
import runpy
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from corpus.document import Frozen
from corpus.errors import CorpusError
from corpus.library import load_library
from corpus.normalize import compact
from corpus.parse.blocks import parse_blocks
from corpus.parse.plan import read_plan
from corpus.readers import read
from corpus.readers.text import read as read_text
from corpus.records import Contact, DocumentInfo, Measure, Plan, Quantity, RoadmapRow

ROOT = Path(__file__).resolve().parents[1]
EXPECTED = "expected.toml"
MAKER = "make.py"
TIMED_BYTES = 50_000


class Figure(Frozen):
    """A baseline or target as a person reads it; `text` only where it is no number."""

    text: str | None = None
    value: float | None = None
    unit: str | None = None
    fiscal_year: int | None = None


class Phase(Frozen):
    """A phase of a roadmap; no years where the document does not make them certain."""

    text: str
    years: tuple[int, ...] = ()


class ExpectedMeasure(Frozen):
    """A measure as a person reads it."""

    theme: str | None = None
    title: str
    is_new: bool = False
    departments: tuple[str, ...] = ()
    overview: str | None = None
    activities: tuple[str, ...] = ()
    roadmap: tuple[Phase, ...] = ()


class ExpectedKpi(Frozen):
    """An indicator as a person reads it; `measure` is its measure's title."""

    measure: str | None = None
    indicator: str
    baseline: Figure | None = None
    target: Figure | None = None


class ExpectedTerm(Frozen):
    """A glossary entry as a person reads it."""

    term: str
    definition: str


class ExpectedContact(Frozen):
    """A contact as a person reads it."""

    name: str
    phone: tuple[str, ...] = ()
    email: str | None = None
    address: str | None = None


class Expected(Frozen):
    """An expected.toml: which file beside it is the document, and what a person reads in it."""

    document: str
    name: str
    themes: tuple[str, ...] = ()
    measures: tuple[ExpectedMeasure, ...] = ()
    kpis: tuple[ExpectedKpi, ...] = ()
    terms: tuple[ExpectedTerm, ...] = ()
    contacts: tuple[ExpectedContact, ...] = ()


class Fact(NamedTuple):
    """One field: whose it is, its name, and its compact text."""

    parent: str
    field: str
    text: str


@dataclass(frozen=True)
class Score:
    """How one plan was read: the fields that are right, missed and read wrongly."""

    name: str
    right: int
    missed: tuple[Fact, ...]
    wrong: tuple[Fact, ...]

    @property
    def precision(self) -> float:
        """Return the share of the fields read that are right."""
        return self.right / (self.right + len(self.wrong) or 1)

    @property
    def recall(self) -> float:
        """Return the share of the fields written down that were read."""
        return self.right / (self.right + len(self.missed) or 1)


def read_made(path: Path, name: str) -> Plan:
    """Return the records of one document on its own; raises CorpusError."""
    document = parse_blocks(read(path, "plan"))
    info = DocumentInfo(document_id="plan", title=name)
    return read_plan("made", name, Contact(name=name), ((info, document),), {})


def as_expected(plan: Plan) -> Expected:
    """Return what was read in the form in which a person writes it down."""
    themes = {theme.number or theme.title: theme.title for theme in plan.themes}
    titles = {measure.id: measure.title for measure in plan.measures}
    return Expected(
        document="",
        name=plan.name,
        themes=tuple(theme.title for theme in plan.themes),
        measures=tuple(_measure(m, themes.get(m.theme or "")) for m in plan.measures),
        kpis=tuple(
            ExpectedKpi(
                measure=titles.get(k.measure or ""),
                indicator=k.indicator,
                baseline=_figure(k.baseline),
                target=_figure(k.target),
            )
            for k in plan.kpis
        ),
        terms=tuple(ExpectedTerm(term=t.term, definition=t.definition) for t in plan.terms),
        contacts=tuple(
            ExpectedContact(name=c.name, phone=c.phone, email=c.email, address=c.address)
            for c in plan.contacts
            if c.source
        ),
    )


def _measure(measure: Measure, theme: str | None) -> ExpectedMeasure:
    return ExpectedMeasure(
        theme=theme,
        title=measure.title,
        is_new=measure.is_new,
        departments=measure.departments,
        overview=measure.overview,
        activities=measure.activities,
        roadmap=tuple(_phase(row) for row in measure.roadmap),
    )


def _phase(row: RoadmapRow) -> Phase:
    return Phase(text=row.text, years=row.fiscal_years or ())


def _figure(quantity: Quantity | None) -> Figure | None:
    if quantity is None:
        return None
    text = quantity.text if quantity.value is None else None
    return Figure(text=text, value=quantity.value, unit=quantity.unit, fiscal_year=quantity.fiscal_year)


def facts_of(plan: Expected) -> Counter[Fact]:
    """Return every field of the records with its parent."""
    said = (*_measure_facts(plan), *_kpi_facts(plan), *_other_facts(plan))
    return Counter(Fact(compact(p), f, compact(t)) for p, f, t in said if t)


def _measure_facts(plan: Expected) -> Iterator[tuple[str, str, str]]:
    for theme in plan.themes:
        yield "", "theme", theme
    for m in plan.measures:
        yield m.theme or "", "measure.title", m.title
        yield m.title, "measure.is_new", "new" if m.is_new else ""
        yield m.title, "measure.overview", m.overview or ""
        yield from ((m.title, "measure.department", text) for text in m.departments)
        yield from ((m.title, "measure.activity", text) for text in m.activities)
        for phase in m.roadmap:
            yield m.title, "measure.phase", f"{phase.text}@{','.join(map(str, phase.years))}"


def _kpi_facts(plan: Expected) -> Iterator[tuple[str, str, str]]:
    for k in plan.kpis:
        yield k.measure or "", "kpi.indicator", k.indicator
        for name, figure in (("baseline", k.baseline), ("target", k.target)):
            whose = f"{k.measure or ''}|{k.indicator}"
            for part, value in (figure or Figure()).model_dump().items():
                yield whose, f"kpi.{name}.{part}", _said(value)


def _said(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else "" if value is None else str(value)


def _other_facts(plan: Expected) -> Iterator[tuple[str, str, str]]:
    for t in plan.terms:
        yield "", "term", t.term
        yield t.term, "term.definition", t.definition
    for c in plan.contacts:
        yield "", "contact.name", c.name
        yield c.name, "contact.email", c.email or ""
        yield c.name, "contact.address", c.address or ""
        yield from ((c.name, "contact.phone", text) for text in c.phone)


def score(name: str, expected: Expected, found: Expected) -> Score:
    """Compare what was read with what a person wrote down."""
    written, said = facts_of(expected), facts_of(found)
    missed, wrong = written - said, said - written
    return Score(name, (written & said).total(), tuple(missed.elements()), tuple(wrong.elements()))


def together(scores: Sequence[Score]) -> Score:
    """Return one score over all plans; every field counts alike."""
    return Score(
        "all",
        sum(s.right for s in scores),
        tuple(f for s in scores for f in s.missed),
        tuple(f for s in scores for f in s.wrong),
    )


def score_folder(folder: Path) -> Score:
    """Read one plan's document and compare it; raises CorpusError, OSError or ValueError."""
    data = tomllib.loads((folder / EXPECTED).read_text("utf-8"))
    expected = Expected.model_validate(data)
    found = as_expected(read_made(folder / expected.document, expected.name))
    return score(folder.name, expected, found)


def made_plans(plans: Path, folder: Path) -> list[Path]:
    """Return the plans' folders; where `make.py` is there, it writes their documents to the folder first."""
    if (plans / MAKER).is_file():
        runpy.run_path(str(plans / MAKER))["make"](folder)
        plans = folder
    return sorted(path.parent for path in plans.glob(f"*/{EXPECTED}"))


def parse_seconds(size: int = TIMED_BYTES) -> float:
    """Return how long it takes to read the records of a text of so many bytes."""
    text = max((d.text for h in load_library().holdings for d in h.documents), key=len).encode()
    body = (text * (size // len(text) + 1))[:size].decode("utf-8", "ignore").encode()
    began = time.perf_counter()
    document = parse_blocks(read_text("timed", "timed.txt", body))
    info = DocumentInfo(document_id="timed", title="timed")
    read_plan("timed", "timed", Contact(name="timed"), ((info, document),), {})
    return time.perf_counter() - began


def report(scores: Sequence[Score]) -> str:
    """Return the scores a plan and over all, with each field that was missed or read wrongly."""
    lines = [f"{'plan':<12}{'precision':>11}{'recall':>9}{'fields':>9}"]
    for s in (*scores, together(scores)):
        lines.append(f"{s.name:<12}{s.precision:>11.3f}{s.recall:>9.3f}{s.right + len(s.missed):>9}")
    for s in scores:
        lines += [f"{s.name}: missed {f.field} of 「{f.parent}」: {f.text}" for f in s.missed]
        lines += [f"{s.name}: wrong {f.field} of 「{f.parent}」: {f.text}" for f in s.wrong]
    return "\n".join(lines)


def as_json(scores: Sequence[Score]) -> dict[str, object]:
    """Return the scores for a program to read."""
    return {
        s.name: {
            "precision": round(s.precision, 4),
            "recall": round(s.recall, 4),
            "missed": [f._asdict() for f in s.missed],
            "wrong": [f._asdict() for f in s.wrong],
        }
        for s in (*scores, together(scores))
    }


def _arguments() -> argparse.ArgumentParser:
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m evals.parsing", description=about)
    plans = ROOT / "tests" / "golden" / "plans"
    parser.add_argument("--plans", type=Path, default=plans, help="folder with a folder a plan")
    parser.add_argument("--fail-under", type=float, default=0.95, help="the least precision and recall")
    parser.add_argument("--time", action="store_true", help="also time the parsing of a 50 kB text")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the scores; return 1 where one over all is too low, 2 for wrong input, 3 for what is missing."""
    options = _arguments().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            scores = [score_folder(path) for path in made_plans(options.plans, Path(folder))]
    except ImportError as error:
        return _fail(f"{error.name} is not installed: pip install -e '.[test]'", 3)
    except (CorpusError, OSError, ValidationError, tomllib.TOMLDecodeError) as error:
        return _fail(f"--plans: {' '.join(str(error).split())}", 2)
    if not scores:
        return _fail(f"--plans: {options.plans} has no folder with {EXPECTED}", 2)
    print(json.dumps(as_json(scores), ensure_ascii=False, indent=1) if options.json else report(scores))
    if options.time:
        print(f"a text of {TIMED_BYTES:,} bytes: {parse_seconds():.3f} s", file=sys.stderr)
    overall = together(scores)
    return 0 if min(overall.precision, overall.recall) >= options.fail_under else 1


def _fail(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
