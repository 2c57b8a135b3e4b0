"""A browser, and a server for it: the whole app on a free port, or the one that SERVER_URL names."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_LIMIT_SECONDS = 120

PHONE = {"width": 390, "height": 844}

OpenPage = Callable[..., Page]


def app_for_tests(data_dir: Path) -> FastAPI:
    """Return the app over an index of the shipped plans, built with the small deterministic embedder."""
    from assistant.channels.app import create_app
    from assistant.settings import Settings
    from assistant.wiring import build

    settings = Settings(data_dir=data_dir, embedding_model="hashing")
    build(settings)
    return create_app(settings)


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a running app, without a slash at its end."""
    given = os.environ.get("SERVER_URL")
    if given:
        yield given.rstrip("/")
        return
    with serving(app_for_tests(tmp_path_factory.mktemp("var"))) as url:
        yield url


@contextlib.contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an app on a free port of this machine as long as the block runs."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        limit = time.monotonic() + START_LIMIT_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > limit:
                pytest.fail("the app did not start")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a headless Chromium."""
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser, server_url: str) -> Iterator[OpenPage]:
    """Give a function that opens a path in a page of its own; context options by name.

    A script error or a break of the content security policy on any of them fails the test.
    """
    faults: list[str] = []
    contexts = []

    def open_(path: str = "/", prepare: Callable[[Page], None] | None = None, **options: object) -> Page:
        context = browser.new_context(**{"viewport": PHONE, "locale": "ja-JP", **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
        if prepare:
            prepare(page)
        page.goto(server_url + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []
