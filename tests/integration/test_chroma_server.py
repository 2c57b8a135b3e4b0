"""Vectors on a real Chroma server: the same answers, published as atomically, and outages that pass."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from assistant.channels import current
from assistant.wiring import build, library_of
from corpus.library import Library
from index import build as building
from index.build import build_index
from index.embedders.hashing import HashingEmbedder
from index.errors import IndexUnreachable
from index.search import Search
from index.snapshot import index_folder, open_published, published
from index.vectors import VectorStore
from tests.integration.following import ASKED, served, settings_for, until

CHROMA = shutil.which("chroma") or shutil.which("chroma", path=str(Path(sys.executable).parent))
EMBEDDER = HashingEmbedder()

pytestmark = pytest.mark.skipif(CHROMA is None, reason="the command chroma is not installed")


class Server:
    """A Chroma server in a process of its own, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self.start()

    def start(self) -> None:
        command = [str(CHROMA), "run", "--path", str(self._folder), "--host", "127.0.0.1"]
        self._process = subprocess.Popen(
            [*command, "--port", str(self.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._answers, 60)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v2/heartbeat", timeout=1).status_code == 200
        except httpx.HTTPError:
            time.sleep(0.1)
            return False

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("chroma"))
    yield made
    made.kill()


@pytest.fixture(scope="module")
def library() -> Library:
    return library_of(settings_for(Path("nowhere")))


def names(server: Server) -> set[str]:
    """Return what the names of the server's collections begin with: an installation and a snapshot."""
    import chromadb

    client = chromadb.HttpClient(host="127.0.0.1", port=server.port)
    return {c.name.rsplit(".", 2 + c.name.endswith(".views"))[0] for c in client.list_collections()}


def test_a_server_finds_what_the_embedded_store_finds(
    server: Server, library: Library, tmp_path: Path
) -> None:
    build_index(library, EMBEDDER, tmp_path / "here")
    build_index(library, EMBEDDER, tmp_path / "there", chroma_url=server.url)
    assert not (index_folder(tmp_path / "there") / published(tmp_path / "there").name / "vectors").exists()
    here = open_published(tmp_path / "here", EMBEDDER.name)
    there = open_published(tmp_path / "there", EMBEDDER.name, chroma_url=server.url)
    for question in ("羽咋ポイントの目標", "避難所のWi-Fi", "DXを担う人材の育成"):
        found = [Search(each, EMBEDDER, library).search(question, ["hakui"], 10) for each in (here, there)]
        assert [h.passage.id for h in found[0]] == [h.passage.id for h in found[1]]


def test_a_build_that_fails_publishes_nothing_and_the_next_removes_what_it_left(
    server: Server, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = timedelta(0)
    first = build_index(library, EMBEDDER, tmp_path, chroma_url=server.url, grace=at_once)
    with monkeypatch.context() as patched:
        patched.setattr(building, "check_snapshot", lambda *_: (_ for _ in ()).throw(MemoryError))
        with pytest.raises(MemoryError):
            build_index(library, EMBEDDER, tmp_path, chroma_url=server.url)
    assert published(tmp_path) == first
    family = first.server.removesuffix(f"{first.name}.")
    assert len({n for n in names(server) if n.startswith(family)}) == 2
    second = build_index(library, EMBEDDER, tmp_path, chroma_url=server.url, grace=at_once)
    third = build_index(library, EMBEDDER, tmp_path, chroma_url=server.url, grace=at_once)
    kept = {n for n in names(server) if n.startswith(family)}
    assert kept == {m.server.removesuffix(".") for m in (second, third)}


def test_a_server_that_is_not_there_is_named(library: Library, tmp_path: Path) -> None:
    with pytest.raises(IndexUnreachable, match="Chroma server"):
        build_index(library, EMBEDDER, tmp_path, chroma_url="http://127.0.0.1:9")
    with pytest.raises(IndexUnreachable, match="Chroma server"):
        VectorStore.server("http://127.0.0.1:9", "")


def test_an_outage_of_the_server_is_one_of_ours_and_passes_without_a_restart(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current, "POLL_SECONDS", 0.1)
    settings = settings_for(tmp_path / "var", chroma_url=server.url)
    build(settings)
    with served(settings) as client:
        right = client.post("/api/chat", json=ASKED).json()
        assert right["status"] == "answered"
        server.kill()
        in_flight = client.post("/api/chat", json={**ASKED, "question": "避難所について教えてください"})
        assert in_flight.status_code == 503 and in_flight.headers["Retry-After"]
        until(lambda: client.get("/readyz").status_code == 503)
        assert client.post("/api/chat", json=ASKED).status_code == 503
        server.start()
        until(lambda: client.get("/readyz").status_code == 200)
        assert client.post("/api/chat", json=ASKED).json()["answer"] == right["answer"]
    server.kill()
    with served(settings) as late:  # down at the start
        assert late.get("/readyz").status_code == 503
        server.start()
        until(lambda: late.get("/readyz").status_code == 200)
        assert late.post("/api/chat", json=ASKED).json()["answer"] == right["answer"]
