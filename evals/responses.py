"""A response as an evaluation reads it: the fields of a ChatResponse that are measured."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from corpus.sentences import sentences

MARKER = re.compile(r"\[(\d+)\]")
_STRAY = re.compile(r"([。．.！？!?])[ \u3000]*((?:\[\d+\])+)")
# Where a sentence in Latin letters ends: 1.5 million and e.g. this do not.
_LATIN_END = re.compile(r"(?<=[\w)\]」%]\.)\s+(?=[A-Z「])")


class Quoted(BaseModel):
    """A citation: what is quoted of which document, and the marker's number."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    municipality: str
    document_id: str
    quote: str


class Response(BaseModel):
    """What came back; a response without these fields is no answer to be measured."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    status: str
    answer: str
    language: str = "ja"
    engine: str = ""
    citations: tuple[Quoted, ...] = ()

    @property
    def answered(self) -> bool:
        """Tell whether the question was answered, rather than refused or asked back."""
        return self.status == "answered"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer without its markers, and the quotes that the markers name.

    A marker that names no citation has an empty quote, which supports nothing.
    """

    text: str
    quotes: tuple[str, ...]


def read_response(response: dict[str, Any]) -> Response:
    """Return a response's measured fields; raises pydantic's ValidationError where one is missing."""
    return Response.model_validate(response)


def sentences_of(response: Response) -> tuple[Sentence, ...]:
    """Return the sentences of an answer; a marker after a full stop belongs to the sentence before it."""
    text = _STRAY.sub(r"\2\1", response.answer)
    quotes = {c.number: c.quote for c in response.citations}
    found = []
    for line in text.split("\n"):
        for said in (part for region in sentences(line) for part in _LATIN_END.split(region.of(line))):
            numbers = dict.fromkeys(int(n) for n in MARKER.findall(said))
            plain = MARKER.sub("", said).strip()
            if plain.strip("。．. "):
                found.append(Sentence(plain, tuple(quotes.get(n, "") for n in numbers)))
    return tuple(found)
