"""Fuzz the docx reader: python tests/fuzz/fuzz_docx.py -max_total_time=60"""

import contextlib
import sys

import atheris

with atheris.instrument_imports(include=["corpus"]):
    from corpus.errors import DocumentError
    from corpus.readers.docx import read


def target(data: bytes) -> None:
    """Read any bytes; only a DocumentError may come out."""
    with contextlib.suppress(DocumentError):
        read("fuzz", "fuzz", data)


atheris.Setup(sys.argv, target)
atheris.Fuzz()
