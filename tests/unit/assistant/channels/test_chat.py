"""The chat over HTTP: its shapes, and that nothing that is sent gives a 5xx."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.app import create_app
from assistant.channels.chat import clean_question
from assistant.channels.guard import LARGEST_BODY
from assistant.channels.guard.edge import security_headers
from assistant.messages import Answer, Question
from assistant.service import Service
from assistant.settings import Settings
from tests.unit.assistant.made import Bench

Response = Any  # the test client has its own
JAPANESE = re.compile(r"[぀-ヿ一-龠]")
SETTINGS = Settings(_env_file=None)
HEADERS = security_headers()


@pytest.fixture(scope="module")
def client(bench: Bench) -> Iterator[TestClient]:
    app = create_app(SETTINGS, bench.service())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def assert_problem(response: Response, status: int, names: str = "") -> dict[str, Any]:
    """Assert a problem document with a Japanese title whose detail names the field."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert_headers(response)
    body: dict[str, Any] = response.json()
    assert JAPANESE.search(body["title"])
    assert body["status"] == status
    assert names in body["detail"]
    return body


def assert_headers(response: Response) -> None:
    assert {k: response.headers.get(k) for k in HEADERS} == HEADERS


def post(client: TestClient, **body: Any) -> Response:
    return client.post("/api/chat", json=body)


def post_raw(client: TestClient, raw: str | bytes, path: str = "/api/chat") -> Response:
    return client.post(path, content=raw, headers={"content-type": "application/json"})


def test_an_answer_has_the_shape_of_the_contract(client: TestClient, bench: Bench) -> None:
    response = post(client, question="みなとポイントの担当課は？", municipality="akebono")
    assert response.status_code == 200
    assert_headers(response)
    body = response.json()
    assert set(body) >= {
        "conversation_id", "message_id", "status", "language", "answer", "citations", "cards",
        "suggestions", "contact", "engine", "notices",
    }  # fmt: skip
    assert (body["status"], body["language"], body["engine"]) == ("answered", "ja", "facts")
    [citation] = body["citations"]
    assert set(citation) >= {
        "number", "municipality", "document_id", "title", "section", "page", "quote", "start", "end", "url",
    }  # fmt: skip
    text = client.get(f"/api/documents/{citation['document_id']}/text").text
    assert citation["quote"] == text[citation["start"] : citation["end"]]
    assert citation["number"] == 1 and "[1]" in body["answer"]


def test_a_refusal_has_the_contact_in_the_shape_of_the_contract(client: TestClient) -> None:
    body = post(client, question="ビットコインの値段", municipality="akebono").json()
    assert body["status"] != "answered" and body["citations"] == []
    assert set(body["contact"]) >= {"name", "phone", "email", "address", "source"}


def test_a_question_to_no_one_city_is_answered_for_each_by_its_name(client: TestClient) -> None:
    body = post(client, question="本計画の期間は？").json()
    assert body["status"] == "answered"
    assert {c["municipality"] for c in body["citations"]} == {"akebono", "harukaze"}
    assert all(f"【{name}】" in body["answer"] for name in ("あけぼの市", "はるかぜ町"))


def test_a_follow_up_goes_by_the_conversation_id(client: TestClient) -> None:
    first = post(client, question="みなとポイントの普及とは？").json()
    second = post(client, question="その担当課は？", conversation_id=first["conversation_id"]).json()
    assert second["conversation_id"] == first["conversation_id"]
    assert "商工観光課" in second["answer"]


def test_search_has_the_shape_of_the_contract(client: TestClient) -> None:
    response = client.post(
        "/api/search", json={"query": "みなとポイント", "municipality": "akebono", "limit": 2}
    )
    hits = response.json()["hits"]
    assert [h["rank"] for h in hits] == [1, 2]
    assert all(set(h) == {"rank", "score", "citation"} and h["citation"]["quote"] for h in hits)


def test_the_plans_have_the_shape_of_the_contract(client: TestClient) -> None:
    plans = client.get("/api/plans").json()["plans"]
    assert [p["municipality"] for p in plans] == ["akebono", "harukaze"]
    one = client.get("/api/plans/akebono").json()
    assert plans[0].items() <= one.items()
    assert set(one) >= {
        "municipality",
        "name",
        "documents",
        "themes",
        "measures",
        "kpis",
        "terms",
        "contacts",
        "doubts",
    }
    [document] = one["documents"]
    assert document["document_id"] == "akebono-dx"
    assert document["period"] == {"start": 2026, "end": 2030}
    assert "file" not in document


def test_a_documents_text_is_the_canonical_one(client: TestClient, bench: Bench) -> None:
    response = client.get("/api/documents/akebono-dx/text")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.text == bench.text("akebono-dx")


