"""Retrieve: the passages nearest to the question, those that can answer what is asked first."""

from __future__ import annotations

from assistant.coverage import Vocabulary
from assistant.cues import roles_of, without_cues
from assistant.evidence import Evidence, open_evidence
from assistant.messages import Turn
from corpus.library import Library
from corpus.normalize import compact
from index.search import Search

LIMIT = 10
# How much a hit gains that has the column asked for, that names the subject, and that covers the question.
FITS = 0.3
NAMED = 0.4
COVERS = 0.6


class Retrieve:
    """Search the turn's municipalities and put what fits the question's aspects first."""

    def __init__(self, library: Library, search: Search, vocabulary: Vocabulary) -> None:
        self._library = library
        self._search = search
        self._vocabulary = vocabulary

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn with its evidence, the best first."""
        hits = self._search.search(turn.standalone, turn.municipalities, LIMIT)
        opened = [open_evidence(self._library, hit) for hit in hits]
        ranked = sorted(opened, key=lambda e: -self._fitness(turn, e))
        return turn.knowing(evidence=tuple(ranked))

    def _fitness(self, turn: Turn, evidence: Evidence) -> float:
        asked = compact(without_cues(turn.standalone))
        subject = compact(evidence.subject)
        named = bool(subject) and subject in asked
        covered = self._vocabulary.covers(turn.standalone, evidence.hit.passage)
        return evidence.hit.score * (1 + FITS * _fits(turn, evidence) + NAMED * named + COVERS * covered)


def _fits(turn: Turn, evidence: Evidence) -> float:
    """Return 1 where the evidence has the column that an aspect asks for first, less for the next one."""
    held = {u.role for u in evidence.units}
    ranks = [i for aspect in turn.aspects for i, role in enumerate(roles_of(aspect)) if role in held]
    return 1 / (1 + min(ranks)) if ranks else 0.0
