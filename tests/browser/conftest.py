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
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.widget_host import Host

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
DESK = {"width": 1280, "height": 800}

OpenPage = Callable[..., Page]


def app_for_tests(data_dir: Path, allowed_origins: str = "") -> FastAPI:
    """Return the app over an index of the shipped plans, built with the small deterministic embedder."""
    from assistant.channels.app import create_app
    from assistant.settings import Settings
    from assistant.wiring import build

    settings = Settings(data_dir=data_dir, embedding_model="hashing", allowed_origins=allowed_origins)
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


def chromium() -> str | None:
    """Return where the system's Chromium is, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a headless Chromium."""
    executable = chromium()
    if executable is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser, server_url: str) -> Iterator[OpenPage]:
    """Give a function that opens a path of the app in a page of its own; context options by name."""
    with opening(browser, server_url) as open_:
        yield open_


@pytest.fixture(scope="session")
def widget_host() -> Iterator[tuple[Host, str]]:
    """Give a city's site with the widget, and its address."""
    host = Host()
    with serving(host.app()) as url:
        yield host, url


@pytest.fixture
def host(widget_host: tuple[Host, str]) -> Host:
    """Give the service behind the widget, with nothing asked of it yet."""
    widget_host[0].asked.clear()
    widget_host[0].ratings.clear()
    widget_host[0].paused = widget_host[0].thought = False
    return widget_host[0]


@pytest.fixture
def open_site(browser: Browser, widget_host: tuple[Host, str], host: Host) -> Iterator[OpenPage]:
    """Give a function that opens a page of the city's site; context options by name."""
    with opening(browser, widget_host[1]) as open_:
        yield open_


@contextlib.contextmanager
def opening(browser: Browser, address: str, *allowed: str) -> Iterator[OpenPage]:
    """Give a function that opens a path in a page of its own.

    A script error, a break of the content security policy, or a request to a host that is neither the page's
    nor allowed fails the test.
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
        page.on(
            "request", lambda r: faults.append(r.url) if not r.url.startswith((address, *allowed)) else None
        )
        if prepare:
            prepare(page)
        page.goto(address + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA, and against its own best practices, on a page."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]
