"""Judge: does the evidence answer the question? A line in words/judge.toml, fitted by evals/calibrate."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping

import numpy as np

from assistant import words
from assistant.composers.facts import ASPECTS, LISTING, VAGUE
from assistant.coverage import Vocabulary
from assistant.cues import needs_of, without_cues
from assistant.form import Form
from assistant.messages import Judgement, Turn
from assistant.ranking import way_of
from assistant.subjects import Subjects
from corpus.library import Library
from corpus.normalize import compact, fold
from corpus.wareki import find_years
from index.embedders import Embedder, model_of
from index.evidence import PHASE

# Aspects of figures, whose year is that of the figure.
QUANTITIES = ("target", "baseline", "quantity", "change", "indicator")
# Aspects that records answer: who asks where to turn to for a measure asks for no address.
RECORDED = (
    "department",
    "target",
    "baseline",
    "schedule",
    "begins",
    "in_year",
    "role",
    "organisation",
    "vision",
    "background",
)
NEIGHBOURS = 5
# A name of fewer letters may be a word of any plan's.
SHORTEST_NAME = 6
# What covers no more than this of a question may be about something else altogether.
FOREIGN = 0.15
# The best evidence is judged with what stands beside it.
TOGETHER = 3


class Judge:
    """Judge the best evidence; below the line the turn ends as not in the plan, or out of scope."""

    def __init__(
        self, library: Library, subjects: Subjects, vocabulary: Vocabulary, form: Form, embedder: Embedder
    ) -> None:
        self._library = library
        self._subjects = subjects
        self._texts: dict[str, str] = {}
        self._vocabulary = vocabulary
        self.form = form
        self._embedder = embedder
        lines = words.load("judge")["line"]
        self._lines: Mapping[str, Mapping[str, float]] = lines.get(model_of(embedder), lines["other"])
        self._near = float(words.load("judge")["near"])
        scope = words.load("scope")
        self._examples = embedder.embed_passages([*scope["municipal"], *scope["other"]])
        self._municipal = np.array([True] * len(scope["municipal"]) + [False] * len(scope["other"]))

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn judged, or ended with what is near and whom to ask."""
        elsewhere = self._elsewhere(turn)
        if elsewhere:
            return turn.ended("not_in_plan", "elsewhere", **elsewhere)
        judgement = self.judge(turn)
        known = turn.knowing(judgement=judgement)
        if judgement.answerable:
            return known
        covered = judgement.features.get("coverage", 0.0)
        if covered < FOREIGN and not self.is_municipal(turn.standalone):
            return known.ended("out_of_scope", "out_of_scope")
        near = turn.evidence[0].subject if turn.evidence and covered >= self._near else ""
        return known.ended("not_in_plan", "not_in_plan_near" if near else "not_in_plan", near=near)

    def _elsewhere(self, turn: Turn) -> dict[str, str]:
        """Return what a question names that only another municipality's plan has, and whose it is."""
        if turn.focus.mentions:
            return {}
        text = self._library.without_names(turn.standalone)
        here = self._printed(turn.municipalities[0])
        for holding in self._library.holdings:
            if holding.id == turn.municipalities[0]:
                continue
            for mention in self._subjects.mentions(text, holding.id):
                if mention.whole and len(mention.name) >= SHORTEST_NAME and mention.name not in here:
                    return {"near": mention.subject.name, "other": holding.plan.municipality.name}
        return {}

    def _printed(self, municipality: str) -> str:
        """Return all that a municipality's documents print, in the compact form."""
        if municipality not in self._texts:
            holding = self._library.holding(municipality)
            documents = holding.documents if holding else ()
            self._texts[municipality] = compact("\n".join(d.text for d in documents))
        return self._texts[municipality]

    def judge(self, turn: Turn) -> Judgement:
        """Return the features of the best evidence, the probability that it answers, and the decision."""
        if not turn.evidence:
            return Judgement()
        features = self.features(turn)
        line = self._lines[way_of(turn)]
        score = line["bias"] + math.fsum(line.get(name, 0.0) * value for name, value in features.items())
        probability = 1 / (1 + math.exp(-max(-50.0, min(50.0, score))))
        return Judgement(
            features=features,
            probability=probability,
            answerable=self.holds_answer(turn)
            and (probability >= line["threshold"] or names_alone(turn) or names_and_asks(turn)),
        )

    def features(self, turn: Turn) -> dict[str, float]:
        """Return what is known of the best evidence before it is judged."""
        best = turn.evidence[0].hit.passage
        top = turn.signs[0]
        asked = self._vocabulary.asked(turn.standalone, best.municipality)
        total = math.fsum(t.weight for t in asked.terms)
        passages = [e.hit.passage for e in turn.evidence[:TOGETHER]]
        covers = [self._vocabulary.covers(turn.standalone, e.hit.passage) for e in turn.evidence]
        others = [s["score"] for s in turn.signs]
        share = 1 / math.fsum(math.exp(o - others[0]) for o in others)
        return {
            "coverage": covers[0],
            "widest": max(covers),
            "things": self._vocabulary.leaves(turn.standalone, passages) / 10,
            "form": self.form(turn),
            "left": total * (1 - max(covers[:TOGETHER])) / 10,
            "asked": total / 10,
            "similarity": max((e.hit.similarity for e in turn.evidence), default=0.0),
            "sentence": max((n.similarity for e in turn.evidence for n in e.hit.near), default=0.0),
            "named": top["named"],
            "mentioned": float(bool(turn.focus.mentions)),
            "fits": top["fits"],
            "share": share,
            "words": top["words"],
        }

    def is_municipal(self, text: str) -> bool:
        """Tell whether a question is about municipal matters, by the examples nearest to it."""
        similarity = self._examples @ self._embedder.embed_question(text)
        nearest = np.argsort(-similarity)[:NEIGHBOURS]
        return bool(self._municipal[nearest].sum() * 2 > NEIGHBOURS)

    def holds_answer(self, turn: Turn) -> bool:
        """Tell whether the evidence holds the kind of thing asked for: a price, a count, the year named."""
        evidence = turn.evidence[:TOGETHER]
        printed = "\n".join(p for e in evidence for p in (e.hit.passage.body, *(u.label for u in e.units)))
        text = fold(printed)
        needed = (*needs_of(needed_of(turn.aspects)), *counters_of(turn.text))
        return all(pattern.search(text) for pattern in needed) and self._holds_years(turn, printed)

    def _holds_years(self, turn: Turn, text: str) -> bool:
        """Tell whether the evidence has the year asked; a roadmap that lost its columns has none to hold."""
        if not turn.years:
            return True
        best = turn.evidence[0]
        if set(turn.aspects) & set(QUANTITIES):
            text = "\n".join((best.hit.passage.body, *(u.label for u in best.units)))
        elif best.of_role(PHASE):
            return all(self._in_period(year, turn.municipalities[0]) for year in turn.years)
        return bool(set(turn.years) & {y.year for y in find_years(text)})

    def _in_period(self, year: int, municipality: str) -> bool:
        holding = self._library.holding(municipality)
        periods = [d.period for d in holding.plan.documents if d.period] if holding else []
        return not periods or any(p.start <= year <= p.end for p in periods)


