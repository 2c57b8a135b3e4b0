"""Retrieve: the passages found for the question, ranked, and the records that they and the question name."""

from __future__ import annotations

import functools

from assistant.editions import Before
from assistant.focus import focus_on
from assistant.messages import Turn
from assistant.ranking import Ranking
from assistant.subjects import Subjects
from corpus.library import Library
from index.evidence import Evidence, open_evidence
from index.passages import Hit, Passage
from index.search import Search

LOOKED_AT = 30
# What tells of the plan before is a small part of a plan: it is looked for in all that is found.
ALL = 200
KEPT = 10
# So many passages stay open: one question opens thirty, and the next many of the same.
OPENED = 2048


class Retrieve:
    """Search the turn's municipality and put what answers the question's aspects first."""

    def __init__(
        self, library: Library, search: Search, ranking: Ranking, subjects: Subjects, before: Before
    ) -> None:
        self._library = library
        self._search = search
        self._before = before
        self._ranking = ranking
        self._subjects = subjects
        self._opened = functools.lru_cache(maxsize=OPENED)(self._open)

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn with its evidence, the best first, and its focus."""
        ranked = self._ranking(turn, self.candidates(turn))[:KEPT]
        evidence = tuple(r.evidence for r in ranked)
        text = self._library.without_names(turn.standalone)
        return turn.knowing(
            evidence=evidence,
            signs=tuple({**r.signs, "score": r.score} for r in ranked),
            focus=focus_on(self._subjects, turn.municipalities[0], text, evidence, [r.score for r in ranked]),
        )

    def candidates(self, turn: Turn, least: int = LOOKED_AT) -> list[Evidence]:
        """Return what the search finds, opened; more of it than the ranking keeps, and at least so many."""
        most = ALL if self._before.asked(turn) else max(least, LOOKED_AT)
        hits = self._search.search(turn.standalone, turn.municipalities, most)
        opened = [self._opened(hit.passage).model_copy(update={"hit": hit}) for hit in hits]
        return self._before.of(turn, opened)[: max(least, LOOKED_AT)]

    def _open(self, passage: Passage) -> Evidence:
        return open_evidence(self._library, Hit(passage=passage, score=0.0, ranks={}, similarity=0.0))
