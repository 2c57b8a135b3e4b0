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

# What is asked of what was told before it in the same text.
_POINTS_BACK = re.compile(r"(?:これ|それ|あれ|この|その|あの|そこ|ここ|こういう|そういう)")
_STOPS = re.compile(r"(?<=[？?。！!])\s*|(?<=\.)\s+")
# How a sentence ends that asks something.
_ASKING = re.compile(
    r"(?:か(?:ね|な|しら|い)?|け|がや|やろ|かいね|っけ|教えて|おしえて|お願いします|お願い|ください|下さい|ほしい|欲しい|たい(?:です)?|たいんですが)[。！!]?$"
    r"|[？?]$|\b(?:please|tell me|let me know)\b.*\.$|[吗嗎呢]。?$",
    re.I,
)
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
# 「AはいくつあってB」「Aは何枚で、B」: the first question is asked before the comma.
_ASKED_BEFORE = re.compile(r"(?:いくつ|いくら|何|誰|だれ|どこ|いつ|どの|どんな)[^、。]*[てで]$")
# 「AとBのK」: the K of both.
_SHARED = re.compile(
    rf"(?P<first>[^、。]{{2,24}}?)と(?!{_SAID})(?P<second>[^、。]{{2,24}}?)、?(?P<asked>の[^のと]+)"
)
# What is asked of several together.
TOGETHER = {"compare", "difference", "most", "least"}
# What is asked of the plan itself, and needs nothing to be asked of.
OF_THE_PLAN = {"period", "vision", "contact", "organisation"}

Named = Callable[[str], tuple[str, ...]]
Printed = Callable[[str], bool]


def clauses_of(text: str, named: Named, printed: Printed) -> tuple[str, ...]:
    """Return the questions that a text holds, in their order; the text itself where it is one.

    Sentences that only tell something are left out. A sentence is cut where both sides ask something of
    something of their own: behind と where it joins two things that are asked for, at a comma where the first
    side has asked, or where the sides name different municipalities, which `named` tells. What is asked of
    two things at once is asked of each, but where `printed` tells that they are one name.
    """
    sentences = _sentences(text)
    if len(sentences) > 1:
        return sentences
    asked = sentences[0] if sentences else text
    return next(_cuts(asked, named), None) or _shared(asked, named, printed) or (asked,)


def _sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text that ask something; none where they cannot be told from the others."""
    found = [p.strip() for p in _STOPS.split(text) if len(p.strip()) >= SHORTEST]
    if len(found) < 2:
        return ()
    asking = [p for p in found if _ASKING.search(p) and aspects_of(p)]
    if not 0 < len(asking) <= MOST or _POINTS_BACK.match(asking[0]):
        return ()
    return tuple(asking) if any(map(_has_things, asking)) else ()


def _cuts(text: str, named: Named) -> Iterator[tuple[str, ...]]:
    together = bool(TOGETHER & set(aspects_of(text)))
    for join in _JOINS.finditer(text):
        left, right = text[: join.start()], text[join.end() :]
        places = named(left), named(right)
        if places[0] and places[1] and set(places[0]).isdisjoint(places[1]):
            if aspects_of(left) and aspects_of(right):
                yield left, right
            continue
        joins = {
            "noun": not together and _ends_in_noun(_CLOSED.sub("", left)),
            "comma": bool(_ASKED_BEFORE.search(left)),
        }
        if joins.get(join.lastgroup or "", True) and _asks_of_its_own(left) and _asks_of_its_own(right):
            yield left, right


def _shared(text: str, named: Named, printed: Printed) -> tuple[str, ...]:
    """Return what is asked of two things as two questions; none where it is asked of both together."""
    match = _SHARED.fullmatch(text)
    if not match or TOGETHER & set(aspects_of(text)):
        return ()
    things = match["first"], match["second"]
    if printed("と".join(things)) or any(named(t) or aspects_of(t) or not _names_one(t) for t in things):
        return ()
    return tuple(t + match["asked"] for t in things) if aspects_of(match["asked"]) else ()


def _names_one(text: str) -> bool:
    """Tell whether a text is the name of something: it ends in a noun of its own."""
    last = tokens.tokens(text)[-1:]
    return bool(last) and last[0].pos in ("名詞", "接尾辞") and _has_things(text)


def _ends_in_noun(text: str) -> bool:
    """Tell whether a text ends in a noun that says what is asked (担当課), not what somebody said (行け)."""
    last = tokens.tokens(text)[-1:]
    return ends_in_cue(text) and all(t.pos != "動詞" for t in last)


def _asks_of_its_own(text: str) -> bool:
    """Tell whether a part of a sentence asks something, and has words for what it asks about."""
    asked = aspects_of(text)
    if not asked or "compare" in asked[:1] or text.isascii():
        return bool(asked) and text.isascii()
    if OF_THE_PLAN & set(asked) or re.search(words.load("whole")["counted"], text, re.I):
        return True
    return _has_things(without_cues(text))


def _has_things(text: str) -> bool:
    general = words.load("scope")["general"]
    things = (t for t in tokens.tokens(text) if t.content and t.pos == "名詞")
    return any(len(t.surface) > 1 and t.surface not in general for t in things)
