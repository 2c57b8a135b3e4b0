"""What is looked for, and what a pipeline's ranks come to."""

import pytest

from evals.bench.measure import IN_ROOM, outcome_of, stands_in, topics_of
from evals.bench.workers import Found
from tests.unit.evals.bench.made import asked_before, measured, question, topics


def test_every_quote_of_an_answerable_question_is_a_topic() -> None:
    assert [topic.key for topic in topics()] == ["q-1/1", "q-1/2", "q-2/1"]
    assert topics()[2].slices == {
        "set": "test",
        "municipality": "minato",
        "quotes": "one",
        "style": "short",
        "kind": "overview",
    }
    assert {topic.slices["quotes"] for topic in topics()[:2]} == {"several"}


def test_questions_without_an_answer_without_evidence_or_with_a_conversation_are_not_asked() -> None:
    left_out = [
        question("a", "避難所", answerable=False),
        question("b"),
        question("c", "避難所", history=asked_before("避難所は？")),
    ]
    assert topics_of([("dev", left_out)]) == ()


def test_two_sets_of_one_name_are_both_asked() -> None:
    assert len(topics_of([("dev", [question("a", "港")]), ("dev", [question("b", "港")])])) == 2


def test_figures_are_those_of_the_ranks() -> None:
    of_all = measured(search=10).figures("search")
    assert of_all["recall@1"] == of_all["recall@5"] == pytest.approx(1 / 3)
    assert of_all["recall@10"] == pytest.approx(2 / 3)
    assert of_all["mrr@10"] == pytest.approx((1 + 1 / 6) / 3)


def test_figures_of_a_slice_are_those_of_its_topics_alone() -> None:
    result = measured(search=10)
    assert result.values("style") == ("hiragana", "short")
    assert result.figures("search", "style", "hiragana")["recall@5"] == 0.5
    assert result.figures("search", "municipality", "minato")["recall@10"] == 1.0
    assert result.figures("search", "set", "test")["recall@5"] == 0.0


def test_the_interval_of_recall_holds_the_recall() -> None:
    low, high = measured(search=10).recall_interval("search")
    assert 0.0 <= low <= 1 / 3 <= high <= 1.0 and low < high


def test_what_is_missed_is_what_the_first_five_do_not_hold() -> None:
    result = measured(search=10)
    assert [topic.key for topic in result.missed("search")] == ["q-1/2", "q-2/1"]
    assert result.questions == 2


def test_the_cost_counts_the_letters_of_the_first_five_texts() -> None:
    cost = measured(search=10).cost("search")
    assert cost["letters@5"] == (len("避難所に Wi-Fi道路") + 5) / 2
    assert cost["p50_ms"] == cost["p95_ms"] == 10 and cost["build_s"] == 1


@pytest.mark.parametrize(("room", "read"), [(4, False), (5, True), (9, True), (0, False)])
def test_a_quote_stands_in_what_is_read_if_it_ends_there(room: int, read: bool) -> None:
    assert stands_in("避難 所", ["道路", "避難所"], room) is read


def test_a_quote_does_not_stand_across_two_texts() -> None:
    assert not stands_in("避難所", ["避難", "所"], 100)


def test_a_found_text_beyond_the_room_counts_in_recall_alone() -> None:
    assert measured(search=10).figures("search")[IN_ROOM] == pytest.approx(2 / 3)
    far = {t.question.id: Found(("あ" * 1000, "避難所", "除雪"), 1.0) for t in topics()}
    outcome = outcome_of(topics(), far, seconds=1.0, mib=None)
    assert outcome.ranks["q-1/1"] == 2 and outcome.in_room == frozenset()
