"""/v1 asked by real clients: OpenAI's SDK, LangChain's, and a chat front end's own requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI, OpenAI

MODEL = "plan-assistant:hakui"
QUESTION = "羽咋ポイントの登録者数の目標は？"
FOLLOW_UP = "その担当課は？"
TARGET, DEPARTMENT = "2,800人", "健康福祉課"


@pytest.fixture
def url(served: str) -> str:
    return f"{served}/v1"


@pytest.fixture
def client(url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=url, api_key="not-a-staff-key", max_retries=0) as client:
        yield client


def asked(*texts: str) -> list[Any]:
    return [{"role": "user", "content": text} for text in texts]


def test_the_sdk_lists_the_models(client: OpenAI) -> None:
    assert [m.id for m in client.models.list()] == ["plan-assistant", MODEL, "plan-assistant:nonoichi"]
    assert client.models.retrieve(MODEL).owned_by == "plan-assistant"


def test_the_sdk_gets_an_answer_whose_annotations_lie_on_its_markers(client: OpenAI, url: str) -> None:
    told = client.chat.completions.create(model=MODEL, messages=asked(QUESTION))
    message = told.choices[0].message
    assert TARGET in (message.content or "")
    assert told.choices[0].finish_reason == "stop"
    assert told.usage and told.usage.total_tokens == len(QUESTION) + len(message.content or "")
    for annotation in message.annotations or ():
        cited = annotation.url_citation
        assert (message.content or "")[cited.start_index : cited.end_index].strip("[]").isdigit()
        page = httpx.get(cited.url)
        assert page.status_code == 200 and cited.url.startswith(url.removesuffix("/v1"))
    assert message.annotations


def test_the_sdk_follows_up(client: OpenAI) -> None:
    first = client.chat.completions.create(model=MODEL, messages=asked(QUESTION))
    messages = [*asked(QUESTION), first.choices[0].message.model_dump(), *asked(FOLLOW_UP)]
    told = client.chat.completions.create(model=MODEL, messages=messages)
    assert DEPARTMENT in (told.choices[0].message.content or "")


def test_the_sdk_streams(client: OpenAI) -> None:
    whole = client.chat.completions.create(model=MODEL, messages=asked(QUESTION)).choices[0].message
    stream = client.chat.completions.create(
        model=MODEL, messages=asked(QUESTION), stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == whole.content
    assert chunks[-1].usage and chunks[-1].usage.completion_tokens == len(whole.content or "")
    with client.chat.completions.stream(model=MODEL, messages=asked(QUESTION)) as helped:
        assert helped.get_final_completion().choices[0].message.content == whole.content


def test_the_asynchronous_sdk_answers_and_streams(url: str) -> None:
    async def ask() -> tuple[str | None, str]:
        async with AsyncOpenAI(base_url=url, api_key="x", max_retries=0) as client:
            told = await client.chat.completions.create(model=MODEL, messages=asked(QUESTION))
            stream = await client.chat.completions.create(model=MODEL, messages=asked(QUESTION), stream=True)
            pieces = [c.choices[0].delta.content or "" async for c in stream]
            return told.choices[0].message.content, "".join(pieces)

    whole, streamed = asyncio.run(ask())
    assert whole == streamed and TARGET in streamed


def test_the_sdk_raises_its_own_errors(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="gpt-4o", messages=asked(QUESTION))
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as long:
        client.chat.completions.create(model=MODEL, messages=asked("あ" * 1001), stream=True)
    assert long.value.param == "messages" and "1,000文字" in long.value.message
    with pytest.raises(openai.BadRequestError) as forced:
        client.chat.completions.create(model=MODEL, messages=asked(QUESTION), tool_choice="required")
    assert forced.value.param == "tool_choice"


def test_langchains_chat_model_asks_follows_up_and_streams(url: str) -> None:
    model = ChatOpenAI(base_url=url, api_key="x", model=MODEL, max_retries=0, temperature=0)  # type: ignore[arg-type]
    first = model.invoke(QUESTION)
    assert TARGET in str(first.content)
    assert first.response_metadata["finish_reason"] == "stop"
    follow_up = [HumanMessage(QUESTION), AIMessage(first.content), HumanMessage(FOLLOW_UP)]
    assert DEPARTMENT in str(model.invoke(follow_up).content)
    assert "".join(str(c.content) for c in model.stream(QUESTION)) == first.content
    assert "".join(str(c.content) for c in asyncio.run(_streamed(model))) == first.content


async def _streamed(model: ChatOpenAI) -> list[Any]:
    return [chunk async for chunk in model.astream(QUESTION)]


def test_a_chat_front_end_finds_the_models_and_reads_the_stream_line_by_line(url: str) -> None:
    """As Open WebUI does: the model list with its key, then a stream with its own headers and settings.

    Of each line that begins with `data: ` it reads delta.content, and a source for each url_citation.
    """
    headers = {
        "Authorization": "Bearer sk-front-end",
        "HTTP-Referer": "https://openwebui.com/",
        "X-Title": "Open WebUI",
        "X-OpenWebUI-User-Name": "%E8%81%B7%E5%93%A1",
        "X-OpenWebUI-Chat-Id": "1",
    }
    listed = httpx.get(f"{url}/models", headers=headers).json()["data"]
    sent = {
        "stream": True,
        "model": next(m["id"] for m in listed if m["id"].endswith(":hakui")),
        "messages": [
            {"role": "system", "content": "User Context:\n\nshort"},
            *asked(QUESTION),
            {"role": "assistant", "content": "…"},
            {"role": "user", "content": [{"type": "text", "text": FOLLOW_UP}]},
        ],
        "temperature": 0.7,
        "stream_options": {"include_usage": True},
    }
    text, sources, usage, done = "", [], None, False
    with httpx.stream("POST", f"{url}/chat/completions", json=sent, headers=headers, timeout=60) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in filter(lambda at: at.startswith("data: "), stream.iter_lines()):
            if line == "data: [DONE]":
                done = True
                break
            chunk = json.loads(line.removeprefix("data: "))
            usage = chunk.get("usage") or usage
            for choice in chunk["choices"]:
                text += choice["delta"].get("content") or ""
                sources += [a["url_citation"] for a in choice["delta"].get("annotations", ())]
    assert done and usage and DEPARTMENT in text
    assert sources and all(s["url"].startswith("http") and s["title"] for s in sources)
