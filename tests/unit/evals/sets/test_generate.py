"""The generated set: exact gold from records, the same rows in every run, and nothing doubtful."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.library import Holding, Library, load_holding, load_library
from corpus.records import Kpi, Measure, Plan, Quantity, RoadmapRow, Span, Theme
from evals.metrics.answers import states
from evals.parsing import made_plans
from evals.questions import Question, load_questions
from evals.sets.generate import Generated, generate, load_templates, main, sample, summary
from evals.sets.wordings import told_in

PLANS = Path(__file__).resolve().parents[3] / "golden" / "plans"
LEAST = 2500


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def rows(library: Library) -> tuple[Generated, ...]:
    return generate(library)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Return the plans of all layouts that are made for the tests of reading."""
    folders = made_plans(PLANS, tmp_path_factory.mktemp("plans"))
    paths = [_plan_file(folder) for folder in folders]
    return Library(holdings=tuple(sorted(map(load_holding, paths), key=lambda h: h.id)))


def _plan_file(folder: Path) -> Path:
    (document,) = (p for p in folder.iterdir() if p.suffix != ".toml")
    path = folder / "plan.toml"
    path.write_text(
        f'[municipality]\nid = "{folder.name}"\nname = "{folder.name}市"\n[contact]\nname = "企画課"\n'
        f'[[documents]]\nid = "{folder.name}-plan"\ntitle = "{folder.name}計画"\nfile = "{document.name}"\n',
        "utf-8",
    )
    return path


def asked(rows: tuple[Generated, ...], *parts: str) -> list[Question]:
    """Return the questions whose ids hold all these parts."""
    return [row.question for row in rows if all(part in row.question.id for part in parts)]


def written(rows: tuple[Generated, ...], path: Path) -> Path:
    path.write_text("".join(row.question.model_dump_json() + "\n" for row in rows), "utf-8")
    return path


def test_the_shipped_plans_give_thousands_of_rows_that_load(
    rows: tuple[Generated, ...], library: Library, tmp_path: Path
) -> None:
    assert len(rows) >= LEAST
    assert load_questions([written(rows, tmp_path / "all.jsonl")], library) == tuple(r.question for r in rows)


def test_plans_of_every_layout_give_rows_that_load(made: Library, tmp_path: Path) -> None:
    rows = generate(made)
    assert len(load_questions([written(rows, tmp_path / "made.jsonl")], made)) == len(rows)
    assert {row.question.municipality for row in rows if row.question.answerable} == {
        h.id for h in made.holdings
    }


def test_every_aspect_of_the_templates_is_asked_of_some_plan(
    rows: tuple[Generated, ...], made: Library
) -> None:
    assert {row.aspect for row in rows + generate(made)} == set(load_templates().asked)


def test_an_answerable_row_has_facts_and_evidence_and_another_has_none(rows: tuple[Generated, ...]) -> None:
    for question in (row.question for row in rows):
        assert question.answerable == bool(question.must_include) == bool(question.evidence), question.id


def test_an_echo_of_the_question_is_never_right(rows: tuple[Generated, ...]) -> None:
    for question in (row.question for row in rows if row.question.answerable):
        assert not all(told_in(question.question, fact) for fact in question.must_include), question.id


def test_nothing_that_a_right_answer_states_is_forbidden(rows: tuple[Generated, ...]) -> None:
    for question in (row.question for row in rows):
        right = [wording for fact in question.must_include for wording in fact]
        assert not any(states(wording, w) for wording in right for w in question.must_not_include), (
            question.id
        )


def test_no_two_rows_ask_one_municipality_the_same(rows: tuple[Generated, ...]) -> None:
    times = Counter((row.question.municipality, row.question.question) for row in rows)
    assert [question for question, n in times.items() if n > 1] == []


