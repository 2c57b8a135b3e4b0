"""Question files: read whole, or every fault told with its file and line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.library import Library
from evals.questions import QuestionFault, load_questions, squeeze

ROW: dict[str, object] = {
    "id": "q-1",
    "municipality": "aoba",
    "audience": "resident",
    "lang": "ja",
    "kind": "overview",
    "question": "避難所はどうなりますか",
    "history": [{"role": "user", "content": "こんにちは"}, {"role": "assistant", "content": "はい"}],
    "answerable": True,
    "must_include": [["Wi-Fi", "無線"]],
    "must_not_include": ["有料"],
    "evidence": [{"document": "aoba", "quote": "避難所にWi-Fiを整備します"}],
    "derived": False,
    "difficulty": "easy",
    "note": "plain",
}


@pytest.fixture(scope="module")
def library(
    tmp_path_factory: pytest.TempPathFactory,
    write_plan: Callable[..., Path],
    library_of: Callable[..., Library],
) -> Library:
    folder = tmp_path_factory.mktemp("plans")
    return library_of(
        write_plan(folder, "aoba", "避難所にWi-Fiを\n整備します。"),
        write_plan(folder, "minato", "港を直します。", name="港市"),
    )


def written(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def faults_of(library: Library, *paths: Path) -> tuple[str, ...]:
    with pytest.raises(QuestionFault) as raised:
        load_questions(paths, library)
    assert str(raised.value).split("\n") == list(raised.value.faults)
    return raised.value.faults


def test_a_row_of_the_contract_is_a_question(library: Library, tmp_path: Path) -> None:
    (question,) = load_questions([written(tmp_path / "q.jsonl", ROW)], library)
    assert question.model_dump(mode="json") == ROW
    assert question.municipalities(library) == ("aoba",)


def test_a_question_about_both_is_put_to_every_municipality(library: Library, tmp_path: Path) -> None:
    (question,) = load_questions([written(tmp_path / "q.jsonl", {**ROW, "municipality": "both"})], library)
    assert question.municipalities(library) == ("aoba", "minato")


def test_fields_beyond_the_contract_are_let_be_and_the_last_ones_may_be_missing(
    library: Library, tmp_path: Path
) -> None:
    row = {k: v for k, v in ROW.items() if k not in ("history", "derived", "difficulty", "note")}
    (question,) = load_questions([written(tmp_path / "q.jsonl", {**row, "reviewed_by": "staff"})], library)
    assert (question.history, question.derived, question.difficulty, question.note) == (
        (),
        False,
        "medium",
        "",
    )


@pytest.mark.parametrize("document", ["aoba", "aoba-plan"])
@pytest.mark.parametrize("quote", ["避難所にWi-Fiを\n整備", "避難所にWi-Fiを整備", " 避難所 に "])
def test_evidence_names_a_municipality_or_a_document_and_is_compared_without_white_space(
    library: Library, tmp_path: Path, document: str, quote: str
) -> None:
    row = {**ROW, "evidence": [{"document": document, "quote": quote}]}
    assert load_questions([written(tmp_path / "q.jsonl", row)], library)


def test_blank_lines_and_a_byte_order_mark_are_passed_over(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text("\ufeff\n" + json.dumps(ROW) + "\r\n\n" + json.dumps({**ROW, "id": "q-2"}), "utf-8")
    assert [question.id for question in load_questions([path], library)] == ["q-1", "q-2"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("id", "", "id:"),
        ("id", None, "id:"),
        ("municipality", "elsewhere", "municipality: 'elsewhere' is not one of aoba, minato, both"),
        ("question", " ", "question:"),
        ("answerable", "yes", "answerable:"),
        ("answerable", 1, "answerable:"),
        ("history", [{"role": "system", "content": "x"}], "history.0.role:"),
        ("must_include", ["Wi-Fi"], "must_include.0:"),
        ("must_include", [["Wi-Fi"], []], "must_include.1: a fact needs at least one wording"),
        ("must_include", [["Wi-Fi", " "]], "must_include.0: a fact needs at least one wording"),
        ("must_not_include", [""], "must_not_include.0: an empty wording stands in every answer"),
        ("evidence", [{"document": "aoba"}], "evidence.0.quote: Field required"),
        ("evidence", [{"document": "aoba", "quote": " "}], "evidence.0.quote:"),
        (
            "evidence",
            [{"document": "x", "quote": "避難所"}],
            "evidence.0.document: there is no municipality or document 'x'",
        ),
        (
            "evidence",
            [{"document": "aoba", "quote": "港"}],
            'evidence.0.quote: not in the text of aoba: "港"',
        ),
    ],
)
def test_a_wrong_field_is_told_with_its_place(
    library: Library, tmp_path: Path, field: str, value: object, said: str
) -> None:
    path = written(tmp_path / "q.jsonl", {**ROW, "id": "q-0"}, {**ROW, field: value})
    (fault,) = faults_of(library, path)
    assert fault.startswith(f"{path}:2: {said}")


@pytest.mark.parametrize("field", sorted({*ROW} - {"history", "derived", "difficulty", "note"}))
def test_a_missing_field_is_a_fault(library: Library, tmp_path: Path, field: str) -> None:
    path = written(tmp_path / "q.jsonl", {k: v for k, v in ROW.items() if k != field})
    assert faults_of(library, path) == (f"{path}:1: {field}: Field required",)


def test_every_fault_of_every_file_is_told_at_once(library: Library, tmp_path: Path) -> None:
    first = tmp_path / "first.jsonl"
    first.write_text("{\n[]\n" + json.dumps({**ROW, "municipality": "x", "evidence": []}) + "\n", "utf-8")
    second = written(tmp_path / "second.jsonl", {**ROW, "id": "q-2"}, {**ROW, "id": "q-2"})
    (broken := tmp_path / "broken.jsonl").write_bytes(b"\xff\xfe")
    faults = faults_of(library, first, second, broken, tmp_path / "gone.jsonl")
    places = [fault.split(": ")[0] for fault in faults]
    assert places == [
        f"{first}:1",
        f"{first}:2",
        f"{first}:3",
        f"{second}:2",
        str(broken),
        str(tmp_path / "gone.jsonl"),
    ]
    assert faults[3] == f"{second}:2: id: 'q-2' is used by {second}:1 already"


@pytest.mark.parametrize(
    ("note", "style"),
    [
        ("style: hiragana", "hiragana"),
        ("style: misspelt; 用件=要件", "misspelt"),
        ("", "plain"),
        ("看板", "plain"),
    ],
)
def test_the_style_is_what_the_note_says_first(
    library: Library, tmp_path: Path, note: str, style: str
) -> None:
    (question,) = load_questions([written(tmp_path / "q.jsonl", {**ROW, "note": note})], library)
    assert question.style == style


def test_an_id_that_two_files_use_is_told_with_both_places(library: Library, tmp_path: Path) -> None:
    first, second = (written(tmp_path / f"{name}.jsonl", ROW) for name in ("first", "second"))
    assert faults_of(library, first, second) == (f"{second}:1: id: 'q-1' is used by {first}:1 already",)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.text(st.characters(codec="utf-8"), max_size=40))
def test_a_file_of_any_content_is_read_or_told_as_faults(
    library: Library, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(content, "utf-8")
    try:
        assert load_questions([path], library) == ()
    except QuestionFault as fault:
        assert all(told.startswith(f"{path}:") for told in fault.faults)


@given(st.text())
def test_a_squeezed_text_has_no_white_space_and_every_other_letter(text: str) -> None:
    assert squeeze(text) == "".join(text.split())
