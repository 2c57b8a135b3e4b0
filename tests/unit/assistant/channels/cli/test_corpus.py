"""`corpus`: the plans, their records and the reading report; exit codes and errors of one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
TEXT = "これまでの歩みです。\n\n施策\t担当課\tR8\tR9\n(1) 窓口の整備\t市民課\t調査\t\n\t\t\t導入\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.txt"
    path.write_text(TEXT, "utf-8")
    return path


def test_list_names_every_plan_with_its_period(run: Run, data_dir: Path) -> None:
    ran = run("corpus", "list")
    assert (ran.code, ran.err) == (0, "")
    assert "hakui\t羽咋市\t第2次羽咋市DX推進計画\t2026–2030年度\tpublic" in ran.out.splitlines()


def test_list_as_json_is_one_document(run: Run, data_dir: Path) -> None:
    plans = json.loads(run("corpus", "list", "--json").out)["plans"]
    assert {"hakui", "nonoichi"} <= {plan["municipality"] for plan in plans}


def test_show_as_json_has_the_records(run: Run, data_dir: Path) -> None:
    plan = json.loads(run("corpus", "show", "hakui", "--json").out)
    assert (len(plan["themes"]), len(plan["measures"]), len(plan["kpis"])) == (6, 33, 14)
    assert sum(measure["is_new"] for measure in plan["measures"]) == 6
    assert (len(plan["terms"]), len(plan["contacts"])) == (47, 1)


def test_show_prints_measures_and_kpis(run: Run, data_dir: Path) -> None:
    lines = run("corpus", "show", "hakui").out.splitlines()
    assert "3\t(4) 市の総合アプリの導入検討（新規）\tデジタル推進室" in lines
    assert "KPI\t羽咋ポイント登録者数\t1,100人 → 2,800人" in lines


def test_check_tells_what_is_doubtful_and_where(run: Run, data_dir: Path) -> None:
    ran = run("corpus", "check", "nonoichi")
    assert ran.code == 0
    assert "  measures\t12\t" in ran.out
    assert "電子回覧板" in ran.out
    report = json.loads(run("corpus", "check", "nonoichi", "--json").out)
    assert report["municipality"] == "nonoichi"
    assert all(doubt["place"]["line"] > 0 for doubt in report["doubts"])


def test_an_added_plan_is_reported_listed_and_removed(run: Run, data_dir: Path, file: Path) -> None:
    added = run("corpus", "add", str(file), "--municipality", "aoba", "--name", "青葉市")
    assert added.code == 0
    assert "  measures\t1\t窓口の整備" in added.out
    assert "4行目" in added.out
    assert "index build" in added.err
    assert "青葉市" in run("corpus", "list").out
    assert run("corpus", "remove", "aoba").code == 0
    assert "青葉市" not in run("corpus", "list").out


@pytest.mark.parametrize("command", ["show", "check", "remove"])
def test_a_plan_that_is_not_there_is_named(run: Run, data_dir: Path, command: str) -> None:
    run("corpus", command, "nowhere").assert_refused(2, "nowhere")


def test_what_is_wrong_with_an_addition_is_named(run: Run, data_dir: Path, file: Path) -> None:
    add = ("corpus", "add", str(file), "--municipality")
    run(*add, "AOBA", "--name", "青葉市").assert_refused(2, "--municipality", "AOBA")
    run(*add, "aoba").assert_refused(2, "--name", "aoba")
    run(*add, "aoba", "--name", "青葉市", "--visibility", "secret").assert_refused(2, "--visibility")
    run("corpus", "add", "no.txt", "--municipality", "aoba", "--name", "青葉市").assert_refused(2, "no.txt")
    run("corpus", "add", "--municipality", "aoba").assert_refused(2, "FILE")
