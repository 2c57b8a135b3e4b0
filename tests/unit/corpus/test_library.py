"""The library: the plans there are, and what is said of a plan that cannot be read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import DocumentError, PlanFileError
from corpus.library import REMOVED, Library, load_holding, load_library, shipped_plans

WritePlan = Callable[..., Path]
LibraryOf = Callable[..., Library]


def test_both_cities_come_with_the_project_in_the_order_of_their_ids() -> None:
    assert [holding.id for holding in load_library().holdings] == ["hakui", "nonoichi"]


def test_a_document_is_its_file_unchanged() -> None:
    for holding in load_library().holdings:
        for entry, document in zip(holding.plan.documents, holding.documents, strict=True):
            assert document.text == (shipped_plans() / holding.id / entry.file).read_text("utf-8")
            assert holding.info(document.document_id) == entry


def test_holdings_and_documents_are_found_by_their_ids() -> None:
    library = load_library()
    hakui = library.holding("hakui")
    found = library.document("hakui-dx-2")
    assert hakui and found and found == (hakui, hakui.documents[0])
    assert library.holding("elsewhere") is None
    assert library.document("elsewhere") is None
    with pytest.raises(KeyError):
        hakui.info("nonoichi-dx-2")


def test_a_municipality_is_known_by_its_name_its_reading_and_its_aliases() -> None:
    hakui = load_library().holding("hakui")
    assert hakui and {"羽咋市", "はくいし", "羽咋", "Hakui"} <= set(hakui.plan.municipality.names)


def test_the_municipalitys_own_synonyms_come_before_the_common_ones(
    write_plan: WritePlan, tmp_path: Path
) -> None:
    path = write_plan(
        tmp_path, "aoba", "本文です。", more='[synonyms]\n"避難所" = ["逃げる所"]\n"青葉号" = ["市のバス"]\n'
    )
    synonyms = load_holding(path).synonyms
    assert synonyms["避難所"][0] == "逃げる所"
    assert {"避難場所", "evacuation shelter", "避难所"} <= set(synonyms["避難所"])
    assert "避難所" in synonyms["避難場所"]
    assert synonyms["青葉号"] == ("市のバス",)


def test_the_thesaurus_knows_the_municipalitys_own_words_and_misprints(
    write_plan: WritePlan, tmp_path: Path
) -> None:
    more = '[synonyms]\n"青葉号" = ["市のバス"]\n[corrections]\n"除雷" = "除雪"\n'
    thesaurus = load_holding(write_plan(tmp_path, "aoba", "本文です。", more=more)).thesaurus
    (bus, snow) = thesaurus.mentions("市のバスと除雪")
    assert bus.plan[0] == "青葉号"
    assert snow.plan[:2] == ("除雷", "除雪")


def test_an_empty_synonym_is_told_with_its_file_and_key(write_plan: WritePlan, tmp_path: Path) -> None:
    path = write_plan(tmp_path, "aoba", "本文です。", more='[synonyms]\n"青葉号" = [""]\n')
    with pytest.raises(PlanFileError, match=r"plan\.toml: synonyms\.青葉号\.0"):
        load_holding(path)


def test_added_plans_stand_beside_the_shipped_ones(write_plan: WritePlan, tmp_path: Path) -> None:
    write_plan(tmp_path, "aoba", "本文です。")
    assert [holding.id for holding in load_library(tmp_path).holdings] == ["aoba", "hakui", "nonoichi"]


def test_an_added_plan_adds_to_what_its_municipality_has(write_plan: WritePlan, tmp_path: Path) -> None:
    more = '[synonyms]\n"結ネット" = ["回覧"]\n"青葉号" = ["市のバス"]\n[corrections]\n"羽羽" = "羽咋"\n'
    write_plan(tmp_path, "hakui", "新しい本文です。", more=more)
    hakui = load_library(tmp_path).holding("hakui")
    assert hakui and [document.document_id for document in hakui.documents] == ["hakui-dx-2", "hakui-plan"]
    assert hakui.documents[1].text == "新しい本文です。"
    assert hakui.info("hakui-plan").file == "plan.txt"
    assert hakui.plan.municipality.name == "羽咋市"
    assert hakui.synonyms["青葉号"] == ("市のバス",)
    assert hakui.synonyms["羽羽"] == ("羽咋",)


def test_a_shipped_plan_can_be_taken_out_and_another_put_in(write_plan: WritePlan, tmp_path: Path) -> None:
    (tmp_path / "hakui").mkdir()
    (tmp_path / "hakui" / REMOVED).touch()
    assert [holding.id for holding in load_library(tmp_path).holdings] == ["nonoichi"]
    write_plan(tmp_path, "hakui", "新しい本文です。")
    hakui = load_library(tmp_path).holding("hakui")
    assert hakui and [document.text for document in hakui.documents] == ["新しい本文です。"]


def test_the_digest_is_the_same_for_the_same_plans(
    write_plan: WritePlan, library_of: LibraryOf, tmp_path: Path
) -> None:
    path = write_plan(tmp_path, "aoba", "本文です。")
    assert library_of(path).digest() == library_of(path).digest()


@pytest.mark.parametrize(
    "change",
    [
        {"text": "本文でした。"},
        {"name": "若葉市"},
        {"visibility": "staff"},
        {"more": '[synonyms]\n"本文" = ["中身"]\n'},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_digest_follows_all_that_an_index_is_built_from(
    write_plan: WritePlan, library_of: LibraryOf, tmp_path: Path, change: dict[str, str]
) -> None:
    before = library_of(write_plan(tmp_path, "aoba", "本文です。")).digest()
    after = library_of(write_plan(tmp_path, "aoba", **{"text": "本文です。", **change})).digest()
    assert before != after


PLAN = """
[municipality]
id = "aoba"
name = "青葉市"
[contact]
name = "企画課"
[[documents]]
id = "aoba-plan"
title = "計画"
file = "plan.txt"
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "aoba"', "", "municipality.id: Field required"),
        ('id = "aoba"', 'id = "青葉"', "municipality.id"),
        ('id = "aoba"', 'id = "Aoba/.."', "municipality.id"),
        ('[contact]\nname = "企画課"', "", "contact: Field required"),
        ('title = "計画"', "", "documents.0.title: Field required"),
        ('title = "計画"', 'title = "計画"\nvisibility = "secret"', "documents.0.visibility"),
        ('title = "計画"', 'title = "計画"\ncolour = "red"', "documents.0.colour: Extra"),
        ('file = "plan.txt"', 'file = "../plan.txt"', "documents.file: '../plan.txt'"),
        ("[contact]", "[contact", "line 5"),
    ],
)
def test_a_wrong_plan_file_is_told_with_its_place_and_its_key(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    (tmp_path / "plan.txt").write_text("本文です。", "utf-8")
    (tmp_path / "plan.toml").write_text(PLAN.replace(old, new), "utf-8")
    with pytest.raises(PlanFileError) as raised:
        load_holding(tmp_path / "plan.toml")
    assert str(tmp_path / "plan.toml") in str(raised.value)
    assert said in str(raised.value)


def test_a_missing_document_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(PLAN, "utf-8")
    with pytest.raises(DocumentError, match=r"plan\.txt"):
        load_holding(tmp_path / "plan.toml")


def test_a_document_id_belongs_to_one_municipality(write_plan: WritePlan, tmp_path: Path) -> None:
    path = write_plan(tmp_path, "aoba", "本文です。")
    path.write_text(path.read_text("utf-8").replace("aoba-plan", "hakui-dx-2"), "utf-8")
    with pytest.raises(PlanFileError, match=r"'hakui-dx-2' is used by aoba and hakui"):
        load_library(tmp_path)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("羽咋市の避難所", " の避難所"),
        ("野々市は？", " は？"),
        ("羽咋ポイントの目標", "羽咋ポイントの目標"),
        ("野々市市民の声", "野々市市民の声"),
    ],
)
def test_a_municipalitys_name_is_left_out_unless_it_is_part_of_a_longer_word(text: str, left: str) -> None:
    assert load_library().without_names(text) == left
