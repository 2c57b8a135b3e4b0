"""Focus: which records a question is about, by what it names and by what was found for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.subjects import Kind, Mention, Subject, Subjects
from index.evidence import Evidence

# Evidence may name the record a question is about where it is about as likely as the best: the scores are
# logarithms of odds.
NEAR = 1.0


@dataclass(frozen=True, slots=True)
class Focus:
    """The records a question is about: what it names first, then what was found, the best first."""

    mentions: tuple[Mention, ...] = ()
    found: tuple[Subject, ...] = ()
    related: Mapping[str, tuple[Subject, ...]] = field(default_factory=dict)

    def of_kind(self, kind: Kind) -> tuple[Subject, ...]:
        """Return the subjects of one kind, those named first; named ones hide those only found."""
        named = tuple(dict.fromkeys(m.subject for m in self.mentions if m.subject.kind == kind))
        if named:
            return tuple(sorted(named, key=self._rank))
        by_relation = self.related.get(kind, ())
        return by_relation or tuple(s for s in self.found if s.kind == kind)

    def _rank(self, subject: Subject) -> int:
        return self.found.index(subject) if subject in self.found else len(self.found)

    def named_whole(self, kind: Kind) -> bool:
        """Tell whether the question names a subject of the kind by its whole name."""
        return any(m.whole and m.subject.kind == kind for m in self.mentions)

    def named(self, kind: Kind) -> bool:
        """Tell whether the question itself names a subject of the kind."""
        return any(m.subject.kind == kind for m in self.mentions)


def focus_on(
    subjects: Subjects,
    municipality: str,
    text: str,
    evidence: Sequence[Evidence],
    scores: Sequence[float],
) -> Focus:
    """Return the focus of a question's text over its ranked evidence and the scores it was ranked by."""
    mentions = subjects.mentions(text, municipality)
    near = [e for e, score in zip(evidence, scores, strict=True) if score >= scores[0] - NEAR]
    found = tuple(dict.fromkeys(_found(subjects, near)))
    related: dict[str, tuple[Subject, ...]] = {}
    named = [m.subject for m in mentions]
    measures = [m for s in named if s.kind == "kpi" and (m := subjects.measure_of(s))]
    kpis = [k for s in named if s.kind == "measure" for k in subjects.kpis_of(s)]
    if measures:
        related["measure"] = tuple(dict.fromkeys(measures))
    if kpis:
        related["kpi"] = tuple(dict.fromkeys(kpis))
    return Focus(mentions, found, related)


def _found(subjects: Subjects, evidence: Sequence[Evidence]) -> Iterator[Subject]:
    for each in evidence:
        here = subjects.at(each.hit.passage)
        yield from here
        for subject in here:
            measure = subjects.measure_of(subject)
            if measure:
                yield measure
                yield from subjects.kpis_of(measure)
