"""Judge: does the evidence answer the question? A line in words/judge.toml, fitted by evals/calibrate."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping

import numpy as np
from rapidfuzz import fuzz

from assistant import words
from assistant.composers.facts import ASPECTS, LISTING, VAGUE
from assistant.composers.facts.whole import department_in
from assistant.composers.wording import word
from assistant.coverage import Vocabulary
from assistant.cues import counters_of, needs_of, things_in, without_cues
from assistant.editions import Before
from assistant.form import Form
from assistant.messages import Judgement, Turn
from assistant.pair import Pair
from assistant.ranking import way_of
from assistant.subjects import Mention, Subjects
from corpus.library import Library
from corpus.normalize import compact, fold
from corpus.records import Measure
from corpus.wareki import covered_years
from index.embedders import Embedder, model_of
from index.evidence import PHASE
from index.late import met

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
# What is named in telling what one has trouble with (住所を何度も書く) more often than asked for.
TOLD_OF = ("address", "eligibility")
NEIGHBOURS = 5
# What is longer is a row's text and no name of what is near.
LONGEST_NEAR = 40
# A name is printed here where a part of the text is alike to it by so much of 100: 電子閲覧板 and 電子回覧板.
ALIKE = 85
# A name of fewer letters may be a word of any plan's.
SHORTEST_NAME = 6
SHORTEST_MEASURE = 4
# A question of whose words the most stand in a place names its record by a stem of so many letters.
SHORTEST_STEM = 5
# One of so many letters is no other thing's.
LONG_STEM = 7
# Who names a part of a record asks about that record where so much of the question is in it.
COVERED = 0.6
# A text goes on about what was spoken of where so much of it stands in what the plan says of that.
GOES_ON = 0.6
# What is typed alone, and is printed so.
SHORTEST_PRINTED = 4
# What covers no more than this of a question may be about something else altogether.
FOREIGN = 0.15
# Every word of a question stands in a place that covers so much of it; what is as likely as not.
ALL_OF_IT = 0.95
EVEN = 0.5
# The best evidence is judged with what stands beside it.
TOGETHER = 3
# Words that ask for a place, a way or a person (使い方を教えるところ) are answered without one where it is so
# likely that the evidence answers, and the probe of pairs is for it: of judged questions 42 were, 4 were not.
SURE = 0.85
# Aspects that are printed in the form they are asked for, or not at all.
PRINTED = (
    *("quantity", "headcount", "count", "share", "pace", "difference", "ratio", "day"),
    *("hours", "price", "budget", "actual", "result", "satisfaction", "opinion"),
)


class Judge:
    """Judge the best evidence; below the line the turn ends as not in the plan, or out of scope."""

    def __init__(
        self,
        library: Library,
        subjects: Subjects,
        vocabulary: Vocabulary,
        form: Form,
        embedder: Embedder,
        before: Before,
    ) -> None:
        self._library = library
        self._subjects = subjects
        self._texts: dict[str, str] = {}
        self._vocabulary = vocabulary
        self.form = form
        self.pair = Pair(embedder)
        self._embedder = embedder
        self._before = before
        lines = words.load("judge")["line"]
        self._lines: Mapping[str, Mapping[str, float]] = lines.get(model_of(embedder), lines["other"])
        self._near = float(words.load("judge")["near"])
        self._examples = embedder.embed_passages(examples())
        self._municipal = np.arange(len(self._examples)) < len(words.load("scope")["municipal"])

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
        near = self._near_to(turn) if turn.evidence and covered >= self._near else ""
        if not near:
            return known.ended("not_in_plan", "not_in_plan")
        ended = known.ended("not_in_plan", "not_in_plan_near", near=near, whose=self._whose(turn))
        return ended.knowing(subject=near)

    def _near_to(self, turn: Turn) -> str:
        """Return what the best evidence is about: the name of its row, or of its record; "" for none."""
        subject = turn.evidence[0].subject
        here = self._subjects.at(turn.evidence[0].hit.passage)
        return subject if len(subject) <= LONGEST_NEAR else next((s.name for s in here), "")

    def _whose(self, turn: Turn) -> str:
        """Return the departments of the measure that the best evidence is of, in brackets; "" for none."""
        here = (self._subjects.measure_of(s) for s in self._subjects.at(turn.evidence[0].hit.passage))
        measure = next((s.record for s in here if s), None)
        departments = measure.departments if isinstance(measure, Measure) else ()
        return word("whose", turn.language, value="、".join(departments)) if departments else ""

    def _elsewhere(self, turn: Turn) -> dict[str, str]:
        """Return what a question names that only another municipality's plan has, and whose it is."""
        if turn.focus.mentions:
            return {}
        text = self._library.without_names(turn.standalone)
        here = self._printed(turn.municipalities[0])
        for holding in self._library.holdings:
            if holding.id == turn.municipalities[0]:
                continue
            department = department_in(compact(text), holding.public_records)
            if department and "confirm" not in turn.aspects and compact(department) not in here:
                return {"near": department, "other": holding.plan.municipality.name}
            for mention in self._subjects.mentions(text, holding.id):
                quoted = f"「{mention.name}」" in compact(turn.standalone)
                named = quoted or (mention.whole and self._is_long(turn, mention))
                if named and not _is_printed(mention.name, here):
                    return {"near": mention.subject.name, "other": holding.plan.municipality.name}
        return {}

    def _is_long(self, turn: Turn, mention: Mention) -> bool:
        """Tell whether a name is no common word: long, a measure's, or a term's whose meaning is asked."""
        kind = mention.subject.kind
        meant = kind == "term" and "definition" in turn.aspects[:1]
        return meant or len(mention.name) >= (SHORTEST_MEASURE if kind == "measure" else SHORTEST_NAME)

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
            answerable=self._goes_on(turn)
            and (
                probability >= line["threshold"] or self._names(turn) or _is_all_there(features, probability)
                if self.holds_answer(turn)
                else probability >= SURE and features["pair"] > 0 and self._holds_figures(turn)
            ),
        )

    def _names(self, turn: Turn) -> bool:
        """Tell whether a question names what this plan has; the one before had other measures."""
        named = names_alone(turn) or names_and_asks(turn)
        here = not self._before.asked(turn) or any(m.subject.kind == "review" for m in turn.focus.mentions)
        return named and here and self._says_own(turn)

    def features(self, turn: Turn) -> dict[str, float]:
        """Return what is known of the best evidence before it is judged."""
        best = turn.evidence[0].hit.passage
        top = turn.signs[0]
        asked = self._vocabulary.asked(turn.standalone, best.municipality)
        total = math.fsum(t.weight for t in asked.terms)
        passages = [e.hit.passage for e in turn.evidence[:TOGETHER]]
        covers = [self._vocabulary.covers(turn.standalone, e.hit.passage) for e in turn.evidence]
        others = [s["score"] for s in turn.signs]
        question = self._library.without_names(turn.standalone)
        near = [met(self._embedder, question, p) for p in passages]
        share = 1 / math.fsum(math.exp(o - others[0]) for o in others)
        return {
            "coverage": covers[0],
            "widest": max(covers),
            "things": self._vocabulary.leaves(turn.standalone, passages) / 10,
            "form": self.form(turn),
            "pair": self.pair(question, best),
            "left": total * (1 - max(covers[:TOGETHER])) / 10,
            "asked": total / 10,
            "similarity": max((e.hit.similarity for e in turn.evidence), default=0.0),
            "sentence": max((n.similarity for e in turn.evidence for n in e.hit.near), default=0.0),
            "named": top["named"],
            "mentioned": float(bool(turn.focus.mentions)),
            "fits": top["fits"],
            "share": share,
            "words": top["words"],
            "tokens": max(n.mean for n in near),
            "least_token": max(n.least for n in near),
        }

    def _goes_on(self, turn: Turn) -> bool:
        """Tell whether what is taken as going on about something asks what is said of that."""
        return not turn.continued or self._says_own(turn)

    def _says_own(self, turn: Turn) -> bool:
        """Tell whether the best evidence has the words that a text adds to what was spoken of before it."""
        if turn.standalone == turn.text or not any(t.pos == "名詞" for t in things_in(turn.text)):
            return True
        best = turn.evidence[0].hit.passage
        asked = self._vocabulary.asked(turn.text, best.municipality)
        own = bool(asked.terms) or asked.triples is not None
        return not own or self._vocabulary.covers(turn.text, best) >= GOES_ON

    def is_municipal(self, text: str) -> bool:
        """Tell whether a question is about municipal matters, by the examples nearest to it."""
        similarity = self._examples @ self._embedder.embed_question(text)
        nearest = np.argsort(-similarity)[:NEIGHBOURS]
        return bool(self._municipal[nearest].sum() * 2 > NEIGHBOURS)

    def holds_answer(self, turn: Turn) -> bool:
        """Tell whether the evidence holds the kind of thing asked for: a price, a count, the year named."""
        text = fold(_evident(turn))
        return all(n.search(text) for n in needs_of(needed_of(turn.aspects))) and self._holds_counts(turn)

    def _holds_figures(self, turn: Turn) -> bool:
        """Tell whether what the evidence lacks can be said in other words than are looked for."""
        return not set(needed_of(turn.aspects)) & set(PRINTED) and self._holds_counts(turn)

    def _holds_counts(self, turn: Turn) -> bool:
        printed = _evident(turn)
        text = fold(printed)
        return all(c.search(text) for c in counters_of(turn.text)) and self._holds_years(turn, printed)

    def _holds_years(self, turn: Turn, text: str) -> bool:
        """Tell whether the evidence has the year asked; a roadmap that lost its columns has none to hold."""
        if not turn.years or "confirm" in turn.aspects:  # what is to be confirmed may be wrong
            return True
        best = turn.evidence[0]
        if set(turn.aspects) & set(QUANTITIES):
            text = "\n".join((best.hit.passage.body, *(u.label for u in best.units)))
        elif best.of_role(PHASE) or set(turn.years) & _planned_years(turn) or _is_uncertain(turn):
            return all(self._in_period(year, turn.municipalities[0]) for year in turn.years)
        return bool(set(turn.years) & covered_years(text))

    def _in_period(self, year: int, municipality: str) -> bool:
        holding = self._library.holding(municipality)
        periods = [d.period for d in holding.plan.documents if d.period] if holding else []
        return not periods or any(p.start <= year <= p.end for p in periods)