def needed_of(aspects: tuple[str, ...]) -> tuple[str, ...]:
    """Return the aspect that the evidence must be seen to answer: the main one, if no record answers any."""
    return () if set(aspects) & set(RECORDED) else aspects[:1]


def names_and_asks(turn: Turn) -> bool:
    """Tell whether a question names a record by its whole name and asks what records hold."""
    named = any(m.whole and m.subject.kind in ("measure", "kpi") for m in turn.focus.mentions)
    asked = [a for a in turn.aspects if a not in (*LISTING, "confirm")]
    return named and bool(set(asked[:1]) & (set(ASPECTS) - set(VAGUE)))


def names_alone(turn: Turn) -> bool:
    """Tell whether a question is the name of something in the plan alone, as typed into a search box."""
    left = compact(without_cues(turn.standalone))
    for mention in turn.focus.mentions:
        for name in sorted(mention.subject.names, key=len, reverse=True):
            left = left.replace(name, "")
    return bool(turn.focus.mentions) and not re.sub(r"について|に関して|[^\w]|[のはをがにでとも]", "", left)


@functools.lru_cache(maxsize=1)
def _counters() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = words.load("counters")
    ordered = sorted(table, key=len, reverse=True)
    return tuple((counter, re.compile(rf"[0-9万千] *(?:{table[counter]})")) for counter in ordered)


def counters_of(text: str) -> tuple[re.Pattern[str], ...]:
    """Return what the evidence must have for the counters of a question (何台: a number of 台)."""
    asked = compact(text)
    return tuple(p for counter, p in _counters() if re.search(rf"(?:何|なん|幾){counter}", asked))
