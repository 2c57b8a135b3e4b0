"""The pipelines that are measured: each a name, what it is, and how it is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from corpus.library import Holding, Library
from index.build import Cut, build_index
from index.embedders import Embedder
from index.passages import Passage, passages_of
from index.search import FUSED, VECTORS, Fusion, Search
from index.snapshot import open_published, published

OWN = "search"
BASELINE = "plain"


class Pipeline(Protocol):
    """Find texts for a question."""

    def find(self, question: str, municipalities: Sequence[str], limit: int) -> list[str]:
        """Return the texts found, the best first."""
        ...


@dataclass(frozen=True, slots=True)
class Bench:
    """Hold what every pipeline is opened with; below `folder` they keep what they build."""

    library: Library
    folder: Path


Opener = Callable[[Bench, Embedder], Pipeline]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Say what a pipeline is and how it is opened.

    One that does not build opens what `search` has built. `model` tells whether it embeds questions, and
    `package` what has to be installed for it beyond the project itself.
    """

    name: str
    about: str
    open: Opener
    builds: bool = False
    model: bool = True
    package: str | None = None

    @property
    def installed(self) -> bool:
        """Tell whether the package that it needs is there."""
        return self.package is None or find_spec(self.package) is not None


class OwnSearch:
    """Find passages by this project's search."""

    def __init__(self, bench: Bench, folder: str, embedder: Embedder, fusion: Fusion) -> None:
        place = bench.folder / folder
        snapshot = open_published(place, published(place).model, bench.library.digest())
        self._search = Search(snapshot, embedder, bench.library, fusion)
        self._texts = {d.document_id: d.text for h in bench.library.holdings for d in h.documents}

    def find(self, question: str, municipalities: Sequence[str], limit: int) -> list[str]:
        """Return what the sources say where the passages stand."""
        passages = [hit.passage for hit in self._search.search(question, municipalities, limit)]
        return [self._texts[p.document_id][p.start : p.end] for p in passages]


def _built(name: str, cut: Cut, bench: Bench, embedder: Embedder) -> Pipeline:
    build_index(bench.library, embedder, bench.folder / name, cut=cut)
    return OwnSearch(bench, name, embedder, FUSED)


def _fused(lists: Sequence[str], bench: Bench, embedder: Embedder) -> Pipeline:
    return OwnSearch(bench, OWN, embedder, FUSED.only(*lists))


def _without_headings(holding: Holding) -> tuple[Passage, ...]:
    return tuple(passage.model_copy(update={"headings": ()}) for passage in passages_of(holding))


def _plain(bench: Bench, embedder: Embedder) -> Pipeline:
    from evals.peers.plain import PlainPipeline

    return PlainPipeline(bench.library, embedder)


def _llamaindex(bench: Bench, embedder: Embedder) -> Pipeline:
    from evals.peers.llamaindex import LlamaIndexPipeline

    return LlamaIndexPipeline(bench.library, embedder)


def _alone(name: str, about: str) -> Recipe:
    return Recipe(name, about, partial(_fused, (name,)), model=name == VECTORS)


def _without(left_out: str, about: str) -> Recipe:
    lists = tuple(name for name in FUSED.weights if name != left_out)
    return Recipe(f"no-{left_out}", about, partial(_fused, lists))


RECIPES = (
    Recipe(OWN, "this project's search: every list, fused", partial(_built, OWN, passages_of), builds=True),
    _alone("words", "BM25 over words alone"),
    _alone("readings", "BM25 over readings alone"),
    _alone(VECTORS, "vectors alone"),
    _without("bigrams", "fused without bigrams"),
    _without("readings", "fused without readings"),
    _without("views", "fused without the vectors of sentences and cells"),
    Recipe(
        "no-headings",
        "fused, passages indexed and embedded without their headings",
        partial(_built, "no-headings", _without_headings),
        builds=True,
    ),
    Recipe(
        BASELINE,
        "LangChain: RecursiveCharacterTextSplitter (500 letters), Chroma",
        _plain,
        builds=True,
        package="langchain_chroma",
    ),
    Recipe(
        "llamaindex",
        "LlamaIndex: SentenceSplitter (1024 tokens), VectorStoreIndex",
        _llamaindex,
        builds=True,
        package="llama_index",
    ),
)
BY_NAME = {recipe.name: recipe for recipe in RECIPES}
