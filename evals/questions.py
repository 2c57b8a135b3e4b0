"""Question files: JSON Lines, one question a line; every fault is told with its file and line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.library import Library

BOTH = "both"


class Row(BaseModel):
    """Be the base of what a question file holds: immutable; fields beyond the contract are let be."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Message(Row):
    """One turn of the conversation before a question."""

    role: Literal["user", "assistant"]
    content: str = Field(min_length=1)


class Evidence(Row):
    """A place that answers: `document` is a municipality's id or a document's, `quote` stands in its text."""

    document: str
    quote: str = Field(pattern=r"\S")


class Question(Row):
    """A question with what its answer must and must not say, and where the plan says it."""

    id: str = Field(pattern=r"\S")
    municipality: str
    audience: str = Field(min_length=1)
    lang: str = Field(min_length=1)
    kind: str = Field(min_length=1)
    question: str = Field(pattern=r"\S")
    answerable: bool
    must_include: tuple[tuple[str, ...], ...]
    must_not_include: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    history: tuple[Message, ...] = ()
    derived: bool = False
    difficulty: str = "medium"
    note: str = ""

    @property
    def style(self) -> str:
        """Return how the question is worded, as its note says first (style: hiragana); else plain."""
        said = re.match(r"style:\s*([\w-]+)", self.note)
        return said[1] if said else "plain"

    def municipalities(self, library: Library) -> tuple[str, ...]:
        """Return the ids of the municipalities that the question is put to."""
        return tuple(h.id for h in library.holdings) if self.municipality == BOTH else (self.municipality,)


class QuestionFault(Exception):
    """Report everything that is wrong with question files, one line a fault."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def squeeze(text: str) -> str:
    """Return the text without white space: how a quote is compared with what was found."""
    return re.sub(r"\s+", "", text)


def load_questions(paths: Iterable[Path], library: Library) -> tuple[Question, ...]:
    """Return the questions of all files, in order; raises QuestionFault with every fault there is."""
    questions: list[Question] = []
    faults: list[str] = []
    seen: dict[str, str] = {}
    for path in paths:
        for place, line in _lines(path, faults):
            question, wrong = _read(line, library)
            if question and question.id in seen:
                wrong.append(f"id: '{question.id}' is used by {seen[question.id]} already")
            elif question:
                seen[question.id] = place
                questions.append(question)
            faults += [f"{place}: {fault}" for fault in wrong]
    if faults:
        raise QuestionFault(faults)
    return tuple(questions)


def _lines(path: Path, faults: list[str]) -> Iterator[tuple[str, str]]:
    """Give each line that is not blank, with its place; a file that cannot be read is a fault."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        faults.append(f"{path}: {error.strerror}")
        return
    except UnicodeDecodeError as error:
        faults.append(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8")
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield f"{path}:{number}", line


def _read(line: str, library: Library) -> tuple[Question | None, list[str]]:
    try:
        question = Question.model_validate_json(line)
    except ValidationError as error:
        return None, [_told(e["loc"], e["msg"]) for e in error.errors()]
    return question, list(_misfits(question, library))


def _told(place: tuple[int | str, ...], message: str) -> str:
    field = ".".join(str(part) for part in place)
    return f"{field}: {message}" if field else message


def _misfits(question: Question, library: Library) -> Iterator[str]:
    """Say what in a well-formed question does not fit the plans."""
    known = [h.id for h in library.holdings]
    if question.municipality not in (*known, BOTH):
        yield f"municipality: '{question.municipality}' is not one of {', '.join((*known, BOTH))}"
    for n, group in enumerate(question.must_include):
        if not group or not all(squeeze(wording) for wording in group):
            yield f"must_include.{n}: a fact needs at least one wording, and none may be empty"
    for n, forbidden in enumerate(question.must_not_include):
        if not squeeze(forbidden):
            yield f"must_not_include.{n}: an empty wording stands in every answer"
    for n, evidence in enumerate(question.evidence):
        texts = _texts(evidence.document, library)
        if not texts:
            yield f"evidence.{n}.document: there is no municipality or document '{evidence.document}'"
        elif not any(squeeze(evidence.quote) in squeeze(text) for text in texts):
            quote = json.dumps(evidence.quote, ensure_ascii=False)
            yield f"evidence.{n}.quote: not in the text of {evidence.document}: {quote}"


def _texts(document: str, library: Library) -> list[str]:
    holding = library.holding(document)
    if holding:
        return [d.text for d in holding.documents]
    found = library.document(document)
    return [found[1].text] if found else []
