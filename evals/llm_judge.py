"""A language model's second opinion on each answer: asked only where one is named, and no part of the gate.

The facts of the question sets decide what is correct. The model's verdicts stand beside them, with how often
the two agree, so that a set whose facts are too strict or too loose is seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib import resources
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from evals.askers import earlier
from evals.results import LlmVerdict, Result, response_of

PROMPT = "judge_prompt.md"
TIMEOUT = 60.0
LONGEST_REPLY = 300  # tokens


class JudgeFault(Exception):
    """Report a judge that must not be asked; the message says why and what to do."""


class _Reply(BaseModel):
    """The one line of JSON that the prompt asks for."""

    model_config = ConfigDict(extra="forbid", strict=True)

    correct: bool
    reason: str


class LlmJudge:
    """Ask an OpenAI-compatible language model whether a response is right; safe to use from several threads.

    Whatever is no verdict in the form asked for (a time-out, an error, other text) is recorded as none.
    """

    def __init__(
        self, model: str, base_url: str, api_key: str | None = None, client: httpx.Client | None = None
    ) -> None:
        self.model = model
        self._address = f"{base_url.rstrip('/')}/chat/completions"
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = client or httpx.Client(timeout=TIMEOUT)

    @cached_property
    def prompt(self) -> str:
        """Return the instructions, which are part of a verdict's meaning."""
        return resources.files("evals").joinpath(PROMPT).read_text("utf-8")

    @property
    def recipe(self) -> dict[str, str]:
        """Return what is pinned: the model's name and the hash of its instructions."""
        return {"model": self.model, "prompt": hashlib.sha256(self.prompt.encode()).hexdigest()}

    def __call__(self, result: Result) -> LlmVerdict:
        """Return the model's verdict on one result."""
        reply = self._reply(material_of(result))
        return LlmVerdict(
            **self.recipe, correct=reply.correct if reply else None, reason=reply.reason if reply else ""
        )

    def _reply(self, material: str) -> _Reply | None:
        body = {
            "model": self.model,
            "temperature": 0,
            "max_tokens": LONGEST_REPLY,
            "messages": [
                {"role": "system", "content": self.prompt},
                {"role": "user", "content": material},
            ],
        }
        try:
            response = self._client.post(self._address, json=body, headers=self._headers)
            response.raise_for_status()
            return parsed(response.json()["choices"][0]["message"]["content"])
        except (httpx.HTTPError, ValueError, LookupError, TypeError):
            return None


def parsed(content: Any) -> _Reply | None:
    """Return a reply in the form that the prompt asks for, or None: no verdict is read out of prose."""
    if not isinstance(content, str) or "\n" in content.strip():
        return None
    try:
        return _Reply.model_validate_json(content.strip())
    except ValidationError:
        return None


def material_of(result: Result) -> str:
    """Return what is judged as one JSON object: no text in it can pass for the judge's instructions."""
    question, response = result.question, response_of(result)
    material = {
        "earlier": earlier(question),
        "question": question.question,
        "answerable": question.answerable,
        "facts": question.must_include,
        "forbidden": question.must_not_include,
        "evidence": [e.quote for e in question.evidence],
        "status": response.status,
        "answer": response.answer,
    }
    return json.dumps(material, ensure_ascii=False)


def judge_all(
    judge: LlmJudge, results: Sequence[Result], workers: int, progress: Callable[[int, int], None]
) -> tuple[Result, ...]:
    """Return the results with verdicts; those that this judge gave before are kept, errors are not judged.

    Raises JudgeFault where an answer is the judge's own.
    """
    _check_apart(judge, results)
    todo = [r for r in results if r.error is None and not _has_verdict(r, judge)]
    given: dict[str, LlmVerdict] = {}
    with ThreadPoolExecutor(workers) as pool:
        for result, verdict in zip(todo, pool.map(judge, todo), strict=True):
            given[result.id] = verdict
            progress(len(given), len(todo))
    return tuple(r.model_copy(update={"llm_verdict": given.get(r.id, r.llm_verdict)}) for r in results)


def _check_apart(judge: LlmJudge, results: Iterable[Result]) -> None:
    if any(response_of(r).engine == f"llm:{judge.model}" for r in results):
        raise JudgeFault(f"--judge-model: {judge.model} wrote answers itself; name another model")


def _has_verdict(result: Result, judge: LlmJudge) -> bool:
    verdict = result.llm_verdict
    return (
        verdict is not None
        and verdict.correct is not None
        and {"model": verdict.model, "prompt": verdict.prompt} == judge.recipe
    )
