"""Whom a run asks, and what its recipe says of them."""

from __future__ import annotations

from typing import Any

import httpx

from assistant.logs import configure
from assistant.settings import Settings, load_settings
from assistant.wiring import build_service, library_of
from corpus.library import Library
from evals.askers import Asker, InProcess, Server, Unreachable
from evals.llm_judge import LlmJudge
from evals.recipe import SETS_DAY, without_secrets
from index.errors import IndexUnavailable

# What of an index's manifest decides the answers.
INDEX = {"model", "dimension", "rules", "corpus", "counts"}


def settings_of() -> Settings:
    """Return the settings, as of the day that the question sets were written for unless one is set."""
    configure("text", quiet=True)
    settings = load_settings()
    return settings if settings.today else settings.model_copy(update={"today": SETS_DAY})


def plans_here() -> Library:
    """Return the plans that question files are checked against, whoever is asked."""
    return library_of(settings_of())


def asker_of(url: str | None) -> tuple[Asker, str, dict[str, Any]]:
    """Return whom to ask, the mode's name, and what is known of them."""
    if url:
        server = Server(url)
        try:
            return server, _without_password(url), {"server": server.check()}
        except Unreachable as error:
            raise IndexUnavailable(str(error)) from error
    settings = settings_of()
    service = build_service(settings)
    about = {
        "settings": without_secrets(settings.model_dump(mode="json", exclude={"data_dir"})),
        "index": service.manifest.model_dump(mode="json", include=INDEX),
    }
    return InProcess(service), "in process", about


def judge_of(model: str) -> LlmJudge | None:
    """Return a language model as judge by the settings; None where they name no address."""
    settings = settings_of()
    if settings.llm_base_url is None:
        return None
    key = settings.llm_api_key
    return LlmJudge(model, settings.llm_base_url, key.get_secret_value() if key else None)


def _without_password(url: str) -> str:
    return str(httpx.URL(url).copy_with(username=None, password=None))
