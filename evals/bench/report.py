"""What was measured, as tables that a person reads, as JSON, and as a section of a document."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from evals.bench.machine import Machine
from evals.bench.measure import FIVE, IN_ROOM, ROOM, SLICES, Measured, Topic
from evals.bench.pipelines import BASELINE, BY_NAME, OWN
from evals.metrics.retrieval import MEASURES

START, END = "<!-- bench:start -->", "<!-- bench:end -->"
JUDGED = f"recall@{FIVE}"
LABELS = {IN_ROOM: f"in {ROOM:,} letters", "mrr@10": "MRR@10", "ndcg@10": "nDCG@10"}
FIGURES = (*MEASURES, IN_ROOM)
TIMES = ("build_s", "p50_ms", "p95_ms")
ABSENT = "–"
CAPTION_WIDTH = 120


class SectionMissing(Exception):
    """Say that a document has no place for the table."""


@dataclass(frozen=True, slots=True)
class Run:
    """Hold what was measured, where and when; `absent` are the pipelines that were left out."""

    measured: Measured
    machine: Machine
    day: date
    absent: tuple[str, ...] = ()


def as_json(run: Run) -> dict[str, object]:
    """Return the run as one JSON document; ratios are to the baseline, where it was measured."""
    measured = run.measured
    return {
        "date": run.day.isoformat(),
        "machine": run.machine.as_json(),
        "model": measured.model,
        "questions": measured.questions,
        "quotes": len(measured.topics),
        "baseline": BASELINE,
        "absent": list(run.absent),
        "pipelines": {name: _pipeline(measured, name) for name in measured.outcomes},
    }


def _pipeline(measured: Measured, name: str) -> dict[str, object]:
    recipe = BY_NAME[name]
    return {
        "about": recipe.about,
        "builds": recipe.builds,
        **measured.figures(name),
        f"{JUDGED}_interval": measured.recall_interval(name),
        **measured.cost(name),
        "ratios": ratios(measured, name),
        "peak_mib": measured.outcomes[name].mib,
        **{
            f"by_{slice_name}": {
                value: measured.figures(name, slice_name, value) for value in measured.values(slice_name)
            }
            for slice_name in SLICES
        },
    }


def ratios(measured: Measured, name: str) -> dict[str, float]:
    """Return a pipeline's times as multiples of the baseline's; none where that was not measured."""
    if BASELINE not in measured.outcomes:
        return {}
    cost, reference = measured.cost(name), measured.cost(BASELINE)
    return {time: cost[time] / reference[time] for time in TIMES}


def as_markdown(run: Run) -> str:
    """Return the run as Markdown, laid out so that it reads as well on a terminal."""
    about = "\n".join(f"- `{name}`: {BY_NAME[name].about}" for name in run.measured.outcomes)
    judged = f"The share found in the first {FIVE}, by {', '.join(SLICES)} (quotes):"
    return "\n\n".join([_caption(run), _main_table(run.measured), about, judged, _slice_table(run.measured)])


def _caption(run: Run) -> str:
    measured = run.measured
    said = [
        f"{run.day.isoformat()}; {run.machine}; {measured.model}.",
        f"{measured.questions} questions, {len(measured.topics)} quotes to find.",
    ]
    if BASELINE in measured.outcomes:
        cost = measured.cost(BASELINE)
        said.append(
            f"Times are multiples of `{BASELINE}` (build {cost['build_s']:.1f} s,"
            f" p50 {cost['p50_ms']:.0f} ms, p95 {cost['p95_ms']:.0f} ms)."
        )
    said += [
        "In brackets the 95 % interval, questions resampled.",
        f"In {ROOM:,} letters: the share found by one who reads no more of what each pipeline gives.",
        f"Letters@{FIVE}: those of the first {FIVE} texts, on average.",
        "Memory is the peak of the pipeline's own process, with Python, the libraries and the model;",
        f"one without a build opens the index of `{OWN}`.",
    ]
    if run.absent:
        said.append(f"Not installed and left out: {', '.join(run.absent)}.")
    return textwrap.fill(" ".join(said), CAPTION_WIDTH, break_long_words=False, break_on_hyphens=False)


def _main_table(measured: Measured) -> str:
    head = [
        "",
        *(LABELS.get(name, name) for name in FIGURES),
        f"letters@{FIVE}",
        "build",
        "p50",
        "p95",
        "MiB",
    ]
    return table(head, (_main_row(measured, name) for name in measured.outcomes))


def _main_row(measured: Measured, name: str) -> list[str]:
    figures, relative, mib = measured.figures(name), ratios(measured, name), measured.outcomes[name].mib
    low, high = measured.recall_interval(name)
    cells = {key: f"{figures[key]:.3f}" for key in FIGURES}
    cells[JUDGED] += f" ({low:.2f}–{high:.2f})"
    times = {time: f"{relative[time]:.2f}" if relative else ABSENT for time in TIMES}
    if not BY_NAME[name].builds:
        times["build_s"] = ABSENT
    letters = f"{measured.cost(name)[f'letters@{FIVE}']:,.0f}"
    return [name, *cells.values(), letters, *times.values(), ABSENT if mib is None else f"{mib:,.0f}"]


def _slice_table(measured: Measured) -> str:
    rows = [_slice_row(measured, slice_name, v) for slice_name in SLICES for v in measured.values(slice_name)]
    return table(["", *measured.outcomes], rows)


def _slice_row(measured: Measured, slice_name: str, value: str) -> list[str]:
    size = sum(topic.slices[slice_name] == value for topic in measured.topics)
    figures = [measured.figures(name, slice_name, value)[JUDGED] for name in measured.outcomes]
    return [f"{slice_name} {value} ({size})", *(f"{figure:.2f}" for figure in figures)]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table with columns of one width, names to the left and figures to the right."""
    lines = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(3, *(_width(line[n]) for line in lines)) for n in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    laid = [[_pad(cell, widths[n], n > 0) for n, cell in enumerate(line)] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in (laid[0], rule, *laid[1:]))


def _pad(cell: str, width: int, right: bool) -> str:
    blank = " " * (width - _width(cell))
    return blank + cell if right else cell + blank


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def missed_lines(measured: Measured) -> list[str]:
    """Return a line for each quote that the search missed in the first five: every pipeline's rank of it."""
    return [
        f"{t.key} ({t.slices['style']}; {_ranks(measured, t)}) {t.question.question}"
        for t in measured.missed(OWN)
    ]


def _ranks(measured: Measured, topic: Topic) -> str:
    return ", ".join(f"{name} {o.ranks[topic.key] or ABSENT}" for name, o in measured.outcomes.items())


def with_section(document: str, section: str) -> str:
    """Return the document with the section between its markers; raises SectionMissing without them."""
    before, start, rest = document.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise SectionMissing(f"there are no lines {START} and {END} to write between")
    return f"{before}{START}\n\n{section}\n\n{END}{after}"
