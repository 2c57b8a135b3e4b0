"""Wiring: the only place that picks concrete classes."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.composers.extract import Extract
from assistant.composers.facts import Facts
from assistant.composers.llm import Times, Write
from assistant.coverage import Vocabulary
from assistant.editions import Before, Editions
from assistant.finding import Find
from assistant.form import Form
from assistant.llm.guard import Guard
from assistant.llm.limits import SPEND, SWITCH, Breaker, Limits, Spend
from assistant.llm.material import Materials
from assistant.llm.model import ChatModel
from assistant.llm.support import Support
from assistant.messages import Turn
from assistant.ranking import Ranking
from assistant.service import JAPAN, Service, Steps
from assistant.settings import Settings
from assistant.state.audit import AnswerRecord
from assistant.state.conversations import Conversations
from assistant.state.database import Database
from assistant.state.secret import Secret, load_secret
from assistant.state.spool import FOLDER as SPOOL
from assistant.state.state import State
from assistant.steps.again import Again
from assistant.steps.compose import Compose
from assistant.steps.correct import Correct, Corrected, NoCorrections
from assistant.steps.each import Each
from assistant.steps.judge import Judge, examples
from assistant.steps.lookup import Lookup, unless_looked_up
from assistant.steps.retrieve import Retrieve
from assistant.steps.screen import screen
from assistant.steps.understand import Understand
from assistant.steps.verify import Verify
from assistant.subjects import Subjects
from assistant.watching.stopwatch import all_timed
from corpus.library import Library, load_library, shipped_library
from corpus.records import Visibility
from index.build import build_index
from index.bulk import Outcome, Work, publish_read, read_plans
from index.embedders import Embedder, open_embedder
from index.errors import BUILD, IndexMissing, IndexUnavailable
from index.kept import KeepingPassages
from index.search import Search
from index.snapshot import Manifest, check_fits, open_published, published, sound_manifests

Progress = Callable[[int, int], None]
Keep = Callable[[AnswerRecord], None]
SEEN: dict[Visibility, tuple[Visibility, ...]] = {"public": ("public",), "staff": ("public", "staff")}
ADDED_PLANS = "plans"
BULK = "bulk"
# Beside the models: the vectors of the examples that questions are compared with.
EXAMPLES = "examples.sqlite"


def library_of(settings: Settings) -> Library:
    """Return the shipped plans and those added to the data directory."""
    return load_library(plans_folder(settings))


def plans_folder(settings: Settings) -> Path:
    """Return the folder of the plans that the city added."""
    return settings.data_dir / ADDED_PLANS


def database_of(settings: Settings) -> Database:
    """Return the state's database, not yet connected to."""
    return Database(settings.database)


def state_of(settings: Settings) -> State:
    """Return the state, not yet connected to its database."""
    return State(database_of(settings), settings.data_dir / SPOOL, settings.retention_days)


def secret_of(settings: Settings) -> Secret:
    """Return the secret that ids of people are hashed with."""
    key = settings.secret_key
    return load_secret(settings.data_dir, key.get_secret_value() if key else None)


def embedder_of(settings: Settings, progress: Progress | None = None) -> Embedder:
    """Open the embedding model; the default one is written to the data directory the first time."""
    return open_embedder(settings.embedding_model, Path(settings.data_dir), progress)


def build(
    settings: Settings,
    model_progress: Progress | None = None,
    progress: Progress | None = None,
    library: Library | None = None,
) -> Manifest:
    """Build and publish an index of all plans, or of the library given."""
    plans = library or library_of(settings)  # before the model: a plan that cannot be read is told at once
    embedder = embedder_of(settings, model_progress)
    manifest = build_index(plans, embedder, settings.data_dir, progress, chroma_url=settings.chroma_url)
    with_examples(settings, embedder).embed_passages(examples())
    return manifest


