"""Screen: mask personal data and refuse attacks before anything else looks at the question. Fails closed."""

from __future__ import annotations

import functools
import re

from assistant import words
from assistant.masking import mask
from assistant.messages import Turn
from corpus.normalize import compact, fold


def screen(turn: Turn) -> Turn:
    """Return the turn with its cleaned text, or ended where the question is an attack or small talk."""
    text = mask(clean(turn.asked.question))
    known = turn.knowing(text=text)
    if is_attack(text):
        return known.ended("refused", "refused")
    said = re.sub(r"[\W_]", "", fold(text))
    for reply, phrases in words.load("scope")["small_talk"].items():
        if said in phrases:
            return known.ended("out_of_scope", reply)
    return known


def clean(text: str) -> str:
    """Return the question on one line, without the white space around it."""
    return " ".join(text.split())


def is_attack(text: str) -> bool:
    """Tell whether a text tries to change the assistant or to have its insides."""
    folded = compact(text)
    return any(pattern.search(folded) for pattern in _patterns())


@functools.lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(p) for p in words.load("attacks")["patterns"])
