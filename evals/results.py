"""A run's results: a row a question, with the whole response, and how the response is scored."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.messages import Wording
from evals.metrics.answers import facts_held, forbidden_in, is_correct
from evals.metrics.citations import citations_of
from evals.metrics.evidence import evidence_hit
from evals.metrics.figures import unsupported_figures
from evals.questions import Question
from evals.responses import Response, read_response


class Record(BaseModel):
    """Be the base of what a results file holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Passage(Record):
    """A retrieved place in a document."""

    document_id: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """Return the place as the name of a document in TREC files."""
        return f"{self.document_id}:{self.start}-{self.end}"


class Scores(Record):
    """What a response is worth; citation figures are None where nothing was answered."""

    correct: bool
    refused: bool
    facts: tuple[bool, ...]
    forbidden: tuple[str, ...]
    evidence: tuple[bool, ...]
    citation_precision: float | None
    citation_recall: float | None
    unsupported_figures: tuple[str, ...]


class LlmVerdict(Record):
    """What a language model judged: right, wrong, or None where it gave no verdict."""

    model: str
    prompt: str
    correct: bool | None
    reason: str = ""


class Result(Record):
    """One question asked: the response or the error, the time it took, and what retrieval alone found.

    `ranks` holds for each place of evidence the rank at which retrieval found it. There is none for a
    follow-up, whose words alone do not say what is sought.
    """

    id: str
    set: str
    question: Question
    response: dict[str, Any] | None
    error: str | None = None
    latency_ms: float
    retrieved: tuple[Passage, ...] = ()
    ranks: tuple[int | None, ...] = ()
    judgement: dict[str, Any] | None = None
    wording: Wording | None = None
    scores: Scores | None = None
    llm_verdict: LlmVerdict | None = None

    @property
    def topics(self) -> dict[str, int | None]:
        """Return the ranks by the name of their topic, which holds no white space: TREC's columns."""
        name = re.sub(r"[\s%]", lambda m: urllib.parse.quote(m[0]), self.id)
        return {f"{name}/{n}": rank for n, rank in enumerate(self.ranks, 1)}


class ResultsFault(Exception):
    """Report a results file that cannot be read; the message names the line and what to do."""


def scored(result: Result) -> Result:
    """Return the result with its scores; an error is a wrong answer."""
    return result.model_copy(update={"scores": score(result.question, response_of(result))})


def response_of(result: Result) -> Response:
    """Return what came back; an error reads as a response that says nothing."""
    return read_response(result.response or {"status": "error", "answer": ""})


def score(question: Question, response: Response) -> Scores:
    """Return what a response to a question is worth."""
    answered = response.answered
    cited = citations_of(response) if answered else None
    return Scores(
        correct=response.status != "error" and is_correct(question, response),
        refused=response.status != "error" and not answered,
        facts=facts_held(response.answer, question.must_include)
        if answered
        else (False,) * len(question.must_include),
        forbidden=forbidden_in(response.answer, question.must_not_include),
        evidence=evidence_hit(question, response),
        citation_precision=cited.precision if cited else None,
        citation_recall=cited.recall if cited else None,
        unsupported_figures=unsupported_figures(response),
    )


def read_results(path: Path) -> tuple[Result, ...]:
    """Return a file's results; raises ResultsFault naming the line. A last line cut short is let be."""
    lines = path.read_bytes().split(b"\n")  # a line that is cut short may end within a letter
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(Result.model_validate_json(line))
        except ValidationError as error:
            if number == len(lines):
                break
            first = error.errors()[0]
            place = ".".join(str(p) for p in first["loc"])
            raise ResultsFault(
                f"{path}:{number}: {place or 'row'}: {first['msg']}; run `eval run` again"
            ) from error
    return tuple(found)


def write_results(path: Path, results: Iterable[Result]) -> None:
    """Write the results, a line each."""
    lines = "".join(r.model_dump_json() + "\n" for r in results)
    part = path.with_suffix(".part")
    part.write_text(lines, "utf-8")
    part.replace(path)


def trec_run(results: Iterable[Result]) -> str:
    """Return what retrieval found in TREC's run format: topic Q0 document rank score run."""
    return "".join(
        f"{topic} Q0 {passage.name} {rank} {1 / rank:.6f} plan-assistant\n"
        for r in results
        for topic in r.topics
        for rank, passage in enumerate(r.retrieved, 1)
    )


def trec_qrels(results: Iterable[Result]) -> str:
    """Return the relevant document of each topic in TREC's qrels format: topic 0 document relevance.

    It is the first retrieved passage that holds the evidence; what was not found has a name of its own.
    """
    rows = []
    for result in results:
        for topic, rank in result.topics.items():
            name = result.retrieved[rank - 1].name if rank else f"not-found:{topic}"
            rows.append(f"{topic} 0 {name} 1\n")
    return "".join(rows)