def read_in_bulk(
    settings: Settings, folder: Path | None, processes: int, address: str | None, progress: Progress | None
) -> Outcome:
    """Read the plans below a folder by Ray, and publish an index of them and of those there are."""
    added = plans_folder(settings)
    place = (folder or added).resolve()
    base = shipped_library(added) if place == added.resolve() else library_of(settings)
    embedder = embedder_of(settings)  # written before many processes want it
    work = Work(place, settings.data_dir / BULK, settings.embedding_model, settings.data_dir.resolve())
    read = read_plans(work, embedder.name, processes, address, progress)
    outcome = publish_read(read, base, embedder, settings.data_dir, settings.chroma_url)
    with_examples(settings, embedder).embed_passages(examples())
    return outcome


def with_examples(settings: Settings, embedder: Embedder) -> Embedder:
    """Return the embedder with a memory on disk of what is embedded at every start."""
    return KeepingPassages(embedder, settings.data_dir / "models" / EXAMPLES)


def check_index(settings: Settings) -> Manifest:
    """Return the published index's manifest; raises IndexUnavailable unless it fits plans and model."""
    manifest = published(settings.data_dir)
    plans = library_of(settings).digest()
    check_fits(manifest, embedder_of(settings).name, plans, settings.chroma_url)
    return manifest


def check_served(settings: Settings) -> Manifest:
    """Return the published index's manifest; raises IndexUnavailable unless it can be served as it is.

    The plans it was built from are its own: others wait for the next build.
    """
    manifest = published(settings.data_dir)
    check_fits(manifest, embedder_of(settings).name, chroma_url=settings.chroma_url)
    return manifest


def went_back(settings: Settings) -> bool:
    """Tell whether what is published can be served and was gone back to from an index of these plans."""
    try:
        manifest = check_served(settings)
    except IndexUnavailable:
        return False
    plans = library_of(settings).digest()
    return any(m.corpus == plans and m.built > manifest.built for m in sound_manifests(settings.data_dir))


@dataclass(frozen=True, slots=True)
class Model:
    """What a language model does in a turn: putting a question anew, and wording the answer."""

    write: Write
    again: Callable[[Callable[[Turn], Turn]], Again]


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
    correct: Correct
    model: Model | None = None

    def steps(self) -> Steps:
        """Return the steps of a turn, by name, in their order."""
        answering = (
            ("correct", self.correct),
            ("lookup", unless_looked_up(Lookup(self.facts))),
            ("retrieve", unless_looked_up(self.retrieve)),
            ("judge", unless_looked_up(self.judge)),
            ("compose", unless_looked_up(self.compose)),
            ("verify", Verify(self.library)),
        )
        each = Each(self.library, all_timed(answering))
        return (
            ("screen", screen),
            ("understand", self.understand),
            ("answer", self.model.again(each) if self.model else each),
        )

    def service(
        self,
        conversations: Conversations,
        today: datetime.date | None = None,
        keep: Keep | None = None,
        for_staff: Service | None = None,
    ) -> Service:
        """Return the service over these parts."""
        find = Find(self.understand, self.retrieve, self.ranking)
        return Service(
            self.library,
            self.search,
            find,
            self.steps(),
            conversations,
            today,
            keep,
            for_staff,
            self.model.write if self.model else None,
        )


def parts_of(settings: Settings, embedder: Embedder | None = None) -> Parts:
    """Return the parts over the published index, as residents see it; raises as build_service does."""
    return parts_for_all(settings, embedder=embedder)[0]


def parts_for_all(
    settings: Settings, corrected: Corrected | None = None, embedder: Embedder | None = None
) -> tuple[Parts, Parts]:
    """Return the parts over the published index for residents and for staff; raises as build_service does.

    They are the same where there is nothing that only staff may see.
    """
    model = embedder or embedder_of(settings)
    snapshot = open_published(settings.data_dir, model.name, chroma_url=settings.chroma_url)
    if not snapshot.collections:
        raise IndexMissing(f"the index holds no passage: plan-assistant corpus add, then {BUILD}")
    library = snapshot.library

    def seen_by(audience: Visibility) -> Parts:
        seen = library.seen_by(audience)
        search = Search(snapshot, model, seen, visibilities=SEEN[audience])
        return parts_over(seen, search, with_examples(settings, model), corrected)

    public = seen_by("public")
    return public, seen_by("staff") if library.has_staff_documents else public


