"""Hostile requests over raw sockets: nothing gives a server error, and nobody stops the others."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import quote_from_bytes

import pytest

from assistant.channels.app import create_app
from assistant.channels.guard import connections
from assistant.settings import Settings
from tests.hostile.live import Live, live, received, request, status_of
from tests.unit.assistant.made import Bench, make_bench

JSON = "Content-Type: application/json"
ASKING = ("/api/chat", "/api/chat/stream", "/api/search", "/api/feedback", "/api/furigana")
FORM = "application/x-www-form-urlencoded"
XSS = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
QUESTION = {"question": "EBPMとは？"}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def server(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("data"), rate_limit="off")
    with live(create_app(settings, bench.service())) as server:
        yield server


def problem_of(response: bytes) -> dict[str, object]:
    head, _, body = response.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head.lower(), response[:300]
    assert b"content-security-policy" in head.lower() and b"\nserver:" not in head.lower()
    document: dict[str, object] = json.loads(body)
    return document


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


BIG = json.dumps({"question": "あ", "pad": "x" * 70_000}).encode()
TOO_BIG = {
    "declared": request("POST", "/api/chat", BIG, "Content-Type: application/json"),
    "in chunks": request("POST", "/api/chat", b"", "Transfer-Encoding: chunked", JSON) + chunked(BIG),
    "as a form": request("POST", "/ask", b"question=" + b"a" * 70_000, f"Content-Type: {FORM}"),
    "in parts": request(
        "POST",
        "/api/chat",
        b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + b"a" * 70_000 + b"\r\n--x--",
        "Content-Type: multipart/form-data; boundary=x",
    ),
    "declared and never sent": request("POST", "/api/chat", b"", "Content-Length: 99999999999"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOO_BIG)
def test_a_body_that_is_too_large_is_413(server: Live, name: str) -> None:
    response = server.send(TOO_BIG[name])
    assert status_of(response) == 413, response[:200]
    assert problem_of(response)["status"] == 413


DEEP = {
    "arrays": b"[" * 30_000,
    "objects": b'{"a":' * 10_000,
    "in the question": b'{"question":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "digits": b'{"question": ' + b"9" * 60_000 + b"}",
    "not text": bytes(range(256)),
    "half a pair": b'{"question": "\\ud800"}',
    "nothing": b"",
}


@pytest.mark.parametrize("path", ASKING)
@pytest.mark.parametrize("name", DEEP)
def test_json_that_is_no_question_is_a_refusal(server: Live, path: str, name: str) -> None:
    response = server.post(path, DEEP[name])
    assert 400 <= status_of(response) < 500, response[:200]
    assert problem_of(response)["title"]


NASTY = [
    "\ud800", "\udfff質問", "a\x00b", "\x1b[31m赤", "\u202e逆さ", "\u2066隠す\u2069", "\U000e0041\U000e0042",
    "e" + "\u0301" * 900, "が" * 1001, "\ufeff\u200b\u200d", "\uffff", "\U0010ffff", "%00", "{{7*7}}",
    "${jndi:ldap://x}",
    "'; DROP TABLE conversations; --", "../../etc/passwd", "http://169.254.169.254/latest/meta-data/",
    "file:///etc/passwd", "=cmd|' /C calc'!A0", XSS, "a\r\nSet-Cookie: x=1", 
    "\u202emoc.elpmaxe", "𠮷野家の計画は？",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_no_text_breaks_a_route_or_comes_back_as_markup(server: Live, text: str) -> None:
    body = json.dumps({"question": text, "query": text, "texts": [text], "comment": text}).encode()
    for path in ("/api/chat", "/api/search", "/api/chat/stream", "/api/furigana"):
        assert 200 <= status_of(server.post(path, body)) < 500
    typed = quote_from_bytes(text.encode("utf-8", "surrogatepass")).encode()
    for response in (
        server.post("/ask", b"question=" + typed, kind=FORM),
        server.send(request("GET", f"/ask?question={typed.decode()}")),
        server.send(request("GET", f"/?municipality={typed.decode()}")),
        server.send(request("GET", f"/compare?left={typed.decode()}&right={typed.decode()}")),
        server.send(request("GET", f"/sources/{typed.decode()}")),
    ):
        assert 200 <= status_of(response) < 500, response[:200]
        head, _, page = response.partition(b"\r\n\r\n")
        if b"text/html" in head:
            assert b"<script>alert" not in page and b"onerror=alert(2)>" not in page
        assert b"set-cookie" not in head.lower()
        assert b"root:x:" not in response


def test_a_hundred_thousand_marks_are_refused(server: Live) -> None:
    assert status_of(server.ask("が" + "\u0301" * 100_000)) == 413
    assert status_of(server.ask("が" + "\u0301" * 9_000)) == 422


PATHS = [
    "/static/../../../../etc/passwd", "/static/..%2f..%2f..%2fetc%2fpasswd",
    "/static/%2e%2e/%2e%2e/etc/passwd", "/static/....//....//etc/passwd", "/static/style.css%00.js",
    "/static//etc/passwd", "/sources/..%5c..%5cwin.ini",
    "/api/documents/%2e%2e%2f%2e%2e%2fpyproject.toml/text", "/api/plans/%c0%ae%c0%ae", "//evil.example/",
    "/\\evil.example", "/plans/akebono//measures/1", "/plans/akebono/measures/-1",
    "/plans/akebono/measures/99999999999999999999999", "/.env", "/.git/config", "/admin", "/%", "/%zz",
    "/?" + "a=b&" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out_or_breaks(server: Live, path: str) -> None:
    response = server.send(request("GET", path))
    assert 200 <= status_of(response) < 500, response[:200]
    assert b"root:x:" not in response and b"[project]" not in response
    assert b"\r\nlocation:" not in response.lower()


POST = b"POST /api/chat HTTP/1.1\r\nHost: x\r\n"
HEADS = {
    "not http": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no version": b"GET /\r\n\r\n",
    "a method of its own": b"GE\x00T / HTTP/1.1\r\nHost: x\r\n\r\n",
    "two lengths": b"POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\n{",
    "length and chunks": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length below nothing": b"POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "a folded line": b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
    "a bare line feed": b"GET / HTTP/1.1\nHost: x\nA: b\x00c\n\n",
    "a broken chunk": b"POST /api/chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HEADS)
def test_what_is_not_http_is_refused(server: Live, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.3)
    response = server.send(HEADS[name])
    assert status_of(response) < 500, response[:200]
    if status_of(response) == 400 and b"request:" in response:
        assert problem_of(response)["status"] == 400


def test_a_head_that_does_not_end_is_431(server: Live) -> None:
    for head in (b"A: " + b"x" * 40_000, b"A: b\r\n" * 8_000):
        response = server.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + head)
        assert status_of(response) == 431
        assert problem_of(response)["status"] == 431


def test_a_request_that_does_not_come_is_408_and_the_others_go_on(
    server: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.5)
    halves = [
        b"",
        b"POST /api/chat HTTP/1.1\r\nHo",
        POST + b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{",
    ]
    held = []
    for half in halves * 20:
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        connection.sendall(half)
        held.append((half, connection))
    assert status_of(server.ask("EBPMとは？")) == 200
    for half, connection in held:
        response = received(connection)
        connection.close()
        assert status_of(response) == (408 if half else 0), (half, response[:100])


def test_those_who_never_read_stop_nobody(server: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "READ_SECONDS", 0.5)
    asked = request("POST", "/api/chat/stream", json.dumps(QUESTION).encode(), JSON)
    many = request("GET", "/api/documents/akebono-dx/text").replace(b"close", b"keep-alive")
    held = []
    for wire in (asked, many * 200):
        for _ in range(20):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(wire)
            held.append(connection)
    time.sleep(0.2)
    assert status_of(server.ask("EBPMとは？")) == 200
    assert b"event: done" in server.post("/api/chat/stream", json.dumps(QUESTION).encode())
    for connection in held:
        connection.close()
