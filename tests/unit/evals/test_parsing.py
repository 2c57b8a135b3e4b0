"""The measure of reading: what counts as right, and how well the made plans are read."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from evals.parsing import (
    Expected,
    ExpectedKpi,
    ExpectedMeasure,
    Fact,
    Figure,
    Phase,
    Score,
    facts_of,
    made_plans,
    main,
    score,
    score_folder,
    together,
)

PLANS = Path(__file__).resolve().parents[2] / "golden" / "plans"
LEAST = 0.95


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Score]:
    folders = made_plans(PLANS, tmp_path_factory.mktemp("plans"))
    return {folder.name: score_folder(folder) for folder in folders}


def test_six_formats_and_more_layouts_are_made(made: dict[str, Score]) -> None:
    assert len(made) >= 6
    plans = [tomllib.loads(path.read_text("utf-8")) for path in PLANS.glob("*/expected.toml")]
    suffixes = {Path(plan["document"]).suffix for plan in plans}
    assert suffixes == {".md", ".html", ".txt", ".docx", ".xlsx", ".pdf"}


def test_every_made_plan_is_read_nearly_whole(made: dict[str, Score]) -> None:
    for found in made.values():
        assert found.precision >= LEAST and found.recall >= LEAST, (found.missed, found.wrong)


def test_all_made_plans_together_are_read_nearly_whole(made: dict[str, Score]) -> None:
    overall = together(tuple(made.values()))
    assert min(overall.precision, overall.recall) >= LEAST


MEASURE = ExpectedMeasure(theme="窓口", title="書かない窓口", departments=("市民課",))


def plan(*measures: ExpectedMeasure, kpis: tuple[ExpectedKpi, ...] = ()) -> Expected:
    return Expected(document="plan.txt", name="青葉市", measures=measures, kpis=kpis)


def test_a_field_is_right_where_its_compact_text_and_its_parent_are_the_same() -> None:
    found = score("a", plan(MEASURE), plan(MEASURE.model_copy(update={"title": "書か ない 窓口"})))
    assert (found.right, found.missed, found.wrong) == (2, (), ())


def test_a_field_below_another_parent_is_missed_and_wrong() -> None:
    found = score("a", plan(MEASURE), plan(MEASURE.model_copy(update={"title": "電子申請"})))
    assert (found.right, found.precision, found.recall) == (0, 0.0, 0.0)
    assert Fact("書かない窓口", "measure.department", "市民課") in found.missed
    assert Fact("電子申請", "measure.department", "市民課") in found.wrong


def test_a_field_that_is_read_twice_is_wrong_once() -> None:
    twice = MEASURE.model_copy(update={"departments": ("市民課", "市民課")})
    assert score("a", plan(MEASURE), plan(twice)).wrong == (
        Fact("書かない窓口", "measure.department", "市民課"),
    )


def test_a_phase_of_other_years_is_wrong() -> None:
    phases = [MEASURE.model_copy(update={"roadmap": (Phase(text="調査", years=y),)}) for y in ((2026,), ())]
    found = score("a", plan(phases[0]), plan(phases[1]))
    assert [f.field for f in (*found.missed, *found.wrong)] == ["measure.phase", "measure.phase"]


def test_a_figure_is_its_value_its_unit_and_its_year() -> None:
    kpi = ExpectedKpi(indicator="件数", target=Figure(value=1200, unit="件", fiscal_year=2030))
    assert {fact.field for fact in facts_of(plan(kpis=(kpi,)))} == {
        "kpi.indicator",
        "kpi.target.value",
        "kpi.target.unit",
        "kpi.target.fiscal_year",
    }


EXPECTED = (
    'document = "plan.txt"\nname = "青葉市"\n[[measures]]\ntitle = "書かない窓口"\ndepartments = ["{}"]\n'
)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(department: str) -> Path:
        folder = tmp_path / "plans" / "aoba"
        folder.mkdir(parents=True)
        (folder / "expected.toml").write_text(EXPECTED.format(department), "utf-8")
        (folder / "plan.txt").write_text("施策\t担当課\n書かない窓口\t市民課\n", "utf-8")
        return folder.parent

    return write


def test_the_command_prints_each_plan_and_over_all(
    written: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--plans", str(written("市民課"))]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["plan", "aoba", "all"]
    assert lines[-1].split()[1:] == ["1.000", "1.000", "2"]


def test_a_share_below_the_least_is_a_failure_that_names_each_field(
    written: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--plans", str(written("総務課"))]) == 1
    out = capsys.readouterr().out
    assert "aoba: missed measure.department of 「書かない窓口」: 総務課" in out
    assert "aoba: wrong measure.department of 「書かない窓口」: 市民課" in out


def test_the_scores_are_there_for_a_program(
    written: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--plans", str(written("総務課")), "--json", "--fail-under", "0.5", "--time"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["all"]["recall"] == 0.5
    assert "50,000 bytes" in printed.err


@pytest.mark.parametrize(
    "break_it",
    [
        lambda folder: (folder / "aoba" / "expected.toml").write_text("document = 1", "utf-8"),
        lambda folder: (folder / "aoba" / "expected.toml").write_text("document", "utf-8"),
        lambda folder: (folder / "aoba" / "plan.txt").unlink(),
        lambda folder: (folder / "aoba" / "expected.toml").unlink(),
    ],
    ids=["wrong key", "no toml", "no document", "no plan"],
)
def test_wrong_input_is_told_in_one_line(
    written: Callable[[str], Path], capsys: pytest.CaptureFixture[str], break_it: Callable[[Path], object]
) -> None:
    plans = written("市民課")
    break_it(plans)
    assert main(["--plans", str(plans)]) == 2
    err = capsys.readouterr().err
    assert err.startswith("--plans: ") and len(err.splitlines()) == 1
