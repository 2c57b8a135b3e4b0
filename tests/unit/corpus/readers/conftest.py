"""What the readers' tests share: what holds for every document, whatever its format."""

from collections.abc import Callable

import pytest

from corpus.document import Document
from corpus.errors import DocumentError

Check = Callable[[Document], None]


@pytest.fixture(scope="session")
def keeps_the_contract() -> Check:
    """Check that places and text agree: cells are trimmed, rows are lines, pages cover the text."""

    def check(document: Document) -> None:
        text = document.text
        for grid in document.grids:
            rows = text[grid.start : grid.end].split("\n")
            for cell in grid.cells:
                said = cell.of(text)
                assert said == said.strip() and "\t" not in said and "\n" not in said
                assert grid.contains(cell)
                assert rows[cell.row].split("\t")[cell.column].strip() == said
        for mark in document.heading_marks:
            said = mark.of(text)
            assert said and said == said.strip() and "\n" not in said
            assert text[: mark.start].endswith("\n") or mark.start == 0
        edges = [edge for page in document.pages for edge in (page.start, page.end)]
        assert edges == sorted(edges)
        assert not edges or (edges[0] == 0 and edges[-1] == len(text))

    return check


@pytest.fixture(scope="session")
def survives() -> Callable[[Callable[[str, str, bytes], Document], bytes, Check], None]:
    """Check that bytes are read as the contract says or refused in one line that names the file."""

    def check(read: Callable[[str, str, bytes], Document], data: bytes, contract: Check) -> None:
        try:
            contract(read("doc", "plan.bin", data))
        except DocumentError as error:
            assert str(error).startswith("plan.bin: ") and "\n" not in str(error)

    return check
