"""An app over a data directory of its own, with the smallest embedder, that follows what is published."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.testclient import TestClient

from assistant.channels.app import create_app
from assistant.settings import Settings

ASKED = {"question": "羽咋ポイントの登録者数の目標は？", "municipality": "hakui"}


def settings_for(data_dir: Path, **more: object) -> Settings:
    """Return settings with the smallest embedder."""
    return Settings.model_validate({"data_dir": data_dir, "embedding_model": "hashing", **more}, context=None)


@contextmanager
def served(settings: Settings) -> Iterator[TestClient]:
    """Serve an app as long as the context lasts."""
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something holds; fails when it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it does not come to hold"
        time.sleep(0.05)
