"""The lexical lists: one score a passage, in the passages' order."""

from pathlib import Path

import numpy as np
import pytest

from index.lexical import FIELDS, LexicalIndex

CONTENTS = [
    "避難所の通信環境を整備する。",
    "予防接種の案内をアプリで送る。",
    "除雪車の位置を地図で見せる。",
    "。。。",
]


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    folder = tmp_path_factory.mktemp("lexical")
    LexicalIndex.build(CONTENTS, folder)
    return LexicalIndex.open(folder)


@pytest.mark.parametrize(
    ("query", "field", "best"),
    [
        ("避難所の通信", "words", 0),
        ("除雪", "words", 2),
        ("接種", "bigrams", 1),
        ("よぼうせっしゅ", "readings", 1),
        ("じょせつしゃ", "readings", 2),
    ],
)
def test_the_passage_that_shares_most_scores_highest(
    lists: LexicalIndex, query: str, field: str, best: int
) -> None:
    assert int(np.argmax(lists.scores(query)[field])) == best


def test_every_list_has_a_score_for_every_passage(lists: LexicalIndex) -> None:
    scores = lists.scores("避難所")
    assert set(scores) == set(FIELDS)
    assert all(score.shape == (len(CONTENTS),) and np.isfinite(score).all() for score in scores.values())


@pytest.mark.parametrize("query", ["", "？", "xyzzy", "\0"])
def test_a_question_that_shares_nothing_scores_nothing(lists: LexicalIndex, query: str) -> None:
    assert all(not score.any() for score in lists.scores(query).values())


@pytest.mark.parametrize("contents", [["。。。"], ["※", "……"]])
def test_passages_without_a_single_word_can_be_built_and_opened(tmp_path: Path, contents: list[str]) -> None:
    LexicalIndex.build(contents, tmp_path)
    scores = LexicalIndex.open(tmp_path).scores("避難所")
    assert all(score.tolist() == [0] * len(contents) for score in scores.values())
