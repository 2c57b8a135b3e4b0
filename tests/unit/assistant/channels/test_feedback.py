"""Ratings over HTTP: what is kept, what is refused, and nothing personal in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.channels.app import create_app
from assistant.settings import Settings
from assistant.state.feedback import Rating
from assistant.state.tables import FeedbackRow
from assistant.wiring import state_of
from tests.unit.assistant.made import Bench

GOOD = {"message_id": "LGYvxZ28mJP3h950", "rating": "down"}


@pytest.fixture
def client(bench: Bench, tmp_path: Path) -> Iterator[TestClient]:
    app = create_app(Settings(_env_file=None, data_dir=tmp_path), bench.service())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def kept(folder: Path) -> list[Rating]:
    """Return the ratings kept in a data directory."""
    state = state_of(Settings(_env_file=None, data_dir=folder))
    assert state.keeper.wait_empty()
    with state.database.read() as session:
        rows = session.scalars(select(FeedbackRow).order_by(FeedbackRow.id))
        return [
            Rating.model_validate({f: getattr(r, f, r.created) for f in Rating.model_fields}) for r in rows
        ]


def test_a_rating_is_kept(client: TestClient, tmp_path: Path) -> None:
    response = client.post("/api/feedback", json=GOOD | {"reason": "古い", "comment": "年度がちがう"})
    assert (response.status_code, response.json()) == (200, GOOD)
    [rating] = kept(tmp_path)
    assert (rating.message_id, rating.rating) == (GOOD["message_id"], "down")
    assert (rating.reason, rating.comment) == ("古い", "年度がちがう")
    assert rating.at.utcoffset() is not None


def test_personal_data_in_a_comment_is_not_kept(client: TestClient, tmp_path: Path) -> None:
    client.post("/api/feedback", json=GOOD | {"comment": "電話は090-1234-5678です"})
    assert kept(tmp_path)[0].comment == "電話は[phone]です"
    assert not any(b"5678" in p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"message_id": ""}, "message_id"),
        ({"message_id": "../../etc/passwd"}, "message_id"),
        ({"rating": "sideways"}, "rating"),
        ({"reason": "ほか"}, "reason"),
        ({"comment": "あ" * 1001}, "comment"),
        ({"comment": 1}, "comment"),
    ],
)
def test_what_is_wrong_is_named(
    client: TestClient, tmp_path: Path, change: dict[str, Any], field: str
) -> None:
    response = client.post("/api/feedback", json=GOOD | change)
    assert response.status_code == 422
    assert field in response.json()["detail"]
    assert kept(tmp_path) == []


def test_half_a_character_is_refused(client: TestClient, tmp_path: Path) -> None:
    raw = b'{"message_id": "LGYvxZ28mJP3h950", "rating": "up", "comment": "\\ud800"}'
    response = client.post("/api/feedback", content=raw, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert kept(tmp_path) == []


def test_a_disk_that_cannot_be_written_is_said(bench: Bench, tmp_path: Path) -> None:
    class Full:
        def add(self, rating: Rating) -> None:
            raise OSError("No space left on device")

    with TestClient(
        create_app(Settings(_env_file=None, data_dir=tmp_path), bench.service(), Full())
    ) as client:
        response = client.post("/api/feedback", json=GOOD)
    assert response.status_code == 503 and response.headers["retry-after"]
    assert "保存" in response.json()["detail"]
