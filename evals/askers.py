"""Whom a run asks: the service in this process, or a server by its address."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from assistant.messages import Question as Asked
from assistant.service import Service
from evals.metrics.retrieval import DEPTH, rank_of
from evals.questions import BOTH, Question
from evals.results import Passage

TIMEOUT = 60.0
# A server that limits how often it is asked says when to come back (RFC 9110, 10.2.3).
TOO_MANY = 429
RETRIES = 5
LONGEST_WAIT = 60.0
# Nobody has this id: who asks as staff in a run.
STAFF = 0


class Unreachable(Exception):
    """Report a server that does not answer; the message names the address."""


class Unanswered(Exception):
    """Report a search that came to nothing; the message is the server's."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What came of one question: the response or an error, its milliseconds, and the judge's features."""

    response: dict[str, Any] | None
    error: str | None
    latency_ms: float
    judgement: dict[str, Any] | None = None
    wording: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What retrieval alone found, and at which rank each place of evidence."""

    passages: tuple[Passage, ...] = ()
    ranks: tuple[int | None, ...] = ()


class Asker(Protocol):
    """Ask questions; safe to use from several threads."""

    def ask(self, question: Question) -> Asking:
        """Return what comes of a question, its earlier turns asked first in the same conversation."""
        ...

    def retrieve(self, question: Question) -> Retrieved:
        """Return what is found for a question's words alone."""
        ...


class InProcess:
    """Ask the service itself."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def ask(self, question: Question) -> Asking:
        """Return the answer, and what the judge saw."""
        conversation = None
        for said in earlier(question):
            conversation = self._service.answer(self._asked(question, said, conversation)).conversation_id
        started = time.perf_counter()
        answer, turn = self._service.explain(self._asked(question, question.question, conversation))
        elapsed = _ms(started)
        judgement = turn.judgement.model_dump() if turn.judgement else None
        wording = turn.wording.model_dump() if turn.wording else None
        return Asking(answer.model_dump(mode="json"), None, elapsed, judgement, wording)

    def _asked(self, question: Question, text: str, conversation: str | None) -> Asked:
        staff = STAFF if question.audience == "staff" else None
        return Asked.model_validate({**body_of(question, text, conversation), "staff": staff})

    def retrieve(self, question: Question) -> Retrieved:
        """Return what the service's search finds."""
        hits = self._service.search(question.question, municipality_of(question), DEPTH)
        return _retrieved(question, [citation.model_dump() for _, citation in hits])


class Server:
    """Ask a server by HTTP."""

    def __init__(self, url: str, client: httpx.Client | None = None) -> None:
        self._url = url.rstrip("/")
        self._client = client or httpx.Client(timeout=TIMEOUT)

    def check(self) -> dict[str, Any]:
        """Return what the server says of its versions; raises Unreachable."""
        try:
            response = self._client.get(f"{self._url}/version")
            response.raise_for_status()
            return dict(response.json())
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise Unreachable(
                f"--url: {self._url} does not answer ({error}); start it with `make run`"
            ) from error

    def ask(self, question: Question) -> Asking:
        """Return the response, or the status and the message of an error."""
        conversation = None
        for said in earlier(question):
            turn = self._post("/api/chat", body_of(question, said, conversation))
            if turn.response is None:
                return turn
            conversation = turn.response.get("conversation_id")
        return self._post("/api/chat", body_of(question, question.question, conversation))

    def retrieve(self, question: Question) -> Retrieved:
        """Return what the server's search finds; raises Unanswered where it fails."""
        body = {"query": question.question, "municipality": municipality_of(question), "limit": DEPTH}
        asked = self._post("/api/search", body)
        if asked.response is None:
            raise Unanswered(asked.error)
        return _retrieved(question, [h["citation"] for h in asked.response["hits"]])

    def _post(self, route: str, body: dict[str, Any]) -> Asking:
        started = time.perf_counter()
        try:
            response = self._client.post(self._url + route, json=body)
            for _ in range(RETRIES):
                if response.status_code != TOO_MANY:
                    break
                time.sleep(wait_of(response))
                started = time.perf_counter()
                response = self._client.post(self._url + route, json=body)
            elapsed = _ms(started)
            if response.is_success:
                return Asking(response.json(), None, elapsed)
            return Asking(None, f"{response.status_code}: {response.text[:200]}", elapsed)
        except (httpx.HTTPError, ValueError) as error:
            return Asking(None, f"{type(error).__name__}: {error}", _ms(started))


def wait_of(response: httpx.Response) -> float:
    """Return the seconds that a server asks to be left alone, one where it does not say."""
    said = response.headers.get("Retry-After", "")
    return min(float(said), LONGEST_WAIT) if said.isdecimal() else 1.0


def earlier(question: Question) -> tuple[str, ...]:
    """Return what the asker said before, in order."""
    return tuple(m.content for m in question.history if m.role == "user")


def municipality_of(question: Question) -> str | None:
    """Return the municipality that the question is sent with; none where it is put to all."""
    return None if question.municipality == BOTH else question.municipality


def body_of(question: Question, text: str, conversation: str | None) -> dict[str, Any]:
    """Return the ChatRequest for one turn of a question; only easy Japanese is asked for by name."""
    return {
        "question": text,
        "municipality": municipality_of(question),
        "conversation_id": conversation,
        "language": "easy" if question.lang == "easy" else None,
    }


def _retrieved(question: Question, citations: Sequence[dict[str, Any]]) -> Retrieved:
    texts = [str(c["quote"]) for c in citations]
    passages = tuple(Passage(document_id=c["document_id"], start=c["start"], end=c["end"]) for c in citations)
    return Retrieved(passages, tuple(rank_of(e.quote, texts) for e in question.evidence))


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
