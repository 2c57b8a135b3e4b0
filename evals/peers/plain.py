"""The plain pipeline of the tutorials: LangChain's recursive splitter and Chroma, with the same model."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from corpus.library import Library
from index.embedders import Embedder

CHUNK = 500
OVERLAP = 50


class SameModel(Embeddings):
    """Give LangChain the vectors of the project's embedder."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of chunks."""
        return [[float(x) for x in vector] for vector in self._embedder.embed_passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return [float(x) for x in self._embedder.embed_question(text)]


class PlainPipeline:
    """Find chunks by their vectors alone, in a collection a municipality that is gone with the process."""

    name = "plain"

    def __init__(self, library: Library, embedder: Embedder) -> None:
        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
        embeddings = SameModel(embedder)
        self._stores: dict[str, Chroma] = {}
        for holding in library.holdings:
            # Every store in memory is of one client: the name keeps two pipelines in a process apart.
            name = f"{holding.id}-{uuid.uuid4().hex}"
            store = Chroma(collection_name=name, embedding_function=embeddings)
            store.add_texts([chunk for d in holding.documents for chunk in splitter.split_text(d.text)])
            self._stores[holding.id] = store

    def find(self, question: str, municipalities: Sequence[str], limit: int) -> list[str]:
        """Return the texts of the nearest chunks, the nearest first."""
        stores = [self._stores[m] for m in municipalities]
        found = [pair for s in stores for pair in s.similarity_search_with_score(question, k=limit)]
        return [document.page_content for document, _ in sorted(found, key=lambda pair: pair[1])[:limit]]
