"""Coverage: how much of what a question asks stands in a passage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.coverage import prepare
from index.passages import Passage
from tests.unit.assistant.made import Bench


def passage(bench: Bench, *parts: str) -> Passage:
    return bench.evidence(*parts).hit.passage


def test_a_passage_that_has_every_word_covers_all(bench: Bench) -> None:
    assert bench.vocabulary.covers(
        "みなとポイントの担当課は？", passage(bench, "普及", "加盟店")
    ) == pytest.approx(1)


def test_a_passage_that_has_no_word_covers_nothing(bench: Bench) -> None:
    assert bench.vocabulary.covers("みなとポイントの担当は？", passage(bench, "雪みちカメラ")) == 0


def test_a_word_that_no_passage_has_weighs_most(bench: Bench) -> None:
    weight = bench.vocabulary.weight
    assert weight("ぺんぎん") > weight("EBPM".lower()) > 0
    assert weight("ぺんぎん") == max(weight(w) for w in ("ぺんぎん", "みなと", "令和", "計画"))


def test_an_everyday_word_is_covered_by_the_plans_word(bench: Bench) -> None:
    row = passage(bench, "移動図書室の運行", "走らせる")
    assert bench.vocabulary.covers("本のバスはどの課？", row) == pytest.approx(1)
    assert bench.vocabulary.covers("本のバスはどの課？", passage(bench, "雪みちカメラ")) == 0


def test_a_question_in_hiragana_is_compared_by_its_reading(bench: Bench) -> None:
    asked = "いどうとしょしつのたんとうは"
    right = bench.vocabulary.covers(asked, passage(bench, "移動図書室の運行", "走らせる"))
    assert right > bench.vocabulary.covers(asked, passage(bench, "電子掲示板")) + 0.3


def test_more_text_never_covers_less(bench: Bench) -> None:
    asked = bench.vocabulary.asked("みなとポイントの加盟店の説明会", "akebono")
    assert asked.covered_by(prepare("加盟店の募集")) < asked.covered_by(
        prepare("みなとポイント 加盟店 説明会")
    )


@given(st.text(max_size=60))
def test_coverage_is_a_share(bench: Bench, text: str) -> None:
    for found in bench.passages[:4]:
        assert 0 <= bench.vocabulary.covers(text, found) <= 1 + 1e-9


def test_what_the_thesaurus_knows_is_one_thing_with_the_plans_words(bench: Bench) -> None:
    asked = bench.vocabulary.asked("本のバスは？", "akebono")
    assert [t.wordings for t in asked.terms] == [("本のバス", "移動図書室")]
    assert asked.terms[0].thing


def test_a_word_that_only_another_municipality_uses_so_is_not_the_plans(bench: Bench) -> None:
    terms = bench.vocabulary.asked("本のバスは？", "nowhere").terms
    assert not any("移動図書室" in t.wordings for t in terms)


def test_the_things_that_no_passage_has_are_left(bench: Bench) -> None:
    row, other = passage(bench, "普及", "加盟店"), passage(bench, "移動図書室の運行", "走らせる")
    left = bench.vocabulary.leaves
    assert left("みなとポイントの加盟店", [row]) == 0
    assert left("みなとポイントのペンギン", [row]) == pytest.approx(bench.vocabulary.weight("ペンギン"))
    assert left("みなとポイントと移動図書室", [row]) > 0 == left("みなとポイントと移動図書室", [row, other])


def test_what_is_asked_of_a_thing_is_not_left(bench: Bench) -> None:
    row = passage(bench, "普及", "加盟店")
    assert bench.vocabulary.leaves("みなとポイントはどの課が担当していますか？", [row]) == 0


@given(st.text(max_size=40))
def test_more_passages_never_leave_more(bench: Bench, text: str) -> None:
    one, more = bench.passages[:1], bench.passages[:3]
    assert bench.vocabulary.leaves(text, more) <= bench.vocabulary.leaves(text, one) + 1e-9


def test_only_things_are_left_and_not_what_is_done_with_them(bench: Bench) -> None:
    row = passage(bench, "普及", "加盟店")
    asked = bench.vocabulary.asked("みなとポイントで踊る", "akebono")
    assert any("踊る" in t.wordings and not t.thing for t in asked.terms)
    assert bench.vocabulary.leaves("みなとポイントで踊る", [row]) == 0