def test_the_status_routes_say_that_all_is_well(client: TestClient, bench: Bench) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["status"] == "ready"
    version = client.get("/version").json()
    assert set(version) >= {"version", "snapshot", "model"}
    assert version["model"] == bench.embedder.name


def test_before_it_is_ready_it_says_so_and_answers_nothing(bench: Bench) -> None:
    early = TestClient(create_app(SETTINGS, bench.service()))  # its start-up has not run
    assert early.get("/healthz").status_code == 200
    assert early.get("/readyz").status_code == 503
    response = early.post("/api/chat", json={"question": "期間は？"})
    assert_problem(response, 503)
    assert response.headers["retry-after"]


@pytest.mark.parametrize(
    "path",
    ["/", "/healthz", "/readyz", "/version", "/api/plans", "/api/documents/akebono-dx/text", "/nowhere"],
)
def test_every_response_has_the_security_headers(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert_headers(response)
    assert "server" not in response.headers


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_the_frameworks_own_pages_are_off(client: TestClient, path: str) -> None:
    assert_problem(client.get(path), 404)


LONG = "㍿" * 251  # four characters each once it is normalised


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="blanks"),
        pytest.param("　\n\t", id="wide blanks"),
        pytest.param("あ" * 1001, id="1,001"),
        pytest.param(LONG, id="1,001 and more once normalised"),
        pytest.param("\u200b\u200b", id="zero width"),
        pytest.param("\u202e", id="bidi"),
        pytest.param("\U000e0041", id="tag"),
        pytest.param("\ufeff", id="byte order mark"),
        pytest.param("あ\x00い", id="nul"),
        pytest.param("あ\x07い", id="bell"),
        pytest.param("\x1b[31m", id="escape"),
        pytest.param("\ue000", id="private"),
    ],
)
@pytest.mark.parametrize(("path", "field"), [("/api/chat", "question"), ("/api/search", "query")])
def test_a_question_that_cannot_be_asked_is_told(
    client: TestClient, path: str, field: str, question: str
) -> None:
    body = assert_problem(client.post(path, json={field: question}), 422, field)
    assert [e["field"] for e in body["errors"]] == [field]
    assert JAPANESE.search(body["detail"])
    if question.strip():
        assert question not in body["detail"]


@pytest.mark.parametrize("question", ["あ" * 1000, "㍿" * 250, "あ", " 期間は？ ", "期間は\n？"])
def test_a_question_at_the_limits_is_asked(client: TestClient, question: str) -> None:
    assert post(client, question=question).status_code == 200


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\ufeff", "\U000e0041", "\u00ad"])
def test_invisible_characters_do_not_change_an_answer(client: TestClient, hidden: str) -> None:
    question = hidden.join("みなとポイントの担当課は？")
    assert (
        post(client, question=question).json()["answer"]
        == "「みなとポイントの普及」の担当は、商工観光課です[1]。"
    )


@given(st.text())
def test_a_cleaned_question_has_no_invisible_character(text: str) -> None:
    try:
        cleaned = clean_question(text)
    except ValueError:
        return
    assert cleaned and cleaned == cleaned.strip()
    assert not re.search(
        "[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]", cleaned
    )
    assert clean_question(cleaned) == cleaned


@pytest.mark.parametrize("field", ["question", "municipality", "conversation_id", "language"])
@pytest.mark.parametrize("surrogate", ["\\ud800", "期間\\udfff", "\\udc00\\ud800"])
def test_a_lone_surrogate_never_breaks_the_service(client: TestClient, field: str, surrogate: str) -> None:
    fields = {"question": '"期間は？"'} | {field: f'"{surrogate}"'}
    raw = "{" + ",".join(f'"{k}": {v}' for k, v in fields.items()) + "}"
    response = post_raw(client, raw)
    if field == "conversation_id" and response.status_code == 200:
        assert "\\ud" not in response.text
        return
    assert_problem(response, 422, field)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("question", None),
        ("question", 1),
        ("question", ["期間"]),
        ("question", {"a": 1}),
        ("question", True),
        ("municipality", 1),
        ("municipality", ["akebono"]),
        ("municipality", "x" * 65),
        ("conversation_id", 5),
        ("conversation_id", "x" * 129),
        ("language", "fr"),
        ("language", 1),
        ("municipality", "atlantis"),
        ("municipality", ""),
        ("municipality", "../akebono"),
    ],
)
def test_a_wrong_value_is_told_with_its_field(client: TestClient, field: str, value: Any) -> None:
    body = assert_problem(
        client.post("/api/chat", json={"question": "期間は？"} | {field: value}), 422, field
    )
    assert body["errors"][0]["field"] == field


@pytest.mark.parametrize("limit", [0, -1, 51, "many", None, 1.5, 10**30])
def test_a_wrong_limit_is_told(client: TestClient, limit: Any) -> None:
    assert_problem(client.post("/api/search", json={"query": "期間", "limit": limit}), 422, "limit")


