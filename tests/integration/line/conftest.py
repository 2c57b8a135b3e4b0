"""The whole of LINE on this machine: a made city with a document for staff, the service, LINE's stand-in."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from assistant.channels.app import create_app
from assistant.channels.line.simulator.api import create_app as line_api
from assistant.channels.line.simulator.api import serving
from assistant.channels.line.simulator.standin import Sent, StandIn
from assistant.channels.line.simulator.webhooks import Platform
from assistant.service import Service
from assistant.settings import Settings
from assistant.state.database import Database
from assistant.state.state import State
from assistant.wiring import parts_over
from corpus.library import Library, load_holding
from index.build import build_index
from index.embedders.hashing import HashingEmbedder
from index.search import Search
from index.snapshot import Snapshot, open_published
from tests.unit.assistant.made import KNOWN, TODAY, write_plan

SECRET, TOKEN = "made-channel-secret", "made-access-token"
HIDDEN = "庁舎移転用地の取得交渉"
"""Words that stand in the document for staff alone."""
STAFF_TEXT = """内部検討資料

第1章 未決定事項

1 庁舎移転用地の取得交渉

庁舎移転用地の取得交渉は、令和9年度に候補地を3か所に絞り込む。

施策\t担当部署\t主な取組内容
(1) 庁舎移転用地の取得交渉\t管財課\t候補地の地権者と価格を協議する。
"""
STAFF_DOCUMENT = """
[[documents]]
id = "akebono-staff"
file = "staff.txt"
title = "内部検討資料"
visibility = "staff"
"""


@dataclass(frozen=True)
class Made:
    """A city's plans, and their index."""

    library: Library
    snapshot: Snapshot
    embedder: HashingEmbedder

    def service(self, state: State) -> Service:
        """Return a service over them, with its face for staff."""

        def seen_by(audience: Any, seen: tuple[Any, ...], **more: Any) -> Service:
            library = self.library.seen_by(audience)
            search = Search(self.snapshot, self.embedder, library, visibilities=seen)
            parts = parts_over(library, search, self.embedder)
            return parts.service(state.conversations(audience), TODAY, state.keeper.answered, **more)

        staff = seen_by("staff", ("public", "staff"))
        return seen_by("public", ("public",), for_staff=staff)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Give a city with a public plan and a document for staff, and another city."""
    folder = tmp_path_factory.mktemp("line")
    paths = [write_plan(folder, name, **KNOWN[name]) for name in ("akebono", "harukaze")]
    (folder / "akebono" / "staff.txt").write_text(STAFF_TEXT, "utf-8")
    with paths[0].open("a", encoding="utf-8") as plan:
        plan.write("")
    text = paths[0].read_text("utf-8").replace("\n[synonyms]", STAFF_DOCUMENT + "\n[synonyms]")
    paths[0].write_text(text, "utf-8")
    library = Library(holdings=tuple(load_holding(p) for p in paths))
    embedder = HashingEmbedder()
    build_index(library, embedder, folder / "var")
    return Made(library, open_published(folder / "var", embedder.name, library.digest()), embedder)


@dataclass
class Office:
    """LINE's stand-in, the service, and the people between them."""

    line: StandIn
    platform: Platform
    state: State
    app: FastAPI

    def say(self, user: str, text: str, **more: Any) -> list[Sent]:
        """Send a text as a person, and return what it is answered."""
        before = len(self.line.sent_to(user))
        response = self.platform.send([self.platform.text(user, text, **more)])
        assert response.status_code == 200, response.text
        self.drained()
        return self.line.sent_to(user)[before:]

    def drained(self, seconds: float = 90) -> None:
        """Wait until nothing waits to be answered or sent."""
        outbox = self.app.state.line.desk.outbox
        ends = datetime.datetime.now().timestamp() + seconds
        while any(name.endswith(" waiting") for name in outbox.counts()):
            assert datetime.datetime.now().timestamp() < ends, outbox.counts()
            self.app.state.line.workers.wake()
            self.line.wait_for(len(self.line.sent) + 1, 0.02)

    def invite(self, user: str, name: str) -> int:
        """Let a person become a member of staff; return the member's id."""
        identity, code = self.state.staff.invite(name)
        [sent] = self.say(user, code)
        assert name in words_of(sent)
        return identity


def words_of(*sent: Sent) -> str:
    """Return every word that was sent: texts, alternatives, and what is drawn."""

    def of(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for inner in value.values():
                yield from of(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                yield from of(inner)

    return "\n".join(word for s in sent for message in s.messages for word in of(message))


Opened = Callable[..., Any]


@pytest.fixture
def opening(made: Made, tmp_path: Path) -> Opened:
    """Return what opens an office over a database; several may be open at once."""

    @contextmanager
    def open_(url: str, line: StandIn | None = None, **more: Any) -> Iterator[Office]:
        line = line or StandIn(TOKEN)
        state = State(Database(url), tmp_path / "spool", 365)
        with serving(line_api(line)) as api:
            settings = Settings(
                _env_file=None,
                data_dir=tmp_path,
                line_channel_secret=SECRET,
                line_channel_access_token=TOKEN,
                line_api_url=api,
                public_url="https://chat.example.jp",
                **more,
            )
            app = create_app(settings, made.service(state), state=state)
            with serving(app) as service:
                yield Office(line, Platform(line, service, SECRET), state, app)

    return open_


@pytest.fixture
def office(opening: Opened, database_url: str) -> Iterator[Office]:
    """Give an office over an empty database, of each kind in turn."""
    with opening(database_url) as opened:
        yield opened


@pytest.fixture
def sqlite_office(opening: Opened, tmp_path: Path) -> Iterator[Office]:
    """Give an office over an empty SQLite database, for what does not hang on its kind."""
    with opening(f"sqlite:///{tmp_path}/state.db") as opened:
        yield opened
