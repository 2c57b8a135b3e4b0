"""Each: every question of several, and every municipality, answered by itself and put together again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.messages import Ending, Part, Statement, Turn
from corpus.library import Library

Step = Callable[[Turn], Turn]
# Where no municipality was named, one answers alone if its evidence is likelier by this much.
CLEARLY = 0.25
# What covers no more than this of a question was found by chance.
HANGING = 0.2


class Each:
    """Run the steps once for each question that a turn holds and each municipality it is put to."""

    def __init__(self, library: Library, steps: Sequence[Step]) -> None:
        self._library = library
        self._steps = tuple(steps)

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn with the statements of all its branches, or with the ending of one."""
        branches = [
            self._answered(turn, part, municipality)
            for part in turn.parts
            for municipality in part.municipalities or turn.municipalities
        ]
        if len(branches) == 1:
            return branches[0]
        answered = [b for b in branches if not b.ending]
        if not turn.decided:
            answered = _clearly_best(answered)
        if not answered:
            return _best_ending(turn, branches)
        return self._joined(turn, answered, branches)

    def _answered(self, turn: Turn, part: Part, municipality: str) -> Turn:
        """Return a question answered as it stands, as one that goes on, or with what was told around it.

        Of these, what the plan answers best.
        """
        best = self._run(self._branch(turn, part, municipality))
        for other, goes_on in ((part.continued, True), (part.told, False)):
            if other:
                further = part.model_copy(update={"standalone": other})
                found = self._run(self._branch(turn, further, municipality).knowing(continued=goes_on))
                best = found if goes_on and _hangs(best) and not found.ending else _better(best, found)
        return best

    def _branch(self, turn: Turn, part: Part, municipality: str) -> Turn:
        return turn.knowing(
            text=part.text,
            standalone=part.standalone,
            aspects=part.aspects,
            years=part.years,
            parts=(part,),
            municipalities=(municipality,),
        )

    def _run(self, turn: Turn) -> Turn:
        for step in self._steps:
            turn = step(turn)
            if turn.ending:
                break
        return turn

    def _joined(self, turn: Turn, answered: list[Turn], branches: list[Turn]) -> Turn:
        """Put answers together; those of several municipalities begin with whose they are."""
        places = dict.fromkeys(b.municipalities[0] for b in answered)
        statements: list[Statement] = []
        for place in places:
            own = [s for b in answered if b.municipalities[0] == place for s in b.statements]
            statements += self._labelled(place, own) if len(places) > 1 else own
        first = answered[0]
        missing = tuple(
            b.municipalities[0] for b in branches if b.ending and b.municipalities[0] not in places
        )
        return first.knowing(
            text=turn.text,
            parts=turn.parts,
            municipalities=turn.municipalities if len(places) > 1 else first.municipalities,
            municipality=None if len(places) > 1 else first.municipalities[0],
            statements=tuple(dict.fromkeys(statements)),
            dropped=tuple(fault for b in branches for fault in b.dropped),
            corrections=tuple(dict.fromkeys(c for b in answered for c in b.corrections)),
            unanswered=missing if turn.decided else (),
            unanswered_parts=tuple(
                b.text for b in branches if b.ending and len(turn.parts) > 1 and b.municipalities[0] in places
            ),
        )

    def _labelled(self, municipality: str, statements: list[Statement]) -> list[Statement]:
        holding = self._library.holding(municipality)
        name = holding.plan.municipality.name if holding else municipality
        return [
            s.model_copy(update={"text": f"【{name}】{s.text}" if n == 0 else s.text})
            for n, s in enumerate(statements)
        ]


def _clearly_best(answered: list[Turn]) -> list[Turn]:
    """Return the branch that is clearly likelier than the others, or all of them."""
    ranked = sorted(answered, key=lambda b: -_probability(b))
    if len(ranked) > 1 and _probability(ranked[0]) - _probability(ranked[1]) >= CLEARLY:
        best = ranked[0].municipalities
        return [b for b in answered if b.municipalities == best]
    return answered


def _hangs(turn: Turn) -> bool:
    """Tell whether a question, as it stands, names nothing that the plan speaks of."""
    covered = turn.judgement.features.get("coverage", 0.0) if turn.judgement else 1.0
    return not turn.focus.mentions and covered < HANGING


def _better(first: Turn, other: Turn) -> Turn:
    """Return the turn that is answered, or answered with more certainty; the other where they are alike."""
    if other.ending or (not first.ending and _probability(first) > _probability(other)):
        return first
    return other


def _probability(turn: Turn) -> float:
    return turn.judgement.probability if turn.judgement else 1.0


def _best_ending(turn: Turn, branches: list[Turn]) -> Turn:
    """Return the turn ended as its branches did; one of several municipalities has no nearest of its own."""
    endings = [b.ending for b in branches if b.ending]
    judged = max(branches, key=_probability)
    statuses = {e.status for e in endings}
    if len(turn.municipalities) == 1 or statuses == {"out_of_scope"}:
        return judged
    return turn.knowing(judgement=judged.judgement).ending_with(
        Ending(status="not_in_plan", reply="not_in_plan")
    )
