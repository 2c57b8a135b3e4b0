"""Clauses: the questions that one text holds, as said, each with what it asks of something of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assistant import words
from assistant.cues import aspects_of, ends_in_cue, without_cues
from index import tokens

# A text of more questions than this is taken as one.
MOST = 3
SHORTEST = 4

_ENDS = re.compile(r"(?<=[？?])\s*")
# Where a sentence may go on to another question: 「AのKと、BのL」「AはKか、それからB」, "A, and when B".
_SAID = "[書言聞思申話いなしもはかのすきこおさせたてで]"
_JOINS = re.compile(
    rf"(?P<noun>と、?(?!{_SAID})|および|及び|ならびに|並びに)"
    r"|(?<=か)(?P<then>、(?:それから|それと|あと|また|さらに)?、?)"
    r"|(?P<comma>、)"
    r"|(?P<en>,? and (?=(?:what|when|who|which|where|how|is|are|does|do)\b))"
    r"|(?P<zh>[，,](?:以及|还有|另外)|以及)",
    re.I,
)
_CLOSED = re.compile(r"[(（][^()（）]*[)）]$|[」』]$")

Named = Callable[[str], tuple[str, ...]]


def clauses_of(text: str, named: Named) -> tuple[str, ...]:
    """Return the questions that a text holds, in their order; the text itself where it is one.

    Sentences that end with a question mark are questions where each of them asks something. A sentence is
    cut where both sides ask something of something of their own: behind と where it joins two things that
    are asked for, and at a comma where the sides name different municipalities, which `named` tells.
    """
    sentences = [p for p in _ENDS.split(text) if len(p.strip()) >= SHORTEST]
    if 1 < len(sentences) <= MOST and all(aspects_of(p) for p in sentences):
        return tuple(sentences)
    return next(_cuts(text, named), (text,))


def _cuts(text: str, named: Named) -> Iterator[tuple[str, str]]:
    for join in _JOINS.finditer(text):
        left, right = text[: join.start()], text[join.end() :]
        places = named(left), named(right)
        if places[0] and places[1] and set(places[0]).isdisjoint(places[1]):
            if aspects_of(left) and aspects_of(right):
                yield left, right
            continue
        joins = join.lastgroup != "noun" or _ends_in_noun(_CLOSED.sub("", left))
        if joins and join.lastgroup != "comma" and _asks_of_its_own(left) and _asks_of_its_own(right):
            yield left, right


def _ends_in_noun(text: str) -> bool:
    """Tell whether a text ends in a noun that says what is asked (担当課), not what somebody said (行け)."""
    last = tokens.tokens(text)[-1:]
    return ends_in_cue(text) and all(t.pos != "動詞" for t in last)


def _asks_of_its_own(text: str) -> bool:
    """Tell whether a part of a sentence asks something, and has words for what it asks about."""
    asked = aspects_of(text)
    if not asked or "compare" in asked[:1] or text.isascii():
        return bool(asked) and text.isascii()
    general = words.load("scope")["general"]
    things = (t for t in tokens.tokens(without_cues(text)) if t.content and t.pos == "名詞")
    return any(len(t.surface) > 1 and t.surface not in general for t in things)
