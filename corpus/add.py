"""Add and remove plans in the data directory: a folder a municipality, plan.toml beside the documents."""

from __future__ import annotations

import hashlib
import re
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

import tomli_w

from corpus.document import Document
from corpus.errors import CorpusError, PlanFileError
from corpus.library import (
    MUNICIPALITY_ID,
    PLAN_FILE,
    REMOVED,
    Holding,
    PlanFile,
    load_library,
    load_plan_file,
)
from corpus.parse.lines import MARKUP
from corpus.readers import read
from corpus.records import Contact, Visibility

# A title stands on the cover: 「第2次○○市DX推進計画」, 「○○市総合計画 後期基本計画」.
TITLE_LINES = 12
_TITLE = re.compile(
    r"[^。、「」]{3,50}(?:計画|プラン|ビジョン|戦略|構想|方針|指針|大綱)(?:書|編)?(?:[ 　(（〈].{1,30})?"
)
_MARKS = "# 　■◆●【】"
_SPACED = re.compile(r"(?:\S ){3,}\S")


def add_documents(
    folder: Path,
    municipality: str,
    files: Sequence[Path],
    name: str | None = None,
    title: str | None = None,
    visibility: Visibility = "public",
) -> Holding:
    """Add files to a municipality's plans below the folder; return its holding as it now is.

    Nothing is kept unless every file could be read. Raises CorpusError naming the file or the argument.
    """
    if not re.fullmatch(MUNICIPALITY_ID, municipality):
        raise CorpusError(
            f"--municipality: '{municipality}' は使えません（半角の英小文字・数字・ハイフン、2〜60文字）"
        )
    titles = [title_in(read(file, "check")) for file in files]
    home = folder / municipality
    known = load_library(folder).holding(municipality)
    if known is None and not name:
        raise CorpusError(
            f"--name: 新しい市町村 '{municipality}' の名前を付けてください（例: --name 羽咋市）"
        )
    staging = folder / f".adding-{uuid.uuid4().hex}"
    if home.exists():
        shutil.copytree(home, staging)
    else:
        staging.mkdir(parents=True)
    try:
        plan = _plan_file(
            staging, municipality, name or (known.plan.municipality.name if known else municipality)
        )
        (staging / REMOVED).unlink(missing_ok=True)
        for file, printed in zip(files, titles, strict=True):
            named = title if len(files) == 1 and title else printed
            plan = _with_document(plan, staging, file, named, visibility)
        _write(staging / PLAN_FILE, plan)
        _replace(home, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    holding = load_library(folder).holding(municipality)
    assert holding is not None
    return holding


def title_in(document: Document) -> str | None:
    """Return the title that a document prints among its first lines, without blanks between its letters."""
    for line in document.text.split("\n")[:TITLE_LINES]:
        said = " ".join(MARKUP.sub("", line).strip(_MARKS).split())
        apart = _SPACED.fullmatch(said)
        said = said.replace(" ", "") if apart else said
        if _TITLE.fullmatch(said):
            return said
    return None


def remove_plan(folder: Path, municipality: str) -> None:
    """Take a municipality's plans out: added documents are deleted, a shipped plan is left out."""
    if load_library(folder).holding(municipality) is None:
        raise CorpusError(
            f"ID: '{municipality}' の計画はありません。plan-assistant corpus list で確かめてください"
        )
    shutil.rmtree(folder / municipality, ignore_errors=True)
    if load_library(folder).holding(municipality) is not None:
        (folder / municipality).mkdir(parents=True)
        (folder / municipality / REMOVED).touch()


def _plan_file(staging: Path, municipality: str, name: str) -> PlanFile:
    path = staging / PLAN_FILE
    if path.is_file():
        return load_plan_file(path)
    data = {
        "municipality": {"id": municipality, "name": name},
        "contact": Contact(name=name),
        "documents": (),
    }
    return PlanFile.model_validate(data)


def _with_document(
    plan: PlanFile, staging: Path, file: Path, title: str | None, visibility: Visibility
) -> PlanFile:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
    document_id = f"{plan.municipality.id}-{digest}"
    if any(d.document_id == document_id for d in plan.documents):
        raise PlanFileError(f"{file.name}: 同じ内容の文書がもうあります（{document_id}）")
    stored = f"{document_id}{file.suffix.lower()}"
    shutil.copyfile(file, staging / stored)
    entry = {
        "id": document_id,
        "file": stored,
        "title": title or file.stem,
        "visibility": visibility,
        "provenance": f"{file.name} から追加",
    }
    documents = [*(d.model_dump(mode="json", by_alias=True) for d in plan.documents), entry]
    return PlanFile.model_validate({**plan.model_dump(mode="json", by_alias=True), "documents": documents})


def _write(path: Path, plan: PlanFile) -> None:
    data = plan.model_dump(mode="json", by_alias=True, exclude_none=True)
    path.write_text(tomli_w.dumps(data), "utf-8")


def _replace(home: Path, staging: Path) -> None:
    old = home.with_name(f".old-{uuid.uuid4().hex}")
    if home.exists():
        home.rename(old)
    staging.rename(home)
    shutil.rmtree(old, ignore_errors=True)
