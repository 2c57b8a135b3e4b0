"""Is an answer right? By the facts that it must and must not state."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from evals.questions import Question
from evals.responses import Response

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def comparable(text: str) -> str:
    """Return the form to compare wordings in: NFKC, case folded, no white space, no thousands commas."""
    return re.sub(r"\s+", "", _spaced(text))


def states(text: str, wording: str) -> bool:
    """Tell whether a text states a wording, both in their comparable form.

    A number is not found inside a longer one (40人 in 1,140人), nor a Latin word behind letters
    of another (AI in said); an acronym (AI, QR) is not found before letters either, but for a plural's s.
    White space between two numbers keeps them apart.
    """
    wanted = comparable(wording)
    if not wanted:
        return False
    pattern = _before(wanted) + r"\s*".join(map(re.escape, wanted)) + _after(wanted, wording)
    return re.search(pattern, _spaced(text)) is not None


def _spaced(text: str) -> str:
    return _THOUSANDS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _before(wanted: str) -> str:
    if wanted[0].isdecimal():
        return r"(?<!\d)(?<!\d\.)"
    return "(?<![a-z])" if re.match("[a-z]", wanted) else ""


def _after(wanted: str, wording: str) -> str:
    if wanted[-1].isdecimal():
        return r"(?!\d|\.\d)"
    acronym = re.fullmatch("[A-Z]{2,}", unicodedata.normalize("NFKC", wording).strip())
    return "(?!(?!s(?![a-z]))[a-z])" if acronym else ""


def facts_held(answer: str, facts: Sequence[Sequence[str]]) -> tuple[bool, ...]:
    """Return for each fact whether one of its wordings stands in the answer."""
    return tuple(any(states(answer, wording) for wording in fact) for fact in facts)


def forbidden_in(answer: str, wordings: Sequence[str]) -> tuple[str, ...]:
    """Return the wordings that must not stand in the answer and do."""
    return tuple(w for w in wordings if states(answer, w))


def is_correct(question: Question, response: Response) -> bool:
    """Tell whether a response is right.

    Answerable: it answers, states every fact and nothing forbidden. Otherwise: it does not answer and
    states nothing forbidden.
    """
    if forbidden_in(response.answer, question.must_not_include):
        return False
    if not question.answerable:
        return not response.answered
    return response.answered and all(facts_held(response.answer, question.must_include))