def _is_printed(name: str, text: str) -> bool:
    """Tell whether a compact text has a name, or one very like it; of a short one every letter counts."""
    return name in text or (len(name) >= SHORTEST_NAME and fuzz.partial_ratio(name, text) >= ALIKE)


def examples() -> list[str]:
    """Return the examples of questions about municipal matters, then those about others."""
    scope = words.load("scope")
    return [*scope["municipal"], *scope["other"]]


def _evident(turn: Turn) -> str:
    """Return what the best evidence prints, with the labels of its rows and columns."""
    evidence = turn.evidence[:TOGETHER]
    return "\n".join(p for e in evidence for p in (e.hit.passage.body, *(u.label for u in e.units)))


def _planned_years(turn: Turn) -> set[int]:
    """Return the years in which the measures that a question is about have a phase."""
    subjects = (*(m.subject for m in turn.focus.mentions), *turn.focus.found[:1])
    rows = (row for s in subjects if isinstance(s.record, Measure) for row in s.record.roadmap)
    return {year for row in rows for year in row.fiscal_years or ()}


def _is_all_there(features: Mapping[str, float], probability: float) -> bool:
    """Tell whether a plan has every word of a question in one place and likely answers it.

    Of judged questions with every word in one place, and of the form of those that plans answer, 99 in 100
    are answered, whatever they are about; the probability knows best what it was fitted on.
    """
    whole = features["coverage"] >= ALL_OF_IT and features["things"] <= 0.0 and features["form"] > 0.0
    return whole and probability >= EVEN


