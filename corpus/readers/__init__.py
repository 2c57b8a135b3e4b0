"""Readers: one module a format; each turns a file's bytes into a `Document` without blocks.

To add a format, write its module and name it in `READERS`; a format whose files can harm is read `apart`.
"""

from __future__ import annotations

from pathlib import Path

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.readers import markdown, text
from corpus.readers.limits import FILE_BYTES, Reader, apart, check_size

READERS: dict[str, Reader] = {
    ".txt": text.read,
    ".md": markdown.read,
    ".html": apart("html"),
    ".htm": apart("html"),
    ".docx": apart("docx"),
    ".xlsx": apart("xlsx"),
    ".pdf": apart("pdf"),
}


def read(path: Path, document_id: str) -> Document:
    """Read a file into a document by its suffix.

    Raises DocumentError for a file that is missing, of a format that is not read, too large, or damaged.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise DocumentError(
            f"{path.name}: files of type '{path.suffix}' are not read; save it as one of {known}"
        )
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror}") from error
    if len(data) > FILE_BYTES:
        check_size(path.name, path.stat().st_size)
    return reader(document_id, path.name, data)
