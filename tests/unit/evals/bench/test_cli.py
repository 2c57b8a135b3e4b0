"""Wrong input is told in one line, before anything is measured."""

import json
from pathlib import Path

import pytest

from evals.bench import cli
from evals.bench.report import END, START
from tests.unit.evals.bench.made import run


@pytest.fixture
def measured_as_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_run", lambda options: run(search=30, plain=20))


@pytest.mark.parametrize("least", ["recall@5", "recall@3=0.5", "recall@5=2", "recall@5=x", "=0.5"])
def test_a_least_figure_is_a_name_and_a_share(least: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["--fail-under", least])
    assert "is not NAME=VALUE with one of recall@1" in capsys.readouterr().err


@pytest.mark.parametrize("row", ["{}", ""])
def test_questions_without_anything_to_find_are_exit_code_2(
    row: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "q.jsonl").write_text(row, "utf-8")
    assert cli.main(["--data-dir", str(tmp_path), "--questions", str(tmp_path / "q.jsonl")]) == 2
    output = capsys.readouterr()
    assert output.out == "" and output.err


def test_a_document_without_the_markers_is_exit_code_2_and_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (document := tmp_path / "d.md").write_text("# Figures\n", "utf-8")
    assert cli.main(["--write", str(document)]) == 2
    assert cli.main(["--write", str(tmp_path / "none.md")]) == 2
    assert [line.startswith("--write") for line in capsys.readouterr().err.splitlines()] == [True, True]
    assert document.read_text("utf-8") == "# Figures\n"


@pytest.mark.usefixtures("measured_as_made")
def test_the_table_is_written_between_the_markers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (document := tmp_path / "d.md").write_text(f"before\n{START}\nold\n{END}\nafter\n", "utf-8")
    assert cli.main(["--write", str(document)]) == 0
    table = capsys.readouterr().out.strip()
    assert document.read_text("utf-8") == f"before\n{START}\n\n{table}\n\n{END}\nafter\n"


@pytest.mark.usefixtures("measured_as_made")
def test_too_low_a_figure_is_exit_code_1_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--json", "--fail-under", "recall@5=0.3", "mrr@10=0.9"]) == 1
    output = capsys.readouterr()
    assert output.err == "search: mrr@10 is 0.389, under 0.9\n"
    assert json.loads(output.out)["pipelines"]["search"]["recall@10"] == pytest.approx(2 / 3)
    assert cli.main(["--fail-under", "recall@5=0.3"]) == 0


@pytest.mark.usefixtures("measured_as_made")
def test_what_was_missed_is_told_only_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main([])
    assert capsys.readouterr().err == ""
    cli.main(["--missed"])
    assert "q-2/1 (short; search 6, plain 6) q-2は？" in capsys.readouterr().err
