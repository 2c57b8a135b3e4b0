"""An answer as OpenAI's clients read it: one completion, or chunks; markers as annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.channels.views import below
from assistant.messages import Answer, Citation

_MARKER = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Head:
    """What every part of a completion says of itself."""

    model: str
    created: int
    question: str

    def about(self, message_id: str) -> dict[str, Any]:
        """Return the members that a completion and each of its chunks begin with."""
        return {"id": f"chatcmpl-{message_id}", "created": self.created, "model": self.model}

    def chunk(self, message_id: str, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        """Return one chunk."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**self.about(message_id), "object": "chat.completion.chunk", "choices": [choice]}


class Completion:
    """One answer, told to one request; `base` is the address that the citations' links begin with."""

    def __init__(self, answer: Answer, head: Head, base: str = "") -> None:
        self._answer = answer
        self._head = head
        self._base = base
        self.below = "\n".join(["", "", *lines]) if (lines := below(answer)) else ""
        self.content = answer.answer + self.below
        self.usage = usage(head.question, self.content)

    @property
    def annotations(self) -> list[dict[str, Any]]:
        """Return one annotation a marker: `content[start_index:end_index]` is the marker, in code points."""
        cited = {c.number: c for c in self._answer.citations}
        marks = ((m, cited.get(int(m[1]))) for m in _MARKER.finditer(self._answer.answer))
        return [
            {
                "type": "url_citation",
                "url_citation": {
                    "start_index": mark.start(),
                    "end_index": mark.end(),
                    "title": title_of(citation),
                    "url": self._base + citation.url,
                },
            }
            for mark, citation in marks
            if citation
        ]

    def whole(self) -> dict[str, Any]:
        """Return the completion as one object; our own answer goes with it under `plan_assistant`."""
        message = {
            "role": "assistant",
            "content": self.content,
            "refusal": None,
            "annotations": self.annotations,
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self._head.about(self._answer.message_id),
            "object": "chat.completion",
            "choices": [choice],
            "usage": self.usage,
            "plan_assistant": self._answer.model_dump(mode="json"),
        }

    def rest(self, include_usage: bool) -> Iterator[dict[str, Any]]:
        """Yield the chunks after the answer's text: what stands below it, annotations, end, usage."""
        told, identity = self._head, self._answer.message_id
        if self.below:
            yield told.chunk(identity, {"content": self.below})
        if self.annotations:
            yield told.chunk(identity, {"annotations": self.annotations})
        own = self._answer.model_dump(mode="json")
        yield {**told.chunk(identity, {}, "stop"), "plan_assistant": own}
        if include_usage:
            yield {**told.chunk(identity, {}), "choices": [], "usage": self.usage}


def title_of(citation: Citation) -> str:
    """Return what a link to a citation is called: the plan and the last heading above the place."""
    return " ".join((citation.title, *citation.section[-1:]))


def usage(question: str, content: str) -> dict[str, int]:
    """Return the usage, counted in characters: no language model's tokens are spent."""
    return {
        "prompt_tokens": len(question),
        "completion_tokens": len(content),
        "total_tokens": len(question) + len(content),
    }
