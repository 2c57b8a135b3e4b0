"""Each: every part to every municipality, and the answers put together again."""

from __future__ import annotations

import pytest

from assistant.messages import Judgement, Part, Source, Statement, Turn
from assistant.steps.each import Each
from tests.unit.assistant.made import Bench

BOTH = ("akebono", "harukaze")
PLACE = Source(document_id="akebono-dx", start=0, end=1)


def turn_of(bench: Bench, *texts: str, municipalities: tuple[str, ...] = BOTH, decided: bool = True) -> Turn:
    parts = tuple(Part(text=t, standalone=t, aspects=("department",)) for t in texts)
    known = bench.understood("？").knowing(text="".join(texts), parts=parts)
    return known.knowing(municipalities=municipalities, decided=decided)


def run(
    bench: Bench,
    turn: Turn,
    unanswered: set[tuple[str, str]] | None = None,
    likely: dict[str, float] | None = None,
) -> Turn:
    """Run a step that answers with the part and the municipality, but for those that are unanswered."""

    def step(branch: Turn) -> Turn:
        [municipality] = branch.municipalities
        judged = branch.knowing(judgement=Judgement(probability=(likely or {}).get(municipality, 0.9)))
        if (branch.text, municipality) in (unanswered or set()):
            return judged.ended("not_in_plan", "not_in_plan_near", near=municipality)
        said = Statement(text=f"{branch.standalone}{municipality}", sources=(PLACE,))
        return judged.knowing(statements=(said,), municipality=municipality)

    return Each(bench.library, (step,))(turn)


def texts(turn: Turn) -> list[str]:
    return [s.text for s in turn.statements]


def test_one_part_for_one_municipality_is_answered_as_it_is(bench: Bench) -> None:
    turn = run(bench, turn_of(bench, "課", municipalities=("akebono",)))
    assert texts(turn) == ["課akebono"] and turn.municipality == "akebono"


def test_every_part_is_answered_in_its_order(bench: Bench) -> None:
    turn = run(bench, turn_of(bench, "課", "目標", municipalities=("akebono",)))
    assert texts(turn) == ["課akebono", "目標akebono"]
    assert turn.text == "課目標" and turn.unanswered_parts == ()


def test_a_part_without_an_answer_is_named_beside_those_that_have_one(bench: Bench) -> None:
    asked = turn_of(bench, "課", "料金", municipalities=("akebono",))
    turn = run(bench, asked, {("料金", "akebono")})
    assert texts(turn) == ["課akebono"] and turn.unanswered_parts == ("料金",)


def test_several_municipalities_are_told_apart_by_their_names(bench: Bench) -> None:
    turn = run(bench, turn_of(bench, "課", "目標"))
    assert texts(turn) == [
        "【あけぼの市】課akebono",
        "目標akebono",
        "【はるかぜ町】課harukaze",
        "目標harukaze",
    ]
    assert turn.municipality is None and turn.municipalities == BOTH


def test_a_named_municipality_without_an_answer_is_named(bench: Bench) -> None:
    turn = run(bench, turn_of(bench, "課"), {("課", "harukaze")})
    assert texts(turn) == ["課akebono"]
    assert (turn.unanswered, turn.municipality) == (("harukaze",), "akebono")


def test_a_municipality_that_nobody_named_is_not_missed(bench: Bench) -> None:
    turn = run(bench, turn_of(bench, "課", decided=False), {("課", "harukaze")})
    assert (texts(turn), turn.unanswered) == (["課akebono"], ())


@pytest.mark.parametrize("best", BOTH)
def test_where_none_was_named_the_one_that_is_clearly_likelier_answers_alone(bench: Bench, best: str) -> None:
    asked = turn_of(bench, "課", decided=False)
    turn = run(bench, asked, likely={"akebono": 0.5, "harukaze": 0.5, best: 0.99})
    assert texts(turn) == [f"課{best}"] and turn.municipality == best


def test_where_none_was_named_two_that_are_about_as_likely_both_answer(bench: Bench) -> None:
    turn = run(bench, turn_of(bench, "課", decided=False), likely={"akebono": 0.9, "harukaze": 0.85})
    assert len(turn.statements) == 2


def test_two_that_were_named_both_answer_however_likely(bench: Bench) -> None:
    turn = run(bench, turn_of(bench, "課"), likely={"akebono": 0.99, "harukaze": 0.5})
    assert len(turn.statements) == 2


def test_no_answer_at_all_ends_the_turn_without_one_municipalitys_nearest(bench: Bench) -> None:
    several = run(bench, turn_of(bench, "課"), {("課", m) for m in BOTH}).ending
    assert several and (several.reply, several.values) == ("not_in_plan", {})
    one = run(bench, turn_of(bench, "課", municipalities=("akebono",)), {("課", "akebono")}).ending
    assert one and one.values == {"near": "akebono"}


def test_a_branch_that_ended_runs_no_further_step(bench: Bench) -> None:
    def never(turn: Turn) -> Turn:
        pytest.fail("a step ran after the end")

    each = Each(bench.library, (lambda t: t.ended("not_in_plan", "not_in_plan"), never))
    assert each(turn_of(bench, "課", municipalities=("akebono",))).ending


def going_on(
    bench: Bench, likely: dict[str, float], ended: set[str], covered: float = 1.0, **more: str
) -> Turn:
    """Run a part that may go on about the library; what is likely or ends is told by how it is read."""
    said = more or {"continued": "図書室 利用者は？"}
    part = Part(text="利用者は？", standalone="利用者は？", **said)
    turn = bench.understood("？").knowing(parts=(part,), municipalities=("akebono",))

    def step(branch: Turn) -> Turn:
        features = {"coverage": covered}
        judged = branch.knowing(judgement=Judgement(features=features, probability=likely[branch.standalone]))
        if branch.standalone in ended:
            return judged.ended("not_in_plan", "not_in_plan")
        return judged.knowing(statements=(Statement(text=branch.standalone, sources=(PLACE,)),))

    return Each(bench.library, (step,))(turn)


@pytest.mark.parametrize(
    ("alone", "further", "ended", "told"),
    [
        (0.9, 0.95, set(), ["図書室 利用者は？"]),
        (0.95, 0.9, set(), ["利用者は？"]),
        (0.2, 0.9, {"利用者は？"}, ["図書室 利用者は？"]),
        (0.9, 0.2, {"図書室 利用者は？"}, ["利用者は？"]),
        (0.2, 0.2, {"利用者は？", "図書室 利用者は？"}, []),
    ],
)
def test_what_may_go_on_is_answered_as_the_plan_answers_it_better(
    bench: Bench, alone: float, further: float, ended: set[str], told: list[str]
) -> None:
    likely = {"利用者は？": alone, "図書室 利用者は？": further}
    assert texts(going_on(bench, likely, ended)) == told


def test_what_names_nothing_of_the_plan_goes_on_about_what_was_spoken_of(bench: Bench) -> None:
    likely = {"利用者は？": 0.9, "図書室 利用者は？": 0.7}
    assert texts(going_on(bench, likely, set(), covered=0.1)) == ["図書室 利用者は？"]


def test_what_is_told_around_a_question_is_heard_where_the_plan_answers_it_better_so(bench: Bench) -> None:
    likely = {"利用者は？": 0.6, "図書室が好きです。利用者は？": 0.9}
    assert texts(going_on(bench, likely, set(), told="図書室が好きです。利用者は？")) == [
        "図書室が好きです。利用者は？"
    ]
