"""What the widget is told before the first question, and how texts are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import assistant.channels
from assistant.channels.app import create_app
from assistant.channels.widget_api import first_questions, readings_of
from assistant.settings import Settings
from corpus.library import load_library
from tests.unit.assistant.made import Bench

ORIGIN = "https://www.city.example.jp"


@pytest.fixture(scope="module")
def client(bench: Bench) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(_env_file=None, allowed_origins=ORIGIN), bench.service())) as client:
        yield client


def test_the_introduction_to_one_plan(client: TestClient) -> None:
    body = client.get("/api/widget", params={"municipality": "akebono"}).json()
    assert body["names"] == ["あけぼの市"]
    assert body["contacts"][0]["phone"] == ["099-999-1111"]
    assert body["questions"] == [
        "「みなとポイント登録者数」の目標は？",
        "「移動図書室の運行」の担当課はどこですか？",
        "この計画の期間は？",
    ]
    assert {"term": "EBPM", "definition": "証拠に基づいて政策を立てること。"} in body["terms"]


def test_the_introduction_to_all_plans(client: TestClient) -> None:
    body = client.get("/api/widget").json()
    assert body["municipality"] is None
    assert body["names"] == ["あけぼの市", "はるかぜ町"]
    assert len(body["contacts"]) == 2


def test_an_unknown_municipality_is_named(client: TestClient) -> None:
    response = client.get("/api/widget", params={"municipality": "nowhere"})
    assert response.status_code == 422
    assert "nowhere" in response.json()["detail"]


@pytest.mark.parametrize("holding", load_library().holdings, ids=lambda h: h.id)
def test_every_shipped_plan_has_three_first_questions_of_its_own(holding) -> None:  # type: ignore[no-untyped-def]
    questions = first_questions(holding.public_records)
    assert len(set(questions)) == 3


def test_texts_are_read_piece_by_piece(client: TestClient) -> None:
    texts = ["あけぼの市の計画", "<b>", ""]
    found = client.post("/api/furigana", json={"texts": texts}).json()["texts"]
    assert ["".join(text for text, _ in pieces) for pieces in found] == texts
    assert ["計画", "けいかく"] in found[0]


@pytest.mark.parametrize("texts", [[], ["あ" * 4001], ["a"] * 201, "a", [1]])
def test_what_is_wrong_with_texts_is_named(client: TestClient, texts: object) -> None:
    response = client.post("/api/furigana", json={"texts": texts})
    assert response.status_code == 422
    assert "texts" in response.json()["detail"]


def test_half_a_character_is_refused(client: TestClient) -> None:
    raw = rb'{"texts": ["\ud800\u8a08\u753b"]}'
    response = client.post("/api/furigana", content=raw, headers={"content-type": "application/json"})
    assert response.status_code == 422


def test_only_the_citys_pages_may_call_from_elsewhere(client: TestClient) -> None:
    for path in ("/widget.js", "/api/widget"):
        allowed = client.get(path, headers={"Origin": ORIGIN}).headers
        assert allowed["access-control-allow-origin"] == ORIGIN
        assert "access-control-allow-credentials" not in allowed
        other = client.get(path, headers={"Origin": "https://evil.example"}).headers
        assert "access-control-allow-origin" not in other
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    preflight = client.options(
        "/api/chat/stream", headers=asked | {"Access-Control-Request-Headers": "content-type"}
    )
    assert preflight.status_code == 200


def test_the_interfaces_own_words_are_read_as_people_say_them(golden: Callable[[str, str], None]) -> None:
    messages = json.loads(
        (Path(assistant.channels.__file__).parent / "widget/messages.json").read_text("utf-8")
    )
    texts = [text for language in ("ja", "easy") for text in messages[language].values()]
    read = readings_of([*texts, "日本語", "やさしい日本語"], {})
    lines = ("".join(f"{text}({reading})" if reading else text for text, reading in line) for line in read)
    golden("interface.txt", "\n".join(lines) + "\n")