def test_every_slot_is_filled_and_every_name_is_on_one_line(rows: tuple[Generated, ...]) -> None:
    assert [row.question.id for row in rows if re.search(r"[{}\n\t]|  |「」", row.question.question)] == []


def test_two_runs_give_the_same_rows(rows: tuple[Generated, ...], library: Library) -> None:
    assert generate(library) == rows


def test_a_municipality_alone_gives_its_part_of_all_rows(
    rows: tuple[Generated, ...], library: Library
) -> None:
    of_one = tuple(row for row in rows if row.question.municipality == "hakui")
    assert generate(library, ["hakui"]) == of_one


def test_a_target_is_asked_by_the_corrected_name_and_proven_as_printed(rows: tuple[Generated, ...]) -> None:
    (question,) = asked(rows, "hakui-dx-2.kpi-4.target.polite")[:1]
    assert question.question == "「羽咋ポイント登録者数」の目標値はいくつですか。"
    assert question.must_include == (("2,800人", "2800"),)
    assert question.evidence[0].quote == "羽羽ポイント登録者数\t1,100人\t2,800人"


def test_a_change_is_computed_with_its_unit(rows: tuple[Generated, ...]) -> None:
    for question in asked(rows, "hakui-dx-2.kpi-4.change."):
        assert question.derived and "1,700人" in question.must_include[0]


def test_a_certain_year_is_asked_in_several_notations(rows: tuple[Generated, ...]) -> None:
    questions = [q for q in asked(rows, "nonoichi-dx-2.5.1-2.schedule.") if q.id.endswith("2028")]
    assert {q.must_include for q in questions} == {(("本格運用",),)}
    for notation in ("令和10年度", "R10", "2028年度"):
        assert any(notation in q.question for q in questions)


def test_years_that_are_not_certain_are_not_asked_for(rows: tuple[Generated, ...]) -> None:
    uncertain = {"schedule", "phase_year", "false_phase", "other_year_schedule"}
    assert not any(row.aspect in uncertain for row in rows if row.question.municipality == "hakui")


def test_a_doubted_baseline_is_neither_asked_for_nor_computed_with(rows: tuple[Generated, ...]) -> None:
    assert asked(rows, "hakui-dx-2.kpi-6.target.")
    for aspect in ("baseline", "change", "false_target"):
        assert not asked(rows, f"hakui-dx-2.kpi-6.{aspect}.")


def test_a_roadmap_with_a_doubted_row_is_not_asked_for(rows: tuple[Generated, ...]) -> None:
    assert not asked(rows, "hakui-dx-2.2-9.roadmap.")


def test_what_only_another_city_has_is_not_answered(rows: tuple[Generated, ...], library: Library) -> None:
    for row in (r for r in rows if r.aspect.startswith("other_city")):
        assert not row.question.answerable
    holding = library.holding("nonoichi")
    assert holding
    for question in asked(rows, "gen.nonoichi.", "other_city_indicator.polite"):
        name = re.findall("「(.+?)」", question.question)[0]
        assert name not in holding.documents[0].text


def test_years_outside_the_plan_are_not_answered(rows: tuple[Generated, ...]) -> None:
    years = {
        int(y)
        for row in rows
        if row.aspect.startswith("other_year") and row.question.lang == "en"
        for y in re.findall(r"\d{4}", row.question.question)
    }
    assert years and not years & set(range(2026, 2031))


def test_a_phase_in_a_wrong_year_is_corrected_by_either_right_place(rows: tuple[Generated, ...]) -> None:
    (question,) = asked(rows, "nonoichi-dx-2.5.2-1.false_phase.english.2030")
    wrong = int(re.findall(r"\d{4}", question.question)[0])
    phases = {2026: "現状整理", 2027: "試行", 2028: "本格導入", 2029: "拡充"}
    assert question.must_include == (("令和12年", "R12", "2030", phases[wrong]),)


