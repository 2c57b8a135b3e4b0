"""The commands as a whole: help, unknown commands, settings, and what every failure looks like."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis

from assistant.channels.cli import output

Run = Callable[..., Any]


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("ask", "--help"), ("index", "--help"), ("corpus", "--help"), ("serve", "--help")],
)
def test_help_is_on_stdout(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert "Usage: plan-assistant" in ran.out


@pytest.mark.parametrize("arguments", [(), ("index",), ("corpus",)])
def test_a_command_is_needed(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert "Usage" in ran.out + ran.err


@pytest.mark.parametrize("arguments", [("fly",), ("index", "fly"), ("corpus", "fly")])
def test_an_unknown_command_is_named_in_one_line(run: Run, arguments: tuple[str, ...]) -> None:
    run(*arguments).assert_refused(2, "fly")


COMMANDS = [
    ("ask", "期間は？"),
    ("search", "期間"),
    ("index", "build"),
    ("index", "status"),
    ("corpus", "list"),
    ("doctor",),
    ("serve",),
]


@pytest.mark.parametrize("arguments", COMMANDS)
@pytest.mark.parametrize(
    ("name", "value"), [("TODAY", "tomorrow"), ("LOG_FORMAT", "xml"), ("ALLOWED_ORIGINS", "*")]
)
def test_a_wrong_setting_is_named_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], name: str, value: str
) -> None:
    monkeypatch.setenv(f"PLAN_ASSISTANT_{name}", value)
    run(*arguments).assert_refused(2, f"PLAN_ASSISTANT_{name}")


@pytest.mark.parametrize("arguments", [("corpus", "list"), ("corpus", "check", "aoba"), ("index", "build")])
def test_a_broken_plan_file_is_named_in_one_line(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    folder = tmp_path / "var" / "plans" / "aoba"
    folder.mkdir(parents=True)
    (folder / "plan.toml").write_text("[municipality]\n", "utf-8")
    run(*arguments).assert_refused(2, "plan.toml", "municipality")


@pytest.mark.parametrize("arguments", [("ask", "期間は？"), ("index", "build"), ("index", "status")])
def test_a_data_directory_below_a_file_is_told_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PLAN_ASSISTANT_DATA_DIR", str(tmp_path / "file" / "below"))
    run(*arguments).assert_refused(3, str(tmp_path / "file"))


def test_the_plans_are_listed(run: Run) -> None:
    ran = run("corpus", "list")
    assert (ran.code, ran.err) == (0, "")
    assert "hakui\t羽咋市\t第2次羽咋市DX推進計画\t2026–2030年度\tpublic" in ran.out
    plans = json.loads(run("corpus", "list", "--json").out)["plans"]
    assert [p["municipality"] for p in plans] == ["hakui", "nonoichi"]


@pytest.mark.parametrize("port", ["0", "-1", "65536", "http"])
def test_a_wrong_port_is_named(run: Run, port: str) -> None:
    run("serve", "--port", port).assert_refused(2, "--port")


@pytest.mark.parametrize("workers", ["0", "65", "two"])
def test_a_wrong_number_of_workers_is_named(run: Run, workers: str) -> None:
    run("serve", "--workers", workers).assert_refused(2, "--workers")


def test_the_doctor_says_what_is_well(run: Run, data_dir: Path) -> None:
    ran = run("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert all(line.startswith("ok") for line in ran.out.splitlines())
    assert len(ran.out.splitlines()) == 16


def test_the_doctor_says_what_to_do_and_ends_with_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_ASSISTANT_LOG_FORMT", "json")
    ran = run("doctor")
    assert (ran.code, ran.err) == (1, "")
    [wrong] = [line for line in ran.out.splitlines() if line.startswith("NG")]
    assert "plan-assistant index build" in wrong
    assert "PLAN_ASSISTANT_LOG_FORMT" in ran.out


def test_the_doctor_says_that_redis_is_away_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("redis.Redis.ping", lambda _: (_ for _ in ()).throw(redis.ConnectionError("away")))
    monkeypatch.setenv("PLAN_ASSISTANT_REDIS_URL", "redis://:hunter2-hunter2@127.0.0.1:1/0")
    ran = run("doctor")
    assert ran.code == 1
    assert "PLAN_ASSISTANT_REDIS_URL" in ran.out and "hunter2" not in ran.out + ran.err


def test_progress_without_a_terminal_is_a_line_a_tenth_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with output.progress("索引の作成") as report:
        for done in range(1, 101):
            report(done, 100)
        report(0, 0)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 11
    assert captured.err.splitlines()[-1] in ("索引の作成 100/100", "索引の作成 0/0")
