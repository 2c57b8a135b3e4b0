"""What OpenAI's clients send, read into a question; what the assistant cannot do is an error, never ignored.

Parameters that steer a language model (temperature, max_tokens, tools that may be left alone …) change
nothing here and are let pass, as are those that are not known. System messages and what the assistant is said
to have answered are not read: they are the caller's text, and no answer rests on them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, field_validator

from assistant.channels.chat import ChatRequest, clean_question

MODEL = "plan-assistant"
UNABLE = "には対応していません"


def _text_of(content: object) -> object:
    """Return a message's content as one text; ValueError for a part that is none."""
    if not isinstance(content, list):
        return "" if content is None else content
    texts = [part.get("text") if isinstance(part, dict) else part for part in content]
    kinds = {part.get("type") for part in content if isinstance(part, dict)}
    said = [t for t in texts if isinstance(t, str)]
    if not kinds <= {"text"} or len(said) < len(content):
        raise ValueError("画像・音声・ファイル" + UNABLE + "。文章（type: text）だけを送ってください")
    return "\n".join(said)


def _no_tool(value: object) -> object:
    if value in ("tool", "function"):
        raise ValueError("ツールの呼び出し" + UNABLE)
    return value


def _no_calls(value: object) -> None:
    if value:
        raise ValueError("ツールの呼び出し" + UNABLE)


class Message(BaseModel):
    """One message of the conversation; a content of several parts is read as one text."""

    role: Annotated[Literal["system", "developer", "user", "assistant"], BeforeValidator(_no_tool)]
    content: Annotated[str, BeforeValidator(_text_of)] = ""
    tool_calls: Annotated[None, BeforeValidator(_no_calls)] = None
    function_call: Annotated[None, BeforeValidator(_no_calls)] = None


class Asked(ChatRequest):
    """A question as the chat's own routes take it, with what was asked before."""

    earlier: tuple[str, ...] = ()


class StreamOptions(BaseModel):
    """What a stream is to carry besides the answer."""

    include_usage: bool | None = None


def _none_asked(*accepted: object) -> AfterValidator:
    """Accept only what asks for nothing that the assistant cannot do."""

    def check(value: Any) -> Any:
        kind = value.get("type") if isinstance(value, dict) else value
        if kind is None or any(kind == a and type(kind) is type(a) for a in accepted):
            return value
        raise ValueError("この指定" + UNABLE)

    return AfterValidator(check)


class CompletionRequest(BaseModel):
    """The body of `POST /v1/chat/completions`."""

    model: Annotated[str, Field(max_length=200)]
    messages: Annotated[list[Message], Field(min_length=1)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Annotated[Any, _none_asked(1)] = None
    tool_choice: Annotated[Any, _none_asked("none", "auto")] = None
    function_call: Annotated[Any, _none_asked("none", "auto")] = None
    response_format: Annotated[Any, _none_asked("text")] = None
    logprobs: Annotated[Any, _none_asked(False)] = None
    modalities: Annotated[list[Literal["text"]] | None, Field(max_length=1)] = None

    @field_validator("messages")
    @classmethod
    def _asks(cls, messages: list[Message]) -> list[Message]:
        if messages[-1].role != "user":
            raise ValueError("最後のメッセージは質問（role: user）にしてください")
        clean_question(messages[-1].content)
        return messages

    @property
    def municipality(self) -> str | None:
        """Return the municipality that the model's name ends with: `plan-assistant:hakui`."""
        return self.model.partition(":")[2] or None

    @property
    def asked(self) -> Asked:
        """Return the last message as the question, those of the user before it as what was asked earlier."""
        earlier = [m.content for m in self.messages[:-1] if m.role == "user"]
        return Asked(
            question=self.messages[-1].content,
            municipality=self.municipality,
            earlier=tuple(filter(None, map(_cleaned, earlier))),
        )


def _cleaned(text: str) -> str | None:
    """Return an earlier question as it was asked; None for a text that could not have been one."""
    try:
        return clean_question(text)
    except ValueError:
        return None
