"""`state`, `staff` and `corrections` as commands: what they print, how they end."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import pytest

from tests.unit.assistant.channels.cli.conftest import Run


@pytest.fixture
def asked(run: Run, data_dir: Path) -> dict[str, str]:
    """Ask one question and return its answer."""
    ran = run("ask", "羽咋ポイントの担当課は？", "-m", "hakui", "--json")
    assert ran.code == 0, ran.err
    answer: dict[str, str] = json.loads(ran.out)
    return answer


def test_an_answer_is_explained_and_made_again(run: Run, asked: dict[str, str]) -> None:
    ran = run("state", "explain", asked["message_id"], "--replay", "--json")
    assert ran.code == 0, ran.err
    shown = json.loads(ran.out)
    assert (shown["answer"], shown["channel"]) == (asked["answer"], "cli")
    assert shown["replay"]["same"] is True
    run("state", "explain", "unknown-message").assert_refused(2, "MESSAGE_ID", "unknown-message")


def test_a_chain_that_was_tampered_with_is_found(run: Run, asked: dict[str, str], data_dir: Path) -> None:
    assert run("state", "verify").code == 0
    with sqlite3.connect(data_dir / "state.db") as connection:
        connection.execute("UPDATE answers SET answer = '別の回答'")
    ran = run("state", "verify", "--json")
    assert ran.code == 1 and asked["message_id"] in json.loads(ran.out)["faults"][0]
    assert "NG  データベース" in run("doctor").out


def test_a_conversation_is_exported_and_erased(run: Run, asked: dict[str, str], data_dir: Path) -> None:
    whose = ("--conversation", asked["conversation_id"])
    ran = run("state", "export", "--format", "csv", "--out", str(data_dir / "out.csv"), *whose)
    assert ran.code == 0, ran.err
    [row] = csv.DictReader((data_dir / "out.csv").read_text("utf-8").splitlines())
    assert row["message_id"] == asked["message_id"]
    assert json.loads(run("state", "erase", "--json", *whose).out) == {
        "answers": 1,
        "feedback": 0,
        "turns": 1,
    }
    assert run("state", "export", *whose).out == ""
    ran = run("state", "explain", asked["message_id"], "--json")
    assert json.loads(ran.out)["question"] is None
    assert run("state", "verify").code == 0


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("export", "--format", "xml"), ("--format", "xml")),
        (("export", "--what", "secrets"), ("--what", "secrets")),
        (("erase",), ("--conversation", "--line-user")),
        (("restore", "missing.db"), ("FILE", "missing.db")),
    ],
)
def test_what_is_wrong_is_named(run: Run, arguments: tuple[str, ...], names: tuple[str, ...]) -> None:
    run("state", *arguments).assert_refused(2, *names)


def test_a_copy_is_taken_and_put_back(run: Run, asked: dict[str, str], data_dir: Path) -> None:
    copy = data_dir / "copy.db"
    assert run("state", "backup", str(copy)).code == 0
    run("state", "backup", str(copy)).assert_refused(2, "FILE")
    run("state", "restore", str(copy)).assert_refused(2, "--replace")
    assert run("state", "erase", "--conversation", asked["conversation_id"]).code == 0
    assert run("state", "restore", str(copy), "--replace").code == 0
    assert json.loads(run("state", "explain", asked["message_id"], "--json").out)["answer"] == asked["answer"]


def test_pruning_says_what_went(run: Run, asked: dict[str, str]) -> None:
    assert json.loads(run("state", "prune", "--json").out)["answers"] == 0


def test_a_database_that_cannot_be_reached_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_ASSISTANT_DATABASE_URL", "postgresql://name:geheim@127.0.0.1:1/state")
    for command in (("state", "verify"), ("staff", "list"), ("corrections", "list")):
        ran = run(*command)
        ran.assert_refused(3, "127.0.0.1")
        assert "geheim" not in ran.err


def test_a_member_of_staff_comes_and_goes(run: Run) -> None:
    key, code = run("staff", "key", "羽咋 太郎"), run("staff", "invite", "羽咋 太郎")
    assert key.out.startswith("pas_") and len(code.out.strip()) == 14
    [member] = json.loads(run("staff", "list", "--json").out)["staff"]
    assert (member["name"], member["has_key"]) == ("羽咋 太郎", True)
    assert key.out.strip() not in run("staff", "list").out
    assert run("staff", "revoke", str(member["id"])).code == 0
    run("staff", "revoke", str(member["id"])).assert_refused(2, "ID")
    run("staff", "key", "").assert_refused(2, "NAME")


def test_a_correction_comes_is_used_and_goes(run: Run, data_dir: Path) -> None:
    said = ("--author", "企画課", "--reason", "試験", "-m", "nonoichi")
    run("corrections", "add", "試験の質問は？", *said, "--answer", "7年です。").assert_refused(2, "--quote")
    meant = "マイナンバーカード"
    ran = run("corrections", "add", "チビッコ支援", *said, "--means", meant)
    assert ran.code == 0, ran.err
    [kept] = json.loads(run("corrections", "list", "--json").out)["corrections"]
    assert (kept["kind"], kept["meant"], kept["holds"]) == ("synonym", meant, True)
    assert json.loads(run("corrections", "export").out)["must_include"] == [[meant]]
    assert json.loads(run("corrections", "review", "--json").out)["corrections"] == []
    run("corrections", "review", "99").assert_refused(2, "ID")
    assert run("corrections", "remove", str(kept["id"])).code == 0
    assert run("corrections", "list").out == ""
