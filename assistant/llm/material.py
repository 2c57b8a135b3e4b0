"""Material: what a model is given for one answer: numbered quotes, the draft made of them, and the question.

Nothing else of the turn is in it: no address, no key, no id, no other conversation; and the question as it
was masked. It is sent as one JSON value, so that no text in it can pass for anything but a text.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.messages import Language, Source, Statement, Turn
from assistant.steps.screen import is_attack
from corpus.library import Library
from corpus.records import Plan
from index.evidence import Evidence, subject_name

LONGEST_QUOTE = 1200
# What is sent of quotes at most, in characters; a draft that needs more is better as it is.
LONGEST_MATERIAL = 3600
MOST_EXHIBITS = 14
MOST_MORE = 6
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One numbered quote: its source, whose plan it is of, the headings above it, and its text as printed."""

    number: int
    source: Source
    municipality: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A statement of the answer made without the model, and the numbers of the exhibits it rests on."""

    statement: Statement
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """What one answer may be made of."""

    question: str
    language: Language
    exhibits: tuple[Exhibit, ...]
    drafted: tuple[Drafted, ...]

    def exhibit(self, number: int) -> Exhibit | None:
        """Return the exhibit of a number, or None."""
        return next((e for e in self.exhibits if e.number == number), None)

    def sent(self) -> str:
        """Return the material as it is sent."""
        value = {
            "question": self.question,
            "draft": [d.statement.text + "".join(f"[{n}]" for n in d.numbers) for d in self.drafted],
            "evidence": [
                {"n": e.number, "where": e.where, "text": plain_lines(e.text)} for e in self.exhibits
            ],
        }
        return json.dumps(value, ensure_ascii=False, indent=1)


class Materials:
    """Make the material of a turn from its library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def of(self, turn: Turn, more: Sequence[Source] = (), wide: bool = False) -> Material | None:
        """Return the material of an answered turn; None where it is too much, or where a draft is suspicious.

        `more` are sources that were looked up; `wide` adds the passages that were found, for a summary.
        A quote that reads as an instruction is not sent.
        """
        sources = list(dict.fromkeys(s for statement in turn.statements for s in statement.sources))
        exhibits: list[Exhibit] = []
        for source in sources:
            self._add(exhibits, source)
        if len(exhibits) < len(sources):
            return None
        for source in (*more, *(_passages(turn.evidence) if wide else ()))[:MOST_MORE]:
            if source not in sources:
                self._add(exhibits, source)
        numbers = {e.source: e.number for e in exhibits}
        drafted = tuple(
            Drafted(s, tuple(dict.fromkeys(numbers[source] for source in s.sources))) for s in turn.statements
        )
        return Material(turn.text, turn.language, tuple(exhibits), drafted)

    def _add(self, exhibits: list[Exhibit], source: Source) -> None:
        found = self._library.document(source.document_id)
        if found is None or len(exhibits) >= MOST_EXHIBITS:
            return
        holding, document = found
        text = document.text[source.start : source.end]
        total = sum(len(e.text) for e in exhibits) + len(text)
        if len(text) > LONGEST_QUOTE or total > LONGEST_MATERIAL or is_attack(" ".join(text.split())):
            return
        block = next((b for b in document.blocks if b.start <= source.start < b.end), None)
        headings = tuple(h.label for h in block.path) if block else ()
        title = holding.info(source.document_id).title
        names = dict.fromkeys((*headings, *_named_at(holding.records, source)))
        where = " > ".join((holding.plan.municipality.name, title, *names))
        exhibits.append(Exhibit(len(exhibits) + 1, source, holding.id, where, text))


def _named_at(plan: Plan, source: Source) -> list[str]:
    """Return the names of the measures and indicators in whose rows a place is printed."""
    rows = [(m, m.title) for m in plan.measures] + [(k, k.indicator) for k in plan.kpis]
    return [
        subject_name(name)
        for record, name in rows
        if record.source.document_id == source.document_id
        and record.source.start <= source.start
        and source.end <= record.source.end
    ]


def _passages(evidence: Iterable[Evidence]) -> list[Source]:
    return [Source.of(e.hit.passage) for e in evidence]


def plain_lines(text: str) -> str:
    """Return a printed text as it is sent: cells apart, without what is not seen."""
    lines = (
        " | ".join(" ".join(c.split()) for c in line.split("\t") if c.strip()) for line in text.split("\n")
    )
    return "\n".join(_seen(line) for line in lines if line)


def _seen(line: str) -> str:
    """Return a line without what no reader sees: controls, zero-width letters, tags."""
    return "".join(c for c in line if unicodedata.category(c) not in UNSEEN)
