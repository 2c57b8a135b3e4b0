"""Made questions, responses and results, and a service of which a test says what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evals.askers import Asking, Retrieved
from evals.questions import Evidence, Question
from evals.responses import Response
from evals.results import Passage, Result, scored


def question(id: str = "q-1", **fields: Any) -> Question:
    """Return a question; one that is answerable, about 40人, unless the fields say otherwise."""
    values: dict[str, Any] = {
        "municipality": "aoba",
        "audience": "resident",
        "lang": "ja",
        "kind": "kpi_value",
        "question": "目標は何人ですか",
        "answerable": True,
        "must_include": (("40人",),),
        "must_not_include": (),
        "evidence": (Evidence(document="aoba", quote="目標は40人です。"),),
    }
    return Question.model_validate({"id": id, **values, **fields})


def unanswerable(id: str = "n-1", **fields: Any) -> Question:
    """Return a question that no plan answers."""
    return question(id, **{"answerable": False, "must_include": (), "evidence": (), **fields})


def body(answer: str = "目標は40人です[1]。", *quotes: str, **fields: Any) -> dict[str, Any]:
    """Return a ChatResponse with a citation for each quote."""
    cited = [
        {"number": n, "municipality": "aoba", "document_id": "aoba-plan", "quote": q}
        for n, q in enumerate(quotes or ("目標は40人です。",), 1)
    ]
    return {"status": "answered", "language": "ja", "answer": answer, "citations": cited, **fields}


def response(answer: str, *quotes: str, **fields: Any) -> Response:
    """Return a response as it is measured."""
    return Response.model_validate(body(answer, *quotes, **fields))


REFUSAL = {"status": "not_in_plan", "answer": "計画には見つかりませんでした。", "citations": []}


def result(asked: Question, came: dict[str, Any] | None, **fields: Any) -> Result:
    """Return a scored result."""
    values = {"id": asked.id, "set": "dev", "question": asked, "response": came, "latency_ms": 10.0}
    return scored(Result.model_validate({**values, **fields}))


def passages(n: int) -> tuple[Passage, ...]:
    """Return n places."""
    return tuple(Passage(document_id="aoba-plan", start=10 * k, end=10 * k + 9) for k in range(n))


class Told:
    """Answer what a test says, by question id; an exception is raised."""

    def __init__(self, answers: dict[str, Any], ranks: Sequence[int | None] = (2,)) -> None:
        self.answers = answers
        self.ranks = tuple(ranks)
        self.asked: list[str] = []

    def ask(self, question: Question) -> Asking:
        """Return what the test said."""
        self.asked.append(question.id)
        said = self.answers[question.id]
        if isinstance(said, Exception):
            raise said
        return Asking(said, None, 5.0)

    def retrieve(self, question: Question) -> Retrieved:
        """Return three places."""
        if isinstance(self.answers.get("search"), Exception):
            raise self.answers["search"]
        return Retrieved(passages(3), self.ranks)
