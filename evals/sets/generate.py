"""Write questions with exact gold from the records of any plan: the same rows in every run, and no model.

    python -m evals.sets.generate [--municipality ID…] [--data-dir DIR] [--sample N] [--out FILE]

Every row is one aspect of one record put into one template of `templates.toml`. A row's id is made of those,
so that a new template or record renames no other row.
"""

from __future__ import annotations

import argparse
import hashlib
import string
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from corpus.errors import CorpusError
from corpus.library import Library, load_library
from evals.questions import Question
from evals.sets.asked import Asked, Source, Words
from evals.sets.indicators import ask_indicators
from evals.sets.measures import ask_measures
from evals.sets.swaps import ask_wrongly, forbidden_beside
from evals.sets.whole import ask_whole
from evals.sets.wordings import told_in

TEMPLATES = "templates.toml"
_FACTS = frozenset({"kind", "difficulty"})


@dataclass(frozen=True, slots=True)
class Template:
    """One way of asking for an aspect."""

    key: str
    text: str
    kind: str
    difficulty: str
    audience: str
    lang: str
    style: str

    @property
    def slots(self) -> frozenset[str]:
        """Return the names of what is to be filled in."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.text) if name)


@dataclass(frozen=True, slots=True)
class Templates:
    """All that `templates.toml` holds."""

    asked: Mapping[str, tuple[Template, ...]]
    words: Words


@dataclass(frozen=True, slots=True)
class Generated:
    """A question and the aspect that it asks for."""

    aspect: str
    question: Question


def load_templates() -> Templates:
    """Read `templates.toml`."""
    data = tomllib.loads(resources.files("evals.sets").joinpath(TEMPLATES).read_text("utf-8"))
    asked = {
        aspect: tuple(
            Template(
                key,
                text,
                said["kind"],
                said["difficulty"],
                **data["register"][key.rstrip(string.digits)],
            )
            for key, text in said.items()
            if key not in _FACTS
        )
        for aspect, said in data["ask"].items()
    }
    return Templates(asked, Words.model_validate(data["words"]))


def generate(library: Library, municipalities: Iterable[str] = ()) -> tuple[Generated, ...]:
    """Return every row for the municipalities, all of the library's where none is named, in a fixed order."""
    templates = load_templates()
    sources = [Source(h, templates.words) for h in library.holdings]
    wanted = set(municipalities) or {s.id for s in sources}
    rows: dict[str, Generated] = {}
    for place, source in enumerate(sources):
        if source.id not in wanted:
            continue
        # One other municipality is enough: all pairs would outnumber everything else.
        other = sources[(place + 1) % len(sources)]
        for asked in ask(source, other if other is not source else None):
            for template in templates.asked[asked.aspect]:
                question = put(asked, template, source)
                if question:
                    rows.setdefault(question.id, Generated(asked.aspect, question))
    return tuple(rows.values())


def ask(source: Source, other: Source | None = None) -> Iterator[Asked]:
    """Give all that can be asked of one municipality's plan, and what only the other's could answer."""
    yield from ask_measures(source)
    yield from ask_indicators(source)
    yield from ask_whole(source)
    yield from ask_wrongly(source, other)


def put(asked: Asked, template: Template, source: Source) -> Question | None:
    """Return a template's question; None where a slot is empty, nothing proves, or an echo is right."""
    slots = {"city": source.plan.name, **asked.slots}
    if not template.slots <= slots.keys():
        return None
    text = template.text.format_map(slots)
    if asked.answerable and (not asked.evidence or all(told_in(text, fact) for fact in asked.must_include)):
        return None
    parts = ("gen", asked.record, asked.aspect, template.key, asked.variant)
    return Question(
        id=".".join(filter(None, parts)),
        municipality=source.id,
        audience=template.audience,
        lang=template.lang,
        kind=template.kind,
        question=text,
        answerable=asked.answerable,
        must_include=asked.must_include,
        must_not_include=forbidden_beside(asked.must_include, asked.must_not_include),
        evidence=asked.evidence,
        derived=asked.derived,
        difficulty=template.difficulty,
        note=f"style: {template.style}; generated: {asked.aspect}",
    )


def sample(rows: Sequence[Generated], size: int) -> tuple[Generated, ...]:
    """Return so many rows, as even as may be over municipalities and aspects, in their order.

    Each stratum gives its rows in the order of their ids' hashes, and the strata take turns.
    """
    strata: dict[tuple[str, str], list[Generated]] = defaultdict(list)
    for row in rows:
        strata[row.question.municipality, row.aspect].append(row)
    turns = [
        (turn, _hash(row.question.id), row.question.id)
        for stratum in strata.values()
        for turn, row in enumerate(sorted(stratum, key=lambda r: _hash(r.question.id)))
    ]
    chosen = {question_id for _, _, question_id in sorted(turns)[:size]}
    return tuple(row for row in rows if row.question.id in chosen)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def summary(rows: Sequence[Generated]) -> str:
    """Return how many rows there are by aspect and municipality."""
    places = sorted({row.question.municipality for row in rows})
    counts = Counter((row.aspect, row.question.municipality) for row in rows)
    widths = [max(8, len(place) + 2) for place in places]
    lines = [
        f"{'aspect':24}" + "".join(f"{p:>{w}}" for p, w in zip(places, widths, strict=True)) + f"{'all':>8}"
    ]
    for aspect in dict.fromkeys(row.aspect for row in rows):
        numbers = [counts[aspect, place] for place in places]
        cells = "".join(f"{n:>{w}}" for n, w in zip(numbers, widths, strict=True))
        lines.append(f"{aspect:24}{cells}{sum(numbers):>8}")
    totals = [sum(row.question.municipality == place for row in rows) for place in places]
    cells = "".join(f"{n:>{w}}" for n, w in zip(totals, widths, strict=True))
    return "\n".join([*lines, f"{'all':24}{cells}{len(rows):>8}"])


def _size(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of rows above 0")
    return int(text)


def _arguments() -> argparse.ArgumentParser:
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m evals.sets.generate", description=about)
    parser.add_argument(
        "--municipality", nargs="+", default=[], metavar="ID", help="whose plan; all without it"
    )
    parser.add_argument("--data-dir", type=Path, default=Path("var"), help="where added plans are")
    parser.add_argument("--sample", type=_size, metavar="N", help="so many rows, even over the aspects")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write; standard output without it")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the rows as JSON Lines and their numbers to standard error; return 2 for wrong input."""
    options = _arguments().parse_args(arguments)
    try:
        library = load_library(options.data_dir / "plans")
    except CorpusError as error:
        return _fail(str(error))
    known = [h.id for h in library.holdings]
    unknown = [m for m in options.municipality if m not in known]
    if unknown:
        return _fail(f"--municipality: '{unknown[0]}' is not one of {', '.join(known)}")
    rows = generate(library, options.municipality)
    rows = sample(rows, options.sample) if options.sample else rows
    lines = "".join(row.question.model_dump_json() + "\n" for row in rows)
    try:
        if options.out:
            options.out.write_text(lines, "utf-8")
        else:
            sys.stdout.write(lines)
    except OSError as error:
        return _fail(f"--out: {options.out or 'standard output'}: {error.strerror}")
    print(summary(rows), file=sys.stderr)
    return 0


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
