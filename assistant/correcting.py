"""Correcting: a correction as staff write it, checked against the plans before it is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.figures import figures_in
from assistant.masking import mask
from assistant.service import UnknownMunicipality
from assistant.state.corrections import Cited, Correction, Corrections, Draft, missing
from assistant.state.errors import StateConflict
from assistant.steps.correct import Correct, NoCorrections, statements_of
from assistant.steps.understand import language_of
from assistant.steps.verify import Verify
from corpus.library import Holding, Library

LONGEST = 1000
# The parts of a correction, as the command calls them.
ARGUMENTS = {
    "municipality": "--municipality",
    "words": "WORDS",
    "author": "--author",
    "reason": "--reason",
    "answer": "--answer",
    "quotes": "--quote",
    "means": "--means",
}


class Unfit(StateConflict):
    """Report what is wrong with one part of a correction: `part` is a key of ARGUMENTS, `said` what it is."""

    def __init__(self, part: str, said: str) -> None:
        super().__init__(f"{ARGUMENTS[part]}: {said}")
        self.part = part
        self.said = said


@dataclass(frozen=True, slots=True)
class Checked:
    """A correction, and whether its sources still say what was cited."""

    correction: Correction
    holds: bool

    @classmethod
    def all(cls, library: Library, corrections: Corrections) -> list[Checked]:
        """Check every correction in force, the earliest first."""
        return [cls.of(library, c) for c in corrections.all()]

    @classmethod
    def of(cls, library: Library, correction: Correction) -> Checked:
        """Check a correction against the plans there are."""
        return cls(correction, Correct(library, NoCorrections()).holds(correction))


def draft_of(
    library: Library,
    municipality: str,
    words: str,
    author: str,
    reason: str,
    answer: str | None,
    quotes: tuple[str, ...],
    means: str | None,
) -> Draft:
    """Return a correction to be kept; Unfit names the part and what is wrong with it."""
    holding = library.holding(municipality)
    if holding is None:
        known = "、".join(h.id for h in library.holdings)
        raise UnknownMunicipality(f"--municipality: '{municipality}' の計画はありません（{known}）")
    for name, text in (("words", words), ("author", author), ("reason", reason)):
        if not text.strip() or len(text) > LONGEST:
            raise Unfit(name, f"1〜{LONGEST}文字で書いてください")
    if (answer is None) == (means is None):
        raise Unfit("answer", f"これか {ARGUMENTS['means']} の、どちらか一つを書いてください")
    common: dict[str, Any] = {
        "municipality": municipality,
        "words": mask(words.strip()),
        "author": author.strip(),
        "reason": mask(reason.strip()),
    }
    if means is not None:
        if not means.strip() or not any(means in d.text for d in holding.documents):
            raise Unfit("means", f"「{means}」は計画にありません。計画にある言葉を書いてください")
        return Draft(kind="synonym", meant=means, **common)
    sources = tuple(cited(holding, quote) for quote in quotes)
    _check_answer(library, answer or "", sources)
    return Draft(kind="override", answer=(answer or "").strip(), sources=sources, **common)


def cited(holding: Holding, quote: str) -> Cited:
    """Return the one place of a municipality's documents where a quote stands; Unfit otherwise."""
    if not quote.strip():
        raise Unfit("quotes", "計画の文を、そのまま書いてください")
    places = [
        Cited(document_id=d.document_id, start=m.start(), end=m.end(), quote=quote)
        for d in holding.documents
        for m in re.finditer(re.escape(quote), d.text)
    ]
    if not places:
        raise Unfit("quotes", f"「{quote}」は計画にありません。計画の文を、そのまま書いてください")
    if len(places) > 1:
        raise Unfit("quotes", f"「{quote}」は計画に{len(places)}か所あります。前後の文まで書いてください")
    return places[0]


def moved(library: Library, correction: Correction, quotes: tuple[str, ...]) -> tuple[Cited, ...]:
    """Return an override's sources as they stand now, or of new quotes; StateConflict where they do not."""
    holding = library.holding(correction.municipality)
    if holding is None:
        raise StateConflict(
            f"'{correction.municipality}' の計画はもうありません。corrections remove でやめてください"
        )
    if correction.kind != "override":
        return ()
    sources = tuple(cited(holding, q) for q in quotes or tuple(s.quote for s in correction.sources))
    _check_answer(library, correction.answer or "", sources)
    return sources


def reviewed(
    library: Library, corrections: Corrections, identity: int, actor: str, quotes: tuple[str, ...]
) -> Correction:
    """Keep a correction with its sources as they are now, or new ones; StateConflict where it cannot be."""
    found = next((c for c in corrections.all() if c.id == identity), None)
    if found is None:
        raise missing(identity)
    return corrections.review(identity, actor, moved(library, found, quotes))


def question_row(correction: Correction) -> Mapping[str, Any]:
    """Return a correction as a row of a question file, with what its answer must say and cite."""
    override = correction.kind == "override"
    answer = correction.answer or ""
    figures = tuple(dict.fromkeys(figures_in(answer)))
    facts = [[f] for f in figures] or [[answer.strip("。 ")]]
    return {
        "id": f"correction-{correction.id:04}",
        "municipality": correction.municipality,
        "audience": "resident",
        "lang": language_of(correction.words),
        "kind": "correction",
        "question": correction.words if override else f"{correction.words}について教えてください",
        "answerable": True,
        "must_include": facts if override else [[correction.meant or ""]],
        "must_not_include": [],
        "evidence": [{"document": s.document_id, "quote": s.quote} for s in correction.sources],
        "note": f"correction by {correction.author}: {correction.reason}",
    }


def _check_answer(library: Library, answer: str, sources: tuple[Cited, ...]) -> None:
    statements = statements_of(answer, sources)
    if not statements or len(answer) > LONGEST:
        raise Unfit("answer", f"1〜{LONGEST}文字で書いてください")
    if not sources:
        raise Unfit("quotes", "回答のもとになる計画の文が、一つは要ります")
    verify = Verify(library)
    faults = dict.fromkeys(f for s in statements for f in verify.faults(s))
    if faults:
        raise Unfit("answer", f"{'、'.join(faults)} が、もとになる計画の文にありません")
