"""What became of a language model's words: sentences dropped, answers fallen back, time to the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from assistant.messages import Wording


def wording_figures(wordings: Sequence[Wording]) -> dict[str, Any]:
    """Return the figures of a run's answers that a model was to word.

    `dropped` is the share of its sentences that the guard let not through, `fallen_back` the share of answers
    for which it was asked and wrote nothing, `completed` of those whose rest is another composer's.
    """
    asked = [w for w in wordings if w.asked]
    sentences = sum(w.passed + len(w.dropped) for w in asked)
    first = [w.first_ms for w in asked if w.first_ms is not None]
    return {
        "n": len(wordings),
        "asked": len(asked),
        "sentences": sentences,
        "dropped": _share(sum(len(w.dropped) for w in asked), sentences),
        "fallen_back": _share(sum(not w.passed for w in asked), len(asked)),
        "completed": _share(sum(w.completed > 0 for w in asked), len(asked)),
        "first_sentence_ms.p50": round(float(np.percentile(first, 50)), 1) if first else None,
        "first_sentence_ms.p95": round(float(np.percentile(first, 95)), 1) if first else None,
        "tokens": sum(w.tokens or 0 for w in asked),
        "dropped_by": dict(Counter(check for w in asked for check in w.dropped).most_common()),
        "fallback": dict(Counter(w.fallback for w in wordings if w.fallback).most_common()),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
