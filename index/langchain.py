"""The same search as a LangChain retriever, for pipelines that are made of LangChain's parts."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.search import Search


class PlanRetriever(BaseRetriever):
    """Retrieve passages of some municipalities; each document's metadata gives its place in the source.

    `limit` is how many are returned; `invoke(query, limit=3)` asks for another number once.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: Search
    municipalities: tuple[str, ...]
    limit: int = 5

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, limit: int | None = None
    ) -> list[Document]:
        return [
            Document(
                id=hit.passage.id,
                page_content=hit.passage.body,
                metadata={
                    "municipality": hit.passage.municipality,
                    "document_id": hit.passage.document_id,
                    "start": hit.passage.start,
                    "end": hit.passage.end,
                    "section": " > ".join(hit.passage.headings),
                    "score": hit.score,
                },
            )
            for hit in self.search.search(query, self.municipalities, self.limit if limit is None else limit)
        ]
