"""Questions and figures made for tests."""

from __future__ import annotations

from datetime import date

from evals.bench.machine import Machine
from evals.bench.measure import Measured, Topic, outcome_of, topics_of
from evals.bench.report import Run
from evals.bench.workers import Found
from evals.questions import Evidence, Message, Question

MACHINE = Machine(cpu="A CPU", cores=2, ram=24.0, python="3.11.7", threads="1")


def question(
    identity: str, *quotes: str, municipality: str = "aoba", note: str = "", **fields: object
) -> Question:
    """Return an answerable question whose evidence are these quotes."""
    return Question.model_validate(
        {
            "id": identity,
            "municipality": municipality,
            "audience": "resident",
            "lang": "ja",
            "kind": "overview",
            "question": f"{identity}は？",
            "answerable": True,
            "must_include": (),
            "must_not_include": (),
            "evidence": tuple(Evidence(document=municipality, quote=quote) for quote in quotes),
            "note": note,
            **fields,
        }
    )


def asked_before(content: str) -> tuple[Message, ...]:
    """Return a conversation of one turn."""
    return (Message(role="user", content=content),)


def topics() -> tuple[Topic, ...]:
    """Return three topics of two questions, of two sets, cities and styles."""
    first = question("q-1", "避難所", "港", note="style: hiragana")
    second = question("q-2", "除雪", municipality="minato", note="style: short")
    return topics_of([("dev", [first]), ("test", [second])])


def measured(**milliseconds: float) -> Measured:
    """Return what pipelines of these times did: each found 避難所 first, 除雪 sixth, 港 not at all."""
    found = {
        name: {
            "q-1": Found(("避難所に Wi-Fi", "道路"), time),
            "q-2": Found((*"あいうえお", "除雪車"), time),
        }
        for name, time in milliseconds.items()
    }
    return Measured(
        model="hashing:256",
        topics=topics(),
        outcomes={
            name: outcome_of(topics(), each, seconds=milliseconds[name] / 10, mib=512.4)
            for name, each in found.items()
        },
    )


def run(**milliseconds: float) -> Run:
    """Return a run of these pipelines on a made machine."""
    return Run(measured(**milliseconds), MACHINE, date(2026, 11, 21), absent=("llamaindex",))
