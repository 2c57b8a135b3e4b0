"""Wording: sentences from words/sentences.toml, filled with the plan's own words, and their sources."""

from __future__ import annotations

from collections.abc import Iterable

from assistant import words
from assistant.messages import Language, Source, Statement
from corpus.document import Region
from corpus.records import Span
from corpus.wareki import era_label

SENTENCES = "sentences"


def said(name: str, language: Language, /, **values: object) -> str:
    """Return a sentence of words/sentences.toml in the language, filled."""
    texts = words.load(SENTENCES)[name]
    return str(texts.get(language, texts["ja"])).format(**values)


def word(name: str, language: Language, /, **values: object) -> str:
    """Return a word that sentences are filled with."""
    texts = words.load(SENTENCES)["word"][name]
    return str(texts.get(language, texts["ja"])).format(**values)


def year_label(year: int, language: Language) -> str:
    """Return a fiscal year as it is said: in the era, outside Japanese with the Western year."""
    if language == "ja":
        return era_label(year)
    return f"FY{year} ({era_label(year)})" if language == "en" else f"{era_label(year)}（{year}年度）"


def quoted(texts: Iterable[str]) -> str:
    """Return texts in quotation marks, one after the other."""
    return "".join(f"「{t}」" for t in texts)


def spanning(*spans: Span | Source) -> Source:
    """Return the one source that reaches from the first of the spans to the last; all in one document."""
    return Source(
        document_id=spans[0].document_id, start=min(s.start for s in spans), end=max(s.end for s in spans)
    )


def region_source(document_id: str, *regions: Region) -> Source:
    """Return the source that reaches over the regions of a document."""
    return Source(
        document_id=document_id, start=min(r.start for r in regions), end=max(r.end for r in regions)
    )


def statement(text: str, *sources: Source) -> Statement:
    """Return a sentence with its sources, each once."""
    return Statement(text=text, sources=tuple(dict.fromkeys(sources)))
