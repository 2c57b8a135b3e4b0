"""Extract: the fewest source sentences or cells that answer, for what records do not hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.composers.wording import quoted, region_source, said, statement
from assistant.coverage import Vocabulary, prepare
from assistant.cues import shows
from assistant.editions import Before
from assistant.messages import Statement, Turn
from corpus.normalize import compact
from index.evidence import ITEM, PHASE, Evidence, Unit

LONGEST_LIST = 12
# A second sentence is added where it covers this much more of the question, or is about as near to it.
ADDS = 0.15
AS_NEAR = 0.012
# A paragraph of so few sentences is given whole where its content is asked for.
SHORT_PARAGRAPH = 3
# How much a sentence's nearness counts beside the share of the question's words that it holds.
NEARNESS = 4.0
TOLD_WHOLE = (
    "overview",
    "background",
    "organisation",
    "vision",
    "relation",
    "finance",
    "progress",
    "purpose",
    "role",
)
# What was found third may have the form of what is asked, and what was found before it may not.
LOOKED_AT = 3
# Cells that name, rather than tell.
NAMES = ("measure", "department", "year", "baseline", "target", "indicator")


class Extract:
    """Compose from sentences and cells; never writes a word of content that the source does not have."""

    def __init__(self, vocabulary: Vocabulary, before: Before) -> None:
        self._vocabulary = vocabulary
        self._before = before

    def __call__(self, turn: Turn) -> tuple[Statement, ...]:
        """Return the statements that answer the turn, in the order of the text; none where nothing fits."""
        for evidence in self._showing(turn):
            units = self._best_units(turn, evidence)
            if units:
                return tuple(_verbatim(turn, evidence, units))
        return ()

    def _showing(self, turn: Turn) -> list[Evidence]:
        """Return the first evidence and the next, before them one that shows the form of what is asked."""
        near = turn.evidence[:LOOKED_AT]
        here = [e for e in near if self._before.may_tell(turn, e)]
        showing = [e for e in here if any(shows(turn.aspects, u.text) for u in e.units)]
        return [*showing[:1], *turn.evidence[:2]]

    def _best_units(self, turn: Turn, evidence: Evidence) -> tuple[Unit, ...]:
        """Return the fewest units that cover the question; a whole list where its heading is asked for."""
        above = compact(" ".join(evidence.hit.passage.headings))
        told = self._before.told(turn, evidence.units)
        held = [u for u in told if len(u.text) > 1 and u.text != evidence.subject]
        held = [u for u in held if compact(u.text) not in above] or held
        told = [u for u in held if u.role not in NAMES and u.role != PHASE]
        units = told or [u for u in held if u.role not in ("measure", "department")]
        if not units:
            return ()
        gains = self._gains(turn, evidence, units)
        items = [u for u in units if u.role == ITEM]
        if len(items) > 1 and self._is_list(turn, evidence, items):
            lead = [u for u in units if u.role != ITEM][:1]
            return tuple([*lead, *items][: LONGEST_LIST + 1])
        sentences = [u for u in units if u.role != ITEM]
        if len(units) <= SHORT_PARAGRAPH and sentences == units and set(turn.aspects) & set(TOLD_WHOLE):
            return tuple(units)
        showing = [shows(turn.aspects, u.text) for u in units]
        order = sorted(range(len(units)), key=lambda i: (not showing[i], -gains[i], i))
        chosen = [order[0]]
        if len(order) > 1 and self._adds(turn, evidence, units, gains, order):
            chosen.append(order[1])
        return tuple(units[i] for i in sorted(chosen))

    def _gains(self, turn: Turn, evidence: Evidence, units: Sequence[Unit]) -> list[float]:
        """Return for each unit how much of the question it holds and how near it is, together."""
        near = [_nearness(evidence, u) for u in units]
        best = max(near)
        return [
            self._covers(turn, evidence, u.text) + NEARNESS * (n - best)
            for u, n in zip(units, near, strict=True)
        ]

    def _covers(self, turn: Turn, evidence: Evidence, text: str) -> float:
        asked = self._vocabulary.asked(turn.standalone, evidence.hit.passage.municipality)
        return asked.covered_by(prepare(text))

    def _adds(
        self,
        turn: Turn,
        evidence: Evidence,
        units: Sequence[Unit],
        gains: Sequence[float],
        order: Sequence[int],
    ) -> bool:
        first, second = (units[i].text for i in order[:2])
        more = self._covers(turn, evidence, f"{first}\n{second}") - self._covers(turn, evidence, first)
        return more >= ADDS or gains[order[0]] - gains[order[1]] <= AS_NEAR * NEARNESS

    def _is_list(self, turn: Turn, evidence: Evidence, items: Sequence[Unit]) -> bool:
        """Tell whether a list is asked for: its heading or first line covers as much as any of its items."""
        whole = self._covers(
            turn, evidence, "\n".join((evidence.subject, *evidence.hit.passage.headings[-1:]))
        )
        return whole >= max(self._covers(turn, evidence, u.text) for u in items)


def _nearness(evidence: Evidence, unit: Unit) -> float:
    """Return the cosine of the nearest view inside the unit; a little below the least for none."""
    inside = [n.similarity for n in evidence.hit.near if unit.region.contains(n)]
    least = min((n.similarity for n in evidence.hit.near), default=0.8)
    return max(inside, default=least - 0.02)


def _verbatim(turn: Turn, evidence: Evidence, units: Sequence[Unit]) -> list[Statement]:
    """Give sentences as they are printed, and items that are no sentences as one list of quotes."""
    document = evidence.hit.passage.document_id
    closed = [u for u in units if re.search(r"[。．！？!?]$", u.text)]
    listed = [u for u in units if u not in closed]
    found = [
        statement(
            said("verbatim", turn.language, value=u.text.rstrip("。．")),
            region_source(document, u.region),
        )
        for u in closed
    ]
    if listed:
        named = [u for u in listed if compact(u.text)]
        text = said("items", turn.language, items=quoted(u.text for u in named))
        found.append(statement(text, *(region_source(document, u.region) for u in named)))
    return found
