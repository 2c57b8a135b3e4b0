"""Search: the right passages of the right municipality, for whoever may see them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.library import Library
from index.build import build_index
from index.embedders.hashing import HashingEmbedder
from index.search import FUSED, K, Search
from index.snapshot import open_published

AOBA = """第1章 施策

(1) 避難所の通信環境

災害のときも電話がつながるように、避難所にWi-Fiを整備します。青葉号も集まります。

(2) 予防接種の案内

母子手帳アプリで予防接種の日を知らせます。

(3) 除雪車の位置

除雪車にGPSを付け、地図で走る場所を見せます。

施策\t成果指標\tR7基準値\tR12目標値
(1) 避難所の通信環境\t避難所の基地局の数\t0基\t5基
(2) 予防接種の案内\tアプリの登録者数\t100人\t800人
"""
MINATO = "第1章 施策\n\n港の避難所を新しくします。\n\n漁船の予約をスマートフォンで受け付けます。\n"
SECRET = "職員だけが見る避難所の鍵の置き場所です。\n"
SYNONYMS = '[synonyms]\n"青葉号" = ["循環バス"]\n'


@pytest.fixture(scope="module")
def staff_search(search: Search) -> Search:
    return Search(search.snapshot, HashingEmbedder(), search._library, visibilities=("public", "staff"))


@pytest.fixture(scope="module")
def search(
    tmp_path_factory: pytest.TempPathFactory,
    write_plan: Callable[..., Path],
    library_of: Callable[..., Library],
) -> Search:
    folder = tmp_path_factory.mktemp("search")
    staff = '[[documents]]\nid = "minato-staff"\ntitle = "内規"\nfile = "staff.txt"\nvisibility = "staff"\n'
    aoba = write_plan(folder, "aoba", AOBA, more=SYNONYMS)
    minato = write_plan(folder, "minato", MINATO, name="港市", more=staff)
    (minato.parent / "staff.txt").write_text(SECRET, "utf-8")
    library, embedder = library_of(aoba, minato), HashingEmbedder()
    build_index(library, embedder, folder)
    return Search(open_published(folder, embedder.name, library.digest()), embedder, library)


def bodies(search: Search, query: str, *municipalities: str, **options: object) -> list[str]:
    return [hit.passage.body for hit in search.search(query, municipalities, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("予防接種の日を知らせるアプリ", "母子手帳アプリで"),
        ("除雪車はどこを走っているか", "除雪車にGPS"),
        ("避難所の基地局の目標は", "施策: (1) 避難所"),
        ("じょせつしゃのいち", "除雪車にGPS"),
        ("循環バスはどこに来る", "災害のときも"),
    ],
)
def test_the_passage_that_answers_comes_first(search: Search, query: str, found: str) -> None:
    assert bodies(search, query, "aoba")[0].startswith(found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("あぷりのとうろくしゃはなんにん", "施策: (2)"),
        ("とうろくしゃすうのもくひょうち", "施策: (2)"),
        ("きちきょくのかず", "施策: (1)"),
    ],
)
def test_a_question_in_hiragana_alone_is_found_by_its_reading(search: Search, query: str, found: str) -> None:
    first = search.search(query, ["aoba"])[0]
    assert first.passage.body.startswith(found)
    assert first.ranks["readings"] == 1


def test_only_the_municipalities_asked_for_are_searched(search: Search) -> None:
    for asked in (["aoba"], ["minato"], ["aoba", "minato"]):
        hits = search.search("避難所", asked)
        assert {hit.passage.municipality for hit in hits} == set(asked)
    assert search.search("避難所", ["elsewhere"]) == []
    assert search.search("避難所", []) == []


def test_what_only_staff_may_see_is_found_by_staff_alone(search: Search, staff_search: Search) -> None:
    assert not any("鍵" in body for body in bodies(search, "避難所の鍵の置き場所", "aoba", "minato"))
    assert "鍵" in bodies(staff_search, "避難所の鍵の置き場所", "minato")[0]


@pytest.mark.parametrize("query", ["", " ", "\n\u3000"])
def test_an_empty_question_finds_nothing(search: Search, query: str) -> None:
    assert search.search(query, ["aoba"]) == []


@pytest.mark.parametrize("limit", [0, 1, 3, 100])
def test_no_more_is_given_than_is_asked_for(search: Search, limit: int) -> None:
    passages = [hit.passage.id for hit in search.search("避難所", ["aoba", "minato"], limit)]
    assert len(passages) <= limit
    assert len(set(passages)) == len(passages)


def test_a_hit_says_which_lists_found_it_and_how_near_it_is(search: Search) -> None:
    first = search.search("避難所の通信環境", ["aoba"])[0]
    assert set(first.ranks) == set(first.scores) == {"vectors", "views", "words", "bigrams", "readings"}
    assert all(rank >= 1 for rank in first.ranks.values())
    assert 0 < first.similarity <= 1


def test_the_best_of_a_lexical_list_has_the_whole_score_and_no_other_more(search: Search) -> None:
    hits = search.search("避難所の通信環境", ["aoba"], 50)
    for name in ("words", "bigrams", "readings"):
        scores = {h.ranks[name]: h.scores[name] for h in hits if name in h.scores}
        assert scores[1] == pytest.approx(1.0)
        assert all(0 < score <= 1 + 1e-9 for score in scores.values())


def test_a_hit_has_the_nearest_of_its_own_sentences_and_cells(search: Search) -> None:
    hits = search.search("避難所にWi-Fiを整備します。", ["aoba"], 50)
    nearest = max((n for h in hits for n in h.near), key=lambda n: n.similarity)
    assert "Wi-Fiを整備します" in nearest.of(AOBA)
    for hit in hits:
        assert all(hit.passage.start <= n.start < n.end <= hit.passage.end for n in hit.near)
        if hit.near:
            assert hit.scores["views"] == pytest.approx(max(n.similarity for n in hit.near))


def test_a_passage_is_found_by_one_sentence_of_many(search: Search) -> None:
    first = search.search("青葉号も集まります。", ["aoba"])[0]
    assert first.ranks["views"] == 1 and "青葉号" in first.passage.body


def test_a_list_without_a_weight_changes_no_score(search: Search) -> None:
    words = Search(search.snapshot, HashingEmbedder(), Library(holdings=()), FUSED.only("words"))
    hits = words.search("除雪車の位置", ["aoba"], 50)
    assert hits and all("vectors" not in h.ranks and not h.near and h.similarity == 0 for h in hits)
    assert hits[0].score == pytest.approx(FUSED.weights["words"] / (K + 1))


def test_only_lists_that_there_are_can_be_chosen() -> None:
    with pytest.raises(KeyError):
        FUSED.only("dreams")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.text(
        st.characters(exclude_categories=()) | st.sampled_from("避難所予防接種のを？ "), max_size=20
    )
)
def test_any_question_is_answered_with_hits_in_order(search: Search, query: str) -> None:
    hits = search.search(query, ["aoba", "minato"])
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits == search.search(query, ["aoba", "minato"])


def test_everyday_words_are_followed_by_the_plans_words(search: Search) -> None:
    assert search.expand("循環バスの時間", "aoba").split()[0] == "循環バスの時間"
    assert "青葉号" in search.expand("循環バスの時間", "aoba").split()
    assert "青葉号" not in search.expand("循環バスの時間", "minato").split()
    assert search.expand("青葉号は循環バスですか", "aoba").count("青葉号") == 1
