"""LlamaIndex as its documentation begins: SentenceSplitter and VectorStoreIndex, with the same model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core import Document, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter
from pydantic import PrivateAttr

from corpus.library import Library
from index.embedders import Embedder


class SameModel(BaseEmbedding):
    """Give LlamaIndex the vectors of the project's embedder."""

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder, **fields: Any) -> None:
        super().__init__(model_name=embedder.name, **fields)
        self._embedder = embedder

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[float(x) for x in vector] for vector in self._embedder.embed_passages(texts)]

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(x) for x in self._embedder.embed_question(query)]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class LlamaIndexPipeline:
    """Find chunks by their vectors alone, in an index a municipality that is gone with the process."""

    def __init__(self, library: Library, embedder: Embedder) -> None:
        self._model = SameModel(embedder)
        self._indexes = {
            holding.id: VectorStoreIndex.from_documents(
                [Document(text=d.text) for d in holding.documents],
                transformations=[SentenceSplitter()],
                embed_model=self._model,
            )
            for holding in library.holdings
        }

    def find(self, question: str, municipalities: Sequence[str], limit: int) -> list[str]:
        """Return the texts of the nearest chunks, the nearest first."""
        indexes = [self._indexes[m] for m in municipalities]
        found = [node for i in indexes for node in i.as_retriever(similarity_top_k=limit).retrieve(question)]
        return [node.text for node in sorted(found, key=lambda node: -(node.score or 0.0))[:limit]]