def chat_of(settings: Settings) -> ChatModel | None:
    """Return the language model that the settings name; None where they name none."""
    if settings.llm_base_url is None or settings.llm_model is None:
        return None
    from assistant.llm.chat import Chat

    return Chat(
        settings.llm_base_url,
        settings.llm_model,
        settings.llm_api_key,
        settings.llm_max_tokens,
        settings.llm_timeout,
    )


def model_over(parts: Parts, settings: Settings, chat: ChatModel, limits: Limits) -> Model:
    """Return what a language model does over the parts, within the limits and the times of the settings."""
    from assistant.llm.lookups import Lookups

    times = Times(settings.llm_timeout, settings.llm_first_sentence)
    guard = Guard(parts.library, parts.subjects, Support(parts.library, parts.vocabulary, parts.embedder))
    write = Write(
        chat,
        limits,
        guard,
        Materials(parts.library),
        Verify(parts.library),
        Lookups(parts.library, chat, limits),
        times,
        settings.llm_max_tokens,
    )
    return Model(write, lambda answer: Again(answer, parts.understand, chat, limits, times.before))


def limits_of(settings: Settings) -> Limits:
    """Return when the language model is not asked: the switch, its failures, and the day's tokens."""
    spend = Spend(
        settings.data_dir / SPEND, settings.llm_daily_tokens, lambda: datetime.datetime.now(JAPAN).date()
    )
    return Limits(settings.data_dir / SWITCH, Breaker(), spend)


def parts_over(
    library: Library, search: Search, embedder: Embedder, corrected: Corrected | None = None
) -> Parts:
    """Put the parts together over a search that is open."""
    passages = [p for c in search.collections for p in c.passages]
    vocabulary, subjects = Vocabulary(library, passages), Subjects(library)
    editions = Editions(library)
    before = Before(library, editions, passages)
    facts = Facts(library, subjects, passages, before)
    ranking = Ranking(library, vocabulary, subjects, embedder)
    return Parts(
        library=library,
        search=search,
        embedder=embedder,
        vocabulary=vocabulary,
        subjects=subjects,
        facts=facts,
        understand=Understand(library, subjects, editions),
        ranking=ranking,
        retrieve=Retrieve(library, search, ranking, subjects, before),
        judge=Judge(library, subjects, vocabulary, Form(library, subjects, embedder), embedder, before),
        compose=Compose(facts, Extract(vocabulary, before), subjects),
        correct=Correct(library, corrected or NoCorrections()),
    )


class Opener:
    """Open the published index, as often as it changes, with the same models and the same state.

    Without a state nothing is kept but the conversations, in memory.
    """

    def __init__(self, settings: Settings, state: State | None = None) -> None:
        self.settings = settings
        self._state = state
        self._embedder = embedder_of(settings)
        self._conversations = Conversations()
        self._chat, self._limits = chat_of(settings), limits_of(settings)

    def __call__(self) -> Service:
        """Return a service over what is published now; raises IndexUnavailable."""
        state = self._state
        corrections = state.corrections if state else None
        public, staff = parts_for_all(self.settings, corrections, self._embedder)
        public, staff = self._worded(public), self._worded(staff)
        if state is None:
            return public.service(self._conversations, self.settings.today)
        keep = state.keeper.answered
        for_staff = staff.service(state.conversations("staff"), self.settings.today, keep)
        return public.service(state.conversations("public"), self.settings.today, keep, for_staff)

    def _worded(self, parts: Parts) -> Parts:
        """Return the parts with the language model, where the settings name one."""
        if self._chat is None:
            return parts
        return replace(parts, model=model_over(parts, self.settings, self._chat, self._limits))


def build_service(settings: Settings, state: State | None = None) -> Service:
    """Return the service over the published index; without a state it keeps nothing but its conversations.

    Raises ModelUnavailable, IndexUnavailable or CorpusError, each with one line that says what to do.
    """
    return Opener(settings, state)()
