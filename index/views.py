"""Views: the sentences and cells of a passage, each with a vector of its own beside the passage's.

A short question is nearer to the one sentence that answers it than to the paragraph around it. A short
cell means something only with what its row is about, and is embedded with that.
"""

from __future__ import annotations

from corpus.document import Frozen, Region
from corpus.library import Library
from index.evidence import open_evidence
from index.passages import Hit, Passage

SHORTEST = 4
SHORT = 60


class View(Frozen):
    """A part of a passage: where it stands, and the text whose vector finds it."""

    passage: str
    region: Region
    text: str

    @property
    def id(self) -> str:
        """Return an id from which the passage and the region can be read again."""
        return f"{self.passage}#{self.region.start}-{self.region.end}"


def views_of(library: Library, passage: Passage) -> tuple[View, ...]:
    """Return the views of a passage, in the order of the text."""
    evidence = open_evidence(library, Hit(passage=passage, score=0.0, ranks={}, similarity=0.0))
    subject = evidence.subject
    found: dict[str, View] = {}
    for unit in evidence.units:
        if len(unit.text) < SHORTEST or unit.text == subject:
            continue
        text = f"{subject} {unit.text}" if subject and len(unit.text) < SHORT else unit.text
        view = View(passage=passage.id, region=unit.region, text=text)
        found.setdefault(view.id, view)
    return tuple(found.values())


def read_id(view: str) -> tuple[str, Region]:
    """Return the passage and the region that a view's id names."""
    passage, _, place = view.partition("#")
    start, _, end = place.partition("-")
    return passage, Region(start=int(start), end=int(end))
