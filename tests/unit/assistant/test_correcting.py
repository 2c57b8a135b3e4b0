"""Corrections: an answer that staff wrote still cites, and is left aside once its source has changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.correcting import Checked, draft_of, moved, question_row
from assistant.messages import Answer, Question
from assistant.service import UnknownMunicipality
from assistant.settings import Settings
from assistant.state import audit
from assistant.state.errors import StateConflict
from assistant.state.state import State
from assistant.wiring import parts_over, state_of
from corpus.library import Library, load_holding
from evals.questions import Question as Row
from tests.unit.assistant.made import KNOWN, TODAY, Bench, write_plan

QUESTION = "みなとポイントの目標を教えてください"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = state_of(Settings(_env_file=None, data_dir=tmp_path))
    yield opened
    opened.stop()


def quote_of(bench: Bench) -> str:
    """Return a sentence that stands once in the plan."""
    text = bench.text("akebono-dx")
    return next(s for s in text.splitlines() if "令和12年度までの5年間" in s and text.count(s) == 1)


def drafted(bench: Bench, **changed: Any) -> Any:
    values: dict[str, Any] = {
        "municipality": "akebono",
        "words": QUESTION,
        "author": "企画課",
        "reason": "問い合わせが多い",
        "answer": "計画の期間は令和12年度までです。",
        "quotes": (quote_of(bench),),
        "means": None,
    }
    return draft_of(bench.library, **(values | changed))


def asked(bench: Bench, state: State, question: str) -> Answer:
    parts = parts_over(bench.library, bench.search, bench.embedder, state.corrections)
    return parts.service(state.conversations("public"), TODAY, state.keeper.answered).answer(
        Question(question=question, municipality="akebono")
    )


@pytest.mark.parametrize(
    "said", [QUESTION, "みなとポイントの目標は？", "あけぼの市のみなとポイントの目標は何ですか"]
)
def test_the_question_it_was_made_for_is_answered_by_it_however_it_is_put(
    bench: Bench, state: State, said: str
) -> None:
    added = state.corrections.add(drafted(bench))
    answer = asked(bench, state, said)
    assert (answer.status, answer.answer) == ("answered", "計画の期間は令和12年度までです[1]。")
    assert [c.quote for c in answer.citations] == [quote_of(bench)]
    assert any("職員" in n for n in answer.notices)
    state.keeper.flush()
    with state.database.read() as session:
        row = audit.find(session, answer.message_id)
        assert row and row.decisions and row.decisions["corrections"] == [added.id]


@pytest.mark.parametrize("other", ["みなとポイントの担当課は？", "デジタル窓口の目標は？", "計画の期間は？"])
def test_another_question_is_answered_as_before(bench: Bench, state: State, other: str) -> None:
    before = asked(bench, state, other).answer
    state.corrections.add(drafted(bench))
    assert asked(bench, state, other).answer == before


def test_one_that_was_removed_is_used_no_more(bench: Bench, state: State) -> None:
    before = asked(bench, state, QUESTION).answer
    added = state.corrections.add(drafted(bench))
    assert asked(bench, state, QUESTION).answer != before
    state.corrections.remove(added.id, "企画課")
    assert asked(bench, state, QUESTION).answer == before
    with pytest.raises(StateConflict, match="ID"):
        state.corrections.remove(added.id, "企画課")


def test_one_whose_source_changed_is_left_aside_until_it_was_looked_at(
    bench: Bench, state: State, tmp_path: Path
) -> None:
    added = state.corrections.add(drafted(bench))
    known = dict(KNOWN["akebono"])
    known["text"] = "改訂のお知らせ\n\n" + known["text"]
    revised = Library(holdings=(load_holding(write_plan(tmp_path / "new", "akebono", **known)),))
    assert Checked.of(bench.library, added).holds and not Checked.of(revised, added).holds
    reviewed = state.corrections.review(added.id, "企画課", moved(revised, added, ()))
    assert Checked.of(revised, reviewed).holds and reviewed.reviewed
    known["text"] = known["text"].replace("令和12年度", "令和11年度")
    gone = Library(holdings=(load_holding(write_plan(tmp_path / "gone", "akebono", **known)),))
    with pytest.raises(StateConflict, match="--quote"):
        moved(gone, reviewed, ())


def test_a_way_of_saying_is_understood_once_it_was_added(bench: Bench, state: State) -> None:
    said = "ポイポイカードの担当課は？"
    assert asked(bench, state, said).status != "answered"
    state.corrections.add(
        drafted(bench, words="ポイポイカード", answer=None, quotes=(), means="みなとポイント")
    )
    assert asked(bench, state, said).answer == asked(bench, state, "みなとポイントの担当課は？").answer


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"words": " "}, "WORDS"),
        ({"author": ""}, "--author"),
        ({"reason": ""}, "--reason"),
        ({"answer": None}, "--answer"),
        ({"means": "みなとポイント"}, "--means"),
        ({"answer": None, "means": "計画にない言葉"}, "--means"),
        ({"answer": None, "means": " "}, "--means"),
        ({"quotes": ()}, "--quote"),
        ({"quotes": ("計画にない文です。",)}, "--quote"),
        ({"quotes": ("の",)}, "--quote"),
        ({"answer": "目標は9,999人です。"}, "9999"),
        ({"answer": "令和15年度までです。"}, "2033"),
        ({"answer": " "}, "--answer"),
    ],
)
def test_what_is_wrong_with_one_is_named(bench: Bench, changed: dict[str, Any], named: str) -> None:
    with pytest.raises(StateConflict, match=named):
        drafted(bench, **changed)


def test_a_municipality_that_is_not_there_is_named(bench: Bench) -> None:
    with pytest.raises(UnknownMunicipality, match="akebono"):
        drafted(bench, municipality="elsewhere")


def test_each_becomes_a_row_of_a_question_file(bench: Bench, state: State) -> None:
    state.corrections.add(drafted(bench))
    state.corrections.add(
        drafted(bench, words="ポイポイカード", answer=None, quotes=(), means="みなとポイント")
    )
    override, synonym = (Row.model_validate_json(_json(question_row(c))) for c in state.corrections.all())
    assert override.question == QUESTION and override.must_include == (("12",),)
    assert [e.quote for e in override.evidence] == [quote_of(bench)]
    assert synonym.must_include == (("みなとポイント",),)


def _json(row: Any) -> str:
    return json.dumps(row, ensure_ascii=False)


def test_it_is_known_while_the_database_is_down(bench: Bench, tmp_path: Path) -> None:
    state = state_of(Settings(_env_file=None, data_dir=tmp_path))
    state.corrections.add(drafted(bench))
    state.database.close()
    (tmp_path / "state.db").rename(tmp_path / "away.db")
    (tmp_path / "state.db").mkdir()
    state.corrections.refresh()
    assert "令和12年度まで" in asked(bench, state, QUESTION).answer
    state.stop()
