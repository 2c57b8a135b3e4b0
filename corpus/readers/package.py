"""An Office file's package: its parts, none of which is unpacked before all are found small enough."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import Any

from lxml import etree

from corpus.errors import DocumentError
from corpus.readers.limits import DEPTH, MEGABYTE, PART_BYTES, check_zip

_COMPOUND = b"\xd0\xcf\x11\xe0"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Package:
    """A .docx or .xlsx file; raises DocumentError for one that is encrypted, damaged or a bomb."""

    def __init__(self, name: str, data: bytes, suffix: str) -> None:
        self.name = name
        if data.startswith(_COMPOUND):
            raise DocumentError(
                f"{name}: encrypted, or of the format before {suffix}; save it as {suffix} without a password"
            )
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError):
            raise DocumentError(f"{name}: not a {suffix} file, or cut off; give the original file") from None
        check_zip(name, self._archive)
        self.parts = frozenset(self._archive.namelist())
        for part in self.parts:
            if part.endswith((".xml", ".rels")) and self._archive.getinfo(part).file_size > PART_BYTES:
                raise DocumentError(
                    f"{name}: {part!r} unpacks to more than {PART_BYTES // MEGABYTE} MB; split the file"
                )

    def part(self, path: str) -> bytes:
        """Return a part's bytes; they are at most what the archive said of it."""
        try:
            return self._archive.read(path)
        except KeyError:
            raise DocumentError(f"{self.name}: its part {path!r} is missing; save the file again") from None
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ):
            raise DocumentError(
                f"{self.name}: its part {path!r} is damaged; give the original file"
            ) from None

    def xml(self, path: str) -> Any:
        """Return a part as a tree; no entity is expanded and none may be declared."""
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(self.part(path), parser)
        except etree.XMLSyntaxError as error:
            if "depth" in (error.msg or ""):
                raise DocumentError(_too_deep(self.name)) from None
            raise DocumentError(
                f"{self.name}: {path}, line {error.lineno or 0}: {error.msg}; save it again in Office"
            ) from None
        if root is None or root.getroottree().docinfo.doctype:
            raise DocumentError(f"{self.name}: {path} declares entities; give a file that Office saved")
        check_depth(self.name, root)
        return root

    def check_entities(self) -> None:
        """Raise DocumentError where any XML part declares entities, for a library that reads them itself."""
        for path in sorted(self.parts):
            if path.endswith((".xml", ".rels", ".vml")):
                self.xml(path)

    def related(self, path: str, kind: str) -> str | None:
        """Return the part of a kind that a part refers to inside the file, or None."""
        folder, base = posixpath.split(path)
        rels = posixpath.join(folder, "_rels", f"{base}.rels")
        if rels not in self.parts:
            return None
        for relationship in self.xml(rels).iter(_RELATIONSHIP):
            inside = relationship.get("TargetMode") != "External"
            if inside and (relationship.get("Type") or "").endswith(f"/{kind}"):
                target = posixpath.normpath(posixpath.join("/", folder, relationship.get("Target") or ""))
                return target.lstrip("/") if target.lstrip("/") in self.parts else None
        return None


def check_depth(name: str, root: Any) -> None:
    """Raise DocumentError where elements lie too deep in one another."""
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEPTH:
            raise DocumentError(_too_deep(name))


def _too_deep(name: str) -> str:
    return f"{name}: elements lie more than {DEPTH} deep in one another; save it more simply"
