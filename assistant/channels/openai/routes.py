"""`/v1/models` and `POST /v1/chat/completions`: another face of `/api/chat` and `/api/chat/stream`.

The model's name chooses the assistant, and may choose the municipality: `plan-assistant:hakui`.
OpenAI's clients cannot be without a key. One that is no staff key opens nothing and closes nothing: the
request is a resident's, as it is without a key on the other routes.
"""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from assistant.channels import chat, stream
from assistant.channels.chat import service_of
from assistant.channels.openai.chunks import chunks_of
from assistant.channels.openai.completions import Completion, Head
from assistant.channels.openai.errors import documented
from assistant.channels.openai.requests import MODEL, CompletionRequest
from assistant.service import Service

router = APIRouter(prefix="/v1", responses=documented())


@router.get("/models")
def models(request: Request) -> dict[str, Any]:
    """List the assistant, and the assistant for each municipality."""
    return {"object": "list", "data": [_model(name) for name in names(service_of(request))]}


@router.get("/models/{model}")
def model(model: str, request: Request) -> dict[str, Any]:
    """Return one of the models."""
    return _model(_known(service_of(request), model))


@router.post("/chat/completions", response_model=None)
async def chat_completions(body: CompletionRequest, request: Request) -> Response:
    """Answer the last message, as one completion or as a stream of chunks."""
    _known(service_of(request), body.model)
    asked, base = body.asked, str(request.base_url).rstrip("/")
    head = Head(body.model, int(time.time()), asked.question)
    if not body.stream:
        return JSONResponse(Completion(await chat.chat(asked, request), head, base).whole())
    response = await stream.chat_stream(asked, request)
    include_usage = bool(body.stream_options and body.stream_options.include_usage)
    response.body_iterator = chunks_of(response.body_iterator, head, base, include_usage)
    return response


def names(service: Service) -> list[str]:
    """Return the models' names: the assistant, and the assistant for each municipality with a public plan."""
    return [MODEL, *(f"{MODEL}:{h.id}" for h in service.library.holdings if h.public_records.documents)]


def _known(service: Service, name: str) -> str:
    if name not in names(service):
        raise HTTPException(404, f"model: '{name}' はありません（{'、'.join(names(service))}）")
    return name


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": MODEL}
