"""Tables, JSON, and the section of a document."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.bench.report import (
    ABSENT,
    END,
    START,
    SectionMissing,
    as_json,
    as_markdown,
    missed_lines,
    ratios,
    table,
    with_section,
)
from tests.unit.evals.bench.made import measured, run

TEXT = st.text(st.characters(blacklist_categories=("Cs",))).filter(lambda s: START not in s and END not in s)


def test_times_are_told_as_multiples_of_the_baseline() -> None:
    assert ratios(measured(search=30, plain=20), "search") == {"build_s": 1.5, "p50_ms": 1.5, "p95_ms": 1.5}
    assert ratios(measured(search=30), "search") == {}


def test_the_table_has_a_row_a_pipeline_and_no_build_for_one_that_builds_nothing() -> None:
    lines = as_markdown(run(search=30, words=10, plain=20)).splitlines()
    rows = {
        cells[1].strip(): [c.strip() for c in cells[2:-1]]
        for line in lines
        if len(cells := line.split("|")) == 14
    }
    assert rows["search"][:2] == ["0.333", "0.333 (0.00–0.50)"]
    assert rows["search"][7:] == ["1.50", "1.50", "1.50", "512"]
    assert rows["words"][7:] == [ABSENT, "0.50", "0.50", "512"]


def test_without_the_baseline_no_ratio_is_told() -> None:
    text = as_markdown(run(search=30))
    assert "multiples" not in text and f"{ABSENT} |" in text


def test_the_caption_tells_the_date_the_machine_the_model_and_what_was_left_out() -> None:
    text = as_markdown(run(search=30, plain=20)).replace("\n", " ")
    for said in (
        "2026-11-21",
        "A CPU, 2 cores, 24 GiB",
        "hashing:256",
        "2 questions, 3 quotes",
        "llamaindex.",
    ):
        assert said in text


def test_every_slice_has_a_row_with_its_size() -> None:
    text = as_markdown(run(search=30, plain=20))
    for row in ("set dev (2)", "set test (1)", "municipality minato (1)", "style hiragana (2)"):
        assert f"| {row}" in text


def test_the_run_is_there_for_a_program() -> None:
    read = json.loads(json.dumps(as_json(run(search=30, plain=20))))
    own = read["pipelines"]["search"]
    assert own["ratios"]["p50_ms"] == 1.5 and own["peak_mib"] == 512.4
    assert own["by_set"]["dev"]["recall@5"] == 0.5
    assert read["machine"]["cores"] == 2 and read["absent"] == ["llamaindex"]


def test_a_missed_quote_is_told_with_every_pipelines_rank() -> None:
    assert missed_lines(measured(search=30, plain=20)) == [
        f"q-1/2 (hiragana; search {ABSENT}, plain {ABSENT}) q-1は？",
        "q-2/1 (short; search 6, plain 6) q-2は？",
    ]


@given(st.lists(st.lists(st.text("aあ1"), min_size=3, max_size=3), max_size=4))
def test_the_columns_of_a_table_are_of_one_width(rows: list[list[str]]) -> None:
    lines = table(["", "recall", "時間"], rows).splitlines()
    assert len(lines) == len(rows) + 2
    assert len({sum(2 if letter in "あ時間" else 1 for letter in line) for line in lines}) == 1


@given(before=TEXT, old=TEXT, after=TEXT, section=TEXT)
def test_a_section_takes_the_place_of_the_last_one_and_the_rest_stays(
    before: str, old: str, after: str, section: str
) -> None:
    written = with_section(f"{before}{START}{old}{END}{after}", section)
    assert written == f"{before}{START}\n\n{section}\n\n{END}{after}"
    assert with_section(written, section) == written


@pytest.mark.parametrize("document", ["", START, END, f"{END}{START}"])
def test_a_document_without_the_markers_is_refused(document: str) -> None:
    with pytest.raises(SectionMissing, match="bench:start"):
        with_section(document, "x")
