"""Does an answer cite the places that answer?"""

from __future__ import annotations

from evals.questions import Question, squeeze
from evals.responses import Response


def evidence_hit(question: Question, response: Response) -> tuple[bool, ...]:
    """Return for each place of evidence whether a citation of its document holds it, white space aside."""
    cited = [({c.municipality, c.document_id}, squeeze(c.quote)) for c in response.citations]
    return tuple(
        any(e.document in of and squeeze(e.quote) in quote for of, quote in cited) for e in question.evidence
    )
