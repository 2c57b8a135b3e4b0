"""`ask` and `search`: what they print, and how they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_an_answer_is_printed_with_its_sources(run: Run, data_dir: Path) -> None:
    ran = run("ask", "のるまいカーの担当課は？", "--municipality", "hakui")
    assert ran.code == 0 and ran.err == ""
    assert "企画財政課" in ran.out
    assert "[1] 第2次羽咋市DX推進計画" in ran.out and "/sources/hakui-dx-2#c" in ran.out


def test_a_refusal_is_printed_with_the_contact_and_ends_with_0(run: Run, data_dir: Path) -> None:
    ran = run("ask", "ビットコインの値段", "-m", "hakui")
    assert ran.code == 0
    assert "お問い合わせ: 羽咋市 総務部 デジタル推進室  0767-22-1111" in ran.out


def test_json_is_one_document_on_stdout_and_nothing_else(run: Run, data_dir: Path) -> None:
    ran = run("ask", "のるまいカーの担当課は？", "-m", "hakui", "--json")
    assert (ran.code, ran.err) == (0, "")
    answer = json.loads(ran.out)
    assert answer["status"] == "answered"
    assert set(answer) >= {
        "conversation_id",
        "message_id",
        "citations",
        "cards",
        "contact",
        "engine",
        "notices",
    }


def test_a_language_is_kept(run: Run, data_dir: Path) -> None:
    answer = json.loads(run("ask", "ビットコインの値段", "--lang", "easy", "--json").out)
    assert answer["language"] == "easy"


def test_search_prints_the_hits(run: Run, data_dir: Path) -> None:
    ran = run("search", "のるまいカー", "-m", "hakui", "--limit", "3")
    assert ran.code == 0 and ran.err == ""
    assert len([line for line in ran.out.splitlines() if not line.startswith("   ")]) == 3
    hits = json.loads(run("search", "のるまいカー", "--limit", "3", "--json").out)["hits"]
    assert [h["rank"] for h in hits] == [1, 2, 3]


@pytest.mark.parametrize(("command", "argument"), [("ask", "QUESTION"), ("search", "QUERY")])
@pytest.mark.parametrize("text", ["", "   ", "あ" * 1001, "㍿" * 251, "\x07", "\udcff", "\u200b"])
def test_a_text_that_cannot_be_asked_is_refused(run: Run, command: str, argument: str, text: str) -> None:
    run(command, text).assert_refused(2, argument)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("ask",), "question"),
        (("search",), "query"),
        (("ask", "期間は？", "--lang", "fr"), "--lang"),
        (("ask", "期間は？", "--lang", ""), "--lang"),
        (("ask", "期間は？", "--colour"), "--colour"),
        (("ask", "期間は？", "余分"), "余分"),
        (("ask", "期間は？", "--municipality"), "--municipality"),
        (("search", "期間", "--limit", "0"), "--limit"),
        (("search", "期間", "--limit", "51"), "--limit"),
        (("search", "期間", "--limit", "many"), "--limit"),
        (("ask", "期間は？", "-m", "atlantis"), "municipality"),
        (("search", "期間", "-m", "atlantis"), "municipality"),
        (("ask", "期間は？", "-m", ""), "municipality"),
    ],
)
def test_a_wrong_argument_is_named_in_one_line(
    run: Run, data_dir: Path, arguments: tuple[str, ...], name: str
) -> None:
    run(*arguments).assert_refused(2, name)


@pytest.mark.parametrize(
    "arguments", [("ask", "期間は？"), ("search", "期間"), ("ask", "期間は？", "--json")]
)
def test_without_an_index_the_command_to_run_is_named(run: Run, arguments: tuple[str, ...]) -> None:
    run(*arguments).assert_refused(3, "plan-assistant index build")


def test_a_damaged_index_is_told_before_it_is_opened(run: Run, data_dir: Path) -> None:
    [passages] = (data_dir / "index").glob("*/passages.jsonl")
    passages.write_bytes(passages.read_bytes()[:-10])
    run("ask", "期間は？").assert_refused(3, "passages.jsonl", "plan-assistant index build")


def test_an_index_of_another_model_is_told(run: Run, data_dir: Path) -> None:
    [manifest] = (data_dir / "index").glob("*/manifest.json")
    manifest.write_text(manifest.read_text("utf-8").replace("hashing:256", "hashing:128"), "utf-8")
    run("ask", "期間は？").assert_refused(3, "hashing:128", "plan-assistant index build")


def test_a_model_that_cannot_be_had_is_told(
    run: Run, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAN_ASSISTANT_EMBEDDING_MODEL", str(data_dir / "no-such-model"))
    ran = run("ask", "期間は？")
    ran.assert_refused(3, "no-such-model")
