"""Whom a run asks: what is sent, what comes back, and every way that it can fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

import evals.askers
from evals.askers import (
    RETRIES,
    InProcess,
    Server,
    Unanswered,
    Unreachable,
    body_of,
    earlier,
    municipality_of,
    wait_of,
)
from evals.run import ask
from tests.unit.evals.made import body, question

Handler = Callable[[httpx.Request], httpx.Response]
HITS = {
    "hits": [
        {"citation": {"document_id": "aoba-plan", "start": 0, "end": 9, "quote": "現状です。"}},
        {"citation": {"document_id": "aoba-plan", "start": 10, "end": 19, "quote": "目標は 40人です。"}},
    ]
}
FOLLOW_UP = question(
    history=(
        {"role": "user", "content": "一"},
        {"role": "assistant", "content": "はい"},
        {"role": "user", "content": "二"},
    )
)


def server(handler: Handler) -> Server:
    return Server("http://server/", httpx.Client(transport=httpx.MockTransport(handler)))


def test_only_what_the_asker_said_is_asked_first() -> None:
    assert earlier(FOLLOW_UP) == ("一", "二")
    assert earlier(question()) == ()


@pytest.mark.parametrize(
    ("fields", "municipality", "language"),
    [
        ({}, "aoba", None),
        ({"municipality": "both"}, None, None),
        ({"lang": "easy"}, "aoba", "easy"),
        ({"lang": "en"}, "aoba", None),
    ],
)
def test_a_question_is_sent_as_a_widget_would(
    fields: dict[str, str], municipality: str | None, language: str | None
) -> None:
    asked = question(**fields)
    assert municipality_of(asked) == municipality
    assert body_of(asked, "問", "c") == {
        "question": "問",
        "municipality": municipality,
        "conversation_id": "c",
        "language": language,
    }


def test_earlier_turns_are_asked_in_the_same_conversation() -> None:
    seen: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content))
        return httpx.Response(200, json=body(conversation_id="c-1"))

    came = server(answer).ask(FOLLOW_UP)
    assert came.response and came.error is None and came.latency_ms > 0
    assert [(s["question"], s["conversation_id"]) for s in seen] == [
        ("一", None),
        ("二", "c-1"),
        ("目標は何人ですか", "c-1"),
    ]


def test_the_servers_search_is_ranked_against_the_evidence() -> None:
    def search(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/api/search"
        assert json.loads(request.content) == {
            "query": "目標は何人ですか",
            "municipality": "aoba",
            "limit": 10,
        }
        return httpx.Response(200, json=HITS)

    found = server(search).retrieve(question())
    assert found.ranks == (2,)
    assert [p.name for p in found.passages] == ["aoba-plan:0-9", "aoba-plan:10-19"]


@pytest.mark.parametrize(
    ("status", "text", "error"),
    [
        (503, "休止中", "503: 休止中"),
        (422, "長すぎます", "422: 長すぎます"),
        (500, "x" * 999, "500: " + "x" * 200),
    ],
)
def test_an_error_status_is_told_with_its_text(status: int, text: str, error: str) -> None:
    came = server(lambda request: httpx.Response(status, text=text)).ask(question())
    assert (came.response, came.error) == (None, error)


def test_an_earlier_turn_that_fails_is_the_questions_error() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        first = json.loads(request.content)["question"] == "一"
        return httpx.Response(500, text="fault") if first else httpx.Response(200, json=body())

    assert server(answer).ask(FOLLOW_UP).error == "500: fault"


def raising(error: type[httpx.HTTPError]) -> Handler:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error("fault")

    return handler


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_a_connection_that_fails_is_an_error(error: type[httpx.HTTPError]) -> None:
    came = server(raising(error)).ask(question())
    assert came.error == f"{error.__name__}: fault" and came.response is None
    with pytest.raises(Unanswered, match="fault"):
        server(raising(error)).retrieve(question())


@pytest.mark.parametrize("content", [b"nonsense", b'["a list"]', b'{"answer": "no status"}', b"null"])
def test_what_is_no_response_is_the_results_error(content: bytes) -> None:
    came = ask(server(lambda request: httpx.Response(200, content=content)), "dev", question())
    assert came.response is None and came.error and "\n" not in came.error


@pytest.mark.parametrize("content", [b"nonsense", b"{}", b'{"hits": [{}]}'])
def test_what_is_no_list_of_hits_is_the_results_error(content: bytes) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        chat = request.url.path == "/api/chat"
        return httpx.Response(200, json=body()) if chat else httpx.Response(200, content=content)

    came = ask(server(answer), "dev", question())
    assert came.response and came.ranks == (None,) and str(came.error).startswith("search: ")


def test_a_server_that_is_asked_too_often_is_asked_again_when_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(evals.askers.time, "sleep", waits.append)
    said = [httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(429)]
    came = server(lambda request: said.pop(0) if said else httpx.Response(200, json=body())).ask(question())
    assert came.response and waits == [7.0, 1.0]


def test_a_server_that_never_has_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(evals.askers.time, "sleep", waits.append)
    came = server(lambda request: httpx.Response(429, text="多すぎます")).ask(question())
    assert came.error == "429: 多すぎます" and len(waits) == RETRIES


@pytest.mark.parametrize(("said", "seconds"), [("0", 0.0), ("3", 3.0), ("86400", 60.0), ("soon", 1.0)])
def test_a_wait_is_what_the_server_says_within_reason(said: str, seconds: float) -> None:
    assert wait_of(httpx.Response(429, headers={"Retry-After": said})) == seconds


def test_a_server_tells_its_versions() -> None:
    def version(request: httpx.Request) -> httpx.Response:
        assert str(request.url) == "http://server/version"
        return httpx.Response(200, json={"version": "1"})

    assert server(version).check() == {"version": "1"}


@pytest.mark.parametrize(
    "handler",
    [
        raising(httpx.ConnectError),
        lambda request: httpx.Response(404),
        lambda request: httpx.Response(200, text="<html>"),
    ],
)
def test_a_server_that_is_none_is_unreachable_and_named(handler: Handler) -> None:
    with pytest.raises(Unreachable, match="--url: http://server does not answer"):
        server(handler).check()


def test_an_address_that_is_none_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="--url"):
        Server("not an address").check()


class Answer:
    conversation_id = "c-1"

    def model_dump(self, mode: str) -> dict[str, Any]:
        return body(conversation_id=self.conversation_id)


class Turn:
    judgement = None
    wording = None


class Service:
    """Record what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []

    def answer(self, asked: Any) -> Answer:
        self.asked.append((asked.question, asked.conversation_id))
        return Answer()

    def explain(self, asked: Any) -> tuple[Answer, Turn]:
        return self.answer(asked), Turn()


def test_the_service_in_this_process_is_asked_turn_by_turn() -> None:
    service = Service()
    came = InProcess(service).ask(FOLLOW_UP)  # type: ignore[arg-type]
    assert came.response == body(conversation_id="c-1") and came.error is None and came.judgement is None
    assert service.asked == [("一", None), ("二", "c-1"), ("目標は何人ですか", "c-1")]
