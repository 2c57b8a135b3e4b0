"""Fuzz the text reader: python tests/fuzz/fuzz_text.py -max_total_time=60"""

import contextlib
import sys

import atheris

with atheris.instrument_imports(include=["corpus"]):
    from corpus.errors import DocumentError
    from corpus.readers.text import read


def target(data: bytes) -> None:
    """Read any bytes; only a DocumentError may come out."""
    with contextlib.suppress(DocumentError):
        read("fuzz", "fuzz", data)


atheris.Setup(sys.argv, target)
atheris.Fuzz()
