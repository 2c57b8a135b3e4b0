"""Chat: an OpenAI-compatible model over LangChain, whose every call has an end and can be stopped.

Calls run on an event loop of their own in a thread, so that a call that nobody waits for is cancelled there
and its connection closed, whatever the server does.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

import openai
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.tools import BaseTool
from langchain_openai import ChatOpenAI
from langsmith import tracing_context
from pydantic import SecretStr

from assistant.llm.errors import ModelFailed, Reason
from assistant.llm.model import Ended, Left
from assistant.stopping import Stop

CONNECT_SECONDS = 3.0
# Reasons of the protocol for the end of an answer, other than that it is done.
_REASONS: dict[str, Reason] = {"length": "length", "content_filter": "withheld"}
NO_KEY = "none"


class Loop:
    """An event loop in a thread, started by the first call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, work: Coroutine[Any, Any, None]) -> Callable[[], object]:
        """Run the work; return what cancels it."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="llm", daemon=True).start()
        return asyncio.run_coroutine_threadsafe(work, self._loop).cancel


Item = str | Ended | AIMessage | ModelFailed


class Chat:
    """Ask one model at one address, at temperature 0, once: nothing is tried again."""

    def __init__(
        self, base_url: str, model: str, key: SecretStr | None, max_tokens: int, timeout: float
    ) -> None:
        self.name = model
        self._loop = Loop()
        # max_tokens is the name that every server knows; LangChain would send max_completion_tokens.
        self._model = ChatOpenAI(
            model=model,
            base_url=base_url,
            api_key=key or SecretStr(NO_KEY),
            temperature=0,
            max_retries=0,
            timeout=openai.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout)),
            stream_chunk_timeout=timeout,
            extra_body={"max_tokens": max_tokens},
            stream_usage=True,
            use_responses_api=False,
            http_socket_options=(),
        )

    def stream(self, told: str, sent: str, left: Left, stop: Stop) -> Iterator[str | Ended]:
        """Yield the pieces of an answer as they come, and its end."""
        messages = [SystemMessage(told), HumanMessage(sent)]
        for item in self._items(lambda put: self._stream(messages, put), left, stop):
            if isinstance(item, str | Ended):
                yield item
            if isinstance(item, Ended):
                return

    def call(self, messages: Sequence[BaseMessage], tools: Sequence[BaseTool], left: Left) -> AIMessage:
        """Return a message whole, which may ask for tools."""
        for item in self._items(lambda put: self._call(messages, tools, put), left, Stop()):
            if isinstance(item, AIMessage):
                return item
        raise ModelFailed("cut")

    def _items(
        self, work: Callable[[Callable[[Item], None]], Coroutine[Any, Any, None]], left: Left, stop: Stop
    ) -> Iterator[Item]:
        """Yield what the work puts, while there is time; cancel it where the caller goes or time is up."""
        items: queue.SimpleQueue[Item] = queue.SimpleQueue()
        cancel = self._loop.run(_guarded(work(items.put), items.put))
        try:
            with stop.calling(lambda: items.put(ModelFailed("stopped"))):
                while True:
                    try:
                        item = items.get(timeout=max(0.0, left()))
                    except queue.Empty:
                        raise ModelFailed("timeout") from None
                    if isinstance(item, ModelFailed):
                        raise item
                    yield item
        finally:
            cancel()

    async def _stream(self, messages: Sequence[BaseMessage], put: Callable[[Item], None]) -> None:
        reason: str | None = None
        tokens: int | None = None
        with tracing_context(enabled=False):  # nothing is told to a tracing service, whatever is set
            async for chunk in self._model.astream(list(messages)):
                if not isinstance(chunk, AIMessageChunk) or not isinstance(chunk.content, str):
                    raise ModelFailed("garbage")
                reason = chunk.response_metadata.get("finish_reason") or reason
                tokens = chunk.usage_metadata["total_tokens"] if chunk.usage_metadata else tokens
                if chunk.content:
                    put(chunk.content)
        _check_end(reason)
        put(Ended(tokens))

    async def _call(
        self, messages: Sequence[BaseMessage], tools: Sequence[BaseTool], put: Callable[[Item], None]
    ) -> None:
        model = self._model.bind_tools(list(tools)) if tools else self._model
        with tracing_context(enabled=False):
            message = await model.ainvoke(list(messages))
        if not isinstance(message, AIMessage) or not isinstance(message.content, str):
            raise ModelFailed("garbage")
        if message.response_metadata.get("finish_reason") != "tool_calls":
            _check_end(message.response_metadata.get("finish_reason"))
        put(message)


def _check_end(reason: str | None) -> None:
    if reason is None:
        raise ModelFailed("cut")
    if reason != "stop":
        raise ModelFailed(_REASONS.get(reason, "withheld"))


async def _guarded(work: Coroutine[Any, Any, None], put: Callable[[Item], None]) -> None:
    """Do the work; whatever goes wrong is put as a failure, of which only the kind is told."""
    try:
        await work
    except ModelFailed as failure:
        put(failure)
    except openai.APITimeoutError:
        put(ModelFailed("timeout"))
    except openai.APIConnectionError:
        put(ModelFailed("unreachable"))
    except openai.APIStatusError:
        put(ModelFailed("status"))
    except Exception:
        put(ModelFailed("garbage"))
