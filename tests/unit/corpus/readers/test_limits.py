"""Limits: a file that asks for too much, in a process apart, ends as one refusal."""

import io
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.readers import READERS, limits, read
from corpus.readers.limits import Budget, apart, check_size, check_zip, refusing

MISCHIEF = """
import os, socket, time
from corpus.document import Document
def read(document_id, name, data):
    what = data.decode()
    if what == "hang": time.sleep(60)
    if what == "eat": return [b"x" * 50_000_000 for _ in range(100)]
    if what == "die": os._exit(7)
    if what == "crash": os.kill(os.getpid(), 11)
    if what == "connect": socket.create_connection(("127.0.0.1", 9), 1)
    if what == "write": open("left-behind", "w")
    if what == "run": os.system("true")
    if what == "print": print("noise")
    return Document(document_id=document_id, text=what)
"""


@pytest.fixture
def mischief(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Document]:
    """Read with a module that does what its file says, in a process of two seconds and 400 MB."""
    (tmp_path / "mischief.py").write_text(MISCHIEF, "utf-8")
    package = tmp_path / "sitecustomize.py"
    package.write_text(
        "import corpus.readers\ncorpus.readers.__path__.append(__file__.rsplit('/', 1)[0])\n", "utf-8"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return lambda what: apart("mischief", Budget(seconds=4, memory=400_000_000))(
        "doc", "plan.pdf", what.encode()
    )


def test_an_honest_file_comes_back_whole(mischief: Callable[[str], Document]) -> None:
    assert mischief("計画") == Document(document_id="doc", text="計画")


def test_what_a_library_prints_does_not_spoil_the_answer(mischief: Callable[[str], Document]) -> None:
    assert mischief("print").text == "print"


def test_a_hang_ends_at_the_deadline(mischief: Callable[[str], Document]) -> None:
    started = time.monotonic()
    with pytest.raises(DocumentError, match=r"^plan\.pdf: reading it took more than 4 s"):
        mischief("hang")
    assert time.monotonic() - started < 8


def test_too_much_memory_is_refused(mischief: Callable[[str], Document]) -> None:
    with pytest.raises(DocumentError, match=r"^plan\.pdf: .*MB of memory"):
        mischief("eat")


@pytest.mark.parametrize("what", ["die", "crash", "connect", "write", "run"])
def test_a_crash_or_a_forbidden_act_is_a_refusal(what: str, mischief: Callable[[str], Document]) -> None:
    with pytest.raises(DocumentError, match=r"^plan\.pdf: damaged file"):
        mischief(what)
    assert not Path("left-behind").exists()


def test_size_is_checked_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.readers.FILE_BYTES", 10)
    monkeypatch.setattr(limits, "FILE_BYTES", 10)
    (tmp_path / "plan.txt").write_bytes(b"x" * 11)
    with pytest.raises(DocumentError, match=r"^plan\.txt: .*split the file"):
        read(tmp_path / "plan.txt", "doc")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(DocumentError, match="empty"):
        check_size("plan.pdf", 0)


@pytest.mark.parametrize(
    ("sizes", "limit", "said"),
    [
        ({"a": 3_000_000}, "PART_RATIO", "bomb"),
        ({"a": 10, "b": 10}, "PARTS", "parts"),
        ({"a": 900_000, "b": 900_000}, "UNPACKED_BYTES", "unpacks to more"),
    ],
)
def test_an_archive_is_measured_before_it_is_unpacked(
    sizes: dict[str, int], limit: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, limit, 1)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, size in sizes.items():
            archive.writestr(name, b"\0" * size)
    with zipfile.ZipFile(file) as archive, pytest.raises(DocumentError, match=rf"^plan\.docx: .*{said}"):
        check_zip("plan.docx", archive)


@pytest.mark.parametrize("fault", [ValueError("a\nb"), KeyError("x"), RecursionError(), MemoryError()])
def test_every_fault_of_a_reader_is_one_line_that_names_the_file(fault: Exception) -> None:
    @refusing("a PDF")
    def reader(document_id: str, name: str, data: bytes) -> Document:
        raise fault

    with pytest.raises(DocumentError) as refused:
        reader("doc", "plan.pdf", b"x")
    assert str(refused.value).startswith("plan.pdf: ") and "\n" not in str(refused.value)


@pytest.mark.parametrize("suffix", [s for s in READERS if s not in (".txt", ".md")])
def test_every_dangerous_format_is_read_apart(suffix: str) -> None:
    with pytest.raises(DocumentError, match=r"^plan"):
        READERS[suffix]("doc", f"plan{suffix}", b"\0\1\2")


def test_a_page_is_read_the_same_apart() -> None:
    page = "<main><h1>計画</h1><table><tr><td>a<td>b</table></main>".encode()
    from corpus.readers import html

    assert READERS[".html"]("doc", "page.html", page) == html.read("doc", "page.html", page)
