"""Form: does a question, whatever it is about, ask for the kind of thing that plans say?

A probe over the vector of the question with the plan's own names taken out.
"""

from __future__ import annotations

from assistant.messages import Turn
from assistant.probe import Floats, probe_of
from assistant.subjects import Subjects
from corpus.library import Library
from corpus.normalize import compact
from index.embedders import Embedder

# What stands where a name was.
NAMELESS = "これ"


class Form:
    """Judge the form of a question."""

    def __init__(self, library: Library, subjects: Subjects, embedder: Embedder) -> None:
        self._library = library
        self._subjects = subjects
        self._embedder = embedder
        self._probe = probe_of("form", embedder, embedder.dimension)

    def __call__(self, turn: Turn) -> float:
        """Return how surely a plan says such a thing; 0 without an opinion."""
        return self._probe(self.vector(turn)) if self._probe else 0.0

    def vector(self, turn: Turn) -> Floats:
        """Return the vector of the question without names."""
        return self._embedder.embed_question(self.nameless(turn.standalone, turn.municipalities[0]))

    def nameless(self, text: str, municipality: str) -> str:
        """Return the question with the municipality's name left out and the plan's names replaced."""
        asked = compact(self._library.without_names(text))
        mentioned = self._subjects.mentions(asked, municipality)
        names = {n for m in mentioned for n in m.subject.names if n in asked}
        for name in sorted(names, key=len, reverse=True):
            asked = asked.replace(name, NAMELESS)
        return asked
