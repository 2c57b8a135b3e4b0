"""A service over made plans whose language model is the scripted server."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.service import Service
from assistant.settings import Settings
from assistant.state.conversations import Conversations
from assistant.wiring import Keep, chat_of, limits_of, model_over
from tests.integration.llm.server import Script, serving
from tests.unit.assistant.made import TODAY, Bench, make_bench

MODEL = "scripted-1"
KEY = "sk-never-to-be-told"

MakeService = Callable[..., Service]


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("made"))


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def address(script: Script) -> Iterator[str]:
    with serving(script) as url:
        yield url


@pytest.fixture
def make_service(bench: Bench, address: str, tmp_path: Path) -> MakeService:
    """Make a service by settings; the limits are short unless others are set."""

    def make(of: Bench = bench, keep: Keep | None = None, **settings: object) -> Service:
        chosen = {"llm_timeout": 3, "llm_first_sentence": 2, "data_dir": tmp_path, **settings}
        known = Settings.model_validate(
            {"llm_base_url": address, "llm_model": MODEL, "llm_api_key": KEY, **chosen}
        )
        chat = chat_of(known)
        assert chat
        parts = dataclasses.replace(of.parts, model=model_over(of.parts, known, chat, limits_of(known)))
        return parts.service(Conversations(), TODAY, keep)

    return make
