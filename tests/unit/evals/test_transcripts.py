"""Transcripts: every conversation is held to its end, each turn in it going on from the one before."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from assistant.service import Service
from assistant.state.conversations import Conversations
from evals.transcripts import CONVERSATIONS, held, main, written
from tests.unit.assistant.made import make_bench

TALK = {"title": "図書室", "municipality": "akebono", "turns": ["移動図書室の担当課は？", "いつから？"]}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return make_bench(tmp_path_factory.mktemp("made")).parts.service(Conversations())


def test_a_conversation_is_held_in_one_conversation(service: Service) -> None:
    turns = list(held(service, TALK))
    assert [said for said, _ in turns] == TALK["turns"]
    assert len({answer.conversation_id for _, answer in turns}) == 1


def test_the_page_has_every_turn_with_its_answer(service: Service) -> None:
    page = written(service, [TALK])
    assert "## 1. 図書室" in page and "**移動図書室の担当課は？**" in page
    assert "> 「移動図書室の運行」の担当は、生涯学習課、図書館です[1]" in page


def test_twenty_conversations_of_several_turns_are_shipped() -> None:
    shipped = tomllib.loads(CONVERSATIONS.read_text("utf-8"))["conversation"]
    assert len(shipped) >= 20 and all(len(c["turns"]) > 1 for c in shipped)


def test_without_an_index_it_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLAN_ASSISTANT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PLAN_ASSISTANT_EMBEDDING_MODEL", "hashing")
    assert main([str(tmp_path / "page.md")]) == 3
    assert "index build" in capsys.readouterr().err
    assert not (tmp_path / "page.md").exists()
