"""The plans there are: shipped with the project, and added to the data directory.

A municipality's folder holds `plan.toml` and the documents it names.
"""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from corpus.document import Document, Frozen
from corpus.errors import PlanFileError
from corpus.normalize import fold
from corpus.parse.blocks import parse_blocks
from corpus.parse.plan import read_plan
from corpus.readers import read
from corpus.records import Contact, DocumentInfo, Plan, Visibility
from corpus.thesaurus import Concept, Thesaurus, Wording, common_concepts

# What may stand after a municipality's name: a particle, a mark, another language's word, or nothing.
AFTER_NAME = r"(?=[\sのはにでもとがをへ的有在、。，,'？?！!]|$)"
# What makes a longer word of a name: more katakana, kanji or Latin letters of the same kind.
NO_LONGER_WORD = r"(?![ァ-ヺー㐀-鿿])(?!(?<=[a-z])[a-z])"
_HIRAGANA = re.compile(r"[ぁ-ゖー]+[市町村区]?")
_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
SUFFIXES = ("市", "町", "村", "区", "県", "府", "都", "道")
PLAN_FILE = "plan.toml"
# Beside added plans: a file of this name in a municipality's folder takes its shipped plan out.
REMOVED = "removed"


# A municipality's id is part of file names, addresses and index names.
MUNICIPALITY_ID = r"^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])$"


class Municipality(Frozen):
    """A municipality's id, its names, and the names people use for it."""

    id: str = Field(pattern=MUNICIPALITY_ID)
    name: str
    reading: str | None = None
    aliases: tuple[str, ...] = ()
    prefecture: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name by which a question may mean it, in katakana what is given in hiragana."""
        given = (self.name, *((self.reading,) if self.reading else ()), *self.aliases)
        in_kana = (n.translate(_KATAKANA) for n in given if _HIRAGANA.fullmatch(n))
        return tuple(dict.fromkeys((*given, *in_kana)))


class DocumentFile(DocumentInfo):
    """A document named in plan.toml; `file` stands beside plan.toml."""

    document_id: str = Field(alias="id")
    file: str


class PlanFile(Frozen):
    """A plan.toml."""

    municipality: Municipality
    contact: Contact
    documents: tuple[DocumentFile, ...]
    synonyms: Mapping[Wording, tuple[Wording, ...]] = Field(default_factory=dict)
    corrections: Mapping[Wording, Wording] = Field(default_factory=dict)


class Holding(Frozen):
    """One municipality's plan file and its documents, read and cut into blocks."""

    plan: PlanFile
    documents: tuple[Document, ...]
    audience: Visibility = "public"

    @property
    def id(self) -> str:
        """Return the municipality's id."""
        return self.plan.municipality.id

    def is_named(self, text: str) -> bool:
        """Tell whether a text names the municipality; its short name inside a longer word does not count.

        羽咋 in 羽咋ポイント is a part of that word; 羽咋市, or ハクイ市, is named wherever it stands.
        """
        folded = fold(text)
        names = map(fold, self.plan.municipality.names)
        ending = f"(?:{re.escape(self.plan.municipality.name[-1])}|{NO_LONGER_WORD})"
        return any(
            re.search(re.escape(name) + ("" if name.endswith(SUFFIXES) else ending), folded) for name in names
        )

    @functools.cached_property
    def thesaurus(self) -> Thesaurus:
        """Return the municipality's own words, its misprints, and the concepts of every municipality."""
        own = (Concept(plan=(word,), said=said) for word, said in self.plan.synonyms.items())
        misprints = (Concept(plan=(word,), said=(meant,)) for word, meant in self.plan.corrections.items())
        return Thesaurus(common_concepts(), own=(*own, *misprints))

    @functools.cached_property
    def synonyms(self) -> Mapping[str, tuple[str, ...]]:
        """Return all other wordings for each of the plan's words, the municipality's own first."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for concept in self.thesaurus.concepts:
            for word in concept.plan:
                found[word].update(dict.fromkeys(w for w in concept.wordings if w != word))
        return {word: tuple(wordings) for word, wordings in found.items()}

    @functools.cached_property
    def records(self) -> Plan:
        """Return the plan read from all documents."""
        return self._records_of(("public", "staff"))

    @functools.cached_property
    def public_records(self) -> Plan:
        """Return the plan read from the documents that the holding's audience may see: anyone, or staff."""
        return self.records if self.audience == "staff" else self._records_of(("public",))

    def _records_of(self, visibilities: Collection[str]) -> Plan:
        documents = tuple(
            (DocumentInfo.model_validate(info.model_dump(exclude={"file"})), d)
            for d in self.documents
            if (info := self.info(d.document_id)).visibility in visibilities
        )
        return read_plan(
            self.id, self.plan.municipality.name, self.plan.contact, documents, self.plan.corrections
        )

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

    def without_names(self, text: str) -> str:
        """Return the text without the municipalities' names, which say nothing within one's own plan.

        A name inside a longer word stays: 羽咋ポイント is a word of its own.
        """
        return self._names.sub(" ", text) if self._names else text

    @functools.cached_property
    def _names(self) -> re.Pattern[str] | None:
        names = sorted({n for h in self.holdings for n in h.plan.municipality.names}, key=len, reverse=True)
        pattern = "|".join(re.escape(n) for n in names)
        return re.compile(f"(?:{pattern}){AFTER_NAME}", re.IGNORECASE) if names else None

    def seen_by(self, audience: Visibility) -> Library:
        """Return the library as residents, or staff, see it: a resident's has no document but public ones."""
        if audience == "staff":
            return Library(
                holdings=tuple(
                    Holding(plan=h.plan, documents=h.documents, audience="staff") for h in self.holdings
                )
            )
        if not self.has_staff_documents:
            return self
        return Library(holdings=tuple(filter(None, map(_public, self.holdings))))

    @property
    def has_staff_documents(self) -> bool:
        """Say whether there is a document that only staff may see."""
        return any(d.visibility == "staff" for h in self.holdings for d in h.plan.documents)

    def digest(self) -> str:
        """Return a hash of all that an index is built from: texts, how they were read, and the plan files."""
        hashed = hashlib.sha256()
        for holding in self.holdings:
            hashed.update(holding.plan.model_dump_json().encode())
            for document in holding.documents:
                hashed.update(document.text.encode("utf-8", "surrogatepass"))
                hashed.update(document.model_dump_json(include={"blocks"}).encode("utf-8", "surrogatepass"))
        return hashed.hexdigest()


