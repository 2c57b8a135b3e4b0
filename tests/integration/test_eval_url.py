"""`eval run --url`: a server that listens is asked by HTTP, in parallel, faults and limits and all."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from evals.cli import app
from evals.wiring import asker_of, judge_of
from index.errors import IndexUnavailable

LINE = "羽咋市"
QUOTE = "行政手続のオンライン化"
ROW: dict[str, Any] = {
    "municipality": "hakui",
    "audience": "resident",
    "lang": "ja",
    "kind": "overview",
    "must_include": [["オンライン化"]],
    "must_not_include": [],
    "answerable": True,
    "evidence": [{"document": "hakui", "quote": LINE}],
}


class Handler(BaseHTTPRequestHandler):
    """Answer by what is asked: a fault, a limit once, a refusal, or the answer."""

    limited: ClassVar[set[str]] = set()

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""

    def do_GET(self) -> None:
        """Tell the version."""
        self._send(200, {"version": "9.9"})

    def do_POST(self) -> None:
        """Answer or find."""
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/v1/chat/completions":
            self._send(200, {"choices": [{"message": {"content": '{"correct": true, "reason": "ok"}'}}]})
        elif self.path == "/api/search":
            self._send(200, {"hits": [{"citation": citation()}]})
        elif "障害" in sent["question"]:
            self._send(500, {"title": "障害"})
        elif "混雑" in sent["question"] and sent["question"] not in self.limited:
            self.limited.add(sent["question"])
            self._send(429, {"title": "混雑"}, {"Retry-After": "0"})
        else:
            said = {"status": "answered", "answer": f"{QUOTE}です[1]。", "citations": [citation()]}
            self._send(200, {**said, "conversation_id": "c", "language": "ja"})

    def _send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def citation() -> dict[str, Any]:
    """Return a citation that holds the evidence."""
    return {
        "number": 1,
        "municipality": "hakui",
        "document_id": "made",
        "quote": f"{LINE}の{QUOTE}",
        "start": 0,
        "end": 9,
    }


@pytest.fixture
def url() -> Iterator[str]:
    Handler.limited = set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


@pytest.fixture
def questions(tmp_path: Path) -> str:
    asked = {"q-1": "何をしますか", "q-2": "混雑していますか", "q-3": "障害ですか"}
    rows = [{**ROW, "id": id_, "question": text} for id_, text in asked.items()]
    path = tmp_path / "made.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return str(path)


def test_a_server_is_asked_and_its_faults_are_counted(
    url: str, questions: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    app(["run", questions, "--out", str(out), "--url", url, "--workers", "3"], standalone_mode=False)
    metrics = json.loads((out / "metrics.json").read_text("utf-8"))
    assert (metrics["n"], metrics["errors"]) == (3, 1)
    assert metrics["correct"] == pytest.approx(2 / 3, abs=1e-6)
    assert metrics["retrieval"]["recall@1"] == 1.0
    recipe = json.loads((out / "recipe.json").read_text("utf-8"))
    assert (recipe["mode"], recipe["server"]) == (url, {"version": "9.9"})
    assert "3 questions" in capsys.readouterr().out


def test_a_judge_is_asked_over_http_and_its_key_is_not_written(
    url: str, questions: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAN_ASSISTANT_LLM_BASE_URL", f"{url}/v1/")
    monkeypatch.setenv("PLAN_ASSISTANT_LLM_API_KEY", "sk-very-secret")
    out = tmp_path / "out"
    app(
        ["run", questions, "--out", str(out), "--url", url, "--judge-model", "judge-1"], standalone_mode=False
    )
    metrics = json.loads((out / "metrics.json").read_text("utf-8"))
    assert metrics["llm_judge"] == {"n": 2, "no_verdict": 0, "correct": 1.0, "agreement": 1.0}
    assert all("sk-very-secret" not in p.read_text("utf-8") for p in out.iterdir())


def test_a_password_in_the_address_is_not_written(url: str) -> None:
    _, mode, _ = asker_of(url.replace("http://", "http://name:password@"))
    assert mode == url


def test_a_server_that_is_not_there_is_told_with_what_to_do() -> None:
    with pytest.raises(IndexUnavailable, match=r"--url: http://127\.0\.0\.1:9 does not answer .*make run"):
        asker_of("http://127.0.0.1:9")


def test_there_is_no_judge_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAN_ASSISTANT_LLM_BASE_URL", raising=False)
    assert judge_of("judge-1") is None
