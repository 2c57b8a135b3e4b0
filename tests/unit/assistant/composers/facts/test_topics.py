"""Facts of a topic: the measures in which its words stand, and no others."""

from __future__ import annotations

import pytest

from assistant.messages import Statement
from assistant.steps.verify import quoted_in
from tests.unit.assistant.made import LANGUAGES, Bench


def told(rich: Bench, text: str, *aspects: str, language: str = "ja") -> tuple[Statement, ...] | None:
    return rich.listed(rich.asking(text, "wakaba", *(aspects or ("list",)), language=language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_measures_of_a_topic_are_listed_and_counted_and_few_are_told_with_what_they_are(
    rich: Bench, language: str
) -> None:
    first, *overviews = told(rich, "開催の施策は何がありますか", language=language) or ()
    assert quoted_in(first.text) == ["開催", "オンライン申請の拡充", "スマホ教室の開催"]
    assert first.computed == ("2",)
    assert len(overviews) == 2


def test_each_is_cited_where_the_word_stands(rich: Bench) -> None:
    first, *_ = told(rich, "開催の施策は何がありますか") or ()
    quotes = rich.quotes(first)
    assert any("オンライン申請の拡充" in q for q in quotes) and any("説明会の開催" in q for q in quotes)


@pytest.mark.parametrize(
    ("text", "aspects"),
    [
        ("カメラの施策は何がある？", ("list",)),
        ("施策は何がある？", ("count",)),
        ("開催されるものは何がある？", ("list",)),
        ("開催の施策の予算は？", ("list", "budget")),
        ("ロボットの開催の施策は何がある？", ("list",)),
        ("開催の施策について", ("overview",)),
    ],
)
def test_one_measure_all_of_them_or_something_else_is_no_topic(
    rich: Bench, text: str, aspects: tuple[str, ...]
) -> None:
    first = next(iter(told(rich, text, *aspects) or ()), None)
    assert first is None or "言葉" not in first.text
