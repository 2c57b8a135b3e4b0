"""Staff over HTTP: a key opens what only staff may see, and nothing of it is in any public answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.channels.app import create_app
from assistant.settings import Settings
from assistant.state import audit
from assistant.state.pause import Switch
from assistant.state.state import State
from assistant.wiring import SEEN, parts_over, state_of
from corpus.library import Library, load_holding
from index.build import build_index
from index.embedders.hashing import HashingEmbedder
from index.search import Search
from index.snapshot import open_published
from tests.unit.assistant.made import KNOWN, TODAY, write_plan

SECRET = """窓口対応の内規

1 鍵の管理

避難所の鍵は、白鳥倉庫の金庫に保管し、番号は危機管理監が管理します。

2 時間外の連絡

夜間は、当直室の紅葉係が宿直名簿により連絡します。

3 予備費

令和8年度の予備費は、4,321,000円とします。
"""
TELLTALE = ("白鳥倉庫", "危機管理監", "紅葉係", "宿直名簿", "4,321,000", "窓口対応の内規")
STAFF = (
    '\n[[documents]]\nid = "akebono-rules"\ntitle = "窓口対応の内規"\nfile = "r.txt"\nvisibility = "staff"\n'
)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    folder = tmp_path_factory.mktemp("state")
    opened = state_of(Settings(_env_file=None, data_dir=folder))
    yield opened
    opened.stop()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, data: Path, state: State) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("staff")
    path = write_plan(folder, "akebono", **KNOWN["akebono"])
    path.write_text(path.read_text("utf-8") + STAFF, "utf-8")
    (path.parent / "r.txt").write_text(SECRET, "utf-8")
    other = write_plan(folder, "harukaze", **KNOWN["harukaze"])
    library, embedder = Library(holdings=(load_holding(path), load_holding(other))), HashingEmbedder()
    build_index(library, embedder, folder / "var")
    snapshot = open_published(folder / "var", embedder.name, library.digest())
    seen = {a: library.seen_by(a) for a in SEEN}
    public, staff = (
        parts_over(seen[a], Search(snapshot, embedder, seen[a], visibilities=v), embedder)
        for a, v in SEEN.items()
    )
    for_staff = staff.service(state.conversations("staff"), TODAY, state.keeper.answered)
    service = public.service(state.conversations("public"), TODAY, state.keeper.answered, for_staff)
    app = create_app(Settings(_env_file=None, data_dir=data), service, state=state)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def key(state: State) -> dict[str, str]:
    return {"Authorization": f"Bearer {state.staff.key('職員')[1]}"}


ROUTES = (
    ("GET", "/api/documents/akebono-rules/text"),
    ("GET", "/sources/akebono-rules"),
)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_staff_document_is_there_for_staff_alone(
    client: TestClient, key: dict[str, str], method: str, path: str
) -> None:
    assert client.request(method, path).status_code == 404
    shown = client.request(method, path, headers=key)
    assert shown.status_code == 200 and "白鳥倉庫" in shown.text
    assert shown.headers["cache-control"] == "private, no-store"
    assert client.request(method, path).status_code == 404


def test_the_plans_list_it_for_staff_alone(client: TestClient, key: dict[str, str]) -> None:
    for path in ("/api/plans", "/api/plans/akebono"):
        assert "akebono-rules" not in client.get(path).text
        assert "akebono-rules" in client.get(path, headers=key).text


def test_staff_are_answered_from_it_and_residents_are_not(client: TestClient, key: dict[str, str]) -> None:
    body = {"question": "避難所の鍵はどこに保管しますか？", "municipality": "akebono"}
    for_staff = client.post("/api/chat", json=body, headers=key).json()
    assert for_staff["status"] == "answered" and "白鳥倉庫" in for_staff["answer"]
    assert {c["document_id"] for c in for_staff["citations"]} == {"akebono-rules"}
    public = client.post("/api/chat", json=body | {"conversation_id": for_staff["conversation_id"]})
    assert "白鳥倉庫" not in public.text
    assert public.json()["conversation_id"] != for_staff["conversation_id"]


def test_staff_are_answered_while_the_chat_is_paused(
    client: TestClient, key: dict[str, str], data: Path
) -> None:
    body = {"question": "避難所の鍵はどこに保管しますか？", "municipality": "akebono"}
    Switch(data).pause()
    try:
        assert client.post("/api/chat", json=body).status_code == 503
        assert client.post("/api/chat", json=body, headers=key).json()["status"] == "answered"
        assert client.get("/ask", params=body).status_code == 503
        assert "白鳥倉庫" in client.get("/ask", params=body, headers=key).text
    finally:
        Switch(data).resume()


def test_a_search_finds_it_for_staff_alone(client: TestClient, key: dict[str, str]) -> None:
    body = {"query": "避難所の鍵", "limit": 50}
    assert "白鳥倉庫" in client.post("/api/search", json=body, headers=key).text
    assert "白鳥倉庫" not in client.post("/api/search", json=body).text


PIECES = tuple(p for p in re.split(r"[、。\s]+", SECRET) if len(p) > 1)
ASKED = st.builds(
    lambda piece, said: f"{piece}{said}",
    st.sampled_from(PIECES),
    st.sampled_from(
        ("は？", "について教えて", "の番号は？", "はどこですか", "の担当課は？", " akebono-rules", "")
    ),
)


@settings(max_examples=40)
@given(ASKED, st.sampled_from(("akebono", None)), st.sampled_from(("ja", "easy", "en", None)))
def test_no_public_answer_has_text_of_a_staff_document(
    client: TestClient, question: str, municipality: str | None, language: str | None
) -> None:
    body = {"question": question, "municipality": municipality, "language": language}
    answered = client.post("/api/chat", json=body)
    found = client.post("/api/search", json={"query": question, "municipality": municipality})
    assert (answered.status_code, found.status_code) == (200, 200)
    told = told_of(answered.json()) + found.text
    assert [t for t in TELLTALE if t in told and t not in question] == []
    assert "akebono-rules" not in found.text and '"akebono-rules"' not in answered.text


def told_of(answer: dict[str, Any]) -> str:
    """Return all that an answer says, the sources and the cards too."""
    return str({k: v for k, v in answer.items() if k not in ("notices",)})


@pytest.mark.parametrize("path", ["/", "/plans/akebono", "/compare", "/api/widget", "/ask?question=鍵の管理"])
def test_no_public_page_has_text_of_a_staff_document(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert [t for t in (*TELLTALE, "akebono-rules") if t in page.text] == []


@pytest.mark.parametrize("sent", ["Bearer wrong", "Bearer pas_wrong", "bearer  pas_x", "Bearer \xe9"])
@pytest.mark.parametrize("path", ["/api/plans", "/sources/akebono-dx", "/api/documents/akebono-rules/text"])
def test_a_key_that_is_not_valid_is_refused(client: TestClient, sent: str, path: str) -> None:
    response = client.get(path, headers={"Authorization": sent.encode("latin-1")})
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert sent.split()[-1] not in response.text


def test_a_revoked_key_is_refused_at_once(client: TestClient, state: State) -> None:
    identity, made = state.staff.key("やめる人")
    headers = {"Authorization": f"Bearer {made}"}
    assert client.get("/api/plans", headers=headers).status_code == 200
    state.staff.revoke(identity)
    assert client.get("/api/plans", headers=headers).status_code == 401


def test_other_schemes_and_the_administrator_s_token_are_not_ours_to_refuse(client: TestClient) -> None:
    assert client.get("/api/plans", headers={"Authorization": "Basic dTpw"}).status_code == 200
    assert client.get("/admin", headers={"Authorization": "Bearer admin"}).status_code == 404


def test_what_staff_ask_is_kept_as_theirs(client: TestClient, state: State, key: dict[str, str]) -> None:
    made = client.post(
        "/api/chat", json={"question": "鍵の管理は？", "municipality": "akebono"}, headers=key
    ).json()
    assert state.keeper.wait_empty()

    with state.database.read() as session:
        row = audit.find(session, made["message_id"])
        assert row and (row.audience, row.staff is not None) == ("staff", True)
