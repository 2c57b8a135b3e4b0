"""A scripted OpenAI-compatible server on loopback: it says what a test tells it to, well or badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DRIP_SECONDS = 0.02
CHUNK = 7


@dataclass
class Script:
    """What the server says, what it was asked, and who has gone while it spoke."""

    says: Callable[[dict[str, Any], str], Iterator[str]] = field(default=lambda sent, told: echo(sent, told))
    mode: str = "good"
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    open: int = 0
    # Messages that ask for tools, one a request, before anything is said.
    calls: list[dict[str, Any]] = field(default_factory=list)


def echo(sent: dict[str, Any], told: str) -> Iterator[str]:
    """Say the draft again."""
    yield "".join(f"{line}。" for line in sent.get("draft", ()))


def saying(text: str) -> Callable[[dict[str, Any], str], Iterator[str]]:
    """Say a text; {marks} in it are the numbers of the draft's first statement, {draft} is that statement."""

    def says(sent: dict[str, Any], told: str) -> Iterator[str]:
        marks = "".join(f"[{e['n']}]" for e in sent.get("evidence", ()))
        yield text.replace("{marks}", marks).replace("{draft}", sent.get("draft", [""])[0])

    return says


class Handler(BaseHTTPRequestHandler):
    """Answer one request by the script."""

    script: Script

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""

    def do_POST(self) -> None:
        """Speak, in the mode that the script is in."""
        script = self.script
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        script.requests.append(body)
        script.headers.append(dict(self.headers))
        script.open += 1
        try:
            getattr(self, f"_{script.mode}")(body)
        except (BrokenPipeError, ConnectionResetError):
            script.gone.set()
        finally:
            script.open -= 1

    def _good(self, body: dict[str, Any]) -> None:
        if not body.get("stream"):
            return self._message()
        self._begin()
        for text in self.script.says(_sent(body), body["messages"][0]["content"]):
            for start in range(0, len(text), CHUNK):
                self._delta(text[start : start + CHUNK])
        self._end("stop")

    def _message(self) -> None:
        """Answer whole: the next call for tools of the script, or that there is nothing to look up."""
        calls = self.script.calls.pop(0) if self.script.calls else None
        message = {"role": "assistant", "content": "" if calls else "済", **(calls or {})}
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}
        self._whole(200, json.dumps({**_HEAD, "object": "chat.completion", "choices": [choice]}))

    def _status(self, body: dict[str, Any]) -> None:
        self._whole(500, '{"error": {"message": "secret trace"}}')

    def _hang(self, body: dict[str, Any]) -> None:
        self._wait()

    def _hang_after_headers(self, body: dict[str, Any]) -> None:
        self._begin()
        self._wait()

    def _cut(self, body: dict[str, Any]) -> None:
        self._begin()
        self._delta("みなとポイントの")

    def _cut_after_a_sentence(self, body: dict[str, Any]) -> None:
        self._begin()
        for text in self.script.says(_sent(body), ""):
            self._delta(text)
        self._delta("また、みなと")

    def _hang_after_a_sentence(self, body: dict[str, Any]) -> None:
        self._begin()
        for text in self.script.says(_sent(body), ""):
            self._delta(text)
        self._delta("また、みなと")
        self._wait()

    def _garbage(self, body: dict[str, Any]) -> None:
        self._begin()
        self.wfile.write(b"\x00\xff\xfe garbage \x9f\n\n" * 20)

    def _html(self, body: dict[str, Any]) -> None:
        self._whole(200, "<html><body>ログインしてください</body></html>", "text/html")

    def _drip(self, body: dict[str, Any]) -> None:
        self._begin()
        while True:
            self._delta("あ")
            time.sleep(DRIP_SECONDS)

    def _flood(self, body: dict[str, Any]) -> None:
        self._begin()
        while True:
            self._delta("計画です。" * 200)

    def _wrong_json(self, body: dict[str, Any]) -> None:
        self._begin()
        self.wfile.write(b'data: {"choices": "none", "object": 3}\n\ndata: [1, 2]\n\n')
        self.wfile.write(b"data: [DONE]\n\n")

    def _empty(self, body: dict[str, Any]) -> None:
        self._begin()
        self._end("stop")

    def _length(self, body: dict[str, Any]) -> None:
        self._begin()
        self._delta("みなとポイント")
        self._end("length")

    def _filtered(self, body: dict[str, Any]) -> None:
        self._begin()
        self._end("content_filter")

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()

    def _delta(self, text: str) -> None:
        self._event({"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None})

    def _end(self, reason: str) -> None:
        self._event({"index": 0, "delta": {}, "finish_reason": reason})
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        self._data({**_HEAD, "choices": [], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, choice: dict[str, Any]) -> None:
        self._data({**_HEAD, "choices": [choice]})

    def _data(self, value: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode())
        self.wfile.flush()

    def _whole(self, status: int, text: str, kind: str = "application/json") -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _wait(self) -> None:
        """Say nothing until the caller has gone: its end of the connection then reads as closed."""
        self.connection.settimeout(60)
        if self.connection.recv(1) == b"":
            self.script.gone.set()


_HEAD = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}


def _sent(body: dict[str, Any]) -> dict[str, Any]:
    try:
        return dict(json.loads(body["messages"][1]["content"]))
    except (ValueError, LookupError):
        return {}


@contextmanager
def serving(script: Script) -> Iterator[str]:
    """Serve the script; give the base address."""
    handler = type("Scripted", (Handler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
