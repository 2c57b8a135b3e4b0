"""The plans there are: shipped with the project, and added to the data directory.

A municipality's folder holds `plan.toml` and the documents it names.
"""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from corpus.document import Document, Frozen
from corpus.errors import PlanFileError
from corpus.parse.blocks import parse_blocks
from corpus.readers import read
from corpus.records import Contact, DocumentInfo

PLAN_FILE = "plan.toml"


class Municipality(Frozen):
    """A municipality's id, its names, and the names people use for it."""

    id: str = Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])$")
    name: str
    reading: str | None = None
    aliases: tuple[str, ...] = ()
    prefecture: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name by which a question may mean it."""
        return (self.name, *((self.reading,) if self.reading else ()), *self.aliases)


class DocumentFile(DocumentInfo):
    """A document named in plan.toml; `file` stands beside plan.toml."""

    document_id: str = Field(alias="id")
    file: str


class PlanFile(Frozen):
    """A plan.toml."""

    municipality: Municipality
    contact: Contact
    documents: tuple[DocumentFile, ...]
    synonyms: Mapping[str, tuple[str, ...]] = {}


class Holding(Frozen):
    """One municipality's plan file and its documents, read and cut into blocks."""

    plan: PlanFile
    documents: tuple[Document, ...]

    @property
    def id(self) -> str:
        """Return the municipality's id."""
        return self.plan.municipality.id

    @property
    def synonyms(self) -> dict[str, tuple[str, ...]]:
        """Return the everyday words for the plan's words: the common ones and the municipality's own."""
        own = dict(self.plan.synonyms)
        return {w: own.get(w, ()) + common_synonyms().get(w, ()) for w in {**common_synonyms(), **own}}

    def info(self, document_id: str) -> DocumentFile:
        """Return what plan.toml says of a document; KeyError for one that is not the municipality's."""
        return {d.document_id: d for d in self.plan.documents}[document_id]


class Library(Frozen):
    """Every municipality's holding, in the order of their ids."""

    holdings: tuple[Holding, ...]

    def holding(self, municipality: str) -> Holding | None:
        """Return a municipality's holding, or None."""
        return next((h for h in self.holdings if h.id == municipality), None)

    def document(self, document_id: str) -> tuple[Holding, Document] | None:
        """Return a document with its holding, or None."""
        return next(
            ((h, d) for h in self.holdings for d in h.documents if d.document_id == document_id), None
        )

    def digest(self) -> str:
        """Return a hash of all that an index is built from: texts, names and synonyms."""
        hashed = hashlib.sha256()
        for holding in self.holdings:
            hashed.update(holding.plan.model_dump_json().encode())
            for document in holding.documents:
                hashed.update(document.text.encode("utf-8", "surrogatepass"))
        hashed.update(repr(sorted(common_synonyms().items())).encode())
        return hashed.hexdigest()


@functools.lru_cache(maxsize=1)
def common_synonyms() -> dict[str, tuple[str, ...]]:
    """Return the everyday words that hold for every municipality."""
    data = tomllib.loads(resources.files("corpus").joinpath("synonyms.toml").read_text("utf-8"))
    return {word: tuple(said) for word, said in data["synonyms"].items()}


def load_library(*folders: Path) -> Library:
    """Read every plan below the folders; one in a later folder replaces one of the same municipality.

    Raises PlanFileError or DocumentError, naming the file and what is wrong.
    """
    found: dict[str, Holding] = {}
    for folder in (shipped_plans(), *folders):
        for path in sorted(folder.glob(f"*/{PLAN_FILE}")):
            holding = load_holding(path)
            found[holding.id] = holding
    holdings = tuple(found[k] for k in sorted(found))
    _check_documents(holdings)
    return Library(holdings=holdings)


def shipped_plans() -> Path:
    """Return the folder of the plans that come with the project."""
    return Path(str(resources.files("corpus"))) / "plans"


def load_holding(path: Path) -> Holding:
    """Read one plan.toml and its documents."""
    plan = load_plan_file(path)
    documents = []
    for entry in plan.documents:
        if not re.fullmatch(r"[\w][\w .()-]*", entry.file):
            raise PlanFileError(
                f"{path}: documents.file: '{entry.file}' must be a file name beside {PLAN_FILE}"
            )
        documents.append(parse_blocks(read(path.parent / entry.file, entry.document_id)))
    return Holding(plan=plan, documents=tuple(documents))


def load_plan_file(path: Path) -> PlanFile:
    """Read a plan.toml; raises PlanFileError naming the key that is missing or wrong."""
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanFileError(f"{path}: {error}") from error
    try:
        return PlanFile.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise PlanFileError(f"{path}: {key}: {first['msg']}") from error


def _check_documents(holdings: tuple[Holding, ...]) -> None:
    seen: dict[str, str] = {}
    for holding in holdings:
        for document in holding.plan.documents:
            if document.document_id in seen:
                other = seen[document.document_id]
                raise PlanFileError(
                    f"document id '{document.document_id}' is used by {other} and {holding.id}"
                )
            seen[document.document_id] = holding.id
