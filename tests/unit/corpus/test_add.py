"""Adding and removing plans: all of it or nothing, and it is there after a restart."""

from pathlib import Path

import pytest

from corpus.add import add_documents, remove_plan
from corpus.errors import CorpusError
from corpus.library import load_library

TEXT = "施策\t担当課\n(1) 窓口の整備\t市民課\n"


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    return tmp_path / "plans"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "計画.txt"
    path.write_text(TEXT, "utf-8")
    return path


def ids(plans: Path) -> list[str]:
    return [holding.id for holding in load_library(plans).holdings]


def test_an_added_plan_is_there_from_then_on(plans: Path, file: Path) -> None:
    added = add_documents(plans, "aoba", [file], name="青葉市", title="青葉市計画", visibility="staff")
    assert [m.title for m in added.records.measures] == ["窓口の整備"]
    again = load_library(plans).holding("aoba")
    assert again == added
    (document,) = added.plan.documents
    assert (document.title, document.visibility) == ("青葉市計画", "staff")
    assert document.provenance == "計画.txt から追加"


@pytest.mark.parametrize(
    "cover",
    [
        "第2期青葉市DX推進計画",
        "青 葉 市 環 境 基 本 計 画",
        "青葉市総合計画　後期基本計画",
        "# 青葉市DX推進計画",
    ],
)
def test_a_document_is_called_by_the_title_that_it_prints(plans: Path, tmp_path: Path, cover: str) -> None:
    path = tmp_path / "plan_final_v3.txt"
    path.write_text(f"{cover}\n令和8年3月\n\n{TEXT}", "utf-8")
    added = add_documents(plans, "aoba", [path], name="青葉市")
    assert added.plan.documents[0].title == cover.lstrip("# ").replace(" 青", "青").replace(" ", "").replace(
        "　", " "
    )


def test_a_document_that_prints_no_title_is_called_by_its_file(plans: Path, file: Path) -> None:
    added = add_documents(plans, "aoba", [file], name="青葉市")
    assert added.plan.documents[0].title == "計画"


def test_a_second_document_joins_the_first(plans: Path, file: Path, tmp_path: Path) -> None:
    add_documents(plans, "aoba", [file], name="青葉市")
    more = tmp_path / "more.md"
    more.write_text("# 用語集\n\n| 用語 | 意味 |\n| --- | --- |\n| 窓口 | 受付。 |\n", "utf-8")
    holding = add_documents(plans, "aoba", [more])
    assert len(holding.documents) == 2
    assert (len(holding.records.measures), len(holding.records.terms)) == (1, 1)


def test_a_document_can_be_added_to_a_shipped_plan(plans: Path, file: Path) -> None:
    holding = add_documents(plans, "hakui", [file])
    assert len(holding.plan.documents) == 2
    assert len(holding.records.measures) == 34


def test_the_title_is_the_files_name_where_none_is_given(plans: Path, file: Path) -> None:
    assert add_documents(plans, "aoba", [file], name="青葉市").plan.documents[0].title == "計画"


@pytest.mark.parametrize("municipality", ["", "a", "Aoba", "青葉", "../aoba", "aoba/x", "-aoba", "a" * 61])
def test_an_id_that_names_no_folder_is_refused(plans: Path, file: Path, municipality: str) -> None:
    with pytest.raises(CorpusError, match="--municipality"):
        add_documents(plans, municipality, [file], name="青葉市")
    assert not plans.exists()


def test_a_new_municipality_needs_a_name(plans: Path, file: Path) -> None:
    with pytest.raises(CorpusError, match="--name"):
        add_documents(plans, "aoba", [file])


def test_the_same_document_is_added_once(plans: Path, file: Path) -> None:
    add_documents(plans, "aoba", [file], name="青葉市")
    with pytest.raises(CorpusError, match="同じ内容"):
        add_documents(plans, "aoba", [file])
    assert len(load_library(plans).holding("aoba").documents) == 1  # type: ignore[union-attr]


def test_nothing_is_kept_where_one_file_cannot_be_read(plans: Path, file: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"missing\.txt"):
        add_documents(plans, "aoba", [file, tmp_path / "missing.txt"], name="青葉市")
    assert ids(plans) == ["hakui", "nonoichi"]
    assert not [*plans.glob("*")] if plans.exists() else True


def test_a_file_of_another_kind_is_refused_with_the_kinds_there_are(plans: Path, tmp_path: Path) -> None:
    file = tmp_path / "plan.exe"
    file.write_bytes(b"MZ")
    with pytest.raises(CorpusError, match=r"plan\.exe.*\.pdf"):
        add_documents(plans, "aoba", [file], name="青葉市")


def test_a_removed_plan_is_gone(plans: Path, file: Path) -> None:
    add_documents(plans, "aoba", [file], name="青葉市")
    remove_plan(plans, "aoba")
    assert ids(plans) == ["hakui", "nonoichi"]
    assert not (plans / "aoba").exists()


def test_a_shipped_plan_can_be_left_out_and_added_again(plans: Path, file: Path) -> None:
    remove_plan(plans, "hakui")
    assert ids(plans) == ["nonoichi"]
    add_documents(plans, "hakui", [file], name="羽咋市")
    holding = load_library(plans).holding("hakui")
    assert holding and len(holding.documents) == 2


def test_only_a_plan_that_is_there_can_be_removed(plans: Path) -> None:
    with pytest.raises(CorpusError, match="nowhere"):
        remove_plan(plans, "nowhere")
