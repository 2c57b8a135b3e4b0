"""Is the evidence found? Recall@k, MRR@10 and nDCG@10, by ir-measures.

Each quote of a question's evidence is a topic of its own with one relevant document: the first retrieved
passage that holds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import RR, Qrel, R, ScoredDoc, nDCG

from evals.questions import squeeze

CUTOFFS = (1, 5, 10)
DEPTH = 10
MEASURES = {f"recall@{k}": R @ k for k in CUTOFFS} | {"mrr@10": RR @ DEPTH, "ndcg@10": nDCG @ DEPTH}


def rank_of(quote: str, texts: Sequence[str]) -> int | None:
    """Return the rank of the first text that holds the quote, white space aside (1 is the first), or None."""
    wanted = squeeze(quote)
    return next((rank for rank, text in enumerate(texts, 1) if wanted in squeeze(text)), None)


def topic_measures(ranks: Mapping[str, int | None]) -> dict[str, dict[str, float]]:
    """Return each topic's measures from the rank at which its document was found, None where it was not."""
    if not ranks:
        return {}
    qrels = [Qrel(topic, "evidence", 1) for topic in ranks]
    run = [
        ScoredDoc(topic, "evidence" if at == rank else f"other-{at}", -float(at))
        for topic, rank in ranks.items()
        for at in range(1, DEPTH + 1)
    ]
    named = {str(measure): name for name, measure in MEASURES.items()}
    found: dict[str, dict[str, float]] = {topic: {} for topic in ranks}
    for value in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
        found[value.query_id][named[str(value.measure)]] = float(value.value)
    return found


def measures(ranks: Mapping[str, int | None]) -> dict[str, float]:
    """Return the measures' means over topics; none for no topics."""
    topics = list(topic_measures(ranks).values())
    return {name: sum(t[name] for t in topics) / len(topics) for name in MEASURES} if topics else {}