def test_a_target_is_only_missed_where_a_measure_has_no_kpi(rows: tuple[Generated, ...]) -> None:
    assert asked(rows, "hakui-dx-2.2-7.no_target.")
    assert not asked(rows, "hakui-dx-2.2-4.no_target.")


@given(size=st.integers(1, 400))
@settings(max_examples=20)
def test_a_sample_is_part_of_every_larger_one(rows: tuple[Generated, ...], size: int) -> None:
    chosen = sample(rows, size)
    assert len(chosen) == size
    assert set(row.question.id for row in chosen) <= {row.question.id for row in sample(rows, size + 1)}


def test_a_sample_is_even_over_municipalities_and_aspects(rows: tuple[Generated, ...]) -> None:
    strata = {(row.question.municipality, row.aspect) for row in rows}
    chosen = Counter((row.question.municipality, row.aspect) for row in sample(rows, 2 * len(strata)))
    assert set(chosen) == strata and set(chosen.values()) == {2}


def test_a_sample_larger_than_the_set_is_the_set(rows: tuple[Generated, ...]) -> None:
    assert sample(rows, len(rows) + 1) == rows


# ---- plans made by hand ----

TEXT = (
    "見守り 福祉課 一人暮らしの高齢者を訪ねて暮らしを支えます。\n"
    "読書 図書課 本を読む時間をすべての子どもに贈ります。\n"
    "見学 図書課 港と工場を家族で見て回ります。\n"
    "調査 実施 利用者数 10人 25人\n"
)


def place(words: str) -> Span:
    start = TEXT.index(words)
    return Span(document_id="aoba-plan", start=start, end=start + len(words))


def measure(number: int, title: str, department: str, overview: str, **more: object) -> Measure:
    spans = {"title": (place(title),), "departments": (place(department),), "overview": (place(overview),)}
    data = {
        "id": f"aoba-plan.{number}",
        "theme": None,
        "number": str(number),
        "title": title,
        "departments": (department,),
        "overview": overview,
        "source": place(title),
        "spans": spans,
    }
    return Measure.model_validate(data | more)


WATCH = measure(1, "見守り", "福祉課", "一人暮らしの高齢者を訪ねて暮らしを支えます。")
READ = measure(2, "読書", "図書課", "本を読む時間をすべての子どもに贈ります。")
VISIT = measure(3, "見学", "図書課", "港と工場を家族で見て回ります。")
USERS = Kpi(
    id="aoba-plan.kpi-1",
    measure=WATCH.id,
    indicator="利用者数",
    baseline=Quantity(text="10人", value=10.0, unit="人"),
    target=Quantity(text="25人", value=25.0, unit="人"),
    source=place("利用者数 10人 25人"),
    spans={"indicator": (place("利用者数"),), "baseline": (place("10人"),), "target": (place("25人"),)},
)


@pytest.fixture(scope="module")
def aoba(tmp_path_factory: pytest.TempPathFactory, write_plan: Callable[..., Path]) -> Holding:
    return load_holding(write_plan(tmp_path_factory.mktemp("aoba"), "aoba", TEXT))


def rows_of(aoba: Holding, **records: object) -> tuple[Generated, ...]:
    """Return the rows of a plan with these records and nothing else."""
    holding = aoba.model_copy()
    empty = Plan(municipality="aoba", name="青葉市", documents=aoba.public_records.documents)
    holding.__dict__["public_records"] = empty.model_copy(update=records)
    return generate(Library(holdings=(holding,)))


def test_a_plan_without_records_gives_no_rows(aoba: Holding) -> None:
    assert rows_of(aoba) == ()


