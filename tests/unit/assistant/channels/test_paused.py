"""While the chat is paused it answers 503 with whom to call; all that is there to be read stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.channels.app import create_app
from assistant.channels.guard.edge import HEADERS
from assistant.settings import Settings
from assistant.state.pause import Switch
from tests.unit.assistant.made import Bench

SAID = "点検のため、5時まで休みます。"
QUESTION = "みなとポイントの担当課は？"


@pytest.fixture
def switch(tmp_path: Path) -> Switch:
    return Switch(tmp_path)


@pytest.fixture
def client(bench: Bench, tmp_path: Path) -> Iterator[TestClient]:
    app = create_app(Settings(_env_file=None, data_dir=tmp_path), bench.service())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def asked(client: TestClient, path: str, **more: Any) -> Any:
    return client.post(path, json={"question": QUESTION, **more})


@pytest.mark.parametrize("path", ["/api/chat", "/api/chat/stream"])
def test_a_question_is_answered_with_the_contact_and_again_after(
    client: TestClient, switch: Switch, path: str
) -> None:
    assert asked(client, path).status_code == 200
    switch.pause(SAID)
    response = asked(client, path, municipality="akebono")
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert {k: response.headers.get(k) for k in HEADERS} == HEADERS
    assert int(response.headers["retry-after"]) > 0
    body = response.json()
    assert body["detail"] == SAID
    assert body["contact"]["phone"] == ["099-999-1111"]
    assert body["contacts"] == [body["contact"]]
    switch.resume()
    assert asked(client, path).status_code == 200


def test_where_no_municipality_is_named_every_contact_is_given(client: TestClient, switch: Switch) -> None:
    switch.pause()
    body = asked(client, "/api/chat").json()
    assert len(body["contacts"]) > 1
    assert body["contact"] == body["contacts"][0]


def test_what_is_wrong_with_a_request_is_still_said(client: TestClient, switch: Switch) -> None:
    switch.pause()
    assert client.post("/api/chat", json={"question": ""}).status_code == 422


def test_the_page_without_a_script_says_it_and_has_no_form(client: TestClient, switch: Switch) -> None:
    switch.pause("<b>休み</b>")
    posted = {"content-type": "application/x-www-form-urlencoded"}
    for response in (
        client.get("/ask"),
        client.get("/ask", params={"question": QUESTION, "municipality": "akebono"}),
        client.post("/ask", content="question=x", headers=posted),
    ):
        assert response.status_code == 503
        assert "&lt;b&gt;休み" in response.text and "tel:0999991111" in response.text
        assert "<form" not in response.text and "<article" not in response.text


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/widget.js", "/plans/akebono", "/compare", "/sources/akebono-dx", "/api/plans"),
        *("/api/documents/akebono-dx/text", "/healthz", "/readyz"),
    ],
)
def test_what_is_there_to_be_read_stays(client: TestClient, switch: Switch, path: str) -> None:
    switch.pause()
    assert client.get(path).status_code == 200


def test_the_widget_is_told_before_anyone_asks(client: TestClient, switch: Switch) -> None:
    assert client.get("/api/widget").json()["paused"] is None
    switch.pause(SAID)
    told = client.get("/api/widget", params={"municipality": "akebono"})
    assert told.json()["paused"] == SAID
    assert told.headers["cache-control"] == "no-store"
