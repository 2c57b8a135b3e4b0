"""The search as a LangChain retriever passes LangChain's own tests of retrievers, over the real model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_tests.integration_tests import RetrieversIntegrationTests

from assistant.settings import Settings
from assistant.wiring import parts_of
from index.langchain import PlanRetriever

PARAMETERS: dict[str, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def over_the_plans(data_dir: Path) -> None:
    """Open the index once."""
    search = parts_of(Settings(_env_file=None, data_dir=data_dir)).search
    PARAMETERS.update(search=search, municipalities=("hakui", "nonoichi"), limit=5)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Run what is asynchronous on asyncio."""
    return "asyncio"


@pytest.mark.anyio
class TestPlanRetriever(RetrieversIntegrationTests):
    """LangChain's suite, with one test of our own."""

    @property
    def retriever_constructor(self) -> type[PlanRetriever]:
        """Return what is tested."""
        return PlanRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        """Return what it is made of."""
        return PARAMETERS

    @property
    def retriever_query_example(self) -> str:
        """Return a question that both plans answer."""
        return "キャッシュレス決済の導入"

    @property
    def num_results_arg_name(self) -> str:
        """Return what says how many are wanted."""
        return "limit"

    def test_a_document_is_a_place_in_its_source(self, retriever: PlanRetriever) -> None:
        """Compare each document with the text that its metadata points into."""
        found: list[Document] = retriever.invoke(self.retriever_query_example)
        passages = {p.id: p for c in retriever.search.snapshot.collections for p in c.passages}
        for document in found:
            passage = passages[document.id or ""]
            assert document.page_content == passage.body
            assert document.metadata["start"] == passage.start < passage.end == document.metadata["end"]
        assert {d.metadata["municipality"] for d in found} <= {"hakui", "nonoichi"} and found