@given(
    st.lists(st.sampled_from([WATCH, READ, VISIT]), unique_by=lambda m: m.id), st.booleans(), st.booleans()
)
@settings(max_examples=20)
def test_any_part_of_a_plan_gives_rows_with_gold(
    aoba: Holding, measures: list[Measure], with_kpi: bool, with_theme: bool
) -> None:
    theme = Theme(
        id="aoba-plan.t",
        number="1",
        title="暮らし",
        source=place("暮らし"),
        spans={"title": (place("暮らし"),)},
    )
    rows = rows_of(
        aoba,
        measures=tuple(measures),
        kpis=(USERS,) if with_kpi else (),
        themes=(theme,) if with_theme else (),
    )
    assert bool(rows) == bool(measures or with_kpi or with_theme)
    for question in (row.question for row in rows):
        assert bool(question.must_include) == bool(question.evidence) == question.answerable
        assert all(evidence.quote in TEXT for evidence in question.evidence)


def test_a_record_more_renames_no_row(aoba: Holding) -> None:
    fewer = {row.question.id: row.question for row in rows_of(aoba, measures=(WATCH, VISIT), kpis=(USERS,))}
    more = {
        row.question.id: row.question for row in rows_of(aoba, measures=(WATCH, READ, VISIT), kpis=(USERS,))
    }
    assert fewer.keys() <= more.keys()
    assert all(more[i].question == q.question for i, q in fewer.items() if "false_department" not in i)


def test_measures_of_one_title_are_not_asked_for_nor_counted(aoba: Holding) -> None:
    twin = measure(4, "見守り", "図書課", "港と工場を家族で見て回ります。")
    rows = rows_of(aoba, measures=(WATCH, twin, READ))
    assert {row.question.id.split(".")[2] for row in rows if row.aspect == "department"} == {"2"}
    assert not any(row.aspect.endswith("_count") for row in rows)


def test_phases_of_certain_years_are_asked_by_year_and_by_phase(aoba: Holding) -> None:
    roadmap = (
        RoadmapRow(text="調査", fiscal_years=(2026,), certain=True, source=place("調査")),
        RoadmapRow(text="実施", fiscal_years=(2027, 2028), certain=True, source=place("実施")),
    )
    rows = rows_of(aoba, measures=(WATCH.model_copy(update={"roadmap": roadmap}),))
    phases = {q.id.rsplit(".", 1)[1]: q.must_include for q in asked(rows, ".schedule.")}
    assert phases == {"2026": (("調査",),), "2027": (("実施",),), "2028": (("実施",),)}
    assert {q.must_include[0][0] for q in asked(rows, ".phase_year.")} == {"令和8年"}
    assert not asked(rows, ".roadmap.")


def test_a_wrong_department_is_one_that_the_measure_does_not_have(aoba: Holding) -> None:
    rows = rows_of(aoba, measures=(WATCH, READ))
    for question in asked(rows, ".1.false_department."):
        assert "図書課" in question.question and question.must_include == (("福祉課",),)


# ---- the command ----


def test_the_command_writes_a_sample_and_tells_its_numbers(
    tmp_path: Path, library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for path in (first, second):
        assert main(["--sample", "90", "--data-dir", str(tmp_path), "--out", str(path)]) == 0
    assert first.read_bytes() == second.read_bytes()
    assert len(load_questions([first], library)) == 90
    told = capsys.readouterr()
    assert told.out == "" and "nonoichi" in told.err and told.err.split()[-1] == "90"


def test_the_command_writes_to_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--municipality", "hakui", "--sample", "3", "--data-dir", str(tmp_path)]) == 0
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["municipality"] for row in written] == ["hakui"] * 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--municipality", "atlantis"], "--municipality: 'atlantis' is not one of hakui, nonoichi"),
        (["--out", "missing/q.jsonl"], "--out: missing/q.jsonl: No such file or directory"),
    ],
)
def test_wrong_input_is_told_in_one_line(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert capsys.readouterr().err.strip() == message


def test_a_sample_of_no_rows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--sample", "0"])
    assert ended.value.code == 2 and "--sample" in capsys.readouterr().err


def test_no_rows_have_a_summary_too() -> None:
    assert summary(()).splitlines()[-1].split() == ["all", "0"]
