"""The gate turns red when a part of the assistant breaks: a part at a time is broken, with the real model.

Some sixty questions of the development set are asked, chosen by the hash of their ids over all kinds. What
the unbroken assistant gets is the baseline.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import index.tokens
from assistant import wiring
from assistant.logs import configure
from assistant.messages import Statement, Turn
from assistant.settings import Settings
from assistant.steps.verify import Verify
from corpus.library import Holding, Library
from corpus.normalize import fold
from corpus.records import Kpi, Plan
from evals.askers import InProcess
from evals.gate import Verdict, against
from evals.questions import Question, load_questions
from evals.recipe import SETS_DAY
from evals.results import Result, scored
from evals.run import ask
from evals.summary import Metrics, summarise
from index.embedders import Embedder
from index.passages import Hit
from index.search import Search
from index.tokens import Token

DEV = Path(__file__).resolve().parents[2] / "evals" / "sets" / "dev.jsonl"
OF_A_KIND = 2
OF_INDICATORS = 6

Run = Callable[[tuple[Question, ...]], tuple[Result, ...]]


@pytest.fixture(scope="module")
def settings(data_dir: Path) -> Settings:
    return Settings(_env_file=None, data_dir=data_dir, today=SETS_DAY)


@pytest.fixture(scope="module")
def library(settings: Settings) -> Library:
    return wiring.library_of(settings)


@pytest.fixture(scope="module")
def questions(library: Library) -> tuple[Question, ...]:
    return sample(load_questions([DEV], library))


@pytest.fixture(scope="module")
def embedder(settings: Settings) -> Embedder:
    return wiring.embedder_of(settings)


@pytest.fixture(scope="module")
def run(settings: Settings, embedder: Embedder) -> Iterator[Run]:
    """Ask a service that is built anew, as it is at that moment, with the model that is loaded already."""
    configure("text", quiet=True)

    def run(questions: tuple[Question, ...]) -> tuple[Result, ...]:
        asker = InProcess(wiring.build_service(settings))
        return tuple(scored(ask(asker, "dev", question)) for question in questions)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "embedder_of", lambda *_: embedder)
        yield run


@pytest.fixture(scope="module")
def unbroken(run: Run, questions: tuple[Question, ...]) -> tuple[Result, ...]:
    return run(questions)


@pytest.fixture(scope="module")
def baseline(unbroken: tuple[Result, ...]) -> Metrics:
    return summarise(unbroken)


@pytest.fixture
def verdict(run: Run, questions: tuple[Question, ...], baseline: Metrics) -> Callable[[], Verdict]:
    return lambda: against(summarise(run(questions)), baseline)


def test_an_assistant_that_is_unbroken_passes_and_its_figures_are_the_same(
    run: Run, questions: tuple[Question, ...], baseline: Metrics
) -> None:
    again = summarise(run(questions))
    assert against(again, baseline).passed
    assert again["outcomes"] == baseline["outcomes"]
    assert again["retrieval"] == baseline["retrieval"]
    assert again["citation_recall"] == baseline["citation_recall"]
    assert baseline["errors"] == 0 and baseline["answerable_correct"] > 0
    assert 45 <= len(questions) <= 70 and len(baseline["by_kind"]) >= 20


def test_a_tokenizer_that_cuts_no_words_turns_it_red(
    verdict: Callable[[], Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    def whole(text: str) -> tuple[Token, ...]:
        form = fold(text)
        return (Token(form, form, "名詞", "", form),) if form else ()

    monkeypatch.setattr(index.tokens, "tokens", whole)
    found = verdict()
    assert not found.passed
    assert any(m.name.startswith("retrieval.") for m in found.missed)


def test_a_fusion_that_ranks_the_worst_first_turns_it_red(
    verdict: Callable[[], Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Search.search

    def reversed_(self: Search, query: str, municipalities: Any, limit: int = 10, *rest: Any) -> list[Hit]:
        return search(self, query, municipalities, 4 * limit, *rest)[::-1][:limit]

    monkeypatch.setattr(Search, "search", reversed_)
    found = verdict()
    assert not found.passed and found.worse
    assert {"correct", "retrieval.recall@5", "retrieval.mrr@10"} <= {m.name for m in found.missed}


def test_a_verifier_that_drops_everything_turns_it_red(
    verdict: Callable[[], Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Verify, "faults", lambda *_: ("broken",))
    found = verdict()
    assert not found.passed
    assert {"answerable_correct", "false_refusal_rate"} <= {m.name for m in found.missed}


def test_a_verifier_that_lets_a_misprinted_figure_through_turns_it_red(
    verdict: Callable[[], Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Verify, "__call__", lambda self, turn: misprinted(turn))
    found = verdict()
    assert not found.passed
    assert {"answerable_correct", "unsupported_figures"} <= {m.name for m in found.missed}


def test_a_verifier_that_works_lets_none_of_the_misprints_through(
    run: Run, unbroken: tuple[Result, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    stated = [r for r in unbroken if r.scores and not r.scores.refused and r.question.kind == "kpi_value"]
    verify = Verify.__call__
    monkeypatch.setattr(Verify, "__call__", lambda self, turn: verify(self, misprinted(turn)))
    again = run(tuple(r.question for r in stated))
    assert stated and summarise(again)["unsupported_figures"] == 0


def test_one_indicator_with_another_target_turns_it_red(
    verdict: Callable[[], Verdict],
    unbroken: tuple[Result, ...],
    library: Library,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = answered_indicator(unbroken, library)
    records_of = Holding._records_of

    def changed(self: Holding, *visibilities: Any) -> Plan:
        plan = records_of(self, *visibilities)
        return plan.model_copy(update={"kpis": tuple(misread(k) if k.id == wrong else k for k in plan.kpis)})

    monkeypatch.setattr(Holding, "_records_of", changed)
    found = verdict()
    assert not found.passed and found.worse


def sample(questions: tuple[Question, ...]) -> tuple[Question, ...]:
    """Return some of each kind, the same ones each time; more of those about an indicator."""
    kinds: dict[str, list[Question]] = defaultdict(list)
    for question in sorted(questions, key=lambda q: hashlib.sha256(q.id.encode()).digest()):
        kinds[question.kind].append(question)
    return tuple(
        question
        for kind, rows in sorted(kinds.items())
        for question in rows[: OF_INDICATORS if kind == "kpi_value" else OF_A_KIND]
    )


def misprinted(turn: Turn) -> Turn:
    """Return the turn with another last digit for each figure that it states."""

    def misprint(statement: Statement) -> Statement:
        text = re.sub(r"\d(?![\d.,])", lambda m: str((int(m[0]) + 1) % 10), statement.text)
        return statement.model_copy(update={"text": text})

    return turn.knowing(statements=tuple(map(misprint, turn.statements)))


def answered_indicator(results: tuple[Result, ...], library: Library) -> str:
    """Return the id of the indicator on whose target the most questions are answered rightly."""
    asked = [r.question for r in results if r.scores and r.scores.correct and r.question.answerable]
    kpis = [k for h in library.holdings for k in h.public_records.kpis if k.target and k.target.value]

    def rightly(kpi: Kpi) -> int:
        target = re.sub(r"\s", "", kpi.target.text if kpi.target else "")
        return sum(
            any(target == re.sub(r"\s", "", wording) for wording in fact)
            for q in asked
            for fact in q.must_include
        )

    best = max(kpis, key=rightly)
    assert rightly(best) > 0, "no question of the sample is answered with an indicator's target"
    return best.id


def misread(kpi: Kpi) -> Kpi:
    """Return the indicator with a target ten times as high."""
    if kpi.target is None or kpi.target.value is None:
        return kpi
    text = re.sub(r"(\d[\d,]*)", r"\g<1>0", kpi.target.text)
    return kpi.model_copy(
        update={"target": kpi.target.model_copy(update={"text": text, "value": 10 * kpi.target.value})}
    )
