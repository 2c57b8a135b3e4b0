"""A made evaluation run, large enough to look real: results, their metrics, a baseline and a recipe."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]

KINDS = ("kpi_value", "department", "schedule", "list", "definition", "follow_up", "near_miss", "attack")
NEVER_ANSWERABLE = ("near_miss", "attack")
STYLES = ("plain", "everyday", "hiragana", "dialect", "voice")
SLICES: dict[str, Callable[[Row], str]] = {
    "by_kind": lambda r: r["question"]["kind"],
    "by_municipality": lambda r: r["question"]["municipality"],
    "by_audience": lambda r: r["question"]["audience"],
    "by_lang": lambda r: r["question"]["lang"],
    "by_difficulty": lambda r: r["question"]["difficulty"],
    "by_style": lambda r: r["question"]["note"].split()[1],
    "by_set": lambda r: r["set"],
}


@dataclass(frozen=True, slots=True)
class Run:
    """What `render` takes."""

    metrics: Row
    results: list[Row]
    recipe: Row
    baseline: Row | None


def sample_run(n: int = 160, wrong: float = 0.2, seed: int = 1) -> Run:
    """Return a run of n questions of which about a share went wrong, and a baseline slightly below it."""
    chance = random.Random(seed)
    results = [result(k, chance, wrong=chance.random() < wrong) for k in range(n)]
    metrics = metrics_of(results)
    outcomes = {q: {**o, "correct": chance.random() > wrong * 1.1} for q, o in metrics["outcomes"].items()}
    baseline = {**metrics, "correct": metrics["correct"] - 0.031, "outcomes": outcomes}
    return Run(metrics, results, RECIPE, baseline)


def question(k: int, **changes: Any) -> Row:
    """Return the row of a question."""
    kind = KINDS[k % len(KINDS)]
    answerable = kind not in NEVER_ANSWERABLE
    return {
        "id": f"{kind}-{k:04}",
        "municipality": ("akebono", "minato", "both")[k % 3],
        "audience": ("resident", "staff")[k % 2],
        "lang": "en" if k % 11 == 10 else "ja",
        "kind": kind,
        "question": f"How many people use the points card in {2026 + k % 5}?"
        if k % 11 == 10
        else f"ポイントカードに登録した人は、{2026 + k % 5}年度には何人になる予定ですか。",
        "history": [{"role": "user", "content": "ポイントカードとは？"}] if kind == "follow_up" else [],
        "answerable": answerable,
        "must_include": [["2,800人", "2800人"], ["令和12年度", "2030年度"]] if answerable else [],
        "must_not_include": ["1,100人になります"],
        "evidence": [{"document": "akebono", "quote": "登録者数\t1,100人\t2,800人"}] if answerable else [],
        "derived": False,
        "difficulty": ("easy", "medium", "hard")[k % 3],
        "note": f"style: {STYLES[k % len(STYLES)]} ({k})",
        **changes,
    }


def result(k: int, chance: random.Random, wrong: bool) -> Row:
    """Return a row of results.jsonl; every ninth of the wrong ones is an error."""
    asked = question(k)
    answerable = asked["answerable"]
    failed = wrong and chance.random() < 1 / 9
    answered = answerable is not wrong or (answerable and chance.random() < 0.5)
    probability = min(max(chance.gauss(0.85 if answerable else 0.2, 0.2), 0), 1)
    return {
        "id": asked["id"],
        "set": ("dev", "test")[k % 2],
        "question": asked,
        "response": None if failed else response(answered),
        "error": "TimeoutError: no answer within 20 s" if failed else None,
        "latency_ms": round(chance.lognormvariate(3.6, 0.5), 1),
        "retrieved": [{"document_id": "akebono-dx", "start": 100 * j, "end": 100 * j + 80} for j in range(5)],
        "ranks": [chance.choice((1, 1, 2, None))] * len(asked["evidence"]),
        "judgement": {
            "coverage": 0.7,
            "similarity": 0.85,
            "probability": round(probability, 4),
            "answerable": probability > 0.5,
        },
        "scores": {
            "correct": not wrong,
            "refused": not failed and not answered,
            "facts": [answered and not failed, answered and not wrong] if answerable else [],
            "forbidden": ["1,100人になります"] if wrong and answered and k % 3 == 0 else [],
            "evidence": [answered and not wrong] if answerable else [],
            "citation_precision": round(chance.uniform(0.7, 1), 3) if answered else None,
            "citation_recall": round(chance.uniform(0.8, 1), 3) if answered else None,
            "unsupported_figures": ["2800"] if answered and k % 40 == 3 else [],
        },
    }


def response(answered: bool) -> Row:
    """Return a ChatResponse."""
    if not answered:
        return {
            "status": "not_in_plan",
            "language": "ja",
            "answer": "お尋ねの内容は、あけぼの市の計画には書かれていません。",
            "citations": [],
            "suggestions": ["担当課はどこですか？", "工程を教えてください"],
            "engine": "facts",
        }
    return {
        "status": "answered",
        "language": "ja",
        "answer": "登録者数は、令和7年度の1,100人から増やすことが目標です[1]。\n担当は市民課です[2]。",
        "citations": [
            {
                "number": number,
                "municipality": "akebono",
                "document_id": "akebono-dx",
                "title": "あけぼの市DX計画",
                "section": ["第3章 施策", "3 成果指標（KPI）"],
                "page": number,
                "quote": quote,
                "start": 1200,
                "end": 1231,
            }
            for number, quote in ((1, "登録者数\t1,100人\t2,800人"), (2, "担当課\t市民課"))
        ],
        "suggestions": [],
        "engine": "facts",
    }


def metrics_of(results: Sequence[Row]) -> Row:
    """Return metrics.json of results."""
    slices = {
        name: {v: figures_of([r for r in results if key(r) == v]) for v in sorted({key(r) for r in results})}
        for name, key in SLICES.items()
    }
    outcomes = {
        r["id"]: {"correct": r["scores"]["correct"], "status": (r["response"] or {}).get("status", "error")}
        for r in results
    }
    return {**figures_of(results), **slices, "outcomes": outcomes}


def figures_of(results: Sequence[Row]) -> Row:
    """Return figures over results: counted where that is a line, made up where it is not."""
    answerable = [r for r in results if r["question"]["answerable"]]
    rest = [r for r in results if not r["question"]["answerable"]]
    times = sorted(r["latency_ms"] for r in results)
    shares = {
        "correct": share(results, "correct"),
        "answerable_correct": share(answerable, "correct"),
        "unanswerable_refused": share(rest, "refused"),
        "refusal_recall": share(rest, "refused"),
        "refusal_precision": 0.91,
        "false_refusal_rate": share(answerable, "refused"),
        "evidence_recall": 0.88 if answerable else None,
        "citation_precision": 0.955,
        "citation_recall": 0.97,
    }
    held = {"recall@1": 0.61, "recall@5": 0.94, "recall@10": 0.97, "mrr@10": 0.745, "ndcg@10": 0.8012}
    retrieval = {f"retrieval.{name}": value for name, value in held.items()} if answerable else {}
    known = {name: value for name, value in {**shares, **retrieval}.items() if value is not None}
    return {
        "n": len(results),
        **shares,
        "unsupported_figures": sum(len(r["scores"]["unsupported_figures"]) for r in results),
        "forbidden_strings": sum(bool(r["scores"]["forbidden"]) for r in results),
        "errors": sum(r["error"] is not None for r in results),
        "retrieval": {"n": len(answerable), **{k: v if answerable else None for k, v in held.items()}},
        "latency_ms": {"p50": times[len(times) // 2], "p95": times[len(times) * 95 // 100]},
        "intervals": {name: [max(v - 0.04, 0), min(v + 0.04, 1)] for name, v in known.items()},
    }


def share(results: Sequence[Row], score: str) -> float | None:
    """Return the share of results with a score; None of none."""
    return sum(r["scores"][score] for r in results) / len(results) if results else None


RECIPE: Row = {
    "version": "0.1.0",
    "commit": "5212a07c0ffee5212a07c0ffee5212a07c0ffee0",
    "dirty": True,
    "created": "2026-11-21T17:00:00+00:00",
    "mode": "in process",
    "settings": {"embedding_model": "bundled", "today": "2026-11-21", "llm_model": None},
    "index": {"rules": 3, "embedder": {"name": "bundled", "dimensions": 384}, "passages": 812},
    "sets": [
        {"path": "dev.jsonl", "sha256": "9f86d081" * 8, "n": 80},
        {"path": "test.jsonl", "sha256": "60303ae2" * 8, "n": 80},
    ],
    "seconds": 41.7,
}
