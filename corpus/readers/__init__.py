"""Readers: one module a format; each turns a file's bytes into a `Document` without blocks.

To add a format, write its module and name it in `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.readers import text

READERS: dict[str, Callable[[str, str, bytes], Document]] = {".txt": text.read, ".md": text.read}


def read(path: Path, document_id: str) -> Document:
    """Read a file into a document by its suffix.

    Raises DocumentError for a file that is missing, of a format that is not read, or damaged.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise DocumentError(
            f"{path.name}: files of type '{path.suffix}' are not read; save it as one of {known}"
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror}") from error
    return reader(document_id, path.name, data)
