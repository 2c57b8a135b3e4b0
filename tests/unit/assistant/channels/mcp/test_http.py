"""/mcp over HTTP: held to what holds for every route."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.channels.app import create_app
from assistant.channels.guard import LARGEST_BODY
from assistant.channels.guard.edge import HEADERS
from assistant.settings import Settings
from tests.unit.assistant.made import Bench

ALLOWED = "https://www.city.example.jp"
ACCEPTS = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
NOW = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
}


@pytest.fixture(scope="module")
def client(bench: Bench) -> Iterator[TestClient]:
    settings = Settings(_env_file=None, allowed_origins=ALLOWED)
    with TestClient(create_app(settings, bench.service()), raise_server_exceptions=False) as client:
        yield client


def post(client: TestClient, raw: bytes | dict[str, Any], **headers: str) -> Any:
    content = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    return client.post("/mcp", content=content, headers={**ACCEPTS, **headers})


def test_the_tools_are_listed_without_a_session(client: TestClient) -> None:
    told = post(client, LIST)
    assert told.status_code == 200 and len(told.json()["result"]["tools"]) == 5
    assert "mcp-session-id" not in told.headers
    assert {k: told.headers.get(k) for k in HEADERS} == HEADERS


@pytest.mark.parametrize("origin", [None, "http://testserver", ALLOWED])
def test_our_own_pages_and_the_allowed_ones_may_call(client: TestClient, origin: str | None) -> None:
    assert post(client, LIST, **({"origin": origin} if origin else {})).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://testserver.evil.example"])
def test_a_page_of_another_site_may_not(client: TestClient, origin: str) -> None:
    refused = post(client, LIST, origin=origin)
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_no_stream_is_kept_open_and_no_session_ended(client: TestClient, method: str) -> None:
    assert client.request(method, "/mcp", headers=ACCEPTS).status_code == 405


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b"[]",
        b"3",
        b"{}",
        json.dumps([LIST] * 3).encode(),
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ask","arguments":{"question":"\\ud800"}}}',
        b'{"jsonrpc":"1.0","id":1,"method":"tools/list"}',
    ],
)
def test_what_is_no_request_is_an_error_of_the_callers(client: TestClient, raw: bytes) -> None:
    told = post(client, raw)
    assert told.status_code == 400
    assert told.json()["error"]["code"] < 0


@pytest.mark.parametrize("tool", ["ask", "get_measure", "search_plans", "compare"])
def test_lone_surrogates_are_refused_in_the_newer_protocol_too(client: TestClient, tool: str) -> None:
    names = ("question", "query", "municipality", "measure", "left", "right")
    params = {"name": tool, "arguments": dict.fromkeys(names, "\ud800"), "_meta": NOW}
    headers = {"mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": tool}
    told = post(client, {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}, **headers)
    assert told.status_code == 200 and told.json()["result"]["isError"]


@pytest.mark.parametrize(
    "header",
    [
        {"mcp-protocol-version": "zzz"},
        {"mcp-protocol-version": "2026-07-28"},
        {"content-type": "text/plain"},
        {"accept": "text/html"},
    ],
)
def test_headers_that_do_not_fit_are_an_error_of_the_callers(
    client: TestClient, header: dict[str, str]
) -> None:
    assert 400 <= post(client, LIST, **header).status_code < 500


def test_a_body_over_the_limit_is_refused(client: TestClient) -> None:
    assert post(client, b" " * (LARGEST_BODY + 1)).status_code == 413
