"""Ranking: the signs that a passage answers, and the passage that is named and fits put first."""

from __future__ import annotations

import pytest

from assistant.messages import Language, Turn
from assistant.ranking import Ranked, way_of
from index.evidence import Evidence
from tests.unit.assistant.made import Bench

ONLINE = ("オンライン申請の拡充", "かんたん申請")
CAMERA = ("河川カメラの設置", "川の水位")
CAMERAS = ("河川カメラの設置台数",)
REVIEW = ("待ち時間が短くなった",)


def ranked(rich: Bench, text: str, *places: tuple[str, ...], aspects: tuple[str, ...] = ()) -> list[Ranked]:
    evidence = [rich.evidence(*p) for p in places]
    return rich.parts.ranking(rich.asking(text, "wakaba", *aspects), evidence)


def row(rich: Bench, *parts: str) -> Evidence:
    return rich.evidence(*parts)


def test_the_passage_of_what_is_named_comes_first(rich: Bench) -> None:
    for text, best in (("河川カメラは？", CAMERA), ("オンライン申請は？", ONLINE)):
        first, second = ranked(rich, text, CAMERA, ONLINE)
        assert first.evidence.hit.passage == row(rich, *best).hit.passage
        assert first.signs["named"] == 1.0 > second.signs["named"]
        assert first.score > second.score


def test_of_two_that_are_named_the_one_with_what_is_asked_comes_first(rich: Bench) -> None:
    department = ranked(rich, "河川カメラは？", CAMERAS, CAMERA, aspects=("department",))
    target = ranked(rich, "河川カメラは？", CAMERA, CAMERAS, aspects=("target",))
    assert department[0].evidence.of_role("department") and target[0].evidence.of_role("target")
    assert department[0].signs["fits"] == target[0].signs["fits"] == 1.0


def test_a_later_aspect_counts_for_less(rich: Bench) -> None:
    [main] = ranked(rich, "河川カメラは？", CAMERA, aspects=("department",))
    [later] = ranked(rich, "河川カメラは？", CAMERA, aspects=("price", "department"))
    [none] = ranked(rich, "河川カメラは？", CAMERA, aspects=("price",))
    assert main.signs["fits"] > later.signs["fits"] > none.signs["fits"] == 0


def test_a_heading_that_an_aspect_asks_for_counts(rich: Bench) -> None:
    [asked] = ranked(rich, "河川カメラは？", CAMERAS, aspects=("target",))
    [other] = ranked(rich, "河川カメラは？", CAMERAS, aspects=("department",))
    assert (asked.signs["heading"], other.signs["heading"]) == (1.0, 0.0)


def test_more_of_the_questions_words_covered_ranks_higher_where_all_else_is_the_same(rich: Bench) -> None:
    first, second = ranked(rich, "川の水位を見せる", ONLINE, CAMERA)
    assert first.evidence.hit.passage == row(rich, *CAMERA).hit.passage
    assert first.signs["coverage"] > second.signs["coverage"]


def test_the_order_does_not_depend_on_the_order_it_was_found_in(rich: Bench) -> None:
    places = (CAMERA, ONLINE, CAMERAS, REVIEW)
    forward = [r.evidence for r in ranked(rich, "河川カメラの目標は？", *places)]
    backward = [r.evidence for r in ranked(rich, "河川カメラの目標は？", *reversed(places))]
    assert forward == backward and len(forward) == 4


def test_nothing_is_ranked_where_nothing_was_found(rich: Bench) -> None:
    assert ranked(rich, "河川カメラは？") == []


@pytest.mark.parametrize(
    ("text", "language", "way"),
    [
        ("河川カメラの担当は？", "ja", "ja"),
        ("河川カメラの 担当は？", "easy", "ja"),
        ("かせんかめらのたんとうは", "ja", "kana"),
        ("who runs the cameras", "en", "foreign"),
        ("河川摄像头由哪个部门负责", "zh", "foreign"),
    ],
)
def test_the_way_a_question_is_written_picks_its_weights(
    bench: Bench, text: str, language: Language, way: str
) -> None:
    turn: Turn = bench.understood("？").knowing(standalone=text, language=language)
    assert way_of(turn) == way
