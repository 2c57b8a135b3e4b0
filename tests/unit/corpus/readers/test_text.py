"""Text files: whatever encoding an office saved one in, the same characters are read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DocumentError
from corpus.library import shipped_plans
from corpus.readers import read
from corpus.readers.text import decode

LINES = [
    line for path in sorted(shipped_plans().glob("*/*.txt")) for line in path.read_text("utf-8").split("\n")
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp"])
def test_every_line_of_the_shipped_plans_is_read_in_every_encoding_that_has_it(encoding: str) -> None:
    readable = 0
    for line in LINES:
        try:
            data = line.encode(encoding)
        except UnicodeEncodeError:
            continue
        readable += 1
        assert decode("plan.txt", data) == line
    assert readable > len(LINES) * 0.8


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r")))
def test_utf_8_is_read_unchanged(text: str) -> None:
    assert decode("plan.txt", text.removeprefix("\ufeff").encode()) == text.removeprefix("\ufeff")


def test_line_ends_are_made_one_kind_and_a_byte_order_mark_is_dropped() -> None:
    assert decode("plan.txt", b"\xef\xbb\xbfa\r\nb\rc\n") == "a\nb\nc\n"


def test_a_line_that_no_encoding_explains_is_named() -> None:
    with pytest.raises(DocumentError, match=r"plan\.txt: line 2 .*save the file as UTF-8"):
        decode("plan.txt", "計画\n".encode() + b"\xff" + "を見直す。\n".encode())


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(DocumentError, match="not a text file"):
        decode("plan.txt", "計画".encode("utf-16-le") + b"\0\0")


def test_a_missing_file_is_a_fault_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"gone\.txt"):
        read(tmp_path / "gone.txt", "doc")


def test_a_format_that_is_not_read_is_a_fault_that_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"plan\.doc.*\.txt"):
        read(tmp_path / "plan.doc", "doc")