def _is_uncertain(turn: Turn) -> bool:
    """Tell whether the years of the measure that a question is about were not to be read for certain."""
    measures = (m.subject.record for m in turn.focus.mentions if isinstance(m.subject.record, Measure))
    found = (s.record for s in turn.focus.found if isinstance(s.record, Measure))
    first = next(itertools.chain(measures, found), None)
    return first is not None and bool(first.roadmap) and not all(r.certain for r in first.roadmap)


def needed_of(aspects: tuple[str, ...]) -> tuple[str, ...]:
    """Return the aspect that the evidence must be seen to answer: the main one, if no record answers any."""
    return () if set(aspects) & set(RECORDED) or set(aspects[:1]) & set(TOLD_OF) else aspects[:1]


def names_and_asks(turn: Turn) -> bool:
    """Tell whether a question names a record, or enough of one, and asks what records hold."""
    covered = turn.signs[0]["coverage"] >= COVERED
    named = any(
        m.subject.kind in ("measure", "kpi", "review")
        and (m.whole or len(m.name) >= LONG_STEM or (covered and len(m.name) >= SHORTEST_STEM))
        for m in turn.focus.mentions
    )
    asked = [a for a in turn.aspects if a not in (*LISTING, "confirm", "indicator", "compare")]
    clear = set(asked[:1]) & (set(ASPECTS) - set(VAGUE))
    whole = turn.focus.named_whole("measure")
    told = whole and (set(asked[:1]) & {"activities", "overview"} or "indicator" in turn.aspects[:2])
    return named and bool(clear or (told and _is_quoted(turn)))


def _is_quoted(turn: Turn) -> bool:
    """Tell whether a question has the name of a record between quotation marks."""
    text = compact(turn.standalone)
    return any(f"「{m.name}」" in text for m in turn.focus.mentions)


def names_alone(turn: Turn) -> bool:
    """Tell whether a question is a name alone, as typed into a search box: a record's, or what is printed."""
    left = compact(without_cues(turn.standalone))
    for mention in turn.focus.mentions:
        for name in sorted(mention.subject.names, key=len, reverse=True):
            left = left.replace(name, "")
    left = re.sub(r"について|に関して|[^\w]", "", left)
    if turn.focus.mentions:
        return not re.sub(r"[のはをがにでとも]", "", left)
    printed = compact(turn.evidence[0].hit.passage.body) if turn.evidence else ""
    return len(left) >= SHORTEST_PRINTED and left in printed
