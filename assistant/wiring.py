"""Wiring: the only place that picks concrete classes."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.composers.extract import Extract
from assistant.composers.facts import Facts
from assistant.coverage import Vocabulary
from assistant.finding import Find
from assistant.form import Form
from assistant.ranking import Ranking
from assistant.service import Service, Steps
from assistant.settings import Settings
from assistant.state.conversations import Conversations
from assistant.steps.compose import Compose
from assistant.steps.each import Each
from assistant.steps.judge import Judge
from assistant.steps.lookup import Lookup, unless_looked_up
from assistant.steps.retrieve import Retrieve
from assistant.steps.screen import screen
from assistant.steps.understand import Understand
from assistant.steps.verify import Verify
from assistant.subjects import Subjects
from corpus.library import Library, load_library
from index.build import build_index
from index.embedders import Embedder, open_embedder
from index.search import Search
from index.snapshot import Manifest, check_fits, open_published, published

Progress = Callable[[int, int], None]
ADDED_PLANS = "plans"


def library_of(settings: Settings) -> Library:
    """Return the shipped plans and those added to the data directory."""
    return load_library(plans_folder(settings))


def plans_folder(settings: Settings) -> Path:
    """Return the folder of the plans that the city added."""
    return settings.data_dir / ADDED_PLANS


def embedder_of(settings: Settings, progress: Progress | None = None) -> Embedder:
    """Open the embedding model; the default one is written to the data directory the first time."""
    return open_embedder(settings.embedding_model, Path(settings.data_dir), progress)


def build(
    settings: Settings, model_progress: Progress | None = None, progress: Progress | None = None
) -> Manifest:
    """Build and publish an index of all plans."""
    return build_index(
        library_of(settings), embedder_of(settings, model_progress), settings.data_dir, progress
    )


def check_index(settings: Settings) -> Manifest:
    """Return the published index's manifest; raises IndexUnavailable unless it fits plans and model."""
    manifest = published(settings.data_dir)
    check_fits(manifest, embedder_of(settings).name, library_of(settings).digest())
    return manifest


@dataclass(frozen=True, slots=True)
class Parts:
    """What the steps of a turn are made of, over the published index."""

    library: Library
    search: Search
    embedder: Embedder
    vocabulary: Vocabulary
    subjects: Subjects
    facts: Facts
    understand: Understand
    ranking: Ranking
    retrieve: Retrieve
    judge: Judge
    compose: Compose

    def steps(self) -> Steps:
        """Return the steps of a turn, by name, in their order."""
        answering = (
            Lookup(self.facts),
            unless_looked_up(self.retrieve),
            unless_looked_up(self.judge),
            unless_looked_up(self.compose),
            Verify(self.library),
        )
        return (
            ("screen", screen),
            ("understand", self.understand),
            ("answer", Each(self.library, answering)),
        )

    def service(self, conversations: Conversations, today: datetime.date | None = None) -> Service:
        """Return the service over these parts."""
        find = Find(self.understand, self.retrieve, self.ranking)
        return Service(self.library, self.search, find, self.steps(), conversations, today)


def parts_of(settings: Settings) -> Parts:
    """Return the parts over the published index; raises as build_service does."""
    library = library_of(settings)
    embedder = embedder_of(settings)
    snapshot = open_published(settings.data_dir, embedder.name, library.digest())
    return parts_over(library, Search(snapshot, embedder, library), embedder)


def parts_over(library: Library, search: Search, embedder: Embedder) -> Parts:
    """Put the parts together over a search that is open."""
    passages = [p for c in search.snapshot.collections if c.visibility == "public" for p in c.passages]
    vocabulary, subjects = Vocabulary(library, passages), Subjects(library)
    facts = Facts(library, subjects, passages)
    ranking = Ranking(library, vocabulary, subjects)
    return Parts(
        library=library,
        search=search,
        embedder=embedder,
        vocabulary=vocabulary,
        subjects=subjects,
        facts=facts,
        understand=Understand(library),
        ranking=ranking,
        retrieve=Retrieve(library, search, ranking, subjects),
        judge=Judge(library, subjects, vocabulary, Form(library, subjects, embedder), embedder),
        compose=Compose(facts, Extract(vocabulary)),
    )


def build_service(settings: Settings) -> Service:
    """Return the service over the published index.

    Raises ModelUnavailable, IndexUnavailable or CorpusError, each with one line that says what to do.
    """
    return parts_of(settings).service(Conversations(), settings.today)
