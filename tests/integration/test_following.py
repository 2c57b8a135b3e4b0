"""A running server follows what is published: a new index, an older one, a damaged one, none."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.channels import current
from assistant.settings import Settings
from assistant.wiring import build
from index.snapshot import (
    MANIFEST,
    index_folder,
    publish,
    published,
    published_folder,
    rollback,
)
from tests.integration.following import ASKED, served, settings_for, until

SWAPS = 4


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current, "POLL_SECONDS", 0.05)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "var"
    build(settings_for(folder))
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "var")


@pytest.fixture
def client(settings: Settings, built: Path) -> Iterator[TestClient]:
    shutil.copytree(built, settings.data_dir)
    with served(settings) as client:
        yield client


def version(client: TestClient) -> str:
    return str(client.get("/version").json()["snapshot"])


def test_without_an_index_it_is_an_outage_and_no_answer(settings: Settings, built: Path) -> None:
    with served(settings) as client:
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert "plan-assistant index build" in ready.json()["problem"]
        refused = client.post("/api/chat", json=ASKED)
        assert refused.status_code == 503
        assert refused.headers["Retry-After"]
        assert "status" not in refused.json() or refused.json()["status"] == 503
        assert client.get("/widget.js").status_code == client.get("/static/admin.css").status_code == 200
        shutil.copytree(built, settings.data_dir, dirs_exist_ok=True)
        until(lambda: client.get("/readyz").status_code == 200)
        assert client.post("/api/chat", json=ASKED).json()["status"] == "answered"


def test_an_index_whose_files_come_late_is_served_once_they_are_whole(
    settings: Settings, built: Path
) -> None:
    shutil.copytree(built, settings.data_dir)
    late = published_folder(settings.data_dir) / "passages.jsonl"
    whole = late.read_bytes()
    late.write_bytes(whole[:-1])
    with served(settings) as client:
        assert client.get("/readyz").status_code == 503
        late.write_bytes(whole)
        until(lambda: client.get("/readyz").status_code == 200)


def test_a_new_index_is_served_without_a_restart_and_so_is_the_one_before(
    settings: Settings, client: TestClient
) -> None:
    first = version(client)
    conversation = client.post("/api/chat", json=ASKED).json()["conversation_id"]
    second = build(settings).name
    until(lambda: version(client) == second)
    followed = {"question": "その担当課は？", "conversation_id": conversation}
    assert client.post("/api/chat", json=followed).json()["status"] == "answered"
    assert rollback(settings.data_dir).name == first
    until(lambda: version(client) == first)
    assert client.get("/plans/hakui").status_code == 200
    assert client.get("/nowhere").status_code == 404


def test_a_plan_that_was_added_has_its_pages_once_its_index_is_published(
    settings: Settings, client: TestClient
) -> None:
    assert client.get("/sources/aoba-plan").status_code == 404
    home = settings.data_dir / "plans" / "aoba"
    home.mkdir(parents=True)
    (home / "plan.txt").write_text("第1章 施策\n\n避難所にWi-Fiを整備します。", "utf-8")
    (home / "plan.toml").write_text(
        '[municipality]\nid = "aoba"\nname = "青葉市"\n[contact]\nname = "企画課"\n'
        '[[documents]]\nid = "aoba-plan"\ntitle = "計画"\nfile = "plan.txt"\n',
        "utf-8",
    )
    name = build(settings).name
    until(lambda: version(client) == name)
    assert client.get("/sources/aoba-plan").status_code == 200
    assert "aoba" in [p["municipality"] for p in client.get("/api/plans").json()["plans"]]


@pytest.mark.parametrize("file", ["passages.jsonl", MANIFEST, "vectors/chroma.sqlite3", "library/hakui.json"])
def test_a_damaged_index_is_refused_by_name_and_the_old_one_serves(
    settings: Settings, client: TestClient, file: str
) -> None:
    served_now = version(client)
    harmed = index_folder(settings.data_dir) / "20300101T000000-harmed"
    shutil.copytree(index_folder(settings.data_dir) / served_now, harmed)
    path = harmed / file
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    publish(settings.data_dir, harmed.name)
    until(lambda: "problem" in client.get("/readyz").json())
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert Path(file).stem in ready.json()["problem"]
    assert version(client) == served_now
    assert client.post("/api/chat", json=ASKED).json()["status"] == "answered"
    publish(settings.data_dir, served_now)
    until(lambda: "problem" not in client.get("/readyz").json())


def test_no_request_fails_while_indexes_are_swapped(settings: Settings, client: TestClient) -> None:
    failed: list[object] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            reply = client.post("/api/chat", json=ASKED)
            if reply.status_code != 200 or reply.json()["status"] != "answered":
                failed.append(reply.text)

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    try:
        for n in range(SWAPS):
            name = rollback(settings.data_dir).name if n % 2 else build(settings).name
            until(lambda name=name: version(client) == name)  # type: ignore[misc]
    finally:
        stop.set()
        for thread in asking:
            thread.join(30)
    assert failed == []
    assert version(client) == published(settings.data_dir).name
