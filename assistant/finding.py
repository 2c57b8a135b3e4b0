"""Finding: the passages that a query finds, ranked by the same signs as the evidence of an answer."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence

from assistant.messages import Question, Turn
from assistant.ranking import Ranking
from assistant.steps.retrieve import Retrieve
from assistant.steps.understand import Understand, language_of
from index.passages import Hit


class Find:
    """Find passages for a query that nobody waits for an answer to."""

    def __init__(self, understand: Understand, retrieve: Retrieve, ranking: Ranking) -> None:
        self._understand = understand
        self._retrieve = retrieve
        self._ranking = ranking

    def __call__(self, query: str, municipalities: Sequence[str], limit: int) -> list[Hit]:
        """Return the best hits of the municipalities; a hit's score is its share of all found there."""
        found = [hit for municipality in municipalities for hit in self._ranked(query, municipality, limit)]
        return sorted(found, key=lambda h: (-h.score, h.passage.id))[:limit]

    def _ranked(self, query: str, municipality: str, limit: int) -> list[Hit]:
        asked = Question(question=query, municipality=municipality)
        turn = Turn(asked=asked, today=datetime.date.today(), text=query, language=language_of(query))
        part = self._understand.alone(turn)
        known = turn.knowing(
            standalone=part.standalone, aspects=part.aspects, years=part.years, municipalities=(municipality,)
        )
        ranked = self._ranking(known, self._retrieve.candidates(known, limit))
        if not ranked:
            return []
        total = math.fsum(math.exp(r.score - ranked[0].score) for r in ranked)
        shares = [math.exp(r.score - ranked[0].score) / total for r in ranked]
        return [
            r.evidence.hit.model_copy(update={"score": share})
            for r, share in zip(ranked, shares, strict=True)
        ]