def test_a_missing_question_is_told(client: TestClient) -> None:
    assert_problem(client.post("/api/chat", json={}), 422, "question")
    assert_problem(client.post("/api/search", json={}), 422, "query")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"question",
        b'{"question": }',
        b"[]",
        b'"text"',
        b"1",
        b"null",
        b"\xff\xfe",
        b'{"question": "\xff"}',
        b"[" * 30_000,
        b'{"question":' * 4_000,
        b'{"question": NaN}',
        b'{"question": ' + b"9" * 6_000 + b"}",
        b'{"question": "a\x00b"}',
    ],
)
@pytest.mark.parametrize("path", ["/api/chat", "/api/search"])
def test_a_body_that_is_not_a_request_is_told(client: TestClient, path: str, raw: bytes) -> None:
    response = post_raw(client, raw, path)
    assert_problem(response, response.status_code)
    assert 400 <= response.status_code < 500


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "multipart/form-data; boundary=x",
        "text/html",
    ],
)
def test_a_body_of_another_type_is_not_read(client: TestClient, kind: str) -> None:
    raw = json.dumps({"question": "期間は？"})
    response = client.post("/api/chat", content=raw, headers={"content-type": kind})
    assert_problem(response, response.status_code, "body")
    assert response.status_code in (415, 422)


@pytest.mark.parametrize("path", ["/api/chat", "/api/search"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_not_allowed(client: TestClient, path: str, method: str) -> None:
    assert_problem(client.request(method, path), 405)


@pytest.mark.parametrize("path", ["/api/chat", "/api/search"])
def test_a_body_over_the_limit_is_refused_when_its_length_is_declared(client: TestClient, path: str) -> None:
    raw = json.dumps({"question": "あ", "pad": "x" * LARGEST_BODY})
    assert_problem(post_raw(client, raw, path), 413, "body")


@pytest.mark.parametrize("path", ["/api/chat", "/api/search"])
def test_a_body_over_the_limit_is_refused_when_it_comes_in_chunks(client: TestClient, path: str) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"question": "'
        for _ in range(LARGEST_BODY // 1024 + 1):
            yield b"x" * 1024
        yield b'"}'

    response = client.post(path, content=chunks(), headers={"content-type": "application/json"})
    assert_problem(response, 413, "body")


def test_a_body_under_the_limit_is_read(client: TestClient) -> None:
    raw = json.dumps({"question": "EBPMとは？", "pad": "x" * (LARGEST_BODY - 200)})
    assert post_raw(client, raw).status_code == 200


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/api/plans/atlantis", "municipality"),
        ("/api/plans/%ED%A0%80", "municipality"),
        ("/api/plans/%00", "municipality"),
        ("/api/documents/atlantis/text", "document_id"),
        ("/api/documents/%ED%A0%80/text", "document_id"),
        ("/api/documents/..%2F..%2Fetc%2Fpasswd/text", ""),
        ("/nowhere", ""),
    ],
)
def test_what_is_not_there_is_told(client: TestClient, path: str, names: str) -> None:
    assert_problem(client.get(path), 404, names)


@given(question=st.text())
def test_no_question_gives_a_server_error(client: TestClient, question: str) -> None:
    response = post_raw(client, json.dumps({"question": question, "municipality": "akebono"}))
    assert response.status_code in (200, 422)
    assert_headers(response)


@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ("question", "query", "municipality", "conversation_id", "language", "limit", "x")
                ),
                inner,
                max_size=6,
            )
        ),
    ),
    path=st.sampled_from(("/api/chat", "/api/search")),
)
def test_no_body_gives_a_server_error(client: TestClient, body: Any, path: str) -> None:
    response = post_raw(client, json.dumps(body), path)
    assert response.status_code < 500
    if response.status_code != 200:
        assert_problem(response, response.status_code)


class Broken(Service):
    """A service that fails in a way that nobody foresaw."""

    def answer(self, question: Question) -> Answer:
        raise RuntimeError(f"cannot answer {question.question}")


def test_a_fault_of_our_own_is_told_without_what_was_asked(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = bench.service()
    whole.__class__ = Broken
    with TestClient(create_app(SETTINGS, whole), raise_server_exceptions=False) as client:
        response = post(client, question="ひみつまる 090-1234-5678")
    assert_problem(response, 500)
    assert "ひみつまる" not in response.text and "RuntimeError" not in response.text


def test_only_the_origins_set_may_call(bench: Bench) -> None:
    settings = Settings(_env_file=None, allowed_origins="https://www.city.example.jp")
    with TestClient(create_app(settings, bench.service())) as client:

        def allowed(origin: str) -> str | None:
            return client.get("/healthz", headers={"origin": origin}).headers.get(
                "access-control-allow-origin"
            )

        assert allowed("https://www.city.example.jp") == "https://www.city.example.jp"
        assert allowed("https://evil.example") is None
