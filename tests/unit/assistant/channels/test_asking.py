"""`/ask`: a question and its answer without a script, whatever is posted."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.app import create_app
from assistant.channels.asking import as_read, with_markers
from assistant.channels.card_pages import card_views
from assistant.channels.forms import FORM
from assistant.channels.pages import environment
from assistant.settings import Settings
from tests.unit.assistant.made import Bench

QUESTION = "みなとポイントの担当課は？"


@pytest.fixture(scope="module")
def client(bench: Bench) -> Iterator[TestClient]:
    app = create_app(Settings(_env_file=None), bench.service())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def post(client: TestClient, body: str | bytes):  # type: ignore[no-untyped-def]
    return client.post("/ask", content=body, headers={"content-type": FORM})


def test_a_posted_question_and_a_link_are_answered_alike(client: TestClient) -> None:
    posted = post(client, urlencode({"question": QUESTION, "municipality": "akebono"}))
    linked = client.get("/ask", params={"question": QUESTION, "municipality": "akebono"})
    for response in (posted, linked):
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        assert "商工観光課" in response.text
        assert 'href="#s1"' in response.text and 'id="s1"' in response.text
        assert "/sources/akebono-dx#c" in response.text


def test_a_follow_up_is_understood_by_the_hidden_conversation(client: TestClient) -> None:
    first = post(
        client, urlencode({"question": "みなとポイントの普及とは？", "municipality": "akebono"})
    ).text
    conversation = first.split('name="conversation" value="')[1].split('"')[0]
    second = post(client, urlencode({"question": "その担当課は？", "conversation": conversation}))
    assert "商工観光課" in second.text


def test_without_a_question_there_is_the_form(client: TestClient) -> None:
    page = client.get("/ask").text
    assert "<article" not in page and 'aria-invalid="true"' not in page


@pytest.mark.parametrize("question", ["", "   ", "長" * 1001, "\x07"])
def test_what_is_wrong_with_a_question_is_said_beside_the_field(client: TestClient, question: str) -> None:
    response = post(client, urlencode({"question": question}))
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.text and 'id="fault"' in response.text


def test_another_kind_of_body_and_too_many_fields_are_refused(client: TestClient) -> None:
    assert client.post("/ask", json={"question": QUESTION}).status_code == 415
    assert post(client, "&".join("a=1" for _ in range(99))).status_code == 422


@given(st.binary(max_size=200))
def test_nothing_that_is_posted_breaks_it(client: TestClient, body: bytes) -> None:
    assert post(client, body).status_code < 500


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "[1]<b>"])
def test_nothing_received_becomes_markup(client: TestClient, payload: str) -> None:
    for response in (
        post(client, f"question={quote(payload)}"),
        client.get("/ask", params={"question": payload}),
    ):
        assert (
            "<script>alert" not in response.text
            and "<img" not in response.text
            and "<b>" not in response.text
        )


def test_only_markers_that_have_a_source_become_links() -> None:
    made = with_markers("a<[1]と[7]", {1})
    assert made == 'a&lt;<a class="marker" href="#s1" aria-label="出典 1">[1]</a>と[7]'


def test_an_answers_cards_are_shown_as_bars_a_grid_and_telephone_numbers(client: TestClient) -> None:
    figures = client.get(
        "/ask", params={"question": "みなとポイント登録者数の目標は？", "municipality": "akebono"}
    ).text
    assert "成果指標" in figures and figures.count("<rect") == 2 and "2,800人" in figures
    steps = client.get(
        "/ask", params={"question": "雪みちカメラの設置の工程は？", "municipality": "harukaze"}
    ).text
    assert '<section class="card">' in steps and (
        '<th scope="col">' in steps or '<ol class="phases">' in steps
    )


def test_every_kind_of_card_has_a_view_and_is_text() -> None:
    source = {"document_id": "a b", "start": 1, "end": 2}
    cards = [
        {"type": "kpi", "id": "k", "measure": "<b>", "indicator": "<b>", "baseline": None, "target": None},
        {
            "type": "roadmap",
            "measure": "<b>",
            "rows": [{"text": "<b>", "fiscal_years": [2026], "certain": True}],
        },
        {
            "type": "roadmap",
            "measure": "<b>",
            "rows": [{"text": "<b>", "fiscal_years": None, "certain": False}],
        },
        {
            **{
                "type": "measure",
                "id": "m",
                "title": "<b>",
                "number": "1",
                "theme": None,
                "departments": ["<b>"],
            },
            **{"is_new": True, "overview": "<b>", "activities": ["<b>"]},
        },
        {"type": "term", "term": "<b>", "definition": "<b>"},
        {
            "type": "contact",
            "name": "<b>",
            "phone": ["0767-22-1111", "<b>"],
            "email": "<b>",
            "address": "<b>",
        },
    ]
    views = card_views(card | {"source": source} for card in cards)
    card_of = environment().get_template("cards.html").module.card_of  # type: ignore[attr-defined]
    for view in views:
        shown = str(card_of(view))
        assert "<b>" not in shown and "&lt;b&gt;" in shown and "/sources/a%20b#c1-2" in shown
    assert views[1].grid and views[1].grid.years == (2026,)
    assert 'href="tel:0767221111"' in str(card_of(views[-1]))


def test_a_quote_is_shown_as_it_is_read() -> None:
    assert as_read(" (1) 甲\t\t乙 \n\n丙") == "(1) 甲 ｜ 乙\n丙"
