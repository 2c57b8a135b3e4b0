"""Small plans, read from a text in the test itself."""

from collections.abc import Callable

import pytest

from corpus.document import Document
from corpus.parse.blocks import parse_blocks
from corpus.parse.fields import Pieces
from corpus.parse.misprints import spelling_of
from corpus.parse.plan import read_plan
from corpus.records import Contact, DocumentInfo, Plan


@pytest.fixture(scope="session")
def pieces_of() -> Callable[[str], Pieces]:
    """Cut a text into blocks, ready for its records."""

    def cut(text: str) -> Pieces:
        document = parse_blocks(Document(document_id="aoba", text=text))
        return Pieces(document, spelling_of(document, {}))

    return cut


@pytest.fixture(scope="session")
def plan_of() -> Callable[..., Plan]:
    """Read a text into a plan; words as keywords are corrections."""

    def plan(text: str, **corrections: str) -> Plan:
        document = parse_blocks(Document(document_id="aoba", text=text))
        info = DocumentInfo(document_id="aoba", title="計画")
        return read_plan("aoba", "青葉市", Contact(name="企画課"), ((info, document),), corrections)

    return plan
