"""The events of an answer (`stream.py`) as OpenAI's chunks: the same text at the same moments."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

from assistant.channels.openai.completions import Completion, Head
from assistant.messages import Answer

DONE = b"data: [DONE]\n\n"


async def chunks_of(
    events: AsyncIterable[Any], head: Head, base: str, include_usage: bool
) -> AsyncIterator[bytes]:
    """Yield an answer's events as chunks; what is no event (a comment) is passed on.

    An error ends the stream in the place of [DONE], as OpenAI's clients expect it.
    """
    identity = ""
    async for raw in events:
        name, told = read(raw)
        if name == "start":
            identity = told["message_id"]
            yield data(head.chunk(identity, {"role": "assistant", "content": ""}))
        elif name == "delta":
            yield data(head.chunk(identity, {"content": told["text"]}))
        elif name == "done":
            for chunk in Completion(Answer.model_validate(told), head, base).rest(include_usage):
                yield data(chunk)
            yield DONE
        elif name == "error":
            said = {"message": told["message"], "type": "server_error", "param": None, "code": told["code"]}
            yield data({"error": said})
        elif name is None:
            yield raw


def read(raw: bytes) -> tuple[str | None, Any]:
    """Return the name and the data of one event as `stream.event` makes it; (None, None) of a comment."""
    name, _, rest = raw.decode().partition("\n")
    if not name.startswith("event: "):
        return None, None
    return name.removeprefix("event: "), json.loads(rest.removeprefix("data: "))


def data(value: dict[str, Any]) -> bytes:
    """Return one event as OpenAI's clients read it; JSON keeps it on one line."""
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()
