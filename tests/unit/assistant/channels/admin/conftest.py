"""A console over made plans, with answers, ratings and corrections to look at, and someone signed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.channels.app import create_app
from assistant.messages import Question
from assistant.settings import Settings
from assistant.state.state import State
from assistant.state.tables import AdminRow
from assistant.wiring import state_of
from tests.unit.assistant.made import TODAY, Bench

TOKEN = "9fK2-hQ7x-Zr4m-Wb8s-Yt6n-Lc3v-Pd5j"
NAME = "企画課 佐藤"
ACTOR = f"{NAME}（鍵）"
HTTPS = "https://testserver"
Acts = list[tuple[str, str, str | None]]
Open = Callable[..., TestClient]


class Desk:
    """A browser at the console, and the state behind it."""

    def __init__(self, client: TestClient, state: State) -> None:
        self.client = client
        self.state = state

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, follow_redirects=False, **more)

    def csrf(self, path: str = "/admin/exports") -> str:
        """Return the token that the forms of a page carry."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        return found[1] if found else ""

    def post(self, path: str, csrf: str | None = None, **fields: str) -> httpx.Response:
        """Send a form of the session, or with another token."""
        data = {"csrf": self.csrf() if csrf is None else csrf, **fields}
        return self.client.post(path, data=data, follow_redirects=False)

    def log_in(self, token: str = TOKEN, name: str = NAME) -> httpx.Response:
        """Sign in as its page does."""
        csrf = self.csrf("/admin/login")
        return self.post("/admin/login", csrf, token=token, name=name)

    def acts(self) -> Acts:
        """Return who did what to what, in order."""
        self.state.keeper.flush()
        with self.state.database.read() as session:
            rows = session.scalars(select(AdminRow).order_by(AdminRow.id))
            return [(r.actor, r.action, r.target) for r in rows]


@contextmanager
def desk_over(bench: Bench, folder: Path, base_url: str = HTTPS, **settings: Any) -> Iterator[Desk]:
    """Give a console of its own, as the settings open it."""
    chosen = Settings(_env_file=None, data_dir=folder, **settings)
    state = state_of(chosen)
    service = bench.parts.service(state.conversations("public"), TODAY, state.keeper.answered)
    app = create_app(chosen, service, state=state)
    with TestClient(app, base_url=base_url, raise_server_exceptions=False) as client:
        yield Desk(client, state)


@pytest.fixture
def closed(bench: Bench, tmp_path: Path) -> Iterator[Desk]:
    """Give a console that a token opens, with nobody signed in."""
    with desk_over(bench, tmp_path, admin_token=TOKEN) as desk:
        yield desk


@pytest.fixture
def desk(closed: Desk) -> Desk:
    """Give a console with someone signed in."""
    assert closed.log_in().status_code == 303
    return closed


@pytest.fixture
def ask(desk: Desk, bench: Bench) -> Callable[..., str]:
    """Give a function that asks a question and returns the answer's id."""
    service = bench.parts.service(desk.state.conversations("public"), TODAY, desk.state.keeper.answered)

    def asked(question: str, municipality: str | None = "akebono", channel: str = "web") -> str:
        answer = service.answer(Question(question=question, municipality=municipality, channel=channel))
        desk.state.keeper.flush()
        return answer.message_id

    return asked
