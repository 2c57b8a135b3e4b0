"""`index`: build, status, rollback and what each says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filelock
import pytest

Run = Callable[..., Any]


def test_an_index_is_built_published_and_gone_back_from(run: Run, data_dir: Path) -> None:
    before = json.loads(run("index", "status", "--json").out)
    built = run("index", "build")
    assert built.code == 0 and built.out.startswith("公開しました: ") and len(built.out.splitlines()) == 1
    now = json.loads(run("index", "status", "--json").out)
    assert now["previous"] == before["name"] and now["name"] in built.out
    assert now["counts"] == before["counts"]
    back = run("index", "rollback")
    assert (back.code, back.out) == (0, f"戻しました: {before['name']}\n")
    assert json.loads(run("index", "status", "--json").out)["name"] == before["name"]


def test_an_index_that_fits_is_not_built_again(run: Run, data_dir: Path) -> None:
    ran = run("index", "build", "--if-needed")
    assert (ran.code, ran.out) == (0, "")
    assert "最新" in ran.err


def test_who_went_back_from_an_index_of_the_plans_keeps_the_one_before(
    run: Run, data_dir: Path, write_plan: Callable[..., Path]
) -> None:
    before = json.loads(run("index", "status", "--json").out)["name"]
    write_plan(data_dir / "plans", "aoba", "第1章 施策\n\n避難所にWi-Fiを整備します。")
    assert "公開しました" in run("index", "build", "--if-needed").out
    assert run("index", "rollback").code == 0
    ran = run("index", "build", "--if-needed")
    assert (ran.code, ran.out) == (0, "") and "戻したまま" in ran.err
    assert json.loads(run("index", "status", "--json").out)["name"] == before
    write_plan(data_dir / "plans", "aoba", "第1章 施策\n\n公民館にWi-Fiを整備します。")
    assert "公開しました" in run("index", "build", "--if-needed").out


def test_the_first_index_is_built_where_there_is_none(run: Run, tmp_path: Path) -> None:
    ran = run("index", "build", "--if-needed")
    assert ran.code == 0 and "公開しました" in ran.out
    assert (tmp_path / "var" / "index" / "CURRENT").is_file()


def test_the_status_says_what_is_published(run: Run, data_dir: Path) -> None:
    ran = run("index", "status")
    assert (ran.code, ran.err) == (0, "")
    assert "hashing:256" in ran.out and "hakui.public" in ran.out


@pytest.mark.parametrize(
    "arguments", [("index", "status"), ("index", "status", "--json"), ("index", "rollback")]
)
def test_without_an_index_the_command_to_run_is_named(run: Run, arguments: tuple[str, ...]) -> None:
    run(*arguments).assert_refused(3, "plan-assistant index build")


def test_there_is_nothing_before_the_first_index(run: Run, data_dir: Path) -> None:
    run("index", "rollback").assert_refused(3, "no index before")


def test_a_second_builder_is_refused_at_once(run: Run, data_dir: Path) -> None:
    with filelock.FileLock(data_dir / "index" / ".build.lock"):
        run("index", "build").assert_refused(3, "another process")
