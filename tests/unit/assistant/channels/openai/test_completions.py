"""An answer as a completion and as chunks: the same text, every marker annotated where it stands."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.openai.chunks import DONE, chunks_of
from assistant.channels.openai.completions import Completion, Head
from assistant.channels.stream import event
from assistant.messages import Answer, Citation
from corpus.records import Contact

BASE = "https://chat.example.jp"
HEAD = Head("plan-assistant", 1, "何人？")


def citation(number: int) -> Citation:
    return Citation(
        number=number,
        municipality="akebono",
        document_id="akebono-dx",
        title="あけぼの市DX計画",
        section=("第2章 施策", "3 成果指標"),
        page=None,
        quote="みなと",
        start=10 * number,
        end=10 * number + 3,
        url=f"/sources/akebono-dx#c{10 * number}-{10 * number + 3}",
    )


def answer(text: str, *numbers: int, **more: Any) -> Answer:
    known = {"conversation_id": "c", "message_id": "m", "status": "answered", "language": "ja", **more}
    return Answer(answer=text, citations=tuple(map(citation, numbers)), **known)


def completion(made: Answer) -> Completion:
    return Completion(made, HEAD, BASE)


@given(st.lists(st.tuples(st.text(st.characters(exclude_characters="[]")), st.integers(1, 120)), max_size=6))
def test_an_annotation_stands_exactly_where_its_marker_does(said: list[tuple[str, int]]) -> None:
    numbers = sorted({n for _, n in said})
    told = completion(answer("".join(f"{text}[{n}]" for text, n in said) + "。𠮷", *numbers))
    cited = [a["url_citation"] for a in told.annotations]
    marks = [told.content[c["start_index"] : c["end_index"]] for c in cited]
    assert marks == [f"[{n}]" for _, n in said]
    assert [c["url"] for c in cited] == [BASE + citation(n).url for _, n in said]


@given(st.text(), st.booleans())
def test_the_chunks_joined_are_the_completion(text: str, include_usage: bool) -> None:
    made = answer(f"{text}[1]。", 1, notices=("注意",))
    told = completion(made)
    chunks = asyncio.run(chunks_from(made, include_usage))
    choices = [c["choices"][0] for c in chunks if c["choices"]]
    message = told.whole()["choices"][0]["message"]
    assert "".join(c["delta"].get("content", "") for c in choices) == message["content"]
    assert [a for c in choices for a in c["delta"].get("annotations", [])] == message["annotations"] != []
    assert [c["finish_reason"] for c in choices] == [None] * (len(choices) - 1) + ["stop"]
    assert [c["usage"] for c in chunks if "usage" in c] == [told.usage] * include_usage
    assert {c["id"] for c in chunks} == {told.whole()["id"]}


async def chunks_from(made: Answer, include_usage: bool) -> list[dict[str, Any]]:
    """Return the chunks of an answer's events, which [DONE] ends."""

    async def events() -> AsyncIterator[bytes]:
        yield b": asked\n\n"
        start = {"conversation_id": made.conversation_id, "message_id": made.message_id}
        yield event("start", start)
        yield event("delta", {"text": made.answer})
        yield event("citation", made.citations[0].model_dump(mode="json"))
        yield event("done", made.model_dump(mode="json"))

    comment, *sent, last = [c async for c in chunks_of(events(), HEAD, BASE, include_usage)]
    assert (comment, last) == (b": asked\n\n", DONE)
    return [json.loads(c.removeprefix(b"data: ")) for c in sent]


def test_a_marker_without_a_citation_gets_no_annotation() -> None:
    assert completion(answer("二つ[1][2]。", 2)).annotations[0]["url_citation"]["start_index"] == 5


def test_whom_to_ask_and_the_notices_stand_below_the_answer() -> None:
    contact = Contact(name="企画課", phone=("000-11-2222",))
    told = completion(
        answer("ありません。", status="not_in_plan", contact=contact, notices=("原文は日本語",))
    )
    assert told.content == "ありません。\n\nお問い合わせ: 企画課 000-11-2222\n※ 原文は日本語"


def test_what_may_be_chosen_is_listed_where_the_answer_asks_back() -> None:
    assert completion(answer("どちらですか。", status="clarify", suggestions=("甲", "乙"))).content.endswith(
        "\n\n・甲\n・乙"
    )
    assert completion(answer("です。", suggestions=("甲", "乙"))).content == "です。"


def test_the_usage_counts_characters() -> None:
    assert completion(answer("𠮷です。")).usage == {
        "prompt_tokens": 3,
        "completion_tokens": 4,
        "total_tokens": 7,
    }
