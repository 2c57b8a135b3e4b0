"""Compose: from the records first, then from sentences, else an honest end."""

from __future__ import annotations

from assistant.focus import Focus
from assistant.messages import Source, Statement, Turn
from assistant.steps.compose import Compose, subject_of
from tests.unit.assistant.made import Bench

STATEMENT = Statement(text="はい", sources=(Source(document_id="a", start=0, end=1),))


def composed(bench: Bench, question: str, *sentences: Statement) -> Turn:
    turn = bench.retrieved(question, "wakaba")
    return Compose(bench.parts.facts, lambda _: sentences, bench.parts.subjects)(turn)


def test_what_the_records_hold_goes_before_sentences(rich: Bench) -> None:
    turn = composed(rich, "河川カメラの担当課は？", STATEMENT)
    assert turn.engine == "facts" and turn.ending is None
    assert "建設課" in turn.statements[0].text


def test_sentences_are_the_answer_where_the_records_say_nothing(rich: Bench) -> None:
    turn = composed(rich, "計画の背景は？", STATEMENT)
    assert (turn.engine, turn.statements, turn.ending) == ("extract", (STATEMENT,), None)


def test_a_composer_with_nothing_to_say_ends_the_turn(rich: Bench) -> None:
    ending = composed(rich, "計画の背景は？").ending
    assert ending and (ending.status, ending.reply) == ("not_in_plan", "not_in_plan")


def test_the_turn_knows_what_a_follow_up_will_be_about(rich: Bench) -> None:
    turn = composed(rich, "河川カメラの担当課は？")
    assert (turn.municipality, turn.subject) == ("wakaba", "河川カメラの設置")


def test_what_is_named_is_the_subject_before_what_was_found(rich: Bench) -> None:
    turn = rich.retrieved("河川カメラは家からできる？", "wakaba")
    found = turn.knowing(focus=rich.retrieved("かんたん申請は？", "wakaba").focus)
    named, other = subject_of(turn), subject_of(found)
    assert named and named.name == "河川カメラの設置"
    assert other and other.name == "オンライン申請の拡充"
    assert subject_of(rich.understood("？", "wakaba")) is None


def test_what_is_about_as_likely_is_told_too(rich: Bench) -> None:
    turn = rich.retrieved("河川カメラの担当課は？", "wakaba")
    other = rich.retrieved("かんたん申請の担当課は？", "wakaba")
    first, second = turn.evidence[0], other.evidence[0]
    unsure = turn.knowing(evidence=(first, second), focus=Focus(found=turn.focus.found))

    def told(*scores: float) -> str:
        signs = tuple({"score": score, "coverage": 0.0} for score in scores)
        compose = Compose(rich.parts.facts, lambda _: (), rich.parts.subjects)
        return "".join(s.text for s in compose(unsure.knowing(signs=signs)).statements)

    assert "ほかに近い記載として、「オンライン申請の拡充」" in told(1.0, 0.5)
    assert "ほかに" not in told(3.0, 0.5)
