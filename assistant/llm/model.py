"""Model: what a language model offers here, whatever library speaks to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from assistant.llm.errors import ModelFailed
from assistant.stopping import Stop

if TYPE_CHECKING:  # LangChain is read only where a model is set
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.tools import BaseTool

# More than any rewritten question needs.
MOST_LETTERS = 1000

# How many seconds there are still to wait for the next piece.
Left = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of an answer: the tokens that it cost, None where the server does not say."""

    tokens: int | None


class ChatModel(Protocol):
    """A model that answers messages; raises ModelFailed and nothing else."""

    @property
    def name(self) -> str: ...

    def stream(self, told: str, sent: str, left: Left, stop: Stop) -> Iterator[str | Ended]:
        """Yield the pieces of an answer to what is sent, under the instructions told, and its end."""
        ...

    def call(self, messages: Sequence[BaseMessage], tools: Sequence[BaseTool], left: Left) -> AIMessage:
        """Return a message whole, which may ask for tools."""
        ...


def whole_answer(model: ChatModel, told: str, sent: str, left: Left) -> str:
    """Return what a model says, once it is done; raises ModelFailed."""
    said: list[str] = []
    for item in model.stream(told, sent, left, Stop()):
        if isinstance(item, Ended):
            return "".join(said)
        said.append(item)
        if sum(map(len, said)) > MOST_LETTERS:
            raise ModelFailed("length")
    raise ModelFailed("cut")
