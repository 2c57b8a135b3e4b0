"""Judge: does the evidence answer the question? A line in words/judge.toml, drawn on labelled questions."""

from __future__ import annotations

import math

import numpy as np

from assistant import words
from assistant.coverage import Vocabulary
from assistant.cues import answers_needed
from assistant.evidence import PHASE, Evidence
from assistant.messages import Ending, Judgement, Turn
from corpus.library import Library
from corpus.normalize import fold
from corpus.wareki import find_years
from index.embedders import Embedder
from index.tokens import is_kana

NEIGHBOURS = 5
# Another municipality's evidence is as good where it covers this share and is this near.
RIVAL = 0.8
RIVAL_SIMILARITY = 0.03


class Judge:
    """Judge the best evidence; below the line the turn ends as not in the plan, or out of scope."""

    def __init__(self, library: Library, vocabulary: Vocabulary, embedder: Embedder) -> None:
        self._library = library
        self._vocabulary = vocabulary
        self._embedder = embedder
        lines = words.load("judge")["line"]
        self._line: dict[str, float] = lines.get(embedder.name.split(":")[0], lines["other"])
        self._near = float(words.load("judge")["near"])
        scope = words.load("scope")
        self._examples = embedder.embed_passages([*scope["municipal"], *scope["other"]])
        self._municipal = np.array([True] * len(scope["municipal"]) + [False] * len(scope["other"]))

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn judged, or ended with what is near and whom to ask."""
        judgement = self.judge(turn)
        if judgement.answerable:
            best = turn.evidence[0]
            if rivals := self._rivals(turn, judgement):
                return turn.knowing(judgement=judgement).ending_with(
                    Ending(status="clarify", reply="clarify", suggestions=rivals)
                )
            return turn.knowing(
                judgement=judgement, municipality=best.hit.passage.municipality, subject=best.subject or None
            )
        known = turn.knowing(judgement=judgement)
        if not self.is_municipal(turn.standalone) and judgement.coverage < self._near:
            return known.ended("out_of_scope", "out_of_scope")
        near = turn.evidence[0].subject if turn.evidence and judgement.coverage >= self._near else ""
        return known.ended("not_in_plan", "not_in_plan_near" if near else "not_in_plan", near=near)

    def _rivals(self, turn: Turn, judgement: Judgement) -> tuple[str, ...]:
        """Return the question for each municipality where more than one's plan answers it about as well."""
        best = {e.hit.passage.municipality: e for e in reversed(turn.evidence)}
        able = [
            m
            for m, e in best.items()
            if holds_answer(turn, e)
            and self._vocabulary.covers(turn.standalone, e.hit.passage) >= judgement.coverage * RIVAL
            and e.hit.similarity >= judgement.similarity - RIVAL_SIMILARITY
        ]
        if len(able) < 2:
            return ()
        holdings = [h for m in turn.municipalities if m in able and (h := self._library.holding(m))]
        asked = self._library.without_names(turn.text).strip()
        return tuple(f"{h.plan.municipality.name}の計画について：{asked}" for h in holdings)

    def judge(self, turn: Turn) -> Judgement:
        """Return the features of the best evidence and the probability's side of the line."""
        if not turn.evidence:
            return Judgement(coverage=0.0, similarity=0.0, answerable=False)
        best = turn.evidence[0]
        covered = self._vocabulary.covers(turn.standalone, best.hit.passage)
        similarity = max(e.hit.similarity for e in turn.evidence)
        line = self._line
        score = line["bias"] + line["coverage"] * covered + line["similarity"] * similarity
        score += line["kana"] * is_kana(turn.standalone)
        likely = 1 / (1 + math.exp(-score)) >= line["threshold"]
        return Judgement(
            coverage=covered, similarity=similarity, answerable=likely and holds_answer(turn, best)
        )

    def is_municipal(self, text: str) -> bool:
        """Tell whether a question is about municipal matters, by the examples nearest to it."""
        similarity = self._examples @ self._embedder.embed_question(text)
        nearest = np.argsort(-similarity)[:NEIGHBOURS]
        return bool(self._municipal[nearest].sum() * 2 > NEIGHBOURS)


def holds_answer(turn: Turn, evidence: Evidence) -> bool:
    """Tell whether the evidence holds what the question's form asks for: a price, a time, the year named.

    A year is asked of columns that have years; a roadmap whose columns are lost is told without years.
    """
    text = fold("\n".join((evidence.hit.passage.body, *(u.label for u in evidence.units))))
    if not all(pattern.search(text) for pattern in answers_needed(turn.text)):
        return False
    if not turn.years or evidence.of_role(PHASE):
        return True
    return bool(set(turn.years) & {y.year for y in find_years(text)})