def _public(holding: Holding) -> Holding | None:
    """Return the holding without what only staff may see; None where nothing is left."""
    infos = tuple(d for d in holding.plan.documents if d.visibility == "public")
    ids = {d.document_id for d in infos}
    plan = holding.plan.model_copy(update={"documents": infos})
    documents = tuple(d for d in holding.documents if d.document_id in ids)
    return Holding(plan=plan, documents=documents) if documents else None


def load_library(*folders: Path) -> Library:
    """Read the shipped plans and those below the folders, which add to a municipality that is there already.

    Raises PlanFileError or DocumentError, naming the file and what is wrong.
    """
    removed = {path.parent.name for folder in folders for path in folder.glob(f"*/{REMOVED}")}
    found: dict[str, Holding] = {}
    for folder in (shipped_plans(), *folders):
        for path in sorted(folder.glob(f"[!.]*/{PLAN_FILE}")):  # what begins with a dot is being added
            holding = load_holding(path)
            if folder != shipped_plans() or holding.id not in removed:
                found[holding.id] = _merged(found[holding.id], holding) if holding.id in found else holding
    holdings = tuple(found[k] for k in sorted(found))
    _check_documents(holdings)
    return Library(holdings=holdings)


def joined(library: Library, holdings: Iterable[Holding]) -> Library:
    """Return the library with more holdings, which add to a municipality that is there already.

    Raises PlanFileError where two documents have one id.
    """
    found = {holding.id: holding for holding in library.holdings}
    for holding in holdings:
        found[holding.id] = _merged(found[holding.id], holding) if holding.id in found else holding
    held = tuple(found[k] for k in sorted(found))
    _check_documents(held)
    return Library(holdings=held)


def _merged(first: Holding, more: Holding) -> Holding:
    """Return a municipality's holding with another's documents, synonyms and corrections added."""
    plan = first.plan.model_copy(
        update={
            "documents": first.plan.documents + more.plan.documents,
            "synonyms": {**first.plan.synonyms, **more.plan.synonyms},
            "corrections": {**first.plan.corrections, **more.plan.corrections},
        }
    )
    return Holding(plan=plan, documents=first.documents + more.documents)


def shipped_library(*folders: Path) -> Library:
    """Return the shipped plans, but for those that a folder of added plans takes out."""
    removed = {path.parent.name for folder in folders for path in folder.glob(f"*/{REMOVED}")}
    return Library(holdings=tuple(h for h in load_library().holdings if h.id not in removed))


def shipped_plans() -> Path:
    """Return the folder of the plans that come with the project."""
    return Path(str(resources.files("corpus"))) / "plans"


def file_of(holding: Holding, document_id: str, *folders: Path) -> Path | None:
    """Return the file that a document was read from, shipped or below the folders, or None."""
    name = holding.info(document_id).file
    places = (folder / holding.id / name for folder in (*folders, shipped_plans()))
    return next((place for place in places if place.is_file()), None)


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
