"""Security headers on every answer there is, and nothing from a foreign page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.channels.app import create_app
from assistant.channels.guard.edge import security_headers
from assistant.settings import Settings
from tests.unit.assistant.made import Bench

CITY = "https://www.city.example.jp"
PREFLIGHT = {"access-control-request-method": "POST"}
ASKED = {"question": "EBPMとは？", "municipality": "akebono"}


@pytest.fixture(scope="module")
def client(bench: Bench) -> Iterator[TestClient]:
    app = create_app(Settings(_env_file=None, allowed_origins=CITY), bench.service())
    with TestClient(app, raise_server_exceptions=False, base_url="http://plans.example.jp") as client:
        yield client


REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/", {}),
    ("GET", "/widget.js", {}),
    ("GET", "/static/style.css", {}),
    ("GET", "/healthz", {}),
    ("GET", "/readyz", {}),
    ("GET", "/version", {}),
    ("GET", "/metrics", {}),
    ("GET", "/api/plans", {}),
    ("GET", "/sources/akebono-dx", {}),
    ("GET", "/nowhere", {}),
    ("PUT", "/api/chat", {}),
    ("POST", "/api/chat", {"json": ASKED}),
    ("POST", "/api/chat", {"json": {}}),
    ("POST", "/api/chat/stream", {"json": ASKED}),
    ("POST", "/api/chat", {"content": b"x" * 70_000}),
    ("POST", "/api/chat", {"json": ASKED, "headers": {"origin": "https://evil.example"}}),
    ("OPTIONS", "/api/chat", {"headers": {"origin": CITY, "access-control-request-method": "POST"}}),
    (
        "OPTIONS",
        "/api/chat",
        {"headers": {"origin": "https://evil.example", "access-control-request-method": "POST"}},
    ),
]


@pytest.mark.parametrize(("method", "path", "options"), REQUESTS)
def test_every_answer_has_the_security_headers(
    client: TestClient, method: str, path: str, options: dict[str, Any]
) -> None:
    response = client.request(method, path, **options)
    expected = security_headers([CITY])
    assert {name: response.headers.get(name) for name in expected} == expected
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy and f"frame-ancestors {CITY}" in policy and "unsafe" not in policy
    assert "server" not in response.headers and "x-powered-by" not in response.headers
    assert len(response.headers["x-trace-id"]) == 32


def test_without_a_city_nobody_shows_our_pages_in_a_frame() -> None:
    assert security_headers()["Content-Security-Policy"].endswith("frame-ancestors 'none'")


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_the_description_is_not_served_unless_asked_for(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_description_is_served_where_it_is_asked_for(bench: Bench) -> None:
    with TestClient(create_app(Settings(_env_file=None, openapi=True), bench.service())) as client:
        assert client.get("/openapi.json").json()["openapi"].startswith("3.")
        assert client.get("/docs").status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": CITY}, 200),
        ({"origin": "http://plans.example.jp"}, 200),
        ({"origin": "https://plans.example.jp", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": f"{CITY}.evil.example"}, 403),
        ({"origin": f"{CITY}:8443"}, 403),
        ({"origin": "http://www.city.example.jp"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"origin": "http://[::1"}, 403),
        ({"origin": "http://plans.example.jp:99999"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["/api/chat", "/api/search", "/api/feedback", "/ask"])
def test_a_foreign_page_changes_nothing(
    client: TestClient, path: str, headers: dict[str, str], status: int
) -> None:
    body = ASKED | {"query": "EBPM", "message_id": "abcdefgh", "rating": "up"}
    response = client.post(path, json=body, headers=headers)
    assert (response.status_code == 403) == (status == 403), response.text
    if status == 403:
        assert response.headers["content-type"] == "application/problem+json"


def test_a_preflight_is_answered_for_the_city_alone(client: TestClient) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    granted = client.options("/api/chat", headers={"origin": CITY} | asked)
    assert granted.headers["access-control-allow-origin"] == CITY
    assert "access-control-allow-credentials" not in granted.headers
    denied = client.options("/api/chat", headers={"origin": "https://evil.example"} | asked)
    assert "access-control-allow-origin" not in denied.headers and denied.status_code == 400


def test_a_refusal_can_be_read_by_the_city_s_page(client: TestClient) -> None:
    response = client.post("/api/chat", json={}, headers={"origin": CITY})
    assert response.status_code == 422
    assert response.headers["access-control-allow-origin"] == CITY
    assert "X-Trace-Id" in response.headers["access-control-expose-headers"]


def test_no_address_is_made_from_the_host_that_a_caller_names(client: TestClient) -> None:
    for path in ("/", "/plans/akebono/", "/api/plans/", "/ask/"):
        response = client.get(path, headers={"host": "evil.example"}, follow_redirects=False)
        assert "evil.example" not in response.text + str(response.headers)
